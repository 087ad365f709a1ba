"""The only place that takes lines out of code that sites do not show: marks for highlighting, hidden lines of Rust."""

import re
from collections.abc import Callable

from bookside.book.fences import Fence, opened
from bookside.book.frontmatter import FrontMatter
from bookside.book.includes import Line, numbered, with_lines

MAGIC = re.compile(r"^\s*(?://|#|--|/\*|<!--|\{/\*|%|;)\s*highlight-(?:next-line|start|end)\s*(?:\*/|-->|\*/\})?\s*$")
HIDDEN = re.compile(r"^\s*#(?: .*)?$")
ESCAPED = re.compile(r"^(?P<space>\s*)##")

Shown = Callable[[str, str], str | None]
"""Gives for a line of code, and what stands behind its fence, the line as readers see it; ``None`` for none."""


def shown(page: FrontMatter, seen: Shown) -> FrontMatter:
    """The page with the lines of its code that are seen."""
    lines = lines_of(page)
    made: list[Line] = []
    fence: Fence | None = None
    for line in lines:
        if fence and not fence.is_closed_by(line.text):
            text = seen(line.text, fence.info)
            if text is not None:
                made.append(Line(text, line.number, line.part))
            continue
        fence = None if fence else opened(line.text)
        made.append(line)
    return page if made == lines else with_lines(page, made)


def lines_of(page: FrontMatter) -> list[Line]:
    """The page's lines with the numbers that they have."""
    if not page.numbers:
        return numbered(page.text, page.lines + 1)
    return [Line(*one) for one in zip(page.text.split("\n"), page.numbers, page.parts, strict=True)]


def without_magic(line: str, info: str) -> str | None:
    """Docusaurus's comments that only highlight other lines are not shown."""
    return None if MAGIC.match(line) else line


def without_hidden(line: str, info: str) -> str | None:
    """In Rust, mdBook hides lines that begin with one ``#`` and a space."""
    if not re.match(r"rust\b", info):
        return line
    return None if HIDDEN.match(line) else ESCAPED.sub(r"\g<space>#", line)
