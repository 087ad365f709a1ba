"""The only place that reads files which pages include: inside the book's root, with a limit, and never in a circle."""

import posixpath
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bookside.book.files import below, read_text
from bookside.book.frontmatter import FrontMatter
from bookside.errors import BookError

MAX_INCLUDED_CHARS = 2_000_000
"""What all includes of one page may add to it; more is named as a problem and left out."""

MAX_DEPTH = 10
MAX_LINE_CHARS = 10_000
"""A longer line is no prose: what generators write into lines is not looked for in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page with what it includes.

    Args:
        number: Line of the page's file that it stands on, from 1; for included text the line that includes it.
        part: 0 for the page's own lines, another number for each text that was included.
    """

    text: str
    number: int
    part: int = 0


class Includes:
    """What one page includes.

    Args:
        root: The book's folder.
        page: The page's file below it.
        problems: Where an include that cannot be followed is named; the page goes on without it.
    """

    def __init__(self, root: Path, page: str, problems: list[BookError]) -> None:
        self._root = root
        self._page = page
        self._problems = problems
        self._left = MAX_INCLUDED_CHARS
        self._open = [posixpath.normpath(page)]
        self._parts = 0

    @property
    def folder(self) -> str:
        """Folder of the file that is being read, below the root."""
        return posixpath.dirname(self._open[-1])

    @property
    def page_folder(self) -> str:
        """Folder of the page itself."""
        return posixpath.dirname(self._open[0])

    def next_part(self) -> int:
        """A number for the next included text."""
        self._parts += 1
        return self._parts

    def found(self, candidates: Iterable[str]) -> str | None:
        """The first of the paths that is a file in the book; ``None`` where there is none."""
        for path in candidates:
            file = below(self._root, path)
            if file is not None and file.is_file():
                return posixpath.normpath(path)
        return None

    @contextmanager
    def reading(self, name: str, candidates: Sequence[str], line: int) -> Generator[str | None]:
        """The text of an included file; while it is open, includes of its own are seen from its folder.

        Args:
            name: As the page writes it, for the message.
            candidates: Where it may be, below the root; the first one that exists is read.
            line: The page's line that includes it.
        """
        path = self.found(candidates)
        text = self._text(name, path, line)
        if text is None or path is None:
            yield None
            return
        self._open.append(path)
        try:
            yield text
        finally:
            self._open.pop()

    def _text(self, name: str, path: str | None, line: int) -> str | None:
        if path is None:
            self.complain(line, f"includes {name!r}, which is not a file in the book")
        elif path in self._open or len(self._open) > MAX_DEPTH:
            self.complain(line, f"includes {name!r}, which leads back to itself")
        else:
            try:
                text = read_text(self._root, path)
            except BookError as error:
                self.complain(line, f"includes {name!r}, which cannot be read: {error}")
                return None
            self._left -= len(text)
            if self._left >= 0:
                return text
            self.complain(line, f"includes {name!r}; with it the page includes more than {MAX_INCLUDED_CHARS} letters")
        return None

    def complain(self, line: int, reason: str) -> None:
        """Name an include that could not be followed, once."""
        problem = BookError(self._page, line, reason)
        if str(problem) not in {str(known) for known in self._problems[-20:]}:
            self._problems.append(problem)


def numbered(text: str, first: int) -> list[Line]:
    """The page's own lines."""
    return [Line(words, number) for number, words in enumerate(text.split("\n"), start=first)]


def with_lines(front: FrontMatter, lines: Sequence[Line]) -> FrontMatter:
    """The page with ``lines`` as its text."""
    return replace(
        front,
        text="\n".join(line.text for line in lines),
        numbers=tuple(line.number for line in lines),
        parts=tuple(line.part for line in lines),
    )
