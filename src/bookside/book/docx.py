"""A DOCX as a page of a book: mammoth makes HTML of it, which is read as any other HTML is."""

import hashlib
import io
import posixpath
from typing import Any, cast

from bookside.book.archive import Archive, opened_archive
from bookside.book.html_page import document_of, source_of_document
from bookside.book.outline import Source
from bookside.book.pages import Address
from bookside.errors import BookError

STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Code'] => pre:separator('\\n')
p[style-name='Source Code'] => pre:separator('\\n')
p[style-name='HTML Preformatted'] => pre:separator('\\n')
r[style-name='Code'] => code
r[style-name='Verbatim Char'] => code
"""
"""Styles that mammoth does not know of itself."""

DOCUMENT = "word/document.xml"
MEDIA = "word/media/"
ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")


def read_docx(data: bytes, path: str, url: str, fallback_title: str) -> Source:
    """The page that the file at ``path`` is; its images are shown from the file itself.

    Raises:
        BookError: It is no DOCX, or the reader of such files is not installed.
    """
    try:
        import mammoth  # noqa: PLC0415 - an extra  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise BookError(path, 0, 'reading DOCX files needs `pip install "bookside[docx]"`') from error
    with opened_archive(data, path) as archive:
        media = checked(archive, path)
    engine: Any = mammoth

    def shown(image: Any) -> dict[str, str]:
        with image.open() as file:
            name = media.get(hashlib.sha256(file.read()).digest(), "")
        return {"src": f"{posixpath.basename(path)}/{name}" if name else ""}

    try:
        made = engine.convert_to_html(
            io.BytesIO(data), style_map=STYLES, convert_image=engine.images.img_element(shown)
        )
    except (BookError, RecursionError, MemoryError):
        raise
    except Exception as error:
        raise BookError(path, 0, f"it is a broken DOCX: {error or type(error).__name__}") from error
    document = document_of(f"<html><body>{cast('str', made.value)}</body></html>", path)
    return source_of_document(document, Address(path=path, url=url), fallback_title=fallback_title, names_headings=True)


def checked(archive: Archive, path: str) -> dict[bytes, str]:
    """The names of the images in the file by what they hold; every other part has been found to be harmless.

    Raises:
        BookError: A part unpacks to too much, or has entities, which no word processor writes, or its name leads out.
    """
    if not archive.has(DOCUMENT):
        raise BookError(path, 0, "it is no DOCX: it has no word/document.xml")
    if archive.leads_out:
        raise BookError(path, 0, "it has parts whose names lead out of it")
    media: dict[bytes, str] = {}
    for name in archive.names:
        part = archive.read(name)
        if name.startswith(MEDIA):
            media[hashlib.sha256(part).digest()] = name
        elif name.endswith((".xml", ".rels")) and (
            any(mark in part for mark in ENTITIES) or part[:2] in (b"\xff\xfe", b"\xfe\xff")
        ):
            raise BookError(f"{path}/{name}", 1, "it declares entities, which no DOCX does")
    return media
