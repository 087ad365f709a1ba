"""The only place where Markdown becomes words to be read and searched: blocks of plain text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from markdown_it.token import Token

from bookside.book.markdown import parse_blocks, parse_inline, text_of_html, visible_text
from bookside.book.model import Dialect

ALERT = re.compile(r"^\[!(?P<kind>[A-Za-z]+)\][+-]?[ \t]*")
FOOTNOTE = re.compile(r"\[\^[^\]\s]+\](?::[ \t]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a section that is better kept whole.

    Args:
        head: What each piece repeats when the block is divided: a fence's opening line, a table's header.
        body: Lines of text.
        tail: A fence's closing line.
        tight: Follows the block before it without an empty line, as list items do.
    """

    kind: Literal["text", "code", "table"]
    body: str
    head: str = ""
    tail: str = ""
    tight: bool = False

    def whole(self, body: str | None = None) -> str:
        """The block, or a part of it, with its head and tail."""
        return "\n".join(part for part in (self.head, self.body if body is None else body, self.tail) if part)


DEFINITION = re.compile(r"^ {0,3}\[[^\]^]+\]:", re.MULTILINE)


def references_in(page: str, dialect: Dialect) -> dict[str, Any]:
    """What the page's links refer to, wherever on it that is said."""
    return parse_blocks(page, dialect)[1] if DEFINITION.search(page) else {}


def blocks(markdown: str, dialect: Dialect, defined: Mapping[str, Any] | None = None) -> list[Block]:
    """The words of ``markdown``, in order, without its marks; blocks with no words are left out.

    Args:
        defined: ``references_in`` the page that it is a part of.
    """
    tokens, references = parse_blocks(markdown, dialect)
    known = {**(defined or {}).get("references", {}), **references.get("references", {})}
    if known:
        references["references"] = known
    return [block for block in Reading(tokens, dialect, references).blocks() if block.body.strip()]


class Reading:
    """One pass over the tokens of a section."""

    def __init__(self, tokens: list[Token], dialect: Dialect, references: dict[str, Any]) -> None:
        self._tokens = tokens
        self._dialect: Dialect = dialect
        self._references = references
        self._lists: list[int | None] = []
        self._marker = ""
        self._item_is_new = False

    def blocks(self) -> Iterator[Block]:
        """Blocks in the order of the source."""
        place = 0
        while place < len(self._tokens):
            token = self._tokens[place]
            if token.type == "table_open":
                end = self._end_of_table(place)
                yield self._table(self._tokens[place:end])
                place = end
                continue
            self._enter(token)
            if token.type == "inline":
                yield self._paragraph(self._words(token))
            elif token.type in {"fence", "code_block"}:
                yield self._code(token)
            elif token.type == "html_block":
                yield self._paragraph(text_of_html(token.content))
            place += 1

    def _enter(self, token: Token) -> None:
        """Keep count of the lists that the next words are in."""
        if token.type == "bullet_list_open":
            self._lists.append(None)
        elif token.type == "ordered_list_open":
            self._lists.append(int(token.attrGet("start") or 1))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self._lists.pop()
        elif token.type == "list_item_open":
            number = self._lists[-1]
            self._marker = "- " if number is None else f"{number}. "
            if number is not None:
                self._lists[-1] = number + 1
            self._item_is_new = True

    def _words(self, token: Token) -> str:
        parts = parse_inline(token.content, self._dialect, self._references)
        for part in parts:
            if part.type == "text":  # in code it is what the code says
                part.content = FOOTNOTE.sub("", part.content)
        words = visible_text(parts, line_break="\n")
        alert = ALERT.match(words)
        if alert:
            words = f"{alert['kind'].capitalize()}: {words[alert.end() :].strip()}"
        return words.strip()

    def _paragraph(self, words: str) -> Block:
        if not self._lists:
            return Block(kind="text", body=words)
        indent = "  " * (len(self._lists) - 1)
        first, self._item_is_new = self._item_is_new, False
        lead = indent + (self._marker if first else "  ")
        return Block(kind="text", body=lead + words.replace("\n", "\n" + indent + "  ") if words else "", tight=True)

    def _code(self, token: Token) -> Block:
        body = token.content.rstrip("\n")
        fence = "`" * max(3, longest_run(body, "`") + 1)
        language = token.info.split()[0] if token.info.split() else ""
        return Block(kind="code", head=fence + language, body=body, tail=fence)

    def _end_of_table(self, place: int) -> int:
        while self._tokens[place].type != "table_close":
            place += 1
        return place + 1

    def _table(self, tokens: list[Token]) -> Block:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(self._words(token).replace("\n", " "))
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        head = f"{lines[0]}\n|{' --- |' * len(rows[0])}" if len(lines) > 1 else ""
        return Block(kind="table", head=head, body="\n".join(lines[1:] if head else lines))


def longest_run(text: str, character: str) -> int:
    """How many times ``character`` follows itself at most."""
    return max((len(run) for run in re.findall(re.escape(character) + "+", text)), default=0)
