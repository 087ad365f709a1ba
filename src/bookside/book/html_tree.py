"""The only place where HTML is parsed: bytes become a tree, with its encoding as browsers find it."""

import codecs
import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from bookside.book.files import without_data
from bookside.errors import BookError

SNIFFED_BYTES = 4096
MAX_CHARS = 16_000_000
"""What is longer has more text than a page may have, and would take many seconds to tell so."""

CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]*?\b(?:charset|encoding)\s*=\s*["']?\s*(?P<name>[\w:.-]+)""", re.IGNORECASE
)
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
EMPTIED_BY_XML = re.compile(
    r"<(?P<name>title|script|style|a|i|b|em|span|div|p|td|th|li|iframe|textarea)(?P<rest>(?:\s[^<>]*)?)/>"
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LATIN = {"ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "iso8859-1"}


def decoded(data: bytes, path: str, declared: str | None = None) -> str:
    """``data`` as text: by its mark, by what it or ``declared`` says, or as UTF-8.

    Raises:
        BookError: It is not text in the encoding that it says; with the line.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _as_text(data[len(mark) :], name, path)
    found = CHARSET.search(data, 0, SNIFFED_BYTES)
    names = ["utf-8", declared, found["name"].decode("ascii", "replace") if found else None]
    for name in names:
        known = _codec(name)
        if known is None:
            continue
        try:
            return _as_text(data, known, path)
        except BookError:
            if name == names[-1]:
                raise
    return _as_text(data, "utf-8", path)


def _codec(name: str | None) -> str | None:
    """The codec of that name, as browsers take it; ``None`` where there is none of text."""
    if not name:
        return None
    if name.lower() in LATIN:
        return "cp1252"
    try:
        known = codecs.lookup(name)
    except LookupError:
        return None
    return known.name if getattr(known, "_is_text_encoding", True) else None


def _as_text(data: bytes, name: str, path: str) -> str:
    try:
        return data.decode(name, "replace" if name == "cp1252" else "strict")
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = data.count(b"\n", 0, start) + 1
        raise BookError(path, line, f"not {name.upper()} at byte {start}; save the file as UTF-8") from error


def parsed(text: str, path: str, *, is_xhtml: bool = False) -> HtmlElement:
    """The document in ``text``; comments are left out, and what is embedded in addresses.

    Args:
        is_xhtml: Elements may be closed in their own tag, as in an EPUB.

    Raises:
        BookError: There is no element in it, or it is too long.
    """
    text = without_data(text)
    if len(text) > MAX_CHARS:
        raise BookError(path, 1, f"it is over {MAX_CHARS:,} characters of HTML: divide it into several pages")
    source = CONTROLS.sub("\ufffd", XML_DECLARATION.sub("", text))
    if is_xhtml:
        source = EMPTIED_BY_XML.sub(r"<\g<name>\g<rest>></\g<name>>", source)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        return document_fromstring(source.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise BookError(path, 1, "there is no HTML in it") from error


def words_of(element: HtmlElement) -> str:
    """The words in ``element`` on one line."""
    return " ".join("".join(element.itertext()).split())


def classes(element: HtmlElement) -> list[str]:
    """The names in its ``class``."""
    return (element.get("class") or "").split()
