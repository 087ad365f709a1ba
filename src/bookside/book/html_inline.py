"""The only place where words within a line of HTML become Markdown: marks, code, links, images, formulas."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from bookside.book.html_tree import classes, words_of
from bookside.book.text import longest_run

ESCAPED = re.compile(r"[\\`*\[\]<>|~$]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])|\{(?=:?\s*#)")
AT_START = re.compile(r"^(?P<lead>\s*)(?P<mark>[#+\-=:]|\d{1,9}[.)])")
CODE = frozenset({"code", "kbd", "samp", "tt"})
STRONG = frozenset({"strong", "b"})
EMPHASIS = frozenset({"em", "i", "var", "cite", "dfn"})
IN_LINE = """
a abbr acronym bdi bdo big data del font ins label mark nobr ruby rb rt rp s small span strike sub sup time u wbr img q
math script svg
"""
INLINE_TAGS = CODE | STRONG | EMPHASIS | frozenset(IN_LINE.split())
TEX_CLASSES = frozenset({"math", "arithmatex", "katex", "katex-display", "MathJax_source"})
TEX_MARKS = (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$"))
UNSAFE_SCHEMES = re.compile(r"\s*(?:javascript|vbscript|data|file)\s*:", re.IGNORECASE)
IN_ADDRESS = re.compile(r"[\s<>()\\\[\]`*_|~$\"]")
MAX_DEPTH = 80
"""What is nested deeper gives its words alone."""


def escaped(text: str) -> str:
    """``text`` so that Markdown shows it as it is."""
    return ESCAPED.sub(lambda found: "\\" + found[0], text)


def escaped_start(line: str) -> str:
    """A paragraph's line so that it does not begin a heading, a list or a rule."""
    found = AT_START.match(line)
    if not found:
        return line
    mark = found["mark"]
    return f"{found['lead']}{mark[:-1]}\\{mark[-1]}{line[found.end() :]}"


def paragraph_of(pieces: list[str]) -> str:
    """Pieces of a line as one paragraph; a line break is a backslash at the end of a line."""
    lines = " ".join("".join(pieces).replace("\n", " \n ").split(" ")).split("\n")
    lines = [line for line in (" ".join(line.split()) for line in lines) if line]
    return "\\\n".join(escaped_start(line) for line in lines)


def inline(element: HtmlElement, *, in_code: bool = False, depth: int = 0) -> list[str]:
    """Everything inside ``element`` as pieces of a line; a line break is ``\\n``."""
    pieces = [plain(element.text, in_code=in_code)]
    for child in element:
        pieces += inline_of(child, in_code=in_code, depth=depth + 1)
        pieces.append(plain(child.tail, in_code=in_code))
    return pieces


def plain(text: str | None, *, in_code: bool = False) -> str:
    """Words that are no element's own; line breaks in the source are spaces."""
    if not text:
        return ""
    spaced = re.sub(r"\s+", " ", text)
    return spaced if in_code else escaped(spaced)


def inline_of(element: HtmlElement, *, in_code: bool = False, depth: int = 0) -> list[str]:
    """``element`` itself as pieces of a line."""
    tag = str(element.tag)
    if depth > MAX_DEPTH:
        return [plain(words_of(element))]
    if tag == "br":
        return [" " if in_code else "\n"]
    if tag == "img":
        return [image(element)]
    tex = formula_of(element)
    if tex is not None:
        return [tex]
    if tag == "svg":
        return [plain(" ".join(words_of(part) for part in element.iter("title", "text", "desc")))]
    if tag in CODE and not in_code:
        return [code_span("".join(inline(element, in_code=True, depth=depth)))]
    inside = inline(element, in_code=in_code, depth=depth)
    if in_code:
        return inside
    if tag == "a":
        return linked(element, "".join(inside))
    if tag in STRONG:
        return marked("".join(inside), "**")
    if tag in EMPHASIS:
        return marked("".join(inside), "*")
    if tag == "q":
        return ["“", *inside, "”"]
    if tag in ("sup", "sub") and not element.xpath(".//a"):
        return [("^" if tag == "sup" else "\\_") if re.fullmatch(r"[\w+−-]{1,4}", words_of(element)) else "", *inside]
    return inside if tag in INLINE_TAGS else [" ", *inside, " "]


def marked(text: str, mark: str) -> list[str]:
    """``text`` between marks, where Markdown is sure to see them; words that end in a stop stay without."""
    inside = text.strip()
    if not inside or "\n" in inside or "*" in inside or not (inside[0].isalnum() and inside[-1].isalnum()):
        return [text]
    start = text.index(inside)
    return [text[:start], mark, inside, mark, text[start + len(inside) :]]


def code_span(text: str) -> str:
    """``text`` as code within a line."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    fence = "`" * (longest_run(words, "`") + 1) if "`" in words else "`"
    pad = " " if words[0] == "`" or words[-1] == "`" else ""
    lead = " " if text[0].isspace() else ""
    tail = " " if text[-1].isspace() else ""
    return f"{lead}{fence}{pad}{words}{pad}{fence}{tail}"


def linked(link: HtmlElement, text: str) -> list[str]:
    """A link by its words; what leads nowhere, or runs a script, is its words alone."""
    href = (link.get("href") or "").strip()
    inside = " ".join(text.split())
    if not href or not inside or UNSAFE_SCHEMES.match(href) or "](" in inside:
        return [text]
    lead = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() else ""
    return [f"{lead}[{inside}]({address(href)}){tail}"]


def address(href: str) -> str:
    """``href`` so that it may stand in Markdown's brackets."""
    return IN_ADDRESS.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), href)


def image(element: HtmlElement) -> str:
    """An image by its words and its address; one that lies in the page itself by its words."""
    alt = escaped(" ".join((element.get("alt") or "").split()))
    source = (element.get("src") or element.get("data-src") or "").strip()
    if not source or UNSAFE_SCHEMES.match(source):
        return alt
    return f"![{alt}]({address(source)})"


def formula_of(element: HtmlElement) -> str | None:
    """A formula in dollars, by the TeX that the page has of it; ``None`` where the element is none."""
    tag, names = str(element.tag), classes(element)
    if tag == "script":
        return in_dollars(element.text or "", shown="mode=display" in (element.get("type") or ""))
    if tag == "math":
        return mathml_words(element, shown=element.get("display") == "block")
    if tag == "mjx-container":
        inner = next(element.iter("math"), None)
        return None if inner is None else mathml_words(inner, shown=element.get("display") == "true")
    if TEX_CLASSES.isdisjoint(names):
        return None
    inner = next(element.iter("math"), None)
    if inner is not None:
        return mathml_words(inner, shown="katex-display" in names or inner.get("display") == "block")
    source = "".join(element.itertext()).strip()
    for opening, closing in TEX_MARKS:
        if source.startswith(opening) and source.endswith(closing) and len(source) > len(opening + closing):
            return in_dollars(source[len(opening) : -len(closing)], shown=opening in ("\\[", "$$"))
    return None


def mathml_words(element: HtmlElement, *, shown: bool) -> str:
    """MathML by the TeX in its annotation, or by its words."""
    for note in element.iter("annotation"):
        if "tex" in (note.get("encoding") or "").lower():
            return in_dollars("".join(note.itertext()), shown=shown)
    tex = element.get("alttext")
    if tex:
        return in_dollars(tex, shown=shown)
    return escaped(" ".join(_leaves(element)))


def _leaves(element: HtmlElement) -> Iterator[str]:
    for leaf in element.iter("mi", "mo", "mn", "mtext", "ms"):
        words = words_of(leaf)
        if words:
            yield words


def in_dollars(tex: str, *, shown: bool) -> str:
    """TeX as the built-in reader finds it."""
    words = " ".join(tex.split())
    if not words:
        return ""
    if "$" in words or "`" in words:
        return code_span(words)
    return f" $${words}$$ " if shown else f"${words}$"
