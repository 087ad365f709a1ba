"""Rows of a Markdown table, and numbers as they stand in it."""

from collections.abc import Sequence
from statistics import median


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns are as wide as what they hold."""
    lines = [tuple(head), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    numeric = [column > 0 for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = ("-" * (width - 1) + ":" if right else "-" * width for width, right in zip(widths, numeric, strict=True))
    return "\n".join([line(lines[0]), f"| {' | '.join(rule)} |", *map(line, lines[1:])])


def number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The median, and from where to where the values go."""
    if not values:
        return "–"
    middle = number(median(values), digits)
    if len(values) == 1:
        return middle
    return f"{middle} ({number(min(values), digits)}–{number(max(values), digits)})"
