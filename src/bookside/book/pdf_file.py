"""The only place that speaks to the PDF engine: a file becomes lines with their places, and an outline."""

import ctypes
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from bookside.errors import BookError

MAX_PAGES = 20_000
MAX_OUTLINE = 20_000
LINE_END_HYPHEN = "\ufffe\u0002"
FIXED_PITCH = 1
MONOSPACED = ("mono", "courier", "typewriter", "consol", "cmtt", "code")
ENGINE = threading.Lock()
"""The engine does one thing at a time in a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a page as the engine found it; places are in points from the page's lower left corner.

    Args:
        is_hyphenated: Whether its last word goes on in the next line.
        is_code: Whether its letters are all of one width.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    is_hyphenated: bool = False
    is_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPage:
    """A page of the file."""

    lines: tuple[Line, ...]
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An entry of the file's outline.

    Args:
        level: From 1.
        page: From 0.
        top: Where on the page it leads to; ``None`` for its top.
    """

    title: str
    level: int
    page: int
    top: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdf:
    """What is read of a file."""

    title: str
    pages: tuple[PdfPage, ...]
    marks: tuple[Mark, ...]


def read_pdf(data: bytes, path: str) -> Pdf:
    """The file's lines and outline.

    Raises:
        BookError: It is no PDF, is protected by a password, or the reader of PDFs is not installed.
    """
    try:
        import pypdfium2  # noqa: PLC0415 - an extra  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise BookError(path, 0, 'reading PDFs needs `pip install "bookside[pdf]"`') from error
    engine: Any = pypdfium2
    with ENGINE:
        try:
            document: Any = engine.PdfDocument(data)
        except engine.PdfiumError as error:
            if getattr(error, "err_code", None) == engine.raw.FPDF_ERR_PASSWORD:
                raise BookError(path, 0, "it is protected by a password; save it without one") from error
            raise BookError(path, 0, f"it is no PDF that can be read: {error}") from error
        with closing(document):
            if len(document) > MAX_PAGES:
                raise BookError(path, 0, f"it has over {MAX_PAGES:,} pages")
            try:
                return Pdf(
                    title=" ".join(str(document.get_metadata_value("Title") or "").split()),
                    pages=tuple(_page(engine.raw, document, number) for number in range(len(document))),
                    marks=tuple(_marks(document)),
                )
            except engine.PdfiumError as error:
                raise BookError(path, 0, f"it is a broken PDF: {error}") from error


def _marks(document: Any) -> list[Mark]:
    made: list[Mark] = []
    for entry in document.get_toc(max_depth=10):
        target = entry.get_dest()
        number = target.get_index() if target else None
        title = " ".join(str(entry.get_title() or "").split())
        if number is None or not title or not 0 <= number < len(document):
            continue
        made.append(Mark(title=title, level=int(entry.level) + 1, page=number, top=_top(target.get_view())))
        if len(made) >= MAX_OUTLINE:
            break
    return made


def _top(view: tuple[int, Sequence[float]]) -> float | None:
    """The height that a target shows first: of XYZ the second number, of FitH and the like the first."""
    kind, places = view
    if kind == 1 and len(places) > 1:
        return places[1]
    return places[0] if kind in (3, 7) and places else None


def _page(raw: Any, document: Any, number: int) -> PdfPage:
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        count = raw.FPDFText_CountChars(text)
        letters = [raw.FPDFText_GetUnicode(text, place) for place in range(count)]
        made: list[Line] = []
        start = 0
        for place, letter in enumerate([*letters, 10]):
            ends_word = letter in (0xFFFE, 0x2)
            if letter not in (10, 13) and not ends_word:
                continue
            line = _line(raw, text, letters, start, place, is_hyphenated=ends_word)
            if line is not None:
                made.append(line)
            start = place + 1
        return PdfPage(lines=tuple(made), height=float(page.get_height()))


def _line(raw: Any, text: Any, letters: Sequence[int], start: int, end: int, *, is_hyphenated: bool) -> Line | None:
    words = "".join(_letter(letter) for letter in letters[start:end])
    seen = [place for place in range(start, end) if letters[place] > 32]
    if not seen or not words.strip():
        return None
    first, last = _box(raw, text, seen[0]), _box(raw, text, seen[-1])
    bare = words.rstrip()
    return Line(
        text=bare,
        left=first[0],
        right=last[1],
        bottom=min(first[2], last[2]),
        top=max(first[3], last[3]),
        size=float(raw.FPDFText_GetFontSize(text, seen[0])),
        is_hyphenated=is_hyphenated,
        is_code=_is_code(raw, text, seen[0]) and _is_code(raw, text, seen[-1]),
    )


def _letter(code: int) -> str:
    if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd" if code else ""
    return chr(code) if code > 31 else " "


def _box(raw: Any, text: Any, place: int) -> tuple[float, float, float, float]:
    """Left, right, bottom, top of one letter, as high as its font."""
    box = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(text, place, box):
        return (0.0, 0.0, 0.0, 0.0)
    return (float(box.left), float(box.right), float(box.bottom), float(box.top))


def _is_code(raw: Any, text: Any, place: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int(0)
    raw.FPDFText_GetFontInfo(text, place, name, 128, flags)
    known = name.value.decode("utf-8", "replace").lower()
    return any(part in known for part in MONOSPACED) or (not known and bool(flags.value & FIXED_PITCH))
