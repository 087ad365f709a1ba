"""The only place that knows Quarto's own writing: fenced divs, callouts, code cells, attributes, its shortcodes.

They give way to CommonMark; each line keeps the number that it has in the page's file.
"""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bookside.book.fences import Fence
from bookside.book.frontmatter import FrontMatter
from bookside.book.includes import Includes, Line, numbered

INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(?P<quote>[\"']?)(?P<file>[^\"'>]+?)(?P=quote)\s*>\}\}\s*$")
SHORTCODE = re.compile(r"(?<!\{)\{\{<(?!\{).*?>\}\}")
DIV_OPENING = re.compile(r"^\s*:{3,}\s*(?:\{(?P<attributes>[^{}]*)\}|(?P<name>[\w-]+))\s*:*\s*$")
DIV_CLOSING = re.compile(r"^\s*:{3,}\s*$")
FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*)$")
CELL_OPTION = re.compile(r"^\s*(?:#|//|--|%%)\|\s*(?P<key>[\w.-]+):\s*(?P<value>.*)$")
HEADING = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<words>.*?)(?:[ \t]+#+)?(?:[ \t]*\{(?P<attributes>[^{}]*)\})?[ \t]*$")
SPAN = re.compile(r"(?<!\\)\[(?P<words>[^\[\]]*)\]\{(?=[.#\s\w=\"'-])[^{}]*\}")
IMAGE_ATTRIBUTES = re.compile(r"(?<=\))\{[^{}\n]*\}")
CODE_ATTRIBUTES = re.compile(r"(?<=`)\{[.#][^{}\n]*\}")
CAPTION = re.compile(r"^:[ \t]+(?P<words>.*?)(?:[ \t]*\{[^{}]*\})?$")
ID = re.compile(r"#(?P<id>[^\s{}]+)")
TITLE = re.compile(r"\btitle\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")
CALLOUT = re.compile(r"\.callout-(?P<kind>\w+)")
CAPTIONS = ("fig-cap", "tbl-cap", "lst-cap", "fig-alt")
NO = frozenset({"false", "no"})


@dataclass
class Div:
    """An open fenced div."""

    attributes: str
    wants_title: bool = False


@dataclass
class Cell:
    """An open block of code.

    Args:
        lines: As they will stand in the page, its fences included.
        captions: Of the figure or table that it makes.
        is_shown: Whether the page has the code.
    """

    fence: Fence
    lines: list[Line]
    is_cell: bool
    captions: list[str] = field(default_factory=list[str])
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Converted:
    """A page as CommonMark.

    Args:
        untitled: Places of lines whose headings are titles of call-outs or tabs.
        unknown: Places of headings with words that only Quarto knows, so that their ids are not known either.
    """

    lines: tuple[Line, ...]
    untitled: frozenset[int]
    unknown: frozenset[int]


def converted(page: FrontMatter, includes: Includes) -> Converted:
    """The page with what it includes."""
    return Conversion().of(follow(numbered(page.text, page.lines + 1), includes))


def follow(lines: Sequence[Line], includes: Includes) -> list[Line]:
    """``lines`` with included files in the place of their shortcodes."""
    made: list[Line] = []
    for line in lines:
        found = INCLUDE.match(line.text) if "{{<" in line.text else None
        if found is None:
            made.append(line)
            continue
        name = found["file"].strip()
        folder = "" if name.startswith("/") else includes.folder
        with includes.reading(
            name, [posixpath.normpath(posixpath.join(folder, name.lstrip("/")))], line.number
        ) as text:
            if text is not None:
                inside = [Line(words, line.number, line.part) for words in text.rstrip("\n").split("\n")]
                made += [Line("", line.number), *follow(inside, includes), Line("", line.number)]
    return made


class Conversion:
    """One pass over a page."""

    def __init__(self) -> None:
        self._divs: list[Div] = []
        self._made: list[Line] = []
        self._untitled: set[int] = set()
        self._unknown: set[int] = set()
        self._is_in_paragraph = False
        self._cell: Cell | None = None

    def of(self, lines: Sequence[Line]) -> Converted:
        """The whole page."""
        for line in lines:
            if self._cell:
                self._in_code(self._cell, line)
            else:
                self._outside(line)
        if self._cell:
            self._made += self._cell.lines
        return Converted(tuple(self._made), frozenset(self._untitled), frozenset(self._unknown))

    def _in_code(self, cell: Cell, line: Line) -> None:
        if cell.fence.is_closed_by(line.text):
            self._cell = None
            if cell.is_shown:
                self._made += [*cell.lines, line]
            for caption in cell.captions:
                self._made += [Line("", line.number), Line(caption, line.number)]
            return
        option = CELL_OPTION.match(line.text) if cell.is_cell else None
        if option is None:
            cell.lines.append(line)
        elif option["key"] in CAPTIONS:
            cell.captions.append(option["value"].strip("\"' "))
        elif option["key"] in {"echo", "include"} and option["value"].strip() in NO:
            cell.is_shown = False

    def _outside(self, line: Line) -> None:
        code = FENCE.match(line.text)
        div = DIV_OPENING.match(line.text)
        heading = HEADING.match(line.text)
        if code and not (code["fence"][0] == "`" and "`" in code["info"]):
            self._open_code(code, line)
        elif div:
            self._open_div(div["attributes"] or f".{div['name']}", line)
        elif DIV_CLOSING.match(line.text):
            if self._divs:
                self._divs.pop()
            self._put(line, "")
        elif heading and not self._is_in_paragraph:
            self._heading(heading, line)
        else:
            if line.text.strip() and self._divs:
                self._divs[-1].wants_title = False
            self._put(line, ("\\" if heading else "") + plain(line.text))
        self._is_in_paragraph = bool(line.text.strip()) and not (self._cell or div or heading)

    def _put(self, line: Line, text: str) -> None:
        self._made.append(Line(text, line.number, line.part))

    def _open_code(self, code: re.Match[str], line: Line) -> None:
        info = code["info"].strip()
        inside = info[1:-1].strip() if info.startswith("{") and info.endswith("}") else ""
        is_cell = bool(inside) and inside[0] not in ".#="
        language = inside.removeprefix(".").removeprefix("=") if inside else info
        language = language.split()[0].rstrip(",") if language.split() else ""
        is_raw = inside.startswith("=")
        opening = Line(f"{code['indent']}{code['fence']}{language}", line.number, line.part)
        fence = Fence(code["fence"][0], len(code["fence"]), info)
        self._cell = Cell(fence, [opening], is_cell, is_shown=not is_raw)

    def _open_div(self, attributes: str, line: Line) -> None:
        callout, title = CALLOUT.search(attributes), TITLE.search(attributes)
        words = (title["double"] or title["single"]) if title else None
        self._divs.append(Div(attributes, wants_title=bool(callout) and not words))
        self._put(line, f"**{words or callout['kind'].capitalize()}**" if callout else "")

    def _heading(self, heading: re.Match[str], line: Line) -> None:
        attributes = heading["attributes"] or ""
        id = ID.search(attributes)
        is_class_only = not attributes or id or attributes.strip().startswith((".", "-"))
        if SHORTCODE.search(heading["words"]):
            self._unknown.add(len(self._made))
        words = plain(heading["words"]) if is_class_only else plain(f"{heading['words']} {{{attributes}}}")
        if (self._divs and self._divs[-1].wants_title) or any("panel-tabset" in div.attributes for div in self._divs):
            self._untitled.add(len(self._made))
            if self._divs:
                self._divs[-1].wants_title = False
        self._put(line, f"{heading['marks']} {words}" + (f" {{#{id['id']}}}" if id else ""))


def plain(text: str) -> str:
    """A line without attributes and shortcodes."""
    if "{" in text:
        text = CODE_ATTRIBUTES.sub("", IMAGE_ATTRIBUTES.sub("", SPAN.sub(r"\g<words>", SHORTCODE.sub("", text))))
    caption = CAPTION.match(text)
    return caption["words"] if caption else text
