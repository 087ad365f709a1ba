"""A site of plain pages with Turbo Drive, which puts the body of the next page into the page that is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from bookside.book import Book, read_book
from bookside.book.pictures import Picture
from bookside.book.render import render
from model_server import running
from serving import GARDEN

TURBO = Path(__file__).parent / "turbo" / "node_modules" / "@hotwired" / "turbo" / "dist" / "turbo.es2017-esm.js"

NONCE = "dHVyYm8"
"""For the style sheet of Turbo's progress bar; Turbo finds it in the page."""

SWITCH = """
document.addEventListener("click", event => {
  if (event.target.id === "dark") document.documentElement.dataset.theme = localStorage.theme = "dark";
});
if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
"""


@dataclass
class TurboSite:
    """The garden book as such a site.

    Args:
        has_element: Whether the pages have the element in them, instead of the tag alone.
        server: Address of the assistant; set it before a page is asked for.
    """

    book: Book
    has_element: bool
    server: str = ""
    url: str = ""

    async def page(self, request: Request) -> Response:
        """One page of the book."""
        page = next((page for page in self.book.pages if page.url == request.url.path), None)
        if page is None:
            return Response(status_code=404)
        links = "".join(f'<li><a href="{page.url}">{escape(page.title)}</a></li>' for page in self.book.pages)
        element = f'<bookside-chat id="assistant" data-turbo-permanent server="{self.server}"></bookside-chat>'
        tag = "" if self.has_element else f'data-server="{self.server}"'
        return HTMLResponse(
            f'<!doctype html><html lang="en"><head><title>{escape(page.title)}</title><link rel="icon" href="data:,">'
            f'<meta name="csp-nonce" content="{NONCE}">'
            f'<script type="module" src="/turbo.js"></script><script src="/switch.js"></script>'
            f'<script type="module" src="{self.server}/bookside.js" {tag}></script></head>'
            f'<body><nav><ul>{links}</ul></nav><button id="dark">Dark</button>{element if self.has_element else ""}'
            f"<main>{render(page, lambda address: address, lambda _: Picture())}</main></body></html>",
            headers={
                "Content-Security-Policy": f"default-src 'self'; script-src 'self' {self.server}; "
                f"img-src 'self' data:; connect-src 'self' {self.server}; style-src 'self' 'nonce-{NONCE}'"
            },
        )


@contextmanager
def turbo_site(has_element: bool) -> Iterator[TurboSite]:
    """The site, on an origin of its own."""
    site = TurboSite(read_book(GARDEN), has_element)

    async def turbo(_: Request) -> Response:
        return FileResponse(TURBO, media_type="text/javascript")

    async def switch(_: Request) -> Response:
        return Response(SWITCH, media_type="text/javascript")

    routes = [Route("/turbo.js", turbo), Route("/switch.js", switch), Route("/{path:path}", site.page)]
    with running(uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="error"))) as url:
        site.url = url
        yield site
