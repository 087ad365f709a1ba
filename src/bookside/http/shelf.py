"""The books that are served now, and which of them a request is about.

A volume is a book, or one edition of a book: a version, a locale. What it has printed is replaced as a whole when the
book was indexed anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bookside.book.links import outside_links
from bookside.book.model import Book, Chunk
from bookside.errors import Rejected
from bookside.http.images import FILES, shown_images
from bookside.http.places import Places
from bookside.search.find import Search
from bookside.search.sections import Sections


@dataclass(frozen=True, slots=True)
class Printing:
    """One state of the book, and what is known of it.

    Args:
        sections: The passages that stand in it, by their sections; no other passage may be cited.
        with_passages: Files of the pages that they are in.
        contents: What the index's ``Generation.contents`` is while it holds just these passages.
        read_at_s: When it was read, by the clock of the files' times.
    """

    book: Book
    places: Places
    sections: Sections
    with_passages: frozenset[str]
    contents: str
    read_at_s: float

    @classmethod
    def of(
        cls, book: Book, chunks: Sequence[Chunk], *, contents: str, read_at_s: float, files: str = FILES
    ) -> "Printing":
        """The printing of a book that was just read and cut.

        Args:
            files: Where the server gives out the book's files.
        """
        places = Places(book, outside_links(book), shown_images(book, files))
        return cls(
            book=book,
            places=places,
            sections=Sections(chunks),
            with_passages=frozenset(chunk.page.path for chunk in chunks),
            contents=contents,
            read_at_s=read_at_s,
        )


@dataclass(slots=True, kw_only=True)
class Volume:
    """A book of the server; who needs its printing for longer than a line takes it once.

    Args:
        id: ``None`` where it is the server's only book.
        book: What it shares with the other editions of the same book.
        language: The tag of the language that its words are searched in; ``None`` where nobody says it.
        files: Where the server gives out its files.
    """

    id: str | None = None
    book: str = ""
    version: str | None = None
    locale: str | None = None
    language: str | None = None
    printing: Printing
    search: Search
    files: str = FILES

    @property
    def edition(self) -> str | None:
        """Its version and its language, as people name them."""
        version = self.version and (self.printing.book.edition.label or self.version)
        return ", ".join(part for part in (version, self.locale) if part) or None

    @property
    def front(self) -> str:
        """The path of its own address, without a slash at the end."""
        book = self.printing.book
        is_edition = book.edition.version is not None or book.edition.locale is not None
        return urlsplit(book.edition.url if is_edition else book.front_url).path.rstrip("/")


class Shelf:
    """The volumes of one server, at least one, in order."""

    def __init__(self, volumes: Sequence[Volume]) -> None:
        self.volumes = tuple(volumes)

    @property
    def first(self) -> Volume:
        """The one that a request is about when nothing tells."""
        return self.volumes[0]

    @property
    def has_list(self) -> bool:
        """Whether its books are listed at the root: there are several, and none of them is there itself."""
        return len(self.volumes) > 1 and all(one.front for one in self.volumes)

    def find(
        self, book: str | None = None, addresses: Iterable[str | None] = (), language: str | None = None
    ) -> Volume | None:
        """What a request is about; ``None`` when nothing tells.

        Args:
            book: Id of a volume, or of a book, of which the others then choose the edition.
            addresses: Of the reader's page, absolute or from the site's root; the first that a volume has decides.
            language: Of the reader's page.

        Raises:
            Rejected: There is no book ``book``.
        """
        among = self.named(book) if book else self.volumes
        if len(among) == 1:
            return among[0]
        for address in addresses:
            found = _nearest(among, address) if address else None
            if found is not None:
                return found
        if language and (speaks := [one for one in among if _tongue(one.locale) == _tongue(language)]):
            return speaks[0]
        return among[0] if book else None

    def others(self, volume: Volume) -> list[Volume]:
        """The other editions of the same book, the nearest first: of its version, then of its language."""
        same = [one for one in self.volumes if one is not volume and volume.book and one.book == volume.book]
        return sorted(same, key=lambda one: (one.version != volume.version, one.locale != volume.locale))

    def named(self, book: str) -> Sequence[Volume]:
        """The volume with this id, or all editions of the book with this name.

        Raises:
            Rejected: There is none.
        """
        found = [one for one in self.volumes if one.id == book] or [one for one in self.volumes if one.book == book]
        if not found:
            there = ", ".join(one.id for one in self.volumes if one.id)
            raise Rejected(
                f"there is no book {book!r} here; " + (f"there are {there}" if there else "there is only one")
            )
        return found


def _nearest(volumes: Sequence[Volume], address: str) -> Volume | None:
    """The volume at that address: of its origin where one is, then with that page, then with the longest base."""
    try:
        split = urlsplit(address)
    except ValueError:
        return None
    ranked: list[tuple[tuple[int, bool, int], Volume]] = []
    for volume in volumes:
        own = urlsplit(volume.printing.book.front_url)
        same = 1 if not (split.netloc and own.netloc) else 2 * (split.netloc.lower() == own.netloc.lower())
        has_page = volume.printing.places.page(address) is not None
        is_below = (split.path.rstrip("/") + "/").startswith(volume.front + "/")
        if has_page or same == 2 or (is_below and same):
            ranked.append(((same, has_page, len(volume.front) if is_below else -1), volume))
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _tongue(tag: str | None) -> str | None:
    return tag.replace("_", "-").partition("-")[0].lower() if tag else None
