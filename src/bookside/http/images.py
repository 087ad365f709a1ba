"""The only place that knows which images an answer may show: files of the book that its pages show."""

import mimetypes
import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from markdown_it.token import Token

from bookside.book.markdown import parser
from bookside.book.model import Book
from bookside.http.assets import has_file

FILES = "/_bookside/files/"
STATIC_FOLDERS = ("static", "public", "docs/static")
"""Where a book's root-relative files may lie."""


def file_address(root: Path, page: str, address: str, files: str = FILES) -> str | None:
    """Where the server gives out the file that ``address`` means in ``page``; ``None`` where the book has none.

    Args:
        root: The book's folder, resolved.
        page: File below it.
        files: Where the server gives out the book's files.
    """
    path = unquote(address)
    below = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(page), path)
    file = posixpath.normpath(below)
    for folder in ("", *STATIC_FOLDERS):
        if not file.startswith("..") and has_file(root, posixpath.join(folder, file)):
            return files + quote(posixpath.join(folder, file))
    return None


def shown_images(book: Book, files: str = FILES) -> frozenset[str]:
    """Addresses of the images that the book's pages show: where the server gives them out, and on the book's site.

    The site's address is known of root-relative ones only; builders rename others.
    """
    root = Path(book.root).resolve()
    return frozenset(
        address
        for page in book.pages
        for source in _sources(parser(page.dialect).parse(page.markdown))
        for address in _addresses(root, page.path, page.url, source, files)
    )


def _addresses(root: Path, page: str, url: str, source: str, files: str) -> Iterator[str]:
    try:
        split = urlsplit(source)
    except ValueError:
        return
    if split.scheme or split.netloc or not split.path or not _is_image(split.path):
        return
    file = file_address(root, page, split.path, files)
    if file is None:
        return
    yield file
    if split.path.startswith("/"):
        yield split.path
        yield urljoin(url, split.path)


def _is_image(path: str) -> bool:
    return (mimetypes.guess_type(path)[0] or "").startswith("image/")


def _sources(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        source = token.attrGet("src")
        if token.type == "image" and isinstance(source, str):
            yield source
        yield from _sources(token.children or [])
