"""The only place that knows how mdBook includes files: ``{{#include}}`` and its relatives."""

import posixpath
import re
from collections.abc import Sequence

from bookside.book.frontmatter import FrontMatter
from bookside.book.includes import Includes, Line, numbered, with_lines

DIRECTIVE = re.compile(r"\\\{\{#.*?\}\}|\{\{\s*#(?P<name>[A-Za-z0-9_]+)\s+(?P<arguments>[^}]+)\}\}")
ANCHOR = re.compile(r"ANCHOR:\s*(?P<name>[\w_-]+)")
ANCHOR_END = re.compile(r"ANCHOR_END:\s*(?P<name>[\w_-]+)")
INCLUDES = frozenset({"include", "rustdoc_include"})
CODE = frozenset({"playground", "playpen"})


def expanded(page: FrontMatter, includes: Includes) -> FrontMatter:
    """The page with what it includes in its place; its other directives are taken off."""
    return with_lines(page, follow(numbered(page.text, page.lines + 1), includes))


def follow(lines: Sequence[Line], includes: Includes) -> list[Line]:
    """``lines`` with each directive replaced."""
    made: list[Line] = []
    for line in lines:
        if "{{" not in line.text:
            made.append(line)
            continue
        pieces = [Line("", line.number, line.part)]
        place = 0
        for found in DIRECTIVE.finditer(line.text):
            add(pieces, line.text[place : found.start()])
            if found["name"] is None:  # escaped: it is text
                add(pieces, found[0][1:])
            else:
                put(pieces, included(found["name"], found["arguments"].strip(), line.number, includes))
            place = found.end()
        add(pieces, line.text[place:])
        made += pieces
    return made


def add(pieces: list[Line], text: str) -> None:
    """Go on with the last line."""
    last = pieces[-1]
    pieces[-1] = Line(last.text + text, last.number, last.part)


def put(pieces: list[Line], lines: Sequence[Line]) -> None:
    """Go on with ``lines``, the first of them on the last line."""
    if lines:
        add(pieces, lines[0].text)
        pieces += lines[1:]


def included(name: str, arguments: str, line: int, includes: Includes) -> list[Line]:
    """What a directive stands for; nothing where it includes no file."""
    if name not in INCLUDES | CODE:
        return []
    target = arguments if name in INCLUDES else arguments.split()[0]
    path, _, selection = target.partition(":") if name in INCLUDES else (target, "", "")
    candidate = posixpath.normpath(posixpath.join(includes.folder, path.strip()))
    with includes.reading(path.strip(), [candidate], line) as text:
        if text is None:
            return []
        chosen = selected(text.removesuffix("\n").split("\n"), selection)
        if chosen is None:
            includes.complain(line, f"includes {target!r}, and there is no such anchor in it")
            return []
        lines = follow([Line(words, line) for words in chosen], includes)
    return [Line("```rust", line), *lines, Line("```", line)] if name in CODE else lines


def selected(lines: Sequence[str], selection: str) -> list[str] | None:
    """The lines that ``5``, ``5:``, ``:10``, ``5:10`` or an anchor's name chooses; ``None`` for an unknown anchor."""
    parts = [part.strip() for part in selection.split(":")]
    if not any(parts):
        return list(lines)
    if parts[0] and not parts[0].isdecimal():
        return anchored(lines, parts[0])
    start = int(parts[0]) if parts[0] else 1
    if len(parts) == 1:
        return list(lines[max(0, start - 1) : start])
    end = int(parts[1]) if parts[1].isdecimal() else len(lines)
    return list(lines[max(0, start - 1) : end])


def anchored(lines: Sequence[str], name: str) -> list[str] | None:
    """The lines between an anchor's two marks, without other anchors' marks."""
    made: list[str] = []
    is_inside = is_known = False
    for line in lines:
        end = ANCHOR_END.search(line)
        begin = ANCHOR.search(line)
        if end:
            if is_inside and end["name"] == name:
                is_inside = False
        elif begin:
            if begin["name"] == name:
                is_inside = is_known = True
        elif is_inside:
            made.append(line)
    return made if is_known else None
