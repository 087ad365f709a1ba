"""What the widget's source says of itself: the only place that reads its doc comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "widget" / "src"
ELEMENT = SOURCES / "element.ts"

COMMENT = r"/\*\*(?P<doc>(?:(?!\*/).)*)\*/"
PROPERTY = re.compile(
    r"^    (?P<name>\w+): \{ type: (?P<type>\w+)(?:, attribute: \"(?P<attribute>[\w-]+)\")?(?:, reflect: true)? \},$",
    re.M,
)
METHOD = re.compile(
    COMMENT + r"\n  (?P<static>static readonly )?(?P<name>\w+)(?P<signature>\([^{]*?\): [^{]+?| = \w+)(?: \{|;)\n", re.S
)
TAG = re.compile(
    r"@(?P<kind>attr|fires|csspart|cssprop) (?P<name>[\w-]+) - (?P<text>[^@]+?)(?=\n\s*\*?\s*@|\*/|$)", re.S
)
USED = {
    "csspart": re.compile(r"part=\"([\w-]+)\"|\"part\", \"([\w-]+)\""),
    "cssprop": re.compile(r"var\((--bookside-[\w-]+)|= \"(--bookside-[\w-]+)\";"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One name and what it is for."""

    name: str
    text: str


class Undocumented(Exception):
    """The source has names that no doc comment explains."""


def attributes() -> Iterator[Entry]:
    """The element's attributes, in the order of its properties."""
    source = ELEMENT.read_text("utf-8")
    for found in PROPERTY.finditer(source):
        name = found["name"]
        declared = re.search(COMMENT + rf"\n  declare {name}: (?P<type>[^;]+);", source, re.S)
        if declared is None:
            raise Undocumented(f"the property {name} of {ELEMENT.name} has no doc comment")
        yield Entry(found["attribute"] or name, _sentence(declared["doc"]))


def methods() -> Iterator[Entry]:
    """What a page may call, with how it is called."""
    source = ELEMENT.read_text("utf-8")
    source = source[source.index("export class") :]
    for found in METHOD.finditer(source):
        if found["static"]:
            yield Entry(f"BooksideChat.{found['name']}(tag, words)", _sentence(found["doc"]))
        else:
            names = re.findall(r"[(,] ?(\w+):", found["signature"].split("):")[0])
            yield Entry(f"{found['name']}({', '.join(names)})", _sentence(found["doc"]))


def tagged(kind: str) -> list[Entry]:
    """What doc comments say by ``@attr``, ``@fires``, ``@csspart`` or ``@cssprop``, by name.

    Raises:
        Undocumented: The source has a part or a custom property that no tag names.
    """
    sources = [path.read_text("utf-8") for path in sorted(SOURCES.rglob("*.ts"))]
    entries = {
        tag["name"]: Entry(tag["name"], _sentence(tag["text"]))
        for source in sources
        for comment in re.finditer(COMMENT, source, re.S)
        for tag in TAG.finditer(comment["doc"])
        if tag["kind"] == kind
    }
    if kind in USED:
        used = {"".join(names) for source in sources for names in USED[kind].findall(source)}
        if missing := sorted(used - entries.keys()):
            raise Undocumented(f"no @{kind} says what these are: {', '.join(missing)}")
        if idle := sorted(entries.keys() - used):
            raise Undocumented(f"an @{kind} names what is not there: {', '.join(idle)}")
    return [entries[name] for name in sorted(entries)]


def _sentence(doc: str) -> str:
    """A doc comment as one line."""
    lines = (line.strip().removeprefix("*").strip() for line in doc.splitlines())
    return " ".join(line for line in lines if line)
