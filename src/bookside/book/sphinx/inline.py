"""The only place where the words of a parsed line become Markdown, so that nothing in them is taken for a mark."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

SIGNS = re.compile(r"([\\`*_\[\]<$~])")
ENTITY = re.compile(r"&(?=#?\w+;)")
LINE_START = re.compile(r"^(?:([#>+=-])|(\d{1,9})([.)]))(?=[\s#>=-]|$)|^([#>=~-])")
SPACES = re.compile(r"[ \t\r\n\f\v]+")
UNSEEN_NODES = frozenset(
    {"comment", "decoration", "docinfo", "highlightlang", "index", "meta", "pending", "substitution_definition"}
    | {"system_message", "tabular_col_spec"}
)


@dataclass
class Lines:
    """Turns inline nodes into one line of Markdown.

    Args:
        picture: Gives the address of an image as links on the page have it.
        notes: Labels of footnotes that the text mentions are added to it.
    """

    picture: Callable[[Any], str]
    notes: set[str] = field(default_factory=set[str])

    def of(self, children: Iterable[Any]) -> str:
        """The nodes as one line, without white space at its ends."""
        return SPACES.sub(" ", "".join(self.one(child) for child in children)).strip()

    def one(self, node: Any) -> str:
        """One node and all in it."""
        name = node.tagname
        if name in UNSEEN_NODES:
            return ""
        make = getattr(self, f"_{name}", None)
        if name == "#text":
            return escaped(str(node))
        if make is not None:
            return make(node)
        return self._inside(node)

    def _inside(self, node: Any) -> str:
        return "".join(self.one(child) for child in node.children)

    def _emphasis(self, node: Any) -> str:
        return marked(self._inside(node), "*", "em")

    _literal_emphasis = _title_reference = _desc_sig_emphasis = _emphasis

    def _strong(self, node: Any) -> str:
        return marked(self._inside(node), "**", "strong")

    _literal_strong = _strong

    def _literal(self, node: Any) -> str:
        return code(node.astext())

    def _subscript(self, node: Any) -> str:
        return f"<sub>{self._inside(node)}</sub>"

    def _superscript(self, node: Any) -> str:
        return f"<sup>{self._inside(node)}</sup>"

    def _math(self, node: Any) -> str:
        formula = " ".join(node.astext().split())
        return f"${formula}$" if formula else ""

    def _reference(self, node: Any) -> str:
        words = self._inside(node)
        address = node.get("refuri") or (f"#{node['refid']}" if node.get("refid") else "")
        if not address or not words.strip():
            return words
        if words == escaped(address):
            return f"<{address}>" if re.fullmatch(r"https?://[^\s<>]+", address) else words
        return f"[{SPACES.sub(' ', words)}]({link(address)})"

    def _number_reference(self, node: Any) -> str:
        return self._reference(node)

    def _download_reference(self, node: Any) -> str:
        return self._inside(node)

    def _footnote_reference(self, node: Any) -> str:
        label = label_of(node.astext())
        self.notes.add(label)
        return f"[^{label}]"

    def _citation_reference(self, node: Any) -> str:
        return f"\\[{self._inside(node)}\\]"

    def _image(self, node: Any) -> str:
        alt = SPACES.sub(" ", escaped(str(node.get("alt") or "")))
        address = self.picture(node)
        return f"![{alt}]({link(address)})" if address else alt

    def _raw(self, node: Any) -> str:
        return SPACES.sub(" ", node.astext()) if "html" in str(node.get("format", "")).split() else ""

    def _problematic(self, node: Any) -> str:
        return self._inside(node)


def escaped(words: str) -> str:
    """``words`` so that Markdown shows them as they are, wherever they stand in a line."""
    return ENTITY.sub("&amp;", SIGNS.sub(r"\\\1", words))


def paragraph(line: str) -> str:
    """A line that may stand by itself: its beginning is no mark of a heading, list or quotation."""
    start = LINE_START.match(line)
    if start is None:
        return line
    if start[2]:
        return f"{start[2]}\\{line[len(start[2]) :]}"
    return "\\" + line


def marked(words: str, sign: str, tag: str) -> str:
    """``words`` between two signs; between tags where Markdown may not see the signs."""
    inside = words.strip()
    if not inside:
        return words
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    if inside[0].isalnum() and inside[-1].isalnum():
        return f"{before}{sign}{inside}{sign}{after}"
    return f"{before}<{tag}>{inside}</{tag}>{after}"


def code(words: str) -> str:
    """A code span."""
    words = SPACES.sub(" ", words)
    if not words.strip():
        return words
    run = max((len(found) for found in re.findall("`+", words)), default=0)
    fence = "`" * (run + 1)
    pad = " " if words[0] == "`" or words[-1] == "`" or (words[0] == " " == words[-1]) else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def link(address: str) -> str:
    """An address as a link of Markdown holds it."""
    address = re.sub(r"[\s<>]", lambda found: f"%{ord(found[0]):02X}", address)
    return re.sub(r"([()\\])", r"\\\1", address)


def label_of(words: str) -> str:
    """A footnote's label as Markdown can have it."""
    return re.sub(r"[\[\]\s^]+", "-", words.strip()) or "note"


def words_of(signature: Any) -> str:
    """A signature on one line, without links to its source."""
    parts = [child.astext() for child in signature.children if child.tagname not in UNSEEN_NODES]
    return " ".join("".join(parts).replace("¶", "").split())
