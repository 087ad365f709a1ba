"""The only place where an HTML table of words becomes Markdown's: one line a row, cells that span filled up."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from bookside.book.html_inline import inline, paragraph_of
from bookside.book.html_tree import classes

LAID_OUT = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dl")
PARTS = frozenset({"caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"})
MAX_COLUMNS = 50
BARE_LINE = re.compile(r"(?<!\\)\|")


def is_table_of_words(element: HtmlElement) -> bool:
    """Whether a line for each row holds it; a table that lays out a page does not."""
    if element.get("role") in ("presentation", "none") or "highlighttable" in classes(element):
        return False
    for part in element.iter("table", "thead", "tbody", "tfoot", "tr"):
        if has_stray_words(part) or any(child.tag not in PARTS for child in part):
            return False
    rows = rows_of(element)
    if not rows or max(len(row) for row in rows) < 2:
        return False
    blocks = [inner.tag for row in rows for cell in row for inner in cell.iter(*LAID_OUT) if inner is not cell]
    return all(tag == "pre" for tag in blocks) and len(blocks) <= 2 * len(rows)


def has_stray_words(element: HtmlElement) -> bool:
    """Whether words stand between its items, rows or cells, where HTML has no place for them."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def rows_of(element: HtmlElement) -> list[list[HtmlElement]]:
    """The cells of each row, without those of tables inside."""
    made: list[list[HtmlElement]] = []
    for row in _rows(element):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if cells:
            made.append(cells)
    return made


def _rows(element: HtmlElement) -> Iterator[HtmlElement]:
    for child in element:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def table(element: HtmlElement) -> list[str]:
    """The caption and the table."""
    rows = rows_of(element)
    lines: list[list[str]] = []
    below: dict[int, int] = {}  # rows that a cell above still takes, by column
    for row in rows:
        cells: list[str] = []
        for cell in row:
            while below.get(len(cells), 0):
                below[len(cells)] -= 1
                cells.append("")
            columns, height = span(cell, "colspan"), span(cell, "rowspan")
            for column in range(len(cells), len(cells) + columns):
                below[column] = height - 1
            cells += [words_in(cell), *[""] * (columns - 1)]
        while below.get(len(cells), 0):
            below[len(cells)] -= 1
            cells.append("")
        lines.append(cells)
    width = max(len(cells) for cells in lines)
    has_header = element.find("thead") is not None or all(cell.tag == "th" for cell in rows[0])
    header = lines[0] if has_header else [""] * width
    body = lines[1:] if has_header else lines
    text = "\n".join([line_of(header, width), "|" + " --- |" * width, *(line_of(cells, width) for cells in body)])
    captions = [words for caption in element.iterchildren("caption") if (words := paragraph_of(inline(caption)))]
    return [*captions, text]


def span(cell: HtmlElement, name: str) -> int:
    """How many columns or rows a cell takes."""
    value = cell.get(name) or "1"
    return min(max(int(value), 1), MAX_COLUMNS) if re.fullmatch(r"\d{1,4}", value) else 1


def words_in(cell: HtmlElement) -> str:
    """A cell's words on one line."""
    for code in list(cell.iter("pre")):
        words = "".join(code.itertext())
        for inner in list(code):
            code.remove(inner)
        code.tag, code.text = "code", words
    return BARE_LINE.sub(r"\\|", " ".join("".join(inline(cell)).split()))


def line_of(cells: list[str], width: int) -> str:
    """One row."""
    return "| " + " | ".join([*cells, *[""] * (width - len(cells))]) + " |"
