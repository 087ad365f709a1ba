"""The only place that compares a book's addresses with the site that its generator has built."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bookside.book.files import below, read_text
from bookside.book.model import Book, Page, Section
from bookside.errors import BookError


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found of a book's sections in a built site.

    Args:
        checked: Sections that were looked for, each with its page and, where it has one, its anchor.
        missing: Addresses that the built site does not have, with the file and line of their sections.
    """

    checked: int
    missing: tuple["Missing", ...]

    def __str__(self) -> str:
        return f"sections checked {self.checked}, missing {len(self.missing)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A section whose page or anchor is not in the built site."""

    page: str
    line: int
    url: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.url}"


def check_folder(book: Book, built: Path) -> Check:
    """Look up the page and the anchor of every section in the HTML below ``built``.

    Args:
        built: The folder that the generator wrote; it holds what is published below the book's base path.

    Raises:
        BookError: There is no such folder.
    """
    if not built.is_dir():
        raise BookError(str(built), 0, "there is no such folder of a built site")
    return check(book, lambda page: html_in(built, book, page))


def check(book: Book, html_of: Callable[[Page], str | None]) -> Check:
    """Look up the page and the anchor of every section in the HTML that is published.

    Args:
        html_of: Gives what is published at a page's address; ``None`` where there is nothing.
    """
    missing: list[Missing] = []
    for page in book.pages:
        html = html_of(page)
        ids = None if html is None else ids_of(html)
        missing += [
            Missing(page=page.path, line=section.line, url=section.url)
            for section in page.sections
            if ids is None or not is_in(section, ids)
        ]
    return Check(checked=sum(len(page.sections) for page in book.pages), missing=tuple(missing))


def html_in(built: Path, book: Book, page: Page) -> str | None:
    """The page's file in a built site; ``None`` where it has none."""
    path = unquote(urlsplit(page.url).path)
    if not path.startswith(book.base):
        path = f"{path}/"  # the front page, named without its slash
    relative = path.removeprefix(book.base)
    for name in files_of(relative):
        file = below(built, name)
        if file is not None and file.is_file():
            return read_text(built, name, is_written=False)
    return None


def ids_of(html: str) -> frozenset[str]:
    """Every id in a page."""
    found = Ids()
    found.feed(html)
    return frozenset(found.ids)


def files_of(path: str) -> Iterator[str]:
    """The files in which web servers look for an address."""
    if path and not path.endswith("/"):
        yield path
        yield f"{path}.html"
    yield posixpath.join(path, "index.html")
    if path.endswith("/"):
        yield f"{path.rstrip('/')}.html"


def is_in(section: Section, ids: frozenset[str]) -> bool:
    """Whether a browser finds the section's anchor."""
    return section.anchor is None or section.anchor in ids


class Ids(HTMLParser):
    """Gathers what a fragment of an address may name."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An ``id``, or the ``name`` of an ``a``."""
        for name, value in attrs:
            if value and (name == "id" or (name == "name" and tag == "a")):
                self.ids.add(value)
