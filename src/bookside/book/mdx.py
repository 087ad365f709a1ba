"""The only place that knows MDX: imports, exports, tags, expressions and admonition marks give way to their words.

What is left is Markdown with as many lines as before, so line numbers stay true. Code is not touched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bookside.book.admonitions import quoted_admonitions
from bookside.book.fences import Fence, opened
from bookside.book.frontmatter import FrontMatter
from bookside.book.markdown import UNSEEN
from bookside.book.mdx_constructs import TAG_NAME, end_of_braces, end_of_code_span, end_of_maths, end_of_tag

MODULE_LINE = re.compile(r"^(?:import|export)(?:[ \t{*'\"]|$)")
HEADING = re.compile(r"^[ \t>]*#{1,6}(?:[ \t]|$)")
ID_COMMENT = re.compile(r"\A\s*/\*\s*#(?P<id>\S+?)(?:\s.*)?\*/\s*\Z", re.DOTALL)
STRING = re.compile(r"""\A\s*(?P<quote>["'`])(?P<text>[^"'`\\$]*)(?P=quote)\s*\Z""")
ATTRIBUTE = r"\b{name}\s*=\s*(?:\{{\s*)?([\"'`])(?P<value>.*?)\1"
SPACED_TAGS = frozenset({"td", "th", "br", "li", "p", "div", "tr", "summary", "dt", "dd", "option"})
CONSTRUCT = re.compile(r"\\.|`+|\$+|[{<]")
BLANK = re.compile(r"^[ \t]+$", re.MULTILINE)
MAX_UNFINISHED = 50
"""After so many tags and braces that never end, a text is not MDX and its other ones stay as they are."""
CODE_OF_MARKDOWN = "mdx-code-block"


def stripped(page: FrontMatter) -> FrontMatter:
    """The page without what is MDX only."""
    return replace(page, text=strip(page.text))


def strip(source: str) -> str:
    """Markdown with the words of ``source``, line by line in the same places."""
    return quoted_admonitions(
        "".join(region.text if region.is_code else words(region.text) for region in regions(source))
    )


@dataclass(frozen=True, slots=True)
class Region:
    """Whole lines that are all code, or all not."""

    text: str
    is_code: bool


def regions(source: str) -> Iterator[Region]:
    """``source`` in parts; lines of modules (``import``, ``export``) have become empty."""
    held: list[str] = []
    fence: Fence | None = None
    unwrapped: Fence | None = None
    in_module = False
    depth = 0
    blank_before = True
    for line in source.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if fence:
            held.append(line)
            if fence.is_closed_by(bare):
                yield Region("".join(held), is_code=True)
                held, fence = [], None
            continue
        if unwrapped and unwrapped.is_closed_by(bare):
            held.append("\n")
            unwrapped, blank_before = None, True
            continue
        if in_module or (blank_before and MODULE_LINE.match(bare)):
            depth += balance(bare)
            in_module = bool(bare.strip()) or depth > 0
            blank_before = not in_module
            held.append("\n" if line.endswith("\n") else "")
            if not in_module:
                depth = 0
            continue
        found = opened(bare)
        if found:
            if found.info == CODE_OF_MARKDOWN:
                unwrapped, blank_before = found, True
                held.append("\n")
                continue
            yield Region("".join(held), is_code=False)
            held, fence, blank_before = [line], found, False
            continue
        blank_before = not bare.strip()
        held.append(line)
    yield Region("".join(held), is_code=fence is not None)


def balance(line: str) -> int:
    """Brackets opened less brackets closed, outside strings."""
    code = re.sub(r"""(["'`])(?:\\.|(?!\1).)*\1|//.*""", "", line)
    return sum(code.count(c) for c in "([{") - sum(code.count(c) for c in ")]}")


def words(text: str) -> str:
    """``text`` without tags and expressions; code spans, maths and what is escaped stay."""
    made: list[str] = []
    place = 0
    unfinished = 0
    for found in CONSTRUCT.finditer(text):
        start = found.start()
        if start < place:
            continue
        end, kept = replacement(text, start, found[0]) if unfinished < MAX_UNFINISHED else (start, "")
        if end > start:
            made += [text[place:start], kept]
            place = end
        else:
            unfinished += 1
            made.append(text[place : found.end()])
            place = found.end()
    made.append(text[place:])
    return BLANK.sub("", "".join(made))


def replacement(text: str, start: int, mark: str) -> tuple[int, str]:
    """Where the construct at ``start`` ends, and what stays of it; it ends at ``start`` when there is none."""
    if mark[0] == "\\":
        return start + len(mark), mark
    if mark[0] == "`":
        end = end_of_code_span(text, start, len(mark))
        return end, text[start:end]
    if mark[0] == "$":
        end = max(end_of_maths(text, start, len(mark)), start + len(mark))
        return end, text[start:end]
    if mark == "{":
        end = end_of_braces(text, start)
        return end, expression(text, start, end) if end > start else ""
    if text.startswith("<!--", start):
        end = text.find("-->", start)
        end = start if end < 0 else end + 3
        kept = "\n" * text.count("\n", start, end)
    else:
        end = end_of_tag(text, start)
        kept = tag(text[start:end])
    return end, kept or (UNSEEN * 2 if end > start and in_heading(text, start) else "")


def expression(text: str, start: int, end: int) -> str:
    """What stays of ``{…}``: an id, a string's words, in a heading the source itself, otherwise nothing."""
    inner = text[start + 1 : end - 1]
    if inner.startswith("#"):
        return text[start:end]
    is_heading = in_heading(text, start)
    comment = ID_COMMENT.match(inner)
    if comment and is_heading:
        return "{#" + comment["id"] + "}"
    string = STRING.match(inner)
    if string:
        return string["text"]
    if is_heading and "\n" not in inner:
        return UNSEEN + inner + UNSEEN
    return "\n" * inner.count("\n")


def in_heading(text: str, place: int) -> bool:
    """Whether the line at ``place`` is a heading with ``#``."""
    line_start = text.rfind("\n", 0, place) + 1
    return HEADING.match(text[line_start : line_start + 80]) is not None


def tag(source: str) -> str:
    """What stays of a tag: a tab's label, an image's description, a space between cells."""
    name = TAG_NAME.match(source)
    element = (name["name"] or "") if name else ""
    lines = "\n" * source.count("\n")
    if element == "TabItem" and not source.startswith("</"):
        label = attribute(source, "label") or attribute(source, "value")
        return f"**{label}**{lines}" if label else lines
    if element == "img":
        return (attribute(source, "alt") or "") + lines
    return lines or (" " if element in SPACED_TAGS else "")


def attribute(source: str, name: str) -> str | None:
    """The attribute's text in a tag; ``None`` where there is none or it is no plain text."""
    found = re.search(ATTRIBUTE.format(name=name), source)
    return found["value"] if found else None
