"""A built site on a web server of its own: plain files, under a strict content security policy."""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from e2e.hosts.builds import SERVER
from model_server import running

INLINE = {
    "script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S),
    "style": re.compile(r"<style[^>]*>(.*?)</style>", re.S),
}


@dataclass(eq=False)
class StaticSite:
    """A site that is being served.

    Args:
        folder: Where its files are.
        address: Where the build says that it is published.
        server: Address of the assistant; set it before a page is asked for.
        is_bare: Whether pages come without the assistant's tag.
    """

    folder: Path
    address: str
    server: str = ""
    url: str = ""
    is_bare: bool = False

    @property
    def base(self) -> str:
        """Path that all pages begin with."""
        return urlsplit(self.address).path

    @property
    def policy(self) -> str:
        """Allows the site itself, the inline parts that its generator wrote, and the assistant's server."""
        return (
            f"default-src 'self'; script-src 'self' {self._hashes('script')} {self.server}; "
            f"connect-src 'self' {self.server}; style-src 'self' {self._hashes('style')}; "
            # Generators write attributes like style="text-align:left"; the widget writes none.
            "style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
        )

    @cache  # noqa: B019 - a site is made once in a session
    def _hashes(self, kind: str) -> str:
        """Of the inline parts of all pages: one page's scripts run on the next where a site goes there by itself."""
        texts = {text for page in self.folder.rglob("*.html") for text in INLINE[kind].findall(page.read_text("utf-8"))}
        digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in sorted(texts))
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    async def answer(self, request: Request) -> Response:
        """The file at an address, a folder's ``index.html``, or the site's own page for what is missing."""
        path = request.url.path
        if not path.startswith(self.base):
            return RedirectResponse(self.base) if path == "/" else Response(status_code=404)
        named = self.folder / path.removeprefix(self.base)
        if named.is_dir() and not path.endswith("/") and (named / "index.html").exists():
            return self._file(named / "index.html")
        file = named / "index.html" if path.endswith("/") else named
        return self._file(file) if file.is_file() else self._file(self.folder / "404.html", 404)

    def _file(self, path: Path, status: int = 200) -> Response:
        content = path.read_bytes()
        type_ = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path.suffix not in (".html", ".xml"):
            return Response(content, status, media_type=type_)
        text = content.decode().replace(self.address, self.url + self.base)
        if self.is_bare:
            text = re.sub(rf"<script[^>]*{re.escape(SERVER)}[^>]*></script>", "", text)
        headers = {"Content-Security-Policy": self.policy} if path.suffix == ".html" else {}
        return Response(text.replace(SERVER, self.server), status, headers, type_)


@contextmanager
def static_site(folder: Path, address: str) -> Iterator[StaticSite]:
    """A build that was made for ``address``, on an origin of its own."""
    site = StaticSite(folder, address)
    app = Starlette(routes=[Route("/{path:path}", site.answer)])
    with running(uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))) as url:
        site.url = url
        yield site
