"""The only place that knows how deep HTML in a page's source may go; what goes deeper is shown by its words alone.

Whoever parses HTML as browsers do looks through all open elements at each new one, so that some hundred thousand of
them would take minutes.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape

from markdown_it.token import Token

from bookside.book.markdown import text_of_html

MAX_OPEN = 500
TAG = re.compile(r"<(?P<closing>/?)(?P<name>[A-Za-z][^\s/<>]*)")
_VOID = """
area base br col embed hr img input link meta param source track wbr
"""
VOID = frozenset(_VOID.split())
_IN_CELL = frozenset({"p", "li", "dt", "dd", "td", "th"})
_IN_ROWS = _IN_CELL | {"caption", "colgroup", "tr", "thead", "tbody", "tfoot"}
ENDED_BY = {
    "p": frozenset({"p"}),
    "li": frozenset({"p", "li"}),
    **dict.fromkeys(("dt", "dd"), frozenset({"p", "dt", "dd"})),
    **dict.fromkeys(("option", "optgroup"), frozenset({"option"})),
    **dict.fromkeys(("td", "th"), _IN_CELL),
    "tr": _IN_CELL | {"caption", "colgroup", "tr"},
    **dict.fromkeys(("thead", "tbody", "tfoot", "colgroup"), _IN_ROWS),
}
"""Elements that need no end tag, with those within which one of them cannot be: these end before it."""


def flatten(tokens: Sequence[Token]) -> None:
    """Take the tags out of ``tokens`` where too many of them would be open at once."""
    if not is_too_deep(token.content for token in html_in(tokens)):
        return
    for token in html_in(tokens):
        is_block = token.type == "html_block"
        token.content = f"<p>{escape(text_of_html(token.content))}</p>\n" if is_block else ""


def html_in(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens that are HTML of the source, in order."""
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            yield token
        elif token.children:
            yield from html_in(token.children)


def is_too_deep(parts: Iterator[str]) -> bool:
    """Whether more than ``MAX_OPEN`` elements are open at once; a tag that closes none is no tag."""
    opened: list[str] = []
    for part in parts:
        for tag in TAG.finditer(part):
            name = tag["name"].lower()
            if name in VOID:
                continue
            if tag["closing"]:
                close(opened, name)
                continue
            while opened and opened[-1] in ENDED_BY.get(name, ()):
                opened.pop()
            opened.append(name)
            if len(opened) > MAX_OPEN:
                return True
    return False


def close(opened: list[str], name: str) -> None:
    """Take the last ``name`` out of ``opened``, and what in it needs no end tag."""
    if name in opened:
        place = len(opened) - 1 - opened[::-1].index(name)
        opened[place:] = [inner for inner in opened[place + 1 :] if inner not in ENDED_BY]
