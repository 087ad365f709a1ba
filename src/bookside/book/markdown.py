"""The only place where Markdown is parsed: one configured parser, a page's headings, and the words of a line."""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from bookside.book.memory import recalled
from bookside.book.model import Dialect

MAX_INLINE_CHARS = 20_000
"""A longer paragraph is taken word for word: parsing its marks would take minutes, and it is no prose."""

MAX_HEADING_CHARS = 2_000
"""So is a longer heading, of which each mark would be kept."""

CORE_RULES_FOR_BLOCKS = ("normalize", "block")
MDX_HAS_NO = ("code", "html_block", "html_inline", "autolink")

UNSEEN = "\u2060"
"""Stands before and after words of a heading that its id is made of though readers do not see them (``mdx``)."""

UNSEEN_WORDS = re.compile(f"{UNSEEN}[^{UNSEEN}\n]*{UNSEEN}")
EXPLICIT_ID = re.compile(r"[ \t]*\\?\{:?[ \t]*#(?P<id>[^{}]*?[^{}\s])(?:[ \t][^{}]*)?\}[ \t]*$")
TAG = re.compile(r"</?[A-Za-z][^<>]*>|<[?!][^<>]*>")
UNSEEN_OPENING = re.compile(r"<!--|<(?P<element>script|style|template)\b", re.IGNORECASE)
BLOCK_TAG = re.compile(
    r"</?(?:p|div|br|li|ul|ol|td|th|tr|table|h[1-6]|dt|dd|summary|details|section|article|figcaption)\b[^<>]*>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading in a page's source.

    Args:
        text: What a reader sees, on one line.
        source: The same words as most site generators slug them: line breaks kept, without the explicit id.
        tokens: Its marks and words, for generators that slug otherwise; an explicit id is still at the end.
        start: First line, from 0.
        end: The line after its last.
    """

    level: int
    text: str
    source: str
    tokens: tuple[Token, ...]
    explicit_id: str | None
    start: int
    end: int


def parser(dialect: Dialect = "commonmark") -> MarkdownIt:
    """A new parser: CommonMark with tables, strikethrough and bare links, as every page of a book is read.

    Headings come in the order of ``Page.sections``; nested ones (in a list or a quotation) count as well.
    """
    markdown = MarkdownIt("gfm-like")
    markdown.core.ruler.at("inline", _inline)
    if dialect == "mdx":
        markdown.disable(MDX_HAS_NO)
    return markdown


def _inline(state: StateCore) -> None:
    """The core's own rule, but for paragraphs that are taken word for word; bare links in these stay words, too."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_INLINE_CHARS:
            token.children = [Token("text_special", "", 0, content=token.content)]
        elif token.type == "inline":
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


@cache
def block_parser(dialect: Dialect) -> MarkdownIt:
    """Shared and never changed; leaves the inside of paragraphs unparsed."""
    markdown = parser(dialect)
    markdown.core.ruler.enableOnly(CORE_RULES_FOR_BLOCKS)
    return markdown


def parse_blocks(text: str, dialect: Dialect) -> tuple[list[Token], dict[str, Any]]:
    """The blocks of ``text``, and what its links refer to."""
    references: dict[str, Any] = {}
    return block_parser(dialect).parse(text, references), references


def parse_inline(content: str, dialect: Dialect, references: dict[str, Any]) -> list[Token]:
    """The marks and words of one paragraph; over ``MAX_INLINE_CHARS`` all of it is one text."""
    tokens: list[Token] = []
    if len(content) > MAX_INLINE_CHARS:
        return [Token("text", "", 0, content=content)]
    block_parser(dialect).inline.parse(content, block_parser(dialect), references, tokens)
    return tokens


def parse_heading(content: str, dialect: Dialect, references: dict[str, Any]) -> list[Token]:
    """The marks and words of one heading; over ``MAX_HEADING_CHARS`` all of it is one text."""
    if len(content) > MAX_HEADING_CHARS:
        return [Token("text", "", 0, content=content)]
    return parse_inline(content, dialect, references)


def visible_text(tokens: Sequence[Token], *, line_break: str = " ", images: bool = True) -> str:
    """The words that a reader sees: links by their text, images by their description, no tags."""
    words: list[str] = []
    for token in tokens:
        if token.type in {"text", "code_inline", "text_special"}:
            words.append(token.content)
        elif token.type == "image" and images:
            words.append(visible_text(token.children or [], line_break=line_break))
        elif token.type in {"softbreak", "hardbreak"} or is_break(token):
            words.append(line_break)
    return "".join(words)


def is_break(token: Token) -> bool:
    """Whether it is a tag that stands between words, such as ``<br>``."""
    return token.type == "html_inline" and BLOCK_TAG.fullmatch(token.content) is not None


def text_of_html(source: str) -> str:
    """The words of an HTML fragment, without tags, comments, scripts and styles."""
    spaced = BLOCK_TAG.sub("\n", "".join(seen_parts(source)))
    lines = (" ".join(line.split()) for line in unescape(TAG.sub("", spaced)).splitlines())
    return "\n".join(line for line in lines if line)


def seen_parts(source: str) -> Iterator[str]:
    """``source`` without comments, scripts and styles; one that is never closed goes to the end."""
    place = 0
    while opening := UNSEEN_OPENING.search(source, place):
        yield source[place : opening.start()]
        if opening["element"]:
            closing = re.compile(f"</{opening['element']}[^<>]*>", re.IGNORECASE).search(source, opening.end())
            place = closing.end() if closing else len(source)
        else:
            end = source.find("-->", opening.end())
            place = len(source) if end < 0 else end + 3
    yield source[place:]


def headings(text: str, dialect: Dialect) -> list[Heading]:
    """Every heading of a page, in order; ``#`` inside code is none."""
    found = recalled("headings", (dialect, text), lambda: [_plain(one) for one in _headings(text, dialect)])
    return [_heading(*one) for one in found]


def _plain(heading: Heading) -> list[Any]:
    return [
        heading.level,
        heading.text,
        heading.source,
        [token.as_dict() for token in heading.tokens],
        heading.explicit_id,
        heading.start,
        heading.end,
    ]


def _heading(
    level: int,
    text: str,
    source: str,
    tokens: Sequence[MutableMapping[str, Any]],
    explicit_id: str | None,
    start: int,
    end: int,
) -> Heading:
    """The heading of ``_plain``."""
    return Heading(
        level=level,
        text=text,
        source=source,
        tokens=tuple(Token.from_dict(token) for token in tokens),
        explicit_id=explicit_id,
        start=start,
        end=end,
    )


def _headings(text: str, dialect: Dialect) -> list[Heading]:
    tokens, references = parse_blocks(text, dialect)
    found: list[Heading] = []
    for place, token in enumerate(tokens):
        if token.type != "heading_open" or token.map is None:
            continue
        inline = parse_heading(tokens[place + 1].content, dialect, references)
        source = visible_text(inline, line_break="\n")
        explicit = EXPLICIT_ID.search(source)
        words = source[: explicit.start()] if explicit else source
        found.append(
            Heading(
                level=int(token.tag[1]),
                text=" ".join(UNSEEN_WORDS.sub("", words).split()),
                source=words,
                tokens=tuple(inline),
                explicit_id=explicit["id"] if explicit else None,
                start=token.map[0],
                end=token.map[1],
            )
        )
    return found
