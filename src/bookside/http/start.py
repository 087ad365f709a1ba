"""The only place for the list of a server's books, as its start page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bookside.http.shelf import Shelf, Volume


@dataclass(frozen=True, slots=True)
class Listed:
    """A book, with an entry for each of its editions.

    Args:
        editions: Name and address of each.
    """

    title: str
    editions: Sequence[tuple[str, str]]


def books_of(shelf: Shelf) -> list[Listed]:
    """The books in their order; the title is that of a book's first edition."""
    together: dict[str, list[Volume]] = {}
    for volume in shelf.volumes:
        together.setdefault(volume.book, []).append(volume)
    return [
        Listed(
            volumes[0].printing.book.title,
            [(one.edition or one.printing.book.title, f"{one.front}/") for one in volumes],
        )
        for volumes in together.values()
    ]
