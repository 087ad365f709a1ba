"""Where in the book a reader is, from whatever the page could tell."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from bookside.book.model import Book, Page
from bookside.context import Location

NO_PAGE = ""
"""The key of no page: those of pages begin with a slash."""


class Places:
    """Finds a book's page by its address, its path on the site, or its file.

    Args:
        links: Addresses outside the book that its text links to.
        images: Addresses of the images that its pages show.
    """

    def __init__(self, book: Book, links: Iterable[str] = (), images: Iterable[str] = ()) -> None:
        self._images = frozenset(images)
        self._pages: dict[str, Page] = {}
        self._addresses: set[str] = {_without_slash(link) for link in links}
        for page in book.pages:
            self._pages.setdefault(_key(page.url), page)
            self._pages.setdefault(_key("/" + page.path), page)
            self._addresses.add(_without_slash(page.url))
            self._addresses |= {_without_slash(section.url) for section in page.sections}

    def page(self, address: str) -> Page | None:
        """The page at an absolute address or a path; query, fragment and a final slash do not matter."""
        return self._pages.get(_key(address))

    def contains(self, address: str) -> bool:
        """Whether the book has this address, or links to it."""
        return _without_slash(address) in self._addresses

    def has_image(self, address: str) -> bool:
        """Whether this is the address of an image that the book shows."""
        return address in self._images

    def locate(
        self, *, chapter: int | None, lesson: str | None, url: str | None, path: str | None, title: str | None
    ) -> Location:
        """What is known of the reader's place: what the page says of itself wins over what its address tells."""
        page = next((page for address in (url, path) if address and (page := self.page(address))), None)
        if page is not None:
            chapter = chapter if chapter is not None else (page.chapter.number if page.chapter else None)
            lesson = lesson if lesson is not None else (page.lesson.slug if page.lesson else None)
        return Location(
            chapter=chapter,
            lesson=lesson,
            url=page.url if page else (url or path),
            title=page.title if page else title,
        )


def _key(address: str) -> str:
    """The path by which a page is known; for what is no address at all, one that no page has."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return NO_PAGE
    for end in ("index.html", ".html"):
        path = path.removesuffix(end)
    return "/" + path.strip("/")


def _without_slash(address: str) -> str:
    head, mark, fragment = address.partition("#")
    return head.rstrip("/") + mark + fragment
