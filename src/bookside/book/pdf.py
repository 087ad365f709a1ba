"""A PDF as pages of a book: a page for each chapter of its outline, a section for each heading and each page.

Every section's address is the file's with ``#page=12``, which opens it at that page wherever it lies.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bookside.book.html_inline import escaped
from bookside.book.model import Section
from bookside.book.outline import Group, Leaf, Source, slug_of
from bookside.book.pdf_file import Mark, Pdf, read_pdf
from bookside.book.pdf_text import Piece, is_title, paragraphs
from bookside.errors import BookError

HEADING_REACH = 6
"""Pieces below an entry's place among which its title is looked for."""

PAGES_A_CHAPTER = 2
"""A file whose chapters are shorter than this on average is one page of the book."""

SCANNED = "it has no text, only pictures of pages: put a layer of text into it, as ocrmypdf does"
NO_TITLE = re.compile(r"\.(?:docx?|tex|indd|qxd|pdf|dvi)\b|untitled", re.IGNORECASE)
SLACK = 4.0


@dataclass(slots=True)
class Part:
    """The text from one heading or page to the next.

    Args:
        page: Page of the file, from 1.
        is_mark: Whether it is an entry of the outline, not only a new page.
    """

    heading: str
    level: int
    page: int
    is_mark: bool
    pieces: list[Piece] = field(default_factory=list[Piece])


def pdf_leaves(data: bytes, path: str, url: str, fallback_title: str) -> Leaf | Group:
    """The pages of the book that the file at ``path`` is.

    Raises:
        BookError: It cannot be read, or it holds pictures of pages and no text.
    """
    pdf = read_pdf(data, path)
    titles: dict[int, list[str]] = {}
    for mark in pdf.marks:
        titles.setdefault(mark.page, []).append(mark.title)
    pages = paragraphs(pdf.pages, titles)
    if not any(pages):
        raise BookError(path, 0, SCANNED)
    title = title_of(pdf, fallback_title)
    chapters = chaptered(parts_of(pages, pdf.marks))
    sources = [
        source_of_parts(chapter, path if place == 0 else f"{path}#page={chapter[0].page}", url, title, len(chapters))
        for place, chapter in enumerate(chapters)
    ]
    if len(sources) == 1:
        return Leaf(page=sources[0])
    return Group(title=title, slug=slug_of(title), items=tuple(Leaf(page=source) for source in sources))


def title_of(pdf: Pdf, fallback: str) -> str:
    """The title that the file gives itself, unless it is only a file's name."""
    return fallback if not pdf.title or NO_TITLE.search(pdf.title) else pdf.title


def parts_of(pages: Sequence[Sequence[Piece]], marks: Sequence[Mark]) -> list[Part]:
    """The whole text, divided at the outline's entries and at pages."""
    made: list[Part] = []
    level = 1
    by_page: dict[int, list[Mark]] = {}
    for mark in marks:
        by_page.setdefault(mark.page, []).append(mark)
    for number, found in enumerate(pages):
        waiting = list(found)
        here = by_page.get(number, [])
        first_top = here[0].top if here else None
        begins_page = bool(here) and (first_top is None or not waiting or waiting[0].top <= first_top + SLACK)
        if not begins_page and waiting:
            made.append(Part(f"Page {number + 1}", min(level + 1, 6), number + 1, is_mark=False))
        for mark in here:
            at = place_of(mark, waiting)
            if at and made:
                made[-1].pieces += waiting[:at]
                waiting = waiting[at:]
            level = min(mark.level, 5)
            made.append(Part(mark.title, level, number + 1, is_mark=True))
            take_title(mark.title, waiting)
        if made:
            made[-1].pieces += waiting
    return made


def place_of(mark: Mark, pieces: Sequence[Piece]) -> int:
    """The first piece that stands below the place to which the entry leads."""
    for place, piece in enumerate(pieces):
        if is_title(piece.text, mark.title):
            return place
    if mark.top is None:
        return 0
    return next((place for place, piece in enumerate(pieces) if piece.top <= mark.top + SLACK), len(pieces))


def take_title(title: str, pieces: list[Piece]) -> None:
    """Take the line out of ``pieces`` that is the heading itself."""
    for place, piece in enumerate(pieces[:HEADING_REACH]):
        if is_title(piece.text, title):
            del pieces[place]
            return


def chaptered(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts of each chapter: at the outline's highest level that has several entries, each on a page of its own."""
    marks = [part for part in parts if part.is_mark]
    for level in sorted({part.level for part in marks}):
        starts = {part.page: part for part in reversed(marks) if part.level <= level}
        if len(starts) < 2:
            continue
        if parts[-1].page < PAGES_A_CHAPTER * len(starts):
            break
        made: list[list[Part]] = [[]]
        for part in parts:
            if starts.get(part.page) is part and made[-1]:
                made.append([])
            made[-1].append(part)
        return made
    return [list(parts)]


def source_of_parts(parts: Sequence[Part], path: str, url: str, title: str, chapters: int) -> Source:
    """One page of the book."""
    name = parts[0].heading if chapters > 1 and parts[0].is_mark else title
    sections: list[Section] = []
    blocks: list[str] = []
    above: list[tuple[int, str]] = []
    anchored: set[int] = set()
    for part in parts:
        while above and above[-1][0] >= part.level:
            above.pop()
        above.append((part.level, part.heading))
        words = tuple(text for _, text in above)
        body = "\n\n".join(piece.markdown() for piece in part.pieces)
        is_first = part.page not in anchored
        anchored.add(part.page)
        sections.append(
            Section(
                heading=" ".join(part.heading.split()),
                level=part.level,
                anchor=f"page={part.page}" if is_first else None,
                url=f"{url}#page={part.page}",
                path=words if words[0] == name else (name, *words),
                markdown=body,
                line=0,
            )
        )
        blocks += [f"{'#' * part.level} {escaped(part.heading)}", *([body] if body else [])]
    return Source(
        path=path,
        url=f"{url}#page={parts[0].page}",
        title=name,
        markdown="\n\n".join(blocks) + "\n",
        sections=tuple(sections),
    )
