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
from bookside.http.shelf import Edition, Shelf

FILES = "/_bookside/files/"
STATIC = "/_bookside/static/"
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
    """Pages of one chapter; the part's title stands with its first chapter only."""

    part: str | None
    chapter: str | None
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
        self._static = web / "static"
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
            return self._file(self._root / unquote(path.removeprefix(FILES)))
        if path.startswith(STATIC):
            return self._static_file(path.removeprefix(STATIC))
        page = self._places.page(path)
        if page is not None:
            return HTMLResponse(self._page(page), headers=PAGE_HEADERS)
        if path == "/" or path.rstrip("/") == self._front().rstrip("/"):
            return HTMLResponse(self._render("cover.html", page=None, nav=self._nav(None)), headers=PAGE_HEADERS)
        for folder in STATIC_FOLDERS:
            file = self._root / folder / path.removeprefix(self._front()).lstrip("/")
            if file.is_file():
                return self._file(file)
        return HTMLResponse(self._render("missing.html", page=None, nav=self._nav(None)), 404, PAGE_HEADERS)

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
            groups.append(
                NavGroup(
                    part_title if part_title != part else None,
                    chapter,
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
        split = urlsplit(address)
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
            if not file.startswith("..") and (self._root / folder / file).is_file():
                return FILES + quote(posixpath.join(folder, file))
        return address

    def _file(self, file: Path) -> Response:
        resolved = file.resolve()
        kind, _ = mimetypes.guess_type(resolved.name)
        if not resolved.is_relative_to(self._root) or not resolved.is_file() or not (kind or "").startswith(FILE_TYPES):
            return Response("no such file", 404, media_type="text/plain")
        return FileResponse(resolved, media_type=kind, headers=FILE_HEADERS)

    def _static_file(self, name: str) -> Response:
        file = (self._static / name).resolve()
        if not file.is_relative_to(self._static.resolve()) or not file.is_file():
            return Response("no such file", 404, media_type="text/plain")
        return FileResponse(file, headers={"Cache-Control": "public, max-age=300"})


def local(url: str) -> str:
    """An address of the book as this server has it: path and fragment."""
    split = urlsplit(url)
    return (split.path or "/") + (f"#{split.fragment}" if split.fragment else "")


router = APIRouter(include_in_schema=False)


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
async def page(path: str, request: Request) -> Response:
    """A page of the book, or a file that it shows."""
    site: Site = request.app.state.site
    return site.answer("/" + path)
