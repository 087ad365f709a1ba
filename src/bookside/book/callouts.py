"""The only place that knows a call-out on a rendered page: a quotation that begins with its title, or an alert."""

from collections.abc import Sequence

from markdown_it.token import Token

from bookside.book.text import ALERT

KINDS = {
    "note": "note",
    "info": "note",
    "abstract": "note",
    "example": "note",
    "tip": "tip",
    "hint": "tip",
    "success": "tip",
    "important": "important",
    "question": "important",
    "warning": "warning",
    "attention": "warning",
    "caution": "danger",
    "danger": "danger",
    "error": "danger",
    "failure": "danger",
    "bug": "danger",
}
"""What its title tells of a call-out; one with a title of the author's own is a plain one."""

TITLE = ("strong_open", "text", "strong_close")


def mark_callouts(tokens: list[Token]) -> None:
    """Turn quotations that are call-outs into boxes with a title; their words stay as they are."""
    for place in range(len(tokens) - 2, -1, -1):
        if [token.type for token in tokens[place : place + 2]] != ["blockquote_open", "paragraph_open"]:
            continue
        inline = tokens[place + 2]
        title = _title(inline)
        if title is None:
            continue
        words, rest = title
        _as_box(tokens, place, KINDS.get(words.strip(" :!").lower(), ""))
        heading = Token("inline", "", 0, children=[Token("text", "", 0, content=words)], content=words)
        inline.children = rest
        tokens[place + 1 : place + 1] = [
            Token("paragraph_open", "p", 1, attrs={"class": "admonition-title"}),
            heading,
            Token("paragraph_close", "p", -1),
        ]


def _title(inline: Token) -> tuple[str, list[Token]] | None:
    """The title of a call-out, and what follows it in its first paragraph."""
    children = [child for child in inline.children or [] if not (child.type == "text" and not child.content)]
    if not children:
        return None
    alert = ALERT.match(children[0].content) if children[0].type == "text" else None
    if alert and alert["kind"].lower() in KINDS:
        rest = children[0].content[alert.end() :]
        following = children[2:] if _is_break(children[1:2]) and not rest else children[1:]
        return alert["kind"].capitalize(), [Token("text", "", 0, content=rest), *following]
    if tuple(child.type for child in children[: len(TITLE)]) != TITLE:
        return None
    title, after, rest = children[1], children[len(TITLE) : len(TITLE) + 1], children[len(TITLE) + 1 :]
    is_alone = not after or _is_break(after)
    is_marked = bool(after) and after[0].type == "hardbreak"  # as the readers of site kinds write call-outs
    return (title.content, rest) if is_marked or (is_alone and _is_named(title)) else None


def _is_named(title: Token) -> bool:
    return title.content.strip(" :!").lower() in KINDS


def _is_break(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[0].type in ("softbreak", "hardbreak")


def _as_box(tokens: list[Token], place: int, kind: str) -> None:
    depth = 0
    for token in tokens[place:]:
        depth += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "blockquote_open" and depth == 1:
            token.tag = "div"
            token.attrSet("class", f"admonition {kind}".strip())
            token.attrSet("role", "note")
        elif depth == 0:
            token.tag = "div"
            return
