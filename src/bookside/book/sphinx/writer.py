"""The only place where a parsed document becomes Markdown with its headings' ids.

Sections and described objects (functions, classes, options, …) become headings, and so do a glossary's terms, as all of
them have an address of their own. What follows such an object belongs to the section around it again: ``Mark`` says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bookside.book.fences import fenced
from bookside.book.sphinx.blocks import LANGUAGES, Blocks
from bookside.book.sphinx.inline import code, words_of
from bookside.book.sphinx.myst_ids import MystIds
from bookside.book.sphinx.project import Toctree

MAX_HEADING_CHARS = 160
MAX_LEVEL = 6
TRANSPARENT = frozenset({"compound", "container", "only", "desc_content", "block_quote_", "document", "start_of_file"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the Markdown at which a section begins.

    Args:
        place: Number of the line, from 0.
        id: The heading's id; ``None`` where the site gives it none.
        line: Line in the document's file; 0 where it is not known.
        goes_on: Whether no heading stands here, but text that follows a described object.
        of: Number of the heading whose section goes on here; ``None`` for the text before the first heading.
    """

    place: int
    id: str | None = None
    line: int = 0
    goes_on: bool = False
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A document as Markdown."""

    markdown: str
    marks: tuple[Mark, ...]
    toctrees: tuple[Toctree, ...]
    description: str | None = None


def write(
    doctree: Any, numbers: dict[str, str], toctrees: Sequence[Toctree], *, folder: str, ids: MystIds | None = None
) -> Written:
    """The Markdown of one document.

    Args:
        numbers: What stands before the captions of things with an id.
        folder: The document's own, below the sources; addresses of pictures are seen from it.
        ids: Gives headings other ids than Sphinx.
    """
    writer = Writer(Blocks(numbers, folder), ids)
    writer.top(doctree.children, level=0, owner=None)
    return Written(
        markdown="\n".join(writer.lines).rstrip("\n") + "\n",
        marks=tuple(writer.marks),
        toctrees=tuple(toctrees),
        description=description_of(doctree),
    )


def description_of(doctree: Any) -> str | None:
    """What the author says of the page, where it says so."""
    for node in doctree.findall():
        if node.tagname == "meta" and str(node.get("name", "")).lower() == "description" and node.get("content"):
            return " ".join(str(node["content"]).split()) or None
    return None


class Writer:
    """One pass over a document.

    Args:
        blocks: Writes what holds no headings.
        ids: As for ``write``.
    """

    def __init__(self, blocks: Blocks, ids: MystIds | None) -> None:
        self._blocks = blocks
        self._ids = ids
        self.lines: list[str] = []
        self.marks: list[Mark] = []
        self._headings = 0
        self._owner: int | None = None
        """The heading whose section the next words are in."""

    def top(self, children: Iterable[Any], *, level: int, owner: int | None) -> None:
        """Nodes that may hold headings."""
        for node in children:
            name = node.tagname
            if name == "section":
                self._section(node, level + 1)
            elif name == "desc":
                self._object(node, level + 1)
            elif name == "glossary":
                self._glossary(node, level + 1)
            elif name in TRANSPARENT and holds_headings(node):
                self.top(node.children, level=level, owner=owner)
            elif name != "title":
                self._put(self._blocks.of([node]), owner)

    def _put(self, blocks: Iterable[str], owner: int | None) -> None:
        for block in blocks:
            if self._owner != owner:
                self.marks.append(Mark(len(self.lines), goes_on=True, of=owner))
                self._owner = owner
            self.lines += [*block.split("\n"), ""]

    def _heading(self, level: int, words: str, node: Any, line: int) -> int:
        ids = node.get("ids") or [None]
        id = self._ids.of(node, title_of(node)) if self._ids else ids[0]
        self.marks.append(Mark(len(self.lines), id=id, line=line))
        self.lines += [f"{'#' * min(level, MAX_LEVEL)} {words}".rstrip(), ""]
        self._owner = self._headings
        self._headings += 1
        return self._owner

    def _section(self, node: Any, level: int) -> None:
        title = next((child for child in node.children if child.tagname == "title"), None)
        words = self._blocks.line.of(title.children) if title is not None else ""
        line = (getattr(title, "line", None) if title is not None else None) or node.line or 0
        own = self._heading(level, words, node, line)
        self.top(node.children, level=level, owner=own)

    def _object(self, node: Any, level: int) -> None:
        """A function, class, option, … with its signatures; one without an id is a paragraph of its section."""
        outer = self._owner
        signatures = [child for child in node.children if child.tagname == "desc_signature"]
        content = [child for child in node.children if child.tagname == "desc_content"]
        named = next((signature for signature in signatures if signature.get("ids")), None)
        if named is None:
            self._put([f"**{code(words_of(signature))}**" for signature in signatures], outer)
            for child in content:
                self.top(child.children, level=level - 1, owner=outer)
            return
        words = words_of(named)
        short = words if len(words) <= MAX_HEADING_CHARS else words.partition("(")[0][:MAX_HEADING_CHARS] + "(…)"
        own = self._heading(level, code(short), named, named.line or node.line or 0)
        others = [words_of(signature) for signature in signatures if signature is not named or short != words]
        if others:
            language = LANGUAGES.get(str(node.get("domain", "")), "python" if node.get("domain") == "py" else "")
            self._put([fenced("\n".join(others), language)], own)
        for child in content:
            self.top(child.children, level=level, owner=own)

    def _glossary(self, node: Any, level: int) -> None:
        outer = self._owner
        items = [item for child in node.children for item in child.children if item.tagname == "definition_list_item"]
        for item in items:
            terms = [child for child in item.children if child.tagname == "term"]
            if not terms or not terms[0].get("ids"):
                self._put(self._blocks.definition(item), outer)
                continue
            words = ", ".join(self._blocks.line.of(term.children) for term in terms)
            own = self._heading(level, words, terms[0], terms[0].line or 0)
            for child in item.children:
                if child.tagname == "definition":
                    self.top(child.children, level=level, owner=own)


def title_of(node: Any) -> str:
    """The words of a section's title, or of a signature or term."""
    return next((child for child in node.children if child.tagname == "title"), node).astext()


def holds_headings(node: Any) -> bool:
    """Whether there is a section, an object or a glossary in it."""
    return any(found.tagname in {"section", "desc", "glossary"} for found in node.findall())
