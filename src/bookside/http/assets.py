"""The only place that sends files: those of the book that a page may show, and the built-in reader's own."""

import io
import mimetypes
import struct
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import imagesize  # pyright: ignore[reportMissingTypeStubs]
from fastapi import Response
from fastapi.responses import FileResponse

from bookside.book.archive import member
from bookside.book.files import is_inside
from bookside.book.pictures import Picture
from bookside.http.made import Made

STATIC = "/_bookside/static/"
FILE_TYPES = ("image/", "video/", "audio/", "font/", "application/pdf")
FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=300",
}
PDF_HEADERS = FILE_HEADERS | {"Content-Security-Policy": "frame-ancestors 'self'"}
"""Browsers do not show a PDF in a sandbox; what runs in one has no part in this site anyway."""

FOREVER = "public, max-age=31536000, immutable"
VERSION_CHARS = 10


class Static:
    """The reader's own styles and scripts, read once; an address that names the version may be kept for ever."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            file.name: Made.of(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
            for file in sorted(folder.iterdir())
            if file.is_file()
        }

    def address(self, name: str) -> str:
        """Where ``name`` is, in the version that is served now."""
        return f"{STATIC}{name}?v={self._files[name].tag[:VERSION_CHARS]}"

    def answer(self, name: str, version: str, asked: Mapping[str, str]) -> Response | None:
        """The file, ``None`` where there is none."""
        file = self._files.get(name)
        if file is None:
            return None
        is_this_one = version == file.tag[:VERSION_CHARS]
        headers = {
            "Cache-Control": FOREVER if is_this_one else "public, max-age=300",
            "X-Content-Type-Options": "nosniff",
        }
        return file.answer(asked, headers)


def book_file(root: Path, name: str, asked: Mapping[str, str]) -> Response | None:
    """A file of the book that a page may show; ``None`` where there is none, or where it is of another kind.

    Args:
        root: Resolved.
        asked: Headers of the request.
    """
    kind = mimetypes.guess_type(name)[0]
    if kind is None or not kind.startswith(FILE_TYPES):
        return None
    file = file_in(root, name)
    headers = PDF_HEADERS if kind == "application/pdf" else FILE_HEADERS
    if file is None:
        packed = member(root, name)
        return None if packed is None else Made.of(packed, kind).answer(asked, headers)
    response = FileResponse(file, media_type=kind, headers=headers, stat_result=file.stat())
    if response.headers["etag"] in asked.get("if-none-match", ""):
        return Response(status_code=304, headers={**headers, "ETag": response.headers["etag"]})
    return response


def script(file: Path, asked: Mapping[str, str]) -> Response:
    """A built script of the widget, for pages of any site."""
    return _script(file, file.stat().st_mtime_ns).answer(
        asked, {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    )


@lru_cache(maxsize=50)
def _script(file: Path, _changed_ns: int) -> Made:
    return Made.of(file.read_bytes(), "text/javascript")


def picture_in(root: Path, name: str) -> Picture | None:
    """The image ``name`` below ``root``, as large as browsers show it."""
    file: Path | io.BytesIO | None = file_in(root, name)
    if file is None:
        packed = member(root, name)
        if packed is None:
            return None
        file = io.BytesIO(packed)
    try:
        info = imagesize.get_info(file)  # pyright: ignore[reportUnknownMemberType]
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, struct.error, SyntaxError):
        return Picture()  # it is no image that can be read, which is for the browser to show
    width, height = round(info.width), round(info.height)
    return Picture(width, height) if width > 0 and height > 0 else Picture()


def has_file(root: Path, name: str) -> bool:
    """Whether the book has the file ``name``, be it in an archive."""
    return file_in(root, name) is not None or member(root, name) is not None


def file_in(root: Path, name: str) -> Path | None:
    """The file ``name`` below ``root``; ``None`` where there is none, or where its name or a link leads elsewhere.

    Args:
        root: Resolved; a book that is one file has no other.
    """
    try:
        if root.is_file():
            return root if name == root.name else None
        file = (root / name).resolve()
        return file if is_inside(str(file), str(root)) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):  # no such name can be, or its links go round
        return None
