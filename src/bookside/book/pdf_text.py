"""The only place where the lines of a PDF become paragraphs: running headers go, divided words are joined."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from bookside.book.html_inline import escaped, escaped_start
from bookside.book.pdf_file import Line, PdfPage
from bookside.book.text import longest_run

AT_THE_EDGE = 2
"""Lines at the top and at the bottom of a page that may be running headers."""

MARGIN = 0.1
"""Of a page's height."""

FEWEST_REPEATS = 3
PLACES = 3.0
"""Points within which lines are at the same height."""

PAGE_NUMBER = re.compile(r"[\W_]*(?:page\s+)?(?:\d{1,5}|[ivxlc]{1,7})(?:\s*(?:/|of)\s*\d{1,5})?[\W_]*", re.IGNORECASE)
BULLET = re.compile(r"^[•‣◦▪●○∙·–—*-]\s+(?=\S)")
NUMBERED = re.compile(r"^(?:\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
ITEM = re.compile(r"^\d{1,3}[.)]\s+\S")
NOT_LETTERS = re.compile(r"[\W_]+")
SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’)\]]*$")
FIRST_SENTENCE = re.compile(r"^.*?[.!?…][\"'”’)\]]*(?=\s|$)", re.DOTALL)
WIDER = 1.45
"""A gap this much wider than that between the lines of a page divides paragraphs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph or a block of code.

    Args:
        top: Where it begins, in points from the page's lower edge.
    """

    text: str
    top: float
    is_code: bool = False

    def markdown(self) -> str:
        """The piece as Markdown."""
        if self.is_code:
            fence = "`" * max(3, longest_run(self.text, "`") + 1)
            return f"{fence}\n{self.text}\n{fence}"
        bullet = BULLET.match(self.text)
        if bullet:
            return "- " + escaped_start(escaped(self.text[bullet.end() :]))
        if ITEM.match(self.text):
            return escaped(self.text)
        return escaped_start(escaped(self.text))


def without_running_lines(pages: Sequence[PdfPage]) -> list[PdfPage]:
    """The pages without headers and footers that stand at the same height of several, and without page numbers."""
    repeats = Counter(key for page in pages for key in {_key(page, line) for line in _edges(page)})
    numbers = sum(any(PAGE_NUMBER.fullmatch(line.text) for line in _edges(page)) for page in pages)
    has_numbers = len(pages) >= FEWEST_REPEATS and numbers * 2 >= len(pages)
    made: list[PdfPage] = []
    for page in pages:
        running = {
            id(line)
            for line in _edges(page)
            if repeats[_key(page, line)] >= FEWEST_REPEATS or (has_numbers and PAGE_NUMBER.fullmatch(line.text))
        }
        made.append(replace(page, lines=tuple(line for line in page.lines if id(line) not in running)))
    return made


def _edges(page: PdfPage) -> list[Line]:
    """The lowest and the highest lines that stand in the page's margins."""
    by_height = sorted(page.lines, key=lambda line: line.bottom)
    margin = page.height * MARGIN
    lowest = [line for line in by_height[:AT_THE_EDGE] if line.bottom < margin]
    return [*lowest, *(line for line in by_height[-AT_THE_EDGE:] if line.bottom > page.height - margin)]


def _key(page: PdfPage, line: Line) -> tuple[str, bool, int]:
    """What running lines of several pages share: their words but for numbers, and their height."""
    return re.sub(r"\d+", "#", line.text), line.bottom * 2 > page.height, round(line.bottom / PLACES)


def pieces(page: PdfPage, titles: Sequence[str] = ()) -> list[Piece]:
    """The page's paragraphs, in the order in which the file has them.

    Args:
        titles: Headings on the page, each of which is a paragraph of its own.
    """
    if not page.lines:
        return []
    gaps = [above.bottom - below.bottom for above, below in pairwise(page.lines)]
    usual = median([gap for gap in gaps if 0 < gap < page.height / 8] or [12.0])
    right = _right_edge(page.lines)
    groups: list[list[Line]] = [[page.lines[0]]]
    for above, below in pairwise(page.lines):
        if begins(above, below, usual, right) or any(is_title(line.text, t) for t in titles for line in (above, below)):
            groups.append([])
        groups[-1].append(below)
    return [_piece(group) for group in groups]


def _right_edge(lines: Sequence[Line]) -> float:
    rights = sorted(line.right for line in lines)
    return rights[int(len(rights) * 0.8)]


def begins(above: Line, below: Line, usual: float, right: float) -> bool:
    """Whether a new paragraph begins at ``below``."""
    if above.is_hyphenated:
        return False
    gap = above.bottom - below.bottom
    if above.is_code != below.is_code:
        return gap > PLACES  # else both stand in one line of print
    if abs(gap) <= PLACES:
        return False
    if above.is_code:
        return gap > 2.5 * usual or gap < 0
    if gap < 0 or gap > WIDER * usual or abs(above.size - below.size) > 0.15 * max(above.size, below.size):
        return True
    if BULLET.match(below.text) or NUMBERED.match(below.text):
        return True
    is_short = above.right < right - 4 * below.size
    is_indented = below.left - above.left > 0.8 * below.size
    return bool(SENTENCE_END.search(above.text)) and (is_short or is_indented)


def _piece(lines: Sequence[Line]) -> Piece:
    if all(line.is_code for line in lines):
        return Piece(_code(lines), lines[0].top, is_code=True)
    text = ""
    joins = True
    for line in lines:
        words = " ".join(line.text.split())
        text += words if joins else f" {words}"
        joins = line.is_hyphenated
    return Piece(text, lines[0].top)


def _code(lines: Sequence[Line]) -> str:
    """Code with its indentation, as wide as its letters are; parts of one line are put together."""
    left = min(line.left for line in lines)
    widths = [(line.right - line.left) / len(line.text) for line in lines if line.text.strip()]
    width = max(median(widths or [5.0]), 1.0)
    made: list[str] = []
    last: Line | None = None
    for line in lines:
        if last is not None and abs(last.bottom - line.bottom) <= PLACES:
            made[-1] += " " + line.text.strip()
        else:
            indent = min(round((line.left - left) / width), 40)
            made.append(" " * indent + line.text.strip() + ("-" if line.is_hyphenated else ""))
        last = line
    return "\n".join(made)


def joined_over_pages(pages: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    """The pieces of each page; a sentence that runs over to the next page ends on the page on which it began."""
    made = [list(page) for page in pages]
    for here, following in pairwise(made):
        if not here or not following or here[-1].is_code or following[0].is_code:
            continue
        last, first = here[-1], following[0]
        if SENTENCE_END.search(last.text) or not first.text[:1].islower() or BULLET.match(first.text):
            continue
        sentence = FIRST_SENTENCE.match(first.text)
        moved = sentence[0] if sentence else first.text
        rest = first.text[len(moved) :].strip()
        is_divided = last.text.endswith("-") and last.text[-2:-1].isalpha()
        words = last.text[:-1] + moved if is_divided else f"{last.text} {moved}"
        here[-1] = replace(last, text=words)
        following[:1] = [replace(first, text=rest)] if rest else []
    return made


def is_title(text: str, title: str) -> bool:
    """Whether a line is the title, with or without its number."""
    if len(text) > len(title) + 20:
        return False
    words, wanted = NOT_LETTERS.sub("", text.casefold()), NOT_LETTERS.sub("", title.casefold())
    return bool(wanted) and words.endswith(wanted) and len(words) - len(wanted) <= 12


def paragraphs(pages: Sequence[PdfPage], titles: Mapping[int, Sequence[str]]) -> list[list[Piece]]:
    """The pieces of each page of the file.

    Args:
        titles: Headings on a page, from 0.
    """
    running = without_running_lines(pages)
    return joined_over_pages([pieces(page, titles.get(number, ())) for number, page in enumerate(running)])
