"""The only place that knows Hugo's shortcodes: tags give way to their words, and files that they include are read."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bookside.book.frontmatter import FrontMatter
from bookside.book.includes import Includes, Line, numbered, with_lines

TAG = re.compile(r"\{\{(?P<mark>[<%])(?P<inside>.*?)[>%]\}\}", re.DOTALL)
NAME = re.compile(r"\s*(?P<closes>/)?\s*(?P<name>[\w/.-]+)(?P<arguments>.*)\Z", re.DOTALL)
ARGUMENT = re.compile(
    r"(?:(?P<key>[\w-]+)\s*=\s*)?(?:\"(?P<quoted>(?:\\.|[^\"\\])*)\"|`(?P<raw>[^`]*)`|(?P<bare>[^\s\"`=]+))"
)
COMMENT = re.compile(r"\A(?P<before>\s*)/\*(?P<inside>.*)\*/(?P<after>\s*)\Z", re.DOTALL)
INCLUDES = frozenset({"include", "readfile", "include-file", "includefile", "snippet", "code-include"})
PICTURES = frozenset({"figure", "img", "image", "imgproc", "picture"})
TITLED = frozenset({"tab", "details", "expand", "accordion", "tabitem", "steps", "card"})
LABELS = ("title", "label", "name", "summary", "header", "caption", "alt")
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]")
UNKNOWN_WORDS = -1
BLOCK_ATTRIBUTES = re.compile(r"^[ \t]*\{[ \t]*[.#][^{}\n]*\}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcode:
    """One tag; ``positional`` are its arguments without a name."""

    name: str
    closes: bool
    is_inner: bool
    named: dict[str, str]
    positional: tuple[str, ...]


def expanded(page: FrontMatter, includes: Includes, *, content: str) -> FrontMatter:
    """The page with the files that its shortcodes include, and without the tags.

    Args:
        content: The folder of the pages, in which included files are looked for as well.
    """
    if "{{" not in page.text and "{" not in page.text:
        return page
    lines = follow(numbered(page.text, page.lines + 1), includes, content)
    words, parts = stripped("\n".join(line.text for line in lines))
    made = [
        Line(text, line.number, part or line.part)
        for text, line, part in zip(words.split("\n"), lines, parts, strict=True)
    ]
    return with_lines(page, made)


def follow(lines: Sequence[Line], includes: Includes, content: str) -> list[Line]:
    """``lines`` with included files in the place of tags that stand alone on their line."""
    made: list[Line] = []
    for line in lines:
        found = TAG.fullmatch(line.text.strip()) if "{{" in line.text else None
        tag = shortcode(found) if found else None
        if tag is None or tag.name.lower() not in INCLUDES:
            made.append(line)
        else:
            made += included(tag, line, includes, content)
    return made


def included(tag: Shortcode, line: Line, includes: Includes, content: str) -> list[Line]:
    """The file's lines; as code where the tag says so."""
    name = tag.named.get("file") or tag.named.get("path") or next(iter(tag.positional), "")
    near = posixpath.normpath(posixpath.join(includes.folder, name))
    candidates = [
        near,
        posixpath.normpath(name.lstrip("/")),
        posixpath.normpath(posixpath.join(content, name.lstrip("/"))),
    ]
    with includes.reading(name, candidates, line.number) as text:
        if text is None:
            return [Line("", line.number, line.part)]
        lines = [Line(words, line.number, line.part) for words in text.rstrip("\n").split("\n")]
        if tag.named.get("code") == "true" or "lang" in tag.named:
            fence = Line("```", line.number, line.part)
            return [Line("```" + tag.named.get("lang", ""), line.number, line.part), *lines, fence]
        return follow(lines, includes, content)


def stripped(text: str) -> tuple[str, list[int]]:
    """``text`` with as many lines and without tags, and for each line the number of the shortcode that it is inside.

    What is inside ``{{< >}}`` is rendered by itself, so that its headings are counted by themselves. A heading with
    such a tag in it has words that only the template tells: its number is ``UNKNOWN_WORDS``.
    """
    made: list[str] = []
    inside: list[tuple[str, int]] = []
    starts: list[tuple[int, int]] = [(0, 0)]
    place = line = count = 0
    closed = {tag.name for found in TAG.finditer(text) if (tag := shortcode(found)) and tag.closes}
    for found in TAG.finditer(text):
        line += text.count("\n", place, found.start())
        made.append(text[place : found.start()])
        place = found.end()
        comment = COMMENT.match(found["inside"])
        tag = None if comment else shortcode(found)
        if comment:
            made.append(f"{{{{{found['mark']}{comment['before']}{comment['inside']}{comment['after']}{found[0][-3:]}")
        elif tag and not tag.is_inner:
            made.append(words(tag) + "\n" * found[0].count("\n"))
            if tag.closes:
                while inside and inside.pop()[0] != tag.name:
                    pass
            elif tag.name in closed and found["mark"] == "<":
                count += 1
                inside.append((tag.name, count))
            starts.append((line, inside[-1][1] if inside else 0))
        else:
            made.append((words(tag) if tag else "") + "\n" * found[0].count("\n"))
        line += found[0].count("\n")
    made.append(text[place:])
    whole = BLOCK_ATTRIBUTES.sub("", "".join(made))
    parts = list(parts_of(starts, whole.count("\n") + 1))
    for number, source in enumerate(text.split("\n")):
        if "{{<" in source and HEADING.match(source) and not source.count("{{</*"):
            parts[number] = UNKNOWN_WORDS
    return whole, parts


def parts_of(starts: Sequence[tuple[int, int]], lines: int) -> Iterator[int]:
    """The part that each line is in."""
    waiting = list(starts)
    part = 0
    for line in range(lines):
        while waiting and waiting[0][0] <= line:
            part = waiting.pop(0)[1]
        yield part


def shortcode(found: re.Match[str]) -> Shortcode | None:
    """A tag with its arguments; ``None`` where there is no name in it."""
    inside = found["inside"]
    name = NAME.match(inside)
    if name is None or COMMENT.match(inside):
        return None
    arguments = name["arguments"].rstrip()
    is_inner = arguments.endswith("/")
    named: dict[str, str] = {}
    positional: list[str] = []
    for argument in ARGUMENT.finditer(arguments.removesuffix("/")):
        value = next(v for v in (argument["quoted"], argument["raw"], argument["bare"]) if v is not None)
        value = value.replace('\\"', '"')
        if argument["key"]:
            named[argument["key"].lower()] = value
        else:
            positional.append(value)
    return Shortcode(
        name=name["name"],
        closes=bool(name["closes"]),
        is_inner=is_inner,
        named=named,
        positional=tuple(positional),
    )


def words(tag: Shortcode) -> str:
    """What readers see of a tag: a title, a picture's description, the mark of a block of code."""
    if tag.name == "highlight":
        return "```" if tag.closes else "```" + next(iter(tag.positional), "")
    if tag.closes or tag.name in {"ref", "relref"}:
        return ""
    label = next((tag.named[key] for key in LABELS if tag.named.get(key)), "")
    if tag.name in PICTURES:
        return ". ".join(dict.fromkeys(tag.named[key] for key in ("title", "caption", "alt") if tag.named.get(key)))
    if not label and tag.name.lower() in TITLED:
        label = next(iter(tag.positional), "")
    return f"**{label}**" if label else ""
