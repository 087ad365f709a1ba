"""The only place for the table of contents as the built-in reader shows it: parts, their chapters, their pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import urlsplit

from bookside.book.model import Page

FEW_PAGES = 15
"""A book with no more has all its chapters open."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the table."""

    title: str
    url: str
    is_current: bool


@dataclass(slots=True)
class Group:
    """A part or a chapter; without a title, pages of no chapter.

    Args:
        url: Of the page that has the same title, which is then the first one.
        is_open: Whether the reader's page is in it, or the whole table is short.
        is_apart: Whether it has no title but stands after others that have: its pages are not theirs.
    """

    title: str | None
    groups: list["Group"] = field(default_factory=list["Group"])
    pages: list[Entry] = field(default_factory=list[Entry])
    url: str | None = None
    is_open: bool = False
    is_apart: bool = False


def contents(pages: Sequence[Page], current: Page | None) -> list[Group]:
    """The table of contents, in reading order.

    Args:
        current: The page that the reader is on.
    """
    made: list[Group] = []
    for part, of_part in groupby(pages, lambda page: page.part.title if page.part else None):
        chapters = [
            _chapter(title, list(of_chapter), current)
            for title, of_chapter in groupby(of_part, lambda page: page.chapter.title if page.chapter else None)
        ]
        if part is None:
            made += chapters
        else:
            made.append(Group(part, groups=_joined(chapters)))
    made = _joined(made)
    _open(made, always=len(pages) <= FEW_PAGES)
    return made


def local(url: str) -> str:
    """An address of the book as this server has it: path and fragment."""
    split = urlsplit(url)
    return (split.path or "/") + (f"#{split.fragment}" if split.fragment else "")


def name_of(page: Page) -> str:
    """A page's name in the table."""
    return page.lesson.title if page.lesson else page.title


def _chapter(title: str | None, pages: list[Page], current: Page | None) -> Group:
    entries = [Entry(name_of(page), local(page.url), page is current) for page in pages]
    is_one_page = len(pages) == 1 and title in (pages[0].title, entries[0].title)
    own = entries[0].url if title in (pages[0].title, entries[0].title) else None
    return Group(None if is_one_page else title, pages=entries, url=own)


def _joined(groups: Sequence[Group]) -> list[Group]:
    """Pages without a title that follow each other as one group."""
    made: list[Group] = []
    for group in groups:
        if made and made[-1].title is None and group.title is None:
            made[-1].pages += group.pages
        else:
            group.is_apart = bool(made) and group.title is None
            made.append(group)
    return made


def _open(groups: Sequence[Group], *, always: bool) -> bool:
    """Open what leads to the current page; whether anything does."""
    found = False
    for group in groups:
        has_current = _open(group.groups, always=always) or any(page.is_current for page in group.pages)
        group.is_open = always or has_current
        found = found or has_current
    return found
