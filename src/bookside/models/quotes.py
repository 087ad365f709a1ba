"""How a passage is taken apart into blocks and sentences, and how a block is quoted with its mark."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import dedent

MAX_QUOTE_CHARS = 600
NEAR_THE_BEST_ROW = 0.6
"""A row of a long table that fits so much less than the best one is left out."""

Fit = Callable[[str], float]
"""How much of what is wanted a text covers, from 0 to 1."""

_SENTENCE_END = re.compile(r"(?:(?<=[.!?。！？])|(?<=[.!?。！？][\"'”’)\]]))\s+")
_LIST_OR_TABLE = re.compile(r"^\s*(?:[-*+|]|\d+[.)])\s", re.MULTILINE)
_ITEM = re.compile(r"^(?=(?:[-*+]|\d+[.)])\s)", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*$")
_BRACKET = re.compile(r"(?<!\\)\[(?=[\s\d,;]*\])")
"""The book's own ``[1]`` is no mark of ours."""
_FENCED = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,}).*?^ {0,3}(?P=fence)[`~]*[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a block that can answer by itself.

    Args:
        text: As it stands in the block.
        in_context: The same with what it is read with: a table's row with the table's header.
    """

    text: str
    in_context: str


def split(passage: str) -> list[str]:
    """The passage's blocks in order: paragraphs, lists, tables, and code with its fences."""
    blocks: list[str] = []
    for part in _with_fences(passage):
        blocks += [part.strip()] if _FENCED.fullmatch(part) else _paragraphs(part)
    return blocks


def sentences(block: str) -> list[Sentence]:
    """The sentences of a paragraph, the items of a list, the rows of a table; code is one. Never empty."""
    if "\n" not in block:
        texts = [text for text in _SENTENCE_END.split(block) if text.strip()]
    elif is_table(block):
        header, rows = _table(block)
        return [Sentence(row, f"{header[0]}\n{row}" if header else row) for row in rows or header]
    elif _FENCED.fullmatch(block):
        texts = [block]
    else:
        texts = [text for text in _ITEM.split(block) if text.strip()]
    return [Sentence(text, text) for text in texts or [block]]


def is_table(block: str) -> bool:
    """Whether every line is a row between bars."""
    return all(line.lstrip().startswith("|") for line in block.splitlines())


def quoted(block: str, mark: int, *, fit: Fit, best: str, following: str = "") -> str:
    """``block``, and what it announces, as a block quote that ends with its mark.

    Args:
        fit: Chooses the rows of a table that is too long.
        best: The sentence, item or row that a block that is too long is shortened to.
        following: The next block of the passage; quoted too when ``block`` ends with a colon.
    """
    text = block if len(block) <= MAX_QUOTE_CHARS else _shortened(block, fit, best)
    if text.endswith(":") and following and len(following) <= MAX_QUOTE_CHARS:
        text = f"{text}\n\n{following}"
    parts = [part.strip("\n") for part in _with_fences(text) if part.strip()]
    quoted = "\n\n".join(part if _FENCED.fullmatch(part) else _as_quote(part) for part in parts)
    if _FENCED.fullmatch(parts[-1]):
        return f"{quoted}\n\n[{mark}]"
    is_prose = "\n" not in text and not is_table(text)
    return f"{quoted} [{mark}]" if is_prose else f"{quoted}\n>\n> [{mark}]"


def _as_quote(text: str) -> str:
    """A Markdown quotation; code stands beside quotations and not in them, where it would not be taken as code."""
    return "\n".join(f"> {line}".rstrip() for line in _BRACKET.sub(r"\[", text).splitlines())


def _shortened(block: str, fit: Fit, best: str) -> str:
    if "\n" in block and is_table(block):
        return _rows_that_fit(block, fit, best)
    fenced = _FENCED.fullmatch(block)
    if fenced:
        return f"{_up_to_a_break(block)}\n…\n{fenced['fence']}"
    text = block[max(0, block.find(best)) :].rstrip()
    return text if len(text) <= MAX_QUOTE_CHARS else f"{_up_to_a_break(text)} …"


def _up_to_a_break(text: str) -> str:
    cut = text[:MAX_QUOTE_CHARS]
    return cut.rsplit("\n" if "\n" in cut else " ", 1)[0]


def _rows_that_fit(block: str, fit: Fit, best: str) -> str:
    """The header, the best row whole, and in the table's order what fits nearly as well and has room."""
    header, rows = _table(block)
    least = NEAR_THE_BEST_ROW * fit(best)
    room = MAX_QUOTE_CHARS - sum(map(len, header)) - len(best)
    kept: list[str] = []
    for row in rows:
        if row != best:
            if fit(row) < least or not fit(row) or len(row) > room:
                continue
            room -= len(row)
        kept.append(row)
    return "\n".join([*header, *kept])


def _table(block: str) -> tuple[Sequence[str], Sequence[str]]:
    """The lines of the header, with the rule below it, and the rows; a table's later part has no header."""
    lines = block.splitlines()
    return (lines[:2], lines[2:]) if _TABLE_RULE.match(lines[1]) else ([], lines)


def _with_fences(text: str) -> list[str]:
    """The text in parts; each block of code is one."""
    parts: list[str] = []
    end = 0
    for fenced in _FENCED.finditer(text):
        parts += [text[end : fenced.start()], fenced[0]]
        end = fenced.end()
    return [*parts, text[end:]]


def _paragraphs(text: str) -> list[str]:
    blocks = [dedent(block).strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]
    return [block if _LIST_OR_TABLE.search(block) else " ".join(block.split()) for block in blocks]
