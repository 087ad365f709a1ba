"""The only place where the blocks of a parsed document become blocks of Markdown: code, boxes, lists, tables, notes."""

import posixpath
import re
import warnings
from ast import PyCF_ONLY_AST
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from bookside.book.fences import fenced
from bookside.book.sphinx.inline import UNSEEN_NODES, Lines, code, escaped, label_of, marked, paragraph, words_of
from bookside.book.sphinx.tables import table

ADMONITIONS = frozenset(
    {"attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip", "todo_node", "warning"}
)
NAMES = {"seealso": "See also", "todo_node": "Todo"}
INLINE = frozenset(
    {"#text", "abbreviation", "emphasis", "footnote_reference", "citation_reference", "generated", "inline", "literal"}
    | {"literal_emphasis", "literal_strong", "manpage", "math", "number_reference", "pending_xref", "problematic"}
    | {"reference", "strong", "subscript", "superscript", "title_reference", "download_reference", "acronym"}
)
INSIDE = re.compile(r"\n(?=[^\n])")
SIGNS_OF_CODE = re.compile(r"[(=]|^(?:import|from|class|def) ", re.MULTILINE)
LANGUAGES = {"none": "", "text": "text", "ipython3": "python", "ipython": "python", "python3": "python"}


class Blocks:
    """One pass over a document.

    Args:
        numbers: What stands before the captions of things with an id.
        folder: The document's own, below the sources; addresses of pictures are seen from it.
    """

    def __init__(self, numbers: dict[str, str], folder: str) -> None:
        self._numbers = numbers
        self._folder = folder
        self.line = Lines(self._picture)

    def of(self, children: Iterable[Any]) -> Iterator[str]:
        """Blocks of Markdown without headings, in order; runs of words without a paragraph are one."""
        words: list[Any] = []
        for node in children:
            if node.tagname in INLINE or (node.tagname == "image" and words):
                words.append(node)
                continue
            yield from self._gathered(words)
            words = []
            if node.tagname not in UNSEEN_NODES:
                make: Callable[[Any], Iterable[str]] = getattr(self, f"_{node.tagname}", self._other)
                yield from make(node)
        yield from self._gathered(words)

    def _gathered(self, words: Sequence[Any]) -> Iterator[str]:
        line = self.line.of(words)
        if line:
            yield paragraph(line)

    def _other(self, node: Any) -> Iterator[str]:
        """Of any node that is not known: its words."""
        if node.tagname in ADMONITIONS:
            title = NAMES.get(node.tagname) or str(node.tagname).capitalize()
            yield self._quoted(title, [child for child in node.children if child.tagname != "title"])
        elif node.children:
            yield from self.of(node.children)
        elif node.astext().strip():
            yield paragraph(escaped(" ".join(node.astext().split())))

    def _paragraph(self, node: Any) -> Iterator[str]:
        line = self.line.of(node.children)
        if line:
            yield paragraph(line)

    _attribution = _paragraph

    def _title(self, node: Any) -> Iterator[str]:
        line = self.line.of(node.children)
        if line:
            yield line if "*" in line else f"**{line}**"

    _rubric = _subtitle = _centered = _title

    def _caption(self, node: Any) -> Iterator[str]:
        ids = node.parent.get("ids", ()) if node.parent is not None else ()
        number = next((self._numbers[id] for id in ids if id in self._numbers), "")
        line = " ".join(part for part in (escaped(number), self.line.of(node.children)) if part)
        if line:
            yield line if "*" in line else f"*{line}*"

    def _transition(self, node: Any) -> Iterator[str]:
        yield "---"

    def _desc(self, node: Any) -> Iterator[str]:
        """An object inside a list, table or call-out, where no heading can be."""
        for child in node.children:
            if child.tagname == "desc_signature":
                yield f"**{code(words_of(child))}**"
            else:
                yield from self.of(child.children)

    # Code and formulas

    def _literal_block(self, node: Any) -> Iterator[str]:
        text = node.astext()
        language = str(node.get("language") or language_of_classes(node.get("classes", ())))
        yield fenced(text, guessed(text) if language in {"", "default"} else LANGUAGES.get(language, language))

    def _doctest_block(self, node: Any) -> Iterator[str]:
        yield fenced(node.astext(), "pycon")

    def _productionlist(self, node: Any) -> Iterator[str]:
        yield fenced("\n".join(child.astext() for child in node.children), "")

    def _container(self, node: Any) -> Iterator[str]:
        if "literal-block-wrapper" not in node.get("classes", ()):
            yield from self.of(node.children)
            return
        caption = next((child for child in node.children if child.tagname == "caption"), None)
        for child in node.children:
            if child is not caption:
                (block,) = self._literal_block(child)
                title = caption.astext().replace('"', "'").replace("\n", " ").replace("`", "'") if caption else ""
                opening, _, rest = block.partition("\n")
                yield f'{opening} title="{title}"\n{rest}' if title else block

    def _math_block(self, node: Any) -> Iterator[str]:
        formula = "\n".join(line for line in node.astext().splitlines() if line.strip())
        if "\\\\" in formula and "\\begin" not in formula:
            formula = f"\\begin{{aligned}}\n{formula}\n\\end{{aligned}}"
        if formula:
            yield fenced(formula, "math")

    _displaymath = _math_block

    def _raw(self, node: Any) -> Iterator[str]:
        if "html" in str(node.get("format", "")).split():
            lines = [line for line in node.astext().splitlines() if line.strip()]
            if lines:
                yield "\n".join(line.strip() for line in lines)

    # Boxes and lists

    def _quoted(self, title: str, children: Iterable[Any]) -> str:
        body = "\n\n".join(self.of(children))
        return quotation((f"**{title}**  " + (f"\n{body}" if body else "")) if title else body)

    def _admonition(self, node: Any) -> Iterator[str]:
        title = next((child for child in node.children if child.tagname == "title"), None)
        words = self.line.of(title.children) if title is not None else ""
        yield self._quoted(words, [child for child in node.children if child is not title])

    def _topic(self, node: Any) -> Iterator[str]:
        if "contents" not in node.get("classes", ()):
            yield from self._admonition(node)

    _sidebar = _admonition

    def _block_quote(self, node: Any) -> Iterator[str]:
        yield quotation("\n\n".join(self.of(node.children)))

    def _line_block(self, node: Any) -> Iterator[str]:
        lines = list(self._lines_of(node))
        if lines:
            yield "\\\n".join(paragraph(line) for line in lines)

    def _lines_of(self, node: Any) -> Iterator[str]:
        for child in node.children:
            if child.tagname == "line_block":
                yield from self._lines_of(child)
            elif line := self.line.of(child.children):
                yield line

    def _bullet_list(self, node: Any) -> Iterator[str]:
        made = [item("- ", list(self.of(child.children))) for child in node.children]
        if made:
            yield "\n".join(made)

    def _enumerated_list(self, node: Any) -> Iterator[str]:
        start = int(node.get("start", 1))
        made = [item(f"{start + place}. ", list(self.of(child.children))) for place, child in enumerate(node.children)]
        if made:
            yield "\n".join(made)

    def _definition_list(self, node: Any) -> Iterator[str]:
        made = [item("- ", ["  \n".join(self.definition(child))]) for child in node.children]
        if made:
            yield "\n".join(made)

    def definition(self, node: Any) -> Iterator[str]:
        """A term, and its definition as one block."""
        term = ", ".join(self.line.of(child.children) for child in node.children if child.tagname == "term")
        kinds = [self.line.of(child.children) for child in node.children if child.tagname == "classifier"]
        name = marked(term, "**", "strong") if "`" not in term and "](" not in term else term
        yield " : ".join(part for part in (name, *kinds) if part)
        body = "\n\n".join(
            block for child in node.children if child.tagname == "definition" for block in self.of(child.children)
        )
        if body:
            yield body

    def _field_list(self, node: Any) -> Iterator[str]:
        for child in node.children:
            name = self.line.of(child.children[0].children)
            body = list(self.of(child.children[1].children)) if len(child.children) > 1 else []
            label = f"**{name.removesuffix(':')}:**"
            if body and not body[0].startswith(("- ", "```", "|", ">", "1. ")):
                yield f"{label} {body[0]}"
                yield from body[1:]
            else:
                yield label
                yield from body

    def _option_list(self, node: Any) -> Iterator[str]:
        made: list[str] = []
        for child in node.children:
            options = ", ".join(code(option.astext()) for option in child.children[0].children)
            body = "\n\n".join(self.of(child.children[1].children))
            made.append(item("- ", [f"{options}  \n{body}" if body else options]))
        if made:
            yield "\n".join(made)

    def _table(self, node: Any) -> Iterator[str]:
        for child in node.children:
            if child.tagname == "title":
                yield from self._caption(child)
        made = table(node, lambda cell: self.of(cell.children))
        if made:
            yield made

    def _footnote(self, node: Any) -> Iterator[str]:
        label = next((child.astext() for child in node.children if child.tagname == "label"), "")
        body = "\n\n".join(self.of(child for child in node.children if child.tagname != "label"))
        name = label_of(label)
        if name in self.line.notes:
            yield f"[^{name}]: " + body.replace("\n", "\n    ")
        else:
            yield f"\\[{escaped(label)}\\] {body}"

    def _citation(self, node: Any) -> Iterator[str]:
        label = next((child.astext() for child in node.children if child.tagname == "label"), "")
        body = "\n\n".join(self.of(child for child in node.children if child.tagname != "label"))
        yield f"**\\[{escaped(label)}\\]** {body}"

    def _image(self, node: Any) -> Iterator[str]:
        line = self.line.of([node])
        if line:
            yield line

    def _picture(self, node: Any) -> str:
        """The address of an image, seen from the page; of several forms the one that browsers like best."""
        candidates = {str(kind): str(path) for kind, path in dict(node.get("candidates") or {}).items()}
        best = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
        address = next((candidates[kind] for kind in best if kind in candidates), str(node.get("uri", "")))
        if "://" in address or address.startswith(("data:", "/")) or not address:
            return address
        return quote(posixpath.relpath(address, self._folder or "."))


def language_of_classes(classes: Sequence[str]) -> str:
    """``python`` of ``code python``, as docutils' own ``code`` directive marks it."""
    return next((name for name in classes if name != "code"), "") if "code" in classes else ""


def guessed(text: str) -> str:
    """The language of code whose author names none: Sphinx, too, takes for Python what can be read as such."""
    if text.lstrip().startswith(">>> "):
        return "pycon"
    if not SIGNS_OF_CODE.search(text):
        return ""
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(text, "code", "exec", PyCF_ONLY_AST)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return "python"


def quotation(text: str) -> str:
    """``text`` as a quotation."""
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n")) if text else ""


def item(marker: str, blocks: Sequence[str]) -> str:
    """One item of a list with everything in it."""
    if not blocks:
        return marker.rstrip()
    tight = all(block.lstrip().startswith(("- ", "1. ")) for block in blocks[1:])
    text = ("\n" if tight else "\n\n").join(blocks)
    return marker + INSIDE.sub("\n" + " " * len(marker), text)
