"""Who asks, and from where: the only values that every room may know about a request."""

from dataclasses import dataclass, field
from typing import Literal

ContextMode = Literal["full_book", "up_to_here", "current_chapter", "current_page", "selection"]

HOLDER_ID = "holder"
"""The owner of threads that belong to whoever holds their id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks. Every row that is read or written belongs to one.

    Made only by code that has verified it (``http/readers.py``, the command, a test).

    Args:
        id: Stable and unguessable, or ``HOLDER_ID``: then threads are found by their id alone and never listed.
    """

    id: str

    @property
    def lists_threads(self) -> bool:
        """Whether this reader has a list of threads at all."""
        return self.id != HOLDER_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where in the book the reader is; every field may be unknown.

    Args:
        chapter: The chapter's number, as in ``Chapter.number``.
        lesson: The lesson's slug, as in ``Lesson.slug``.
        order: The page's place in reading order, as in ``Page.order``; known only of a page of the book.
        url: Address of the page, absolute or from the site's root.
        title: The page's title, as the site shows it.
        section: Headings of the section that the reader sees, from the page's title down; or its heading alone.
        language: Of the page, as its site says it.
    """

    chapter: int | None = None
    lesson: str | None = None
    order: int | None = None
    url: str | None = None
    title: str | None = None
    section: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Reader):
    """One question's context: the reader, the page they are on and the words they selected.

    Args:
        selected_text: As it was on the page, already cut to the limit; ``None`` for none.
        selection_was_cut: Whether ``selected_text`` is only the beginning of what was selected.
        context_mode: How far the answer may look.
        server_url: Address at which the reader reached this server; ``None`` when it was not over HTTP.
        book: Id of the book that it is about; ``None`` for the first, or the only one.
    """

    location: Location = field(default_factory=Location)
    selected_text: str | None = None
    selection_was_cut: bool = False
    context_mode: ContextMode = "full_book"
    server_url: str | None = None
    book: str | None = None
