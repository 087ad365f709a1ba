"""The only place that knows Python-Markdown's own writing: admonitions, tabs, attribute lists.

They give way to CommonMark with as many lines as before, so that one parser reads every kind of book.
"""

import difflib
import re
from collections.abc import Sequence

from bookside.book.fences import Fence, opened
from bookside.book.markdown import Heading
from bookside.book.mkdocs_inline import plain_words

CALL_OUT = re.compile(
    r"^(?P<indent> *)(?:!!!|\?\?\?\+?)[ ]*(?P<type>[\w-]+(?: +[\w-]+)*)?(?: +\"(?P<title>.*)\")?[ ]*$"
)
TAB = re.compile(r"^(?P<indent> *)===[!+]?[ ]+\"(?P<title>.*)\"[ ]*$")
BLOCK_OPENING = re.compile(r"^ *///+ +(?P<type>[\w-]+)(?: *\| *(?P<title>.*))?$")
BLOCK_CLOSING = re.compile(r"^ *///+ *$")
MADE_BY_PLUGIN = re.compile(r"^::: +[\w.:-]+[ ]*$")
"""Where mkdocstrings, or mkdocs-click, writes what it finds in a program; its options are indented below."""

CLOSE_HEADING = re.compile(r"^(?P<marks> {0,3}#{1,6})(?=[^#\s])")
ATTRIBUTES = re.compile(r"[ ]*\{:?[ ]*[.#][^{}\n]*\}[ ]*$")
ALONE = re.compile(r"^ *(?:\[TOC\]|\*\[[^\]]+\]:.*|\{:[^{}]*\}|\{[ ]*[.#][^{}]*\})[ ]*$")
OPENING_WITH_MARKDOWN = re.compile(r"^ {0,3}<[A-Za-z][\w-]*(?= )[^<>]* markdown(?:=[^<>]*)?[^<>]*>[ ]*$")
CLOSING_TAG = re.compile(r"^ {0,3}</[A-Za-z][\w-]*>[ ]*$")
BODY_INDENT = 4


def as_commonmark(text: str) -> str:
    """``text`` as CommonMark, line by line in the same places."""
    return "\n".join(converted(text.split("\n")))


def converted(lines: list[str]) -> list[str]:
    """Lines of one level; the bodies of admonitions and tabs are converted by themselves."""
    made: list[str] = []
    fence: Fence | None = None
    place = 0
    while place < len(lines):
        line = lines[place]
        if fence:
            fence = None if fence.is_closed_by(line) else fence
            made.append(line)
            place += 1
            continue
        call_out = CALL_OUT.match(line)
        tab = TAB.match(line)
        marker = call_out or tab
        if marker and (tab or (call_out and call_out["type"])):
            indent = marker["indent"]
            end = end_of_body(lines, place + 1, len(indent) + BODY_INDENT)
            body = converted([inner[len(indent) + BODY_INDENT :] for inner in lines[place + 1 : end]])
            if tab:
                made += [
                    f"{indent}**{plain_words(tab['title'])}**  ",
                    *(indent + inner if inner else "" for inner in body),
                ]
            elif call_out:
                title = call_out["title"]
                title = call_out["type"].split()[0].capitalize() if title is None else title
                made += [f"{indent}> **{plain_words(title)}**  " if title else f"{indent}>"]
                made += [f"{indent}> {inner}".rstrip() if inner else f"{indent}>" for inner in trimmed(body)]
                made += [""] * (len(body) - len(trimmed(body)))
            place = end
            continue
        if MADE_BY_PLUGIN.match(line):
            end = end_of_body(lines, place + 1, BODY_INDENT)
            made += [""] * (end - place)
            place = end
            continue
        fence = opened(line)
        made.append(line if fence else plain_line(line))
        place += 1
    return made


def end_of_body(lines: list[str], start: int, indent: int) -> int:
    """The first line from ``start`` with text that is indented less."""
    place = start
    while place < len(lines) and (not lines[place].strip() or lines[place].startswith(" " * indent)):
        place += 1
    return place


def trimmed(body: list[str]) -> list[str]:
    """Without the empty lines at its end."""
    end = len(body)
    while end and not body[end - 1].strip():
        end -= 1
    return body[:end]


def plain_line(line: str) -> str:
    """One line without what only Python-Markdown knows."""
    if any(pattern.match(line) for pattern in (ALONE, BLOCK_CLOSING, OPENING_WITH_MARKDOWN, CLOSING_TAG)):
        return ""
    block = BLOCK_OPENING.match(line)
    if block:
        return f"**{block['title'] or block['type'].capitalize()}**"
    if line.lstrip().startswith("#"):
        return plain_words(ATTRIBUTES.sub("", CLOSE_HEADING.sub(r"\g<marks> ", line)))
    return plain_words(line)


def matched(found: Sequence[Heading], ids: Sequence[tuple[str, str]]) -> list[str | None]:
    """The id of each heading that was found, by words and order; ``None`` for one that Python-Markdown did not see."""
    made: list[str | None] = [None] * len(found)
    ours = [key(heading.text) for heading in found]
    theirs = [key(words) for words, _ in ids]
    if len(ours) == len(theirs):
        return [anchor for _, anchor in ids]
    comparison = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for operation, start, end, other_start, other_end in comparison.get_opcodes():
        if operation == "equal" or (operation == "replace" and end - start == other_end - other_start):
            made[start:end] = [anchor for _, anchor in ids[other_start:other_end]]
    return made


def key(words: str) -> str:
    """Letters and digits, by which two renderings of a heading are compared."""
    return "".join(c for c in words.casefold() if c.isalnum())
