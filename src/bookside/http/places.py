"""Where in the book a reader is, from whatever the page could tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rapidfuzz import fuzz, process

from bookside.book.model import Book, Page
from bookside.context import Location
from bookside.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The section that a page says its reader sees."""

    heading: str | None = None
    anchor: str | None = None


NO_PAGE = ""
"""The key of no page: those of pages begin with a slash."""

NEAREST = 3
LEAST_LIKENESS = 70
"""From 0 to 100; names that are less like the one that was given are not worth naming."""


class Places:
    """Finds a book's page by its address, its path on the site, or its file.

    Args:
        links: Addresses outside the book that its text links to.
        images: Addresses of the images that its pages show.
    """

    def __init__(self, book: Book, links: Iterable[str] = (), images: Iterable[str] = ()) -> None:
        self._images = frozenset(images)
        self._pages: dict[str, Page] = {}
        self._lessons: dict[tuple[int | None, str], list[Page]] = {}
        self._addresses: set[str] = {_without_slash(link) for link in links}
        self._sheets: dict[str, list[Page]] = {}
        for page in book.pages:
            self._pages.setdefault(_key(page.url), page)
            self._pages.setdefault(_key("/" + page.path), page)
            self._sheets.setdefault(_key(page.url), []).append(page)
            if page.lesson:
                for chapter in {page.chapter.number if page.chapter else None, None}:
                    self._lessons.setdefault((chapter, page.lesson.slug), []).append(page)
            self._addresses.add(_without_slash(page.url))
            self._addresses |= {_without_slash(section.url) for section in page.sections}

    def page(self, address: str) -> Page | None:
        """The page at an absolute address or a path; query and a final slash do not matter.

        A fragment matters only where several pages have the same address but for it, as the chapters of a PDF.
        """
        page = self._pages.get(_key(address))
        return page and self._chapter(page, address.partition("#")[2])

    def names_like(self, address: str) -> dict[str, float]:
        """Files of pages whose name or address is like ``address``, and how like it is, from 0 to 100."""
        found: dict[str, float] = {}
        alike = process.extract(_key(address), self._pages.keys(), scorer=fuzz.ratio, limit=2 * NEAREST)
        for key, likeness, _ in alike:
            if likeness >= LEAST_LIKENESS:
                found.setdefault(self._pages[key].path, likeness)
        return found

    def sheet(self, page: Page) -> Sequence[Page]:
        """The pages that have the address of ``page`` but for the fragment; as a rule it alone."""
        return self._sheets[_key(page.url)]

    def _chapter(self, page: Page, anchor: str) -> Page:
        if not anchor:
            return page
        return next((one for one in self.sheet(page) if any(s.anchor == anchor for s in one.sections)), page)

    def contains(self, address: str) -> bool:
        """Whether the book has this address, or links to it."""
        return _without_slash(address) in self._addresses

    def has_image(self, address: str) -> bool:
        """Whether this is the address of an image that the book shows."""
        return address in self._images

    def locate(
        self,
        *,
        chapter: int | None = None,
        lesson: str | None = None,
        url: str | None = None,
        path: str | None = None,
        title: str | None = None,
        section: Shown = Shown(),
        language: str | None = None,
    ) -> Location:
        """What is known of the reader's place: what the page says of itself wins over what its address tells."""
        page = next((page for address in (url, path) if address and (page := self.page(address))), None)
        page = page and self._chapter(page, section.anchor or "")
        if page is not None:
            chapter = chapter if chapter is not None else (page.chapter.number if page.chapter else None)
            lesson = lesson if lesson is not None else (page.lesson.slug if page.lesson else None)
        named = page or self._lesson(chapter, lesson)
        return Location(
            chapter=chapter,
            lesson=lesson,
            order=named.order if named else None,
            url=page.url if page else (url or path),
            title=page.title if page else title,
            section=_section(page, section),
            language=language,
        )

    def _lesson(self, chapter: int | None, lesson: str | None) -> Page | None:
        """The one page with this slug in this chapter, or in the book where the chapter is not known."""
        pages = self._lessons.get((chapter, lesson), []) if lesson else []
        return pages[0] if len(pages) == 1 else None


def no_such_page(address: str, among: Iterable[Places]) -> Rejected:
    """What whoever named a page is told, when no book has it: which pages have a name like it."""
    alike: dict[str, float] = {}
    for places in among:
        alike |= places.names_like(address)
    nearest = sorted(alike, key=lambda name: -alike[name])[:NEAREST]
    hint = (
        f"is it {' or '.join(nearest)}? `bookside outline` lists them all"
        if nearest
        else "`bookside outline` lists them"
    )
    return Rejected(f"no page of the book is {address!r}; {hint}")


def _section(page: Page | None, shown: Shown) -> str | None:
    """The path of the book's own section with that id, or the heading that the page told."""
    if page is not None and shown.anchor:
        own = next((section for section in page.sections if section.anchor == shown.anchor), None)
        if own is not None:
            return " › ".join(own.path)
    return shown.heading or None


def _key(address: str) -> str:
    """The path by which a page is known; for what is no address at all, one that no page has."""
    try:
        path = "/" + unquote(urlsplit(address).path).strip("/")
    except ValueError:
        return NO_PAGE
    for end in ("/index.html", ".html"):
        path = path.removesuffix(end)
    return path or "/"


def _without_slash(address: str) -> str:
    head, mark, fragment = address.partition("#")
    return head.rstrip("/") + mark + fragment
