"""The book as it is served now; its edition is replaced as a whole when the book was indexed anew."""

from collections.abc import Iterable
from dataclasses import dataclass

from bookside.book.links import outside_links
from bookside.book.model import Book
from bookside.http.images import shown_images
from bookside.http.places import Places


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of the book, and what is known of it.

    Args:
        chunk_ids: Of the passages that stand in it; no other passage may be cited.
    """

    book: Book
    places: Places
    chunk_ids: frozenset[str]

    @classmethod
    def of(cls, book: Book, chunk_ids: Iterable[str]) -> "Edition":
        """The edition of a book that was just read and cut."""
        return cls(book, Places(book, outside_links(book), shown_images(book)), frozenset(chunk_ids))


@dataclass(slots=True)
class Shelf:
    """Holds the edition that is served; who needs it for longer than a line takes it once."""

    edition: Edition
