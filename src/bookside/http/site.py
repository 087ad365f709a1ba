"""The built-in reader: the book's pages as HTML, at the addresses that citations lead to."""

import mimetypes
import posixpath
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from bookside.book.model import Page
from bookside.book.render import render
from bookside.http.problems import problem
from bookside.http.routes import methods_of
from bookside.http.shelf import Edition, Shelf

FILES = "/_bookside/files/"
STATIC = "/_bookside/static/"
OWN = ("/_bookside/", "/assistant/")
"""Below these, what is no page of the book is answered for programs, and not with a page for people."""
STATIC_FOLDERS = ("static", "public", "docs/static")
"""Where a book's root-relative files may lie."""

FILE_TYPES = ("image/", "video/", "audio/", "font/", "application/pdf")
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: data:; media-src 'self' https:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
FILE_HEADERS = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class NavPage:
    """A page as the navigation shows it."""

    title: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Pages of one chapter; the part's title stands with its first chapter only.

    Args:
        is_apart: Whether the pages are of no chapter and have no title over them, but stand after others.
    """

    part: str | None
    chapter: str | None
    is_apart: bool
    pages: list[NavPage]


class Site:
    """Renders a book's pages; each is made once.

    Args:
        web: Folder with the templates and static files.
    """

    def __init__(self, shelf: Shelf, web: Path) -> None:
        self._shelf = shelf
        self._templates = Environment(
            loader=FileSystemLoader(web / "templates"),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._static = (web / "static").resolve()
        self._open(shelf.edition)

    def _open(self, edition: Edition) -> None:
        self._edition = edition
        self._book = edition.book
        self._places = edition.places
        self._root = Path(edition.book.root).resolve()
        self._pages_by_file = {page.path: page for page in edition.book.pages}
        self._made: dict[str, str] = {}

    def answer(self, path: str) -> Response:
        """The page or file at ``path``; a page that says so, where there is none."""
        if self._shelf.edition is not self._edition:
            self._open(self._shelf.edition)
        if path.startswith(FILES):
            return self._file(path.removeprefix(FILES)) or no_address()
        if path.startswith(STATIC):
            return self._static_file(path.removeprefix(STATIC)) or no_address()
        page = self._places.page(path)
        if page is not None:
            return HTMLResponse(self._page(page), headers=PAGE_HEADERS)
        if path == "/" or path.rstrip("/") == self._front().rstrip("/"):
            return HTMLResponse(self._render("cover.html", page=None, nav=self._nav(None)), headers=PAGE_HEADERS)
        if path.startswith(OWN):
            return no_address()
        for folder in STATIC_FOLDERS:
            file = self._file(posixpath.join(folder, path.removeprefix(self._front()).lstrip("/")))
            if file is not None:
                return file
        return HTMLResponse(self._render("missing.html", page=None, nav=self._nav(None)), 404, PAGE_HEADERS)

    def has_page(self, path: str) -> bool:
        """Whether the book has a page at ``path``."""
        return self._shelf.edition.places.page(path) is not None

    def _front(self) -> str:
        """Path that all pages share: the base of the site."""
        shared = posixpath.commonpath([local(page.url) for page in self._book.pages]) if self._book.pages else "/"
        return shared if shared.startswith("/") else "/"

    def _page(self, page: Page) -> str:
        if page.path not in self._made:
            pages = self._book.pages
            at = pages.index(page)
            self._made[page.path] = self._render(
                "page.html",
                page=page,
                html=Markup(render(page, lambda address: self._resolve(page, address))),  # noqa: S704 - render() cleans it
                nav=self._nav(page),
                previous=pages[at - 1] if at else None,
                next=pages[at + 1] if at + 1 < len(pages) else None,
                contents=[section for section in page.sections if section.level in (2, 3) and section.anchor],
            )
        return self._made[page.path]

    def _render(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(book=self._book, language="en", local=local, **values)

    def _nav(self, current: Page | None) -> list[NavGroup]:
        groups: list[NavGroup] = []
        part = None
        for (part_title, chapter), pages in groupby(
            self._book.pages,
            lambda page: (page.part.title if page.part else None, page.chapter.title if page.chapter else None),
        ):
            shown_part = part_title if part_title != part else None
            groups.append(
                NavGroup(
                    shown_part,
                    chapter,
                    bool(groups) and not shown_part and not chapter,
                    [
                        NavPage(page.lesson.title if page.lesson else page.title, local(page.url), page is current)
                        for page in pages
                    ],
                )
            )
            part = part_title
        return groups

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
        for name in (file, f"{file}.md", f"{file}/README.md", f"{file}/index.md"):
            if name in self._pages_by_file:
                return local(self._pages_by_file[name].url) + fragment
        for folder in ("", *STATIC_FOLDERS):
            if not file.startswith("..") and file_in(self._root, posixpath.join(folder, file)):
                return FILES + quote(posixpath.join(folder, file))
        return address

    def _file(self, name: str) -> Response | None:
        file = file_in(self._root, name)
        kind = mimetypes.guess_type(file.name)[0] if file else None
        if file is None or kind is None or not kind.startswith(FILE_TYPES):
            return None
        return FileResponse(file, media_type=kind, headers=FILE_HEADERS)

    def _static_file(self, name: str) -> Response | None:
        file = file_in(self._static, name)
        return FileResponse(file, headers={"Cache-Control": "public, max-age=300"}) if file else None


def file_in(root: Path, name: str) -> Path | None:
    """The file ``name`` below ``root``; ``None`` where there is none, or where its name or a link leads elsewhere.

    Args:
        root: Resolved.
    """
    try:
        file = (root / name).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):  # no such name can be, or its links go round
        return None


def no_address() -> Response:
    """What every address of the server's own that has nothing gives, whatever the reason."""
    return problem(404, "there is nothing at this address")


def local(url: str) -> str:
    """An address of the book as this server has it: path and fragment."""
    split = urlsplit(url)
    return (split.path or "/") + (f"#{split.fragment}" if split.fragment else "")


router = APIRouter(include_in_schema=False)


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
async def page(path: str, request: Request) -> Response:
    """A page of the book, or a file that it shows; 405 at an address of the assistant's that takes other methods."""
    site: Site = request.app.state.site
    address = "/" + path
    methods = methods_of(address)
    if methods and not site.has_page(address):
        return problem(405, f"this address takes {', '.join(sorted(methods))}", {"Allow": ", ".join(sorted(methods))})
    return site.answer(address)
