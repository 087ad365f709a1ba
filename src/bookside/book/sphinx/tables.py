"""The only place where a parsed table becomes a table of Markdown: one line a row, whatever its cells hold."""

import re
from collections.abc import Callable, Iterable
from typing import Any

FENCE = re.compile(r"^(?P<marks>`{3,})[^\n]*\n(?P<code>.*?)\n(?P=marks)$", re.DOTALL)


def table(node: Any, blocks: Callable[[Any], Iterable[str]]) -> str:
    """The table; cells that span columns or rows stand in the first of them.

    Args:
        blocks: Gives the Markdown of a cell.
    """
    head: list[list[str]] = []
    body: list[list[str]] = []
    for group in node.children:
        if group.tagname != "tgroup":
            continue
        for part in group.children:
            if part.tagname in {"thead", "tbody"}:
                (head if part.tagname == "thead" else body).extend(rows_of(part, blocks))
    rows = [*head, *body]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    first = [" ".join(cell for cell in column if cell) for column in zip(*padded(head, width), strict=True)]
    lines = [row_of(first or [""] * width), "|" + " --- |" * width]
    return "\n".join([*lines, *(row_of(row) for row in padded(body, width))])


def rows_of(part: Any, blocks: Callable[[Any], Iterable[str]]) -> list[list[str]]:
    """The cells of a table's head or body."""
    made: list[list[str]] = []
    waiting: dict[int, int] = {}  # rows that a cell above still covers, by column
    for row in part.children:
        cells: list[str] = []
        for entry in row.children:
            while waiting.get(len(cells), 0):
                waiting[len(cells)] -= 1
                cells.append("")
            below = int(entry.get("morerows", 0))
            for place in range(int(entry.get("morecols", 0)) + 1):
                if below:
                    waiting[len(cells)] = below
                cells.append(cell_of(blocks(entry)) if place == 0 else "")
        while waiting.get(len(cells), 0):
            waiting[len(cells)] -= 1
            cells.append("")
        made.append(cells)
    return made


def cell_of(blocks: Iterable[str]) -> str:
    """Everything in a cell on one line."""
    lines = [line for block in blocks for line in lines_of(block)]
    return "<br>".join(lines).replace("|", "\\|")


def lines_of(block: str) -> list[str]:
    """A block's lines; code as spans, so that it stays code."""
    found = FENCE.match(block)
    if found:
        return [f"`` {line} ``" if "`" in line else f"`{line}`" for line in found["code"].split("\n") if line.strip()]
    lines = [line.strip().removesuffix("\\") for line in block.split("\n") if line.strip()]
    return [f"• {line[2:]}" if line.startswith("- ") else line for line in lines]


def padded(rows: list[list[str]], width: int) -> list[list[str]]:
    """Rows of one width."""
    return [[*row, *[""] * (width - len(row))] for row in rows]


def row_of(cells: list[str]) -> str:
    """One line."""
    return "| " + " | ".join(cells) + " |"
