"""Where the constructs of MDX end: code spans, maths, expressions, tags. Each answer is a place in the text."""

import re

TAG_NAME = re.compile(r"</?(?P<name>[A-Za-z_$][\w$.:-]*)?")
INLINE_MATHS = re.compile(r"\$(?!\s)(?P<formula>(?:[^$\\\n]|\\.|\n(?![ \t]*\n))+)(?<!\s)\$(?!\d)")
INNERMOST_BRACES = re.compile(r"\{[^{}]*\}")
MAX_CONSTRUCT_CHARS = 20_000
"""A tag or an expression that does not end by then is taken as text."""


def end_of_code_span(text: str, start: int, length: int) -> int:
    """Past the closing backticks in the same paragraph; ``start`` when there are none."""
    limit = min(len(text), start + MAX_CONSTRUCT_CHARS)
    paragraph_end = text.find("\n\n", start, limit)
    limit = limit if paragraph_end < 0 else paragraph_end
    for run in re.compile(r"`+").finditer(text, start + length, limit):
        if len(run[0]) == length:
            return run.end()
    return start


def end_of_maths(text: str, start: int, length: int) -> int:
    """Past the dollar signs that close the ``length`` ones at ``start``; ``start`` when they begin no maths.

    Two signs at the beginning of a line open a block, which may hold empty lines; elsewhere maths ends with its
    paragraph. A single sign is often money, so what follows it has to look like a formula.
    """
    limit = min(len(text), start + MAX_CONSTRUCT_CHARS)
    if length == 1:
        found = INLINE_MATHS.match(text, start, limit)
        return found.end() if found and is_formula(found["formula"]) else start
    if text[text.rfind("\n", 0, start) + 1 : start].strip(" \t>"):
        paragraph_end = text.find("\n\n", start, limit)
        limit = limit if paragraph_end < 0 else paragraph_end
    closing = text.find("$" * length, start + length, limit)
    return start if closing < 0 else closing + length


def is_formula(inner: str) -> bool:
    """Whether there is a command, or a raised or lowered part, that no expression in braces explains."""
    return "\\" in inner or not {"^", "_"}.isdisjoint(INNERMOST_BRACES.sub("", inner))


def end_of_braces(text: str, start: int) -> int:
    """Past the brace that closes the one at ``start``, strings and comments skipped; ``start`` when none does."""
    depth = 0
    place = start
    while place < len(text):
        character = text[place]
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return place + 1
        elif character in "\"'`":
            closing = end_of_string(text, place)
            if closing is None and character == "`":
                return start
            place = closing or place
        elif text.startswith("/*", place):
            closing = text.find("*/", place + 2)
            if closing < 0:
                return start
            place = closing + 1
        place += 1
        if place - start > MAX_CONSTRUCT_CHARS:
            return start
    return start


def end_of_string(text: str, start: int) -> int | None:
    """Place of the closing quote; ``None`` when a line (for back quotes, the text) ends before it."""
    quote = text[start]
    limit = min(len(text), start + MAX_CONSTRUCT_CHARS)
    place = start + 1
    while place < limit:
        character = text[place]
        if character == quote:
            return place
        if character == "\n" and quote != "`":
            return None
        place += 2 if character == "\\" else 1
    return None


def end_of_tag(text: str, start: int) -> int:
    """Past the ``>`` of the tag at ``start``; ``start`` when it is no tag."""
    name = TAG_NAME.match(text, start)
    if name is None:
        return start
    place = name.end()
    if not name["name"]:
        return place + 1 if text.startswith(">", place) else start
    if text[place : place + 1] not in {">", "/", " ", "\n", "\t"}:
        return start
    limit = min(len(text), start + MAX_CONSTRUCT_CHARS)
    while place < limit:
        character = text[place]
        if character == ">":
            return place + 1
        if character == "<":
            return start
        if character in "\"'":
            end = text.find(character, place + 1, limit)
            if end < 0:
                return start
            place = end + 1
        elif character == "{":
            end = end_of_braces(text, place)
            if end == place:
                return start
            place = end
        else:
            place += 1
    return start
