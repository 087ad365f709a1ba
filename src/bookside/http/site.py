"""The built-in reader: the pages of each book as HTML, at the addresses that citations lead to."""

import asyncio
import posixpath
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from fastapi import APIRouter, Query, Request, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from bookside.book.model import Page
from bookside.book.pictures import Picture
from bookside.book.render import render
from bookside.book.text import blocks
from bookside.errors import BooksideError, TooLarge
from bookside.http.assets import STATIC, Static, book_file, picture_in
from bookside.http.contents import contents, local, name_of
from bookside.http.documents import is_pdf, joined, with_file_links
from bookside.http.finding import by_page, place_of
from bookside.http.images import STATIC_FOLDERS, file_address
from bookside.http.made import Made
from bookside.http.problems import headers_of, problem, status_of
from bookside.http.routes import methods_of
from bookside.http.services import BookId, Served, address_of
from bookside.http.shelf import Printing, Shelf, Volume
from bookside.http.start import books_of
from bookside.http.wording import for_scripts, labelled, wording
from bookside.search.model import Passage

SEARCH = "/_bookside/search"
SITEMAP = "/sitemap.xml"
OWN = ("/_bookside/", "/assistant/")
"""Below these, what is no page of the book is answered for programs, and not with a page for people."""

RESULTS = 20
MAX_DESCRIPTION_CHARS = 160
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
HTML = "text/html; charset=utf-8"
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: data:; media-src 'self' https:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache",
}
RESULTS_HEADERS = PAGE_HEADERS | {"X-Robots-Tag": "noindex"}


class Site:
    """The built-in reader, of the books as they are served at the moment.

    Args:
        web: Folder with the templates and static files.
    """

    def __init__(self, shelf: Shelf, web: Path) -> None:
        self._shelf = shelf
        self._static = Static(web / "static")
        self._templates = Environment(
            loader=FileSystemLoader(web / "templates"),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._words = web / "words"
        self._pages: dict[str | None, Pages] = {}

    def pages_of(self, volume: Volume) -> "Pages":
        """Those of its printing; a request takes them once, as another printing may come meanwhile."""
        pages = self._pages.get(volume.id)
        if pages is None or pages.printing is not volume.printing:
            words = wording(self._words, volume.printing.book.language)
            pages = Pages(volume.printing, volume, self._shelf, self._templates, self._static, words)
            self._pages[volume.id] = pages
        return pages

    def pages_at(self, path: str) -> "Pages":
        """Those of the book that has an address on this server; of the first where none has it."""
        for volume in self._shelf.volumes:
            if volume.id is not None and path.startswith(volume.files):
                return self.pages_of(volume)
        return self.pages_of(self._shelf.find(addresses=(path,)) or self._shelf.first)

    def is_start(self, path: str) -> bool:
        """Whether there is the list of the books: at the root, where no book has it."""
        return path == "/" and self._shelf.has_list

    def start(self, asked: Mapping[str, str]) -> Response:
        """The list of the books."""
        words = wording(self._words, None)
        html = self.pages_of(self._shelf.first).render_list(books_of(self._shelf), words)
        return Made.of(html, HTML).answer(asked, PAGE_HEADERS)

    def sitemap(self, origin: str) -> Response:
        """The addresses of all pages; of this server, where the site's own is not known."""
        addresses = (
            page.url if urlsplit(page.url).netloc else origin.rstrip("/") + page.url
            for volume in self._shelf.volumes
            for page in volume.printing.book.pages
        )
        whole = dict.fromkeys(address.partition("#")[0] for address in addresses)
        listed = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in whole)
        xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n'
        return Response(xml, media_type="application/xml")


class Pages:
    """Renders one printing's pages; each is made once.

    Args:
        words: What the reader says itself, by name.
    """

    def __init__(
        self,
        printing: Printing,
        volume: Volume,
        shelf: Shelf,
        templates: Environment,
        static: Static,
        words: Mapping[str, str],
    ) -> None:
        self.printing = printing
        self._words = words
        self._volume = volume
        self._shelf = shelf
        self._templates = templates
        self._static = static
        self._known: dict[str, object] = {
            "local": local,
            "name_of": name_of,
            "place_of": place_of,
            "static": static.address,
            "search_address": SEARCH,
            "words": words,
            "script_words": for_scripts(words),
            "home": f"{volume.front}/" if volume.id else "/",
            "book_id": volume.id,
            "edition": volume.edition,
            "has_list": shelf.has_list,
        }
        self._book = printing.book
        self._places = printing.places
        self._root = Path(printing.book.root).resolve()
        self._pages_by_file = {page.path: page for page in printing.book.pages}
        self._made: dict[str, Made] = {}

    def answer(self, path: str, request: Request) -> Response:
        """The page or file at ``path``; a page that says so, where there is none."""
        asked = request.headers
        files = self._volume.files
        if path.startswith(files):
            return book_file(self._root, path.removeprefix(files), asked) or no_address()
        if path.startswith(STATIC):
            version = request.query_params.get("v", "")
            return self._static.answer(path.removeprefix(STATIC), version, asked) or no_address()
        page = self._places.page(path)
        if page is not None:
            return self._once(page.path, lambda: self._page(page)).answer(asked, PAGE_HEADERS)
        if path == self._known["home"] or path.rstrip("/") in (self._volume.front, self._front().rstrip("/")):
            return self._once("", self._cover).answer(asked, PAGE_HEADERS)
        if path.startswith(OWN):
            return no_address()
        for folder in STATIC_FOLDERS:
            file = posixpath.join(folder, path.removeprefix(self._front()).lstrip("/"))
            found = book_file(self._root, file, asked)
            if found is not None:
                return found
        return self._once("404", lambda: self._render("missing.html")).answer(asked, PAGE_HEADERS, 404)

    def results(self, query: str, passages: Sequence[Passage], asked: Mapping[str, str]) -> Response:
        """The page with what was found; without a query, the page to look for something."""
        cited = [passage for passage in passages if passage.id in self.printing.sections]
        is_far = all(passage.is_likely is False for passage in cited)
        html = self._render("results.html", query=query, found=by_page(cited, query, self._places.page), is_far=is_far)
        return Made.of(html, HTML).answer(asked, RESULTS_HEADERS)

    def no_results(self, query: str, trouble: BooksideError, asked: Mapping[str, str]) -> Response:
        """The page that says what kept anything from being found."""
        html = self._render("results.html", query=query, found=[], is_far=False, trouble=str(trouble))
        return Made.of(html, HTML).answer(asked, RESULTS_HEADERS | headers_of(trouble), status_of(trouble))

    def has_page(self, path: str) -> bool:
        """Whether the book has a page at ``path``."""
        return self._places.page(path) is not None

    def has_to_make(self, path: str) -> bool:
        """Whether the book has a page at ``path`` that nobody has asked for yet, so that it takes a moment."""
        page = self._places.page(path)
        return page is not None and page.path not in self._made

    def _once(self, key: str, make: Callable[[], str]) -> Made:
        if key not in self._made:
            self._made[key] = Made.of(make(), HTML)
        return self._made[key]

    def _front(self) -> str:
        """Path that all pages share: the base of the site."""
        shared = posixpath.commonpath([local(page.url) for page in self._book.pages]) if self._book.pages else "/"
        return shared if shared.startswith("/") else "/"

    def _page(self, page: Page) -> str:
        pages, sheet = self._book.pages, self._places.sheet(page)
        at, last = pages.index(sheet[0]), pages.index(sheet[-1])
        page = joined(sheet)
        html = labelled(render(page, lambda address: self._resolve(page, address), self._look), self._words)
        original = (
            file_address(self._root, page.path, posixpath.basename(page.path), self._volume.files)
            if is_pdf(page)
            else None
        )
        if original:
            html = with_file_links(html, original)
        return self._render(
            "page.html",
            page=page,
            html=Markup(html),  # noqa: S704 - render() cleans it
            description=description_of(page),
            previous=pages[at - 1] if at else None,
            next=pages[last + 1] if last + 1 < len(pages) else None,
            sections=[section for section in page.sections if section.level in (2, 3) and section.anchor],
        )

    def _cover(self) -> str:
        return self._render("cover.html", first=next(iter(self._book.pages), None))

    def _render(self, template: str, page: Page | None = None, **values: object) -> str:
        language = self._book.language or "en"
        return self._templates.get_template(template).render(
            book=self._book,
            page=page,
            language=language,
            direction="rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr",
            groups=contents(self._book.pages, self._places.page(page.url) if page else None),
            editions=self._editions(page),
            **self._known,
            **values,
        )

    def render_list(self, books: Sequence[object], words: Mapping[str, str]) -> str:
        """The list of the server's books."""
        of_no_book = {
            "home": "/",
            "book_id": None,
            "edition": None,
            "has_list": False,
            "words": words,
            "script_words": for_scripts(words),
        }
        return self._templates.get_template("start.html").render(
            books=books,
            language="en",
            direction="ltr",
            book={"title": words["books"]},
            groups=(),
            **(self._known | of_no_book),
        )

    def _editions(self, page: Page | None) -> list[tuple[str, str]]:
        """The other editions of the book, each with the address of the same page in it, or its own."""
        made: list[tuple[str, str]] = []
        for other in self._shelf.others(self._volume):
            below = local(page.url).removeprefix(self._volume.front) if page else ""
            same = other.printing.places.page(other.front + below) if page else None
            made.append((other.edition or other.printing.book.title, local(same.url) if same else f"{other.front}/"))
        return made

    def _resolve(self, page: Page, address: str) -> str:
        """``address`` as it stands in ``page``: another page by its file, a file of the book, or as it is."""
        try:
            split = urlsplit(address)
        except ValueError:
            return address
        if split.scheme or split.netloc or not split.path:
            return address
        path = unquote(split.path)
        below = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(page.path), path)
        file = posixpath.normpath(below)
        fragment = f"#{split.fragment}" if split.fragment else ""
        for name in (file, f"{file}.md", f"{file}/README.md", f"{file}/index.md", f"{file}/index.html", f"{file}.html"):
            if name in self._pages_by_file:
                return local(self._pages_by_file[name].url) + fragment
        return file_address(self._root, page.path, split.path, self._volume.files) or address

    def _look(self, address: str) -> Picture | None:
        """The image at an address that ``_resolve`` gave; one of another site is not looked at."""
        try:
            split = urlsplit(address)
        except ValueError:
            return None
        if split.netloc:
            return Picture()
        files = self._volume.files
        return picture_in(self._root, unquote(address.removeprefix(files))) if address.startswith(files) else None


def description_of(page: Page) -> str:
    """What a page says of itself to search engines: its author's words, or its beginning."""
    if page.description:
        return page.description
    words = ""
    for section in page.sections:
        words = " ".join(
            " ".join(block.body for block in blocks(section.markdown, page.dialect) if block.kind == "text").split()
        )
        if words:
            break
    if len(words) <= MAX_DESCRIPTION_CHARS:
        return words
    return words[:MAX_DESCRIPTION_CHARS].rpartition(" ")[0].rstrip(" ,;:") + " …"


def no_address() -> Response:
    """What every address of the server's own that has nothing gives, whatever the reason."""
    return problem(404, "there is nothing at this address")


router = APIRouter(include_in_schema=False)


@router.api_route(SEARCH, methods=["GET", "HEAD"])
async def find(request: Request, services: Served, q: Annotated[str, Query()] = "", book: BookId = None) -> Response:
    """What the book has on ``q``, as a page that needs no script."""
    site: Site = request.app.state.site
    volume = services.shelf.find(book) or services.shelf.first
    pages, query = site.pages_of(volume), " ".join(q.split())
    if not query:
        return pages.results("", (), request.headers)
    try:
        await services.rate.search(address_of(request))
        if len(query) > services.limits.max_question_chars:
            raise TooLarge("the question", services.limits.max_question_chars, "characters")
        passages = await volume.search.find([query], limit=RESULTS)
    except BooksideError as error:
        return pages.no_results(query, error, request.headers)
    return pages.results(query, passages, request.headers)


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
async def page(path: str, request: Request) -> Response:
    """A page of the book, or a file that it shows; 405 at an address of the assistant's that takes other methods."""
    site: Site = request.app.state.site
    address = "/" + path
    methods = methods_of(address)
    if address == SITEMAP:
        return site.sitemap(str(request.base_url))
    if site.is_start(address):
        return site.start(request.headers)
    pages = site.pages_at(address)
    if methods and not pages.has_page(address):
        return problem(405, f"this address takes {', '.join(sorted(methods))}", {"Allow": ", ".join(sorted(methods))})
    if pages.has_to_make(address):
        return await asyncio.to_thread(pages.answer, address, request)  # answers are streamed meanwhile
    return pages.answer(address, request)
