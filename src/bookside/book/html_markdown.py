"""The only place where the blocks of an HTML page become Markdown, with a mark at each heading for its id.

Words are never dropped: what Markdown has no form for gives its words alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from bookside.book.callouts import KINDS
from bookside.book.html_content import HEADINGS
from bookside.book.html_inline import (
    INLINE_TAGS,
    MAX_DEPTH,
    escaped,
    formula_of,
    inline,
    inline_of,
    marked,
    paragraph_of,
    plain,
)
from bookside.book.html_table import has_stray_words, is_table_of_words, table
from bookside.book.html_tree import classes, words_of
from bookside.book.text import longest_run

MAX_CONTAINERS = 6
"""Markdown's parser gives up on quotations and lists nested much deeper."""

LANGUAGE = re.compile(r"(?:language|lang|highlight-source|highlight|brush:?|src|sourceCode)[-_ ](?P<name>[\w+#.-]+)")
NO_LANGUAGES = {"default", "none", "text", "plaintext", "plain", "txt", "nohighlight", "notranslate", "wrapper", "box"}
CODE_FIRST_CLASSES = frozenset({"sourceCode", "programlisting", "brush:"})
CALLOUT_CLASSES = frozenset({"admonition", "admonitionblock", "theme-admonition", "callout", "alert", "markdown-alert"})
TITLE_CLASSES = ("admonition-title", "callout-title", "markdown-alert-title", "title", "alert-heading", "summary")
NOT_A_BLOCK = frozenset({"html", "head"})
BARE = frozenset({"script", "title"})


@dataclass(slots=True)
class Written:
    """Markdown of one page.

    Args:
        markdown: Headings end with ``{#h0}``, ``{#h1}`` …, by which ``anchors`` are theirs.
        anchors: The id of each heading, in order; ``None`` where it has none.
    """

    markdown: str = ""
    anchors: list[str | None] = field(default_factory=list[str | None])


def write(main: HtmlElement, ids: Mapping[HtmlElement, str | None]) -> Written:
    """The Markdown of everything in ``main``, which has been pruned."""
    writer = Writer(ids)
    blocks = writer.blocks_in(main)
    return Written("\n\n".join(blocks) + "\n", writer.anchors)


class Writer:
    """One pass over a page."""

    def __init__(self, ids: Mapping[HtmlElement, str | None]) -> None:
        self._ids = ids
        self._containers = 0
        self._depth = 0
        self.anchors: list[str | None] = []

    def blocks_in(self, element: HtmlElement) -> list[str]:
        """The blocks inside ``element``; words between them are paragraphs."""
        self._depth += 1
        made: list[str] = []
        line: list[str] = [plain(element.text)]
        for child in element:
            if is_in_line(child):
                line += inline_of(child, depth=self._depth)
            else:
                self._end(line, made)
                line = []
                made += self.blocks_of(child)
            line.append(plain(child.tail))
        self._end(line, made)
        self._depth -= 1
        return made

    def _end(self, line: list[str], made: list[str]) -> None:
        paragraph = paragraph_of(line)
        if paragraph:
            made.append(paragraph)

    def blocks_of(self, element: HtmlElement) -> list[str]:
        """The blocks that ``element`` is."""
        tag = str(element.tag)
        if self._depth > MAX_DEPTH:
            return [paragraph] if (paragraph := paragraph_of([plain(words_of(element))])) else []
        if tag in HEADINGS:
            return self._heading(element, int(tag[1]))
        formula = formula_of(element)
        if formula is not None:
            return [formula.strip()] if formula.strip() else []
        if is_callout(element):
            return self._callout(element)
        if tag == "table" and is_table_of_words(element):
            return table(element)
        made = BLOCKS.get(tag)
        return made(self, element) if made else self.blocks_in(element)

    def _heading(self, element: HtmlElement, level: int) -> list[str]:
        words = " ".join("".join(inline(element, depth=self._depth)).split())
        if self._containers:  # the headline of a box or an item is no section of the page
            return ["".join(marked(words, "**"))] if words else []
        if not words or not words_of(element):
            return [words] if words else []
        self.anchors.append(self._ids.get(element))
        return [f"{'#' * level} {words} {{#h{len(self.anchors) - 1}}}"]

    def contained(self, element: HtmlElement) -> list[str]:
        """The blocks inside a quotation or an item."""
        self._containers += 1
        blocks = self.blocks_in(element)
        self._containers -= 1
        return blocks

    def _quotation(self, element: HtmlElement) -> list[str]:
        if self._containers >= MAX_CONTAINERS:
            return self.blocks_in(element)
        return quoted(self.contained(element))

    def _callout(self, element: HtmlElement) -> list[str]:
        if self._containers >= MAX_CONTAINERS:
            return self.blocks_in(element)
        title = title_of(element)
        words = paragraph_of([plain(words_of(title))]) if title is not None else kind_of(element).capitalize()
        if title is not None:
            title.drop_tree()
        for laid_out in element.iter("table"):  # with a picture beside the words
            if len(laid_out.findall(".//tr")) == 1:
                laid_out.set("role", "presentation")
        blocks = self.contained(element)
        if not words:
            return quoted(blocks)
        if blocks and blocks[0][0].isalnum():
            return quoted([f"**{words}**  \n{blocks[0]}", *blocks[1:]])
        return quoted([f"**{words}**", *blocks])

    def _list(self, element: HtmlElement) -> list[str]:
        if self._containers >= MAX_CONTAINERS or has_stray_words(element):
            return self.blocks_in(element)
        start = element.get("start") or "1"
        number = int(start) if element.tag == "ol" and re.fullmatch(r"\d{1,8}", start) else 1
        items: list[str] = []
        loose = False
        for child in element:
            blocks = self.contained(child)
            loose = loose or any(not is_list(block) for block in blocks[1:])
            items.append(item(bullet(element, number) + " ", blocks))
            number += 1
        joined = ("\n\n" if loose else "\n").join(one for one in items if one)
        return [joined] if joined else []

    def _definitions(self, element: HtmlElement) -> list[str]:
        """Terms in bold, each with its definitions below it."""
        if has_stray_words(element):
            return self.blocks_in(element)
        is_flat = self._containers >= MAX_CONTAINERS - 1 or any(True for _ in element.iter(*HEADINGS))
        made: list[str] = []
        terms: list[str] = []
        below: list[str] = []

        def close() -> None:
            if terms or below:
                made.extend([*terms, *below] if is_flat else [item("- ", [*terms, *below])])
            terms.clear()
            below.clear()

        for child in definitions_in(element):
            if child.tag == "dt":
                if below:
                    close()
                terms.extend(self._term(child))
            else:
                below.extend(self.blocks_in(child) if is_flat else self.contained(child))
        close()
        return made

    def _term(self, element: HtmlElement) -> list[str]:
        words = " ".join(words_of(element).split())
        if not words:
            return []
        if "sig" in classes(element):
            return [f"`{words}`" if "`" not in words else escaped(words)]
        marked = "".join(inline(element)).strip()
        return (
            [f"**{words}**"]
            if words == marked and words[-1].isalnum() and words[0].isalnum()
            else [paragraph_of([marked])]
        )

    def _code(self, element: HtmlElement) -> list[str]:
        code = code_of(element).strip("\n").rstrip()
        if not code.strip():
            return []
        fence = "`" * max(3, longest_run(code, "`") + 1)
        return [f"{fence}{language_of(element)}\n{code}\n{fence}"]

    def _rule(self, element: HtmlElement) -> list[str]:
        return ["---", *self.blocks_in(element)]

    def _caption(self, element: HtmlElement) -> list[str]:
        words = paragraph_of(inline(element, depth=self._depth))
        return [words] if words else []


BLOCKS: dict[str, Callable[[Writer, HtmlElement], list[str]]] = {
    "blockquote": Writer._quotation,  # pyright: ignore[reportPrivateUsage]
    "ul": Writer._list,  # pyright: ignore[reportPrivateUsage]
    "ol": Writer._list,  # pyright: ignore[reportPrivateUsage]
    "menu": Writer._list,  # pyright: ignore[reportPrivateUsage]
    "dl": Writer._definitions,  # pyright: ignore[reportPrivateUsage]
    "pre": Writer._code,  # pyright: ignore[reportPrivateUsage]
    "hr": Writer._rule,  # pyright: ignore[reportPrivateUsage]
    "figcaption": Writer._caption,  # pyright: ignore[reportPrivateUsage]
}


def is_in_line(element: HtmlElement) -> bool:
    """Whether it stands between words; a link or a span around blocks does not."""
    if element.tag == "br" or element.tag in BARE:
        return True
    if element.tag not in INLINE_TAGS and not str(element.tag).startswith("mjx-"):
        return False
    return next(element.iter(*BLOCK_TAGS), None) is None


BLOCK_TAGS = (
    *HEADINGS,
    "p",
    "div",
    "pre",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "section",
    "article",
    "figure",
    "hr",
)


def quoted(blocks: list[str]) -> list[str]:
    """Blocks as one quotation."""
    if not blocks:
        return []
    lines = "\n\n".join(blocks).split("\n")
    return ["\n".join(f"> {line}" if line else ">" for line in lines)]


def item(mark: str, blocks: list[str]) -> str:
    """Blocks as an item of a list; a list right below its first words follows them closely."""
    if not blocks:
        return ""
    text = blocks[0]
    for block in blocks[1:]:
        text += ("\n" if is_list(block) else "\n\n") + block
    indent = " " * len(mark)
    return mark + "\n".join(indent + line if line else "" for line in text.split("\n"))[len(mark) :]


def is_list(block: str) -> bool:
    """Whether a block is a list as this module writes it."""
    return re.match(r"(?:-|\d{1,9}\.) ", block) is not None


def bullet(element: HtmlElement, number: int) -> str:
    """What stands before an item."""
    return f"{number}." if element.tag == "ol" else "-"


def definitions_in(element: HtmlElement) -> list[HtmlElement]:
    """Terms and definitions, also where each pair has an element around it."""
    made: list[HtmlElement] = []
    for child in element:
        made += (
            list(child) if child.tag == "div" and next(child.iterchildren("dt", "dd"), None) is not None else [child]
        )
    return made


def is_callout(element: HtmlElement) -> bool:
    """Whether it is a box beside the text: a note, a warning."""
    names = classes(element)
    if element.tag == "aside":
        return any(True for _ in element.iterchildren("p")) and bool({"topic", "sidebar", *KINDS} & set(names))
    if element.tag not in ("div", "section", "details", "table"):
        return False
    if not CALLOUT_CLASSES.isdisjoint(names):
        return not any(True for _ in element.iter("h1", "h2"))
    return bool(names) and names[0] in KINDS and len(names) <= 2 and title_of(element) is not None


def title_of(element: HtmlElement) -> HtmlElement | None:
    """The element that holds the title of a call-out."""
    for inner in element.iter():
        if not isinstance(inner.tag, str) or inner is element:
            continue
        names = classes(inner)
        is_title = any(name in names for name in TITLE_CLASSES) or any("admonitionHeading" in name for name in names)
        if (is_title or inner.tag == "summary") and words_of(inner) and len(words_of(inner)) <= 200:
            return inner
        if inner.tag in ("p", "pre", "ul", "li"):
            return None
    return None


def kind_of(element: HtmlElement) -> str:
    """What a call-out without a title is, by its classes."""
    parts = [part for name in classes(element) for part in (name, name.rpartition("-")[2])]
    return next((part for part in parts if part in KINDS), "")


def code_of(element: HtmlElement) -> str:
    """The text of a block of code, with its lines where each is an element."""
    made: list[str] = [element.text or ""]
    waiting: list[tuple[HtmlElement, bool]] = [(child, False) for child in reversed(element)]
    while waiting:
        child, is_end = waiting.pop()
        if is_end:
            if child.tag in ("div", "p", "li", "tr") and made and not made[-1].endswith("\n"):
                made.append("\n")
            made.append(child.tail or "")
            continue
        if child.tag == "br":
            if not (made and made[-1].endswith("\n") and child.getnext() is None):
                made.append("\n")
            made.append(child.tail or "")
            continue
        made.append(child.text or "")
        waiting.append((child, True))
        waiting += [(inner, False) for inner in reversed(child)]
    return "".join(part for part in made if part).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)


def language_of(element: HtmlElement) -> str:
    """The language that a block of code, what is in it, or what is around it names; empty where none does."""
    near = [element, *element.iterchildren("code")]
    around = element.getparent()
    for _ in range(4):
        if around is None:
            break
        near.append(around)
        around = around.getparent()
    for one in near:
        named = one.get("data-lang") or one.get("data-language")
        if named and re.fullmatch(r"[\w+#.-]{1,30}", named):
            return "" if named in NO_LANGUAGES else named
        names = classes(one)
        for place, name in enumerate(names):
            found = LANGUAGE.fullmatch(name)
            if found and found["name"].lower() not in NO_LANGUAGES:
                return found["name"]
            if (
                name in CODE_FIRST_CLASSES
                and place + 1 < len(names)
                and re.fullmatch(r"[\w+#-]{1,20}", names[place + 1])
            ):
                return names[place + 1]
    return ""
