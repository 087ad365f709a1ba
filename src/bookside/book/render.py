"""The only place where a page becomes HTML, with the anchors that its sections have, and nothing that runs."""

import re
import secrets
from collections.abc import Callable, Sequence
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from bookside.book import code, notes
from bookside.book.callouts import mark_callouts
from bookside.book.flat import flatten
from bookside.book.formulas import INLINE, SHOWN, find_formulas
from bookside.book.markdown import parse_heading, parser, visible_text
from bookside.book.mathml import mathml
from bookside.book.model import Dialect, Page, Section
from bookside.book.pictures import Look, settled
from bookside.book.sections import fragment

Resolve = Callable[[str], str]
"""Turns an address as it stands in a page's source into the one that a browser can follow."""

_ALLOWED_ATTRIBUTES = {
    "*": {"id", "class", "title", "lang", "dir", "align", "role", "aria-label"},
    "a": {"href", "data-number"},
    "div": {"data-language", "data-title"},
    "img": {"src", "alt", "width", "height"},
    "video": {"src", "poster", "width", "height", "controls"},
    "audio": {"src", "controls"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
}
_ALLOWED_TAGS = nh3.ALLOWED_TAGS | {"section", "aside", "figure", "figcaption", "picture", "video", "audio"}
_ADDRESSES = {"href", "src", "poster"}


def render(page: Page, resolve: Resolve, look: Look) -> str:
    """The page's HTML, safe to show: no scripts, styles, forms or frames, whatever the source holds.

    Args:
        resolve: Called with every address, whether Markdown or HTML wrote it.
        look: Called with every image's address as ``resolve`` gave it.
    """
    formulas = Formulas()
    markdown = _parser(page.dialect, formulas)
    env: EnvType = {}
    tokens = markdown.parse(page.markdown, env)
    flatten(tokens)
    _set_anchors(tokens, page.sections, page.dialect, env)
    mark_callouts(tokens)
    _mark_bare_links(tokens)
    _align_cells(tokens)
    html = nh3.clean(
        markdown.renderer.render(tokens, markdown.options, env),
        tags=_ALLOWED_TAGS,
        attributes=_ALLOWED_ATTRIBUTES,
        attribute_filter=lambda _, name, value: resolve(value) if name in _ADDRESSES else value,
        link_rel="noopener noreferrer",
    )
    return formulas.put_into(settled(html, look))


class Formulas:
    """Holds a page's formulas apart while its HTML is cleaned; they are made here and need no cleaning."""

    def __init__(self) -> None:
        self._mark = secrets.token_hex(12)  # that no author can write
        self._made: list[str] = []

    def hold(self, token: Token) -> str:
        """A mark in the formula's place."""
        self._made.append(mathml(token.content, is_block=token.type == SHOWN))
        return f"{self._mark}x{len(self._made) - 1}x"

    def put_into(self, html: str) -> str:
        """``html`` with the formulas in their places."""
        return re.sub(f"{self._mark}x(\\d+)x", lambda found: self._made[int(found[1])], html)


def _parser(dialect: Dialect, formulas: Formulas) -> MarkdownIt:
    def held(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        return formulas.hold(tokens[index])

    markdown = parser(dialect)
    find_formulas(markdown, dialect)
    notes.find_footnotes(markdown)
    notes.find_tasks(markdown)
    for name, rule in {
        "fence": code.fence,
        "code_block": code.indented,
        "footnote_open": notes.note_open,
        "table_open": _table_open,
        "table_close": _table_close,
        INLINE: held,
        SHOWN: held,
    }.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _set_anchors(tokens: Sequence[Token], sections: Sequence[Section], dialect: Dialect, env: EnvType) -> None:
    """Give each heading its section's anchor and a link to itself; one that starts no section stays without."""
    waiting = [section for section in sections if section.level > 0]
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        inline = tokens[place + 1]
        words = visible_text(parse_heading(inline.content, dialect, dict(env)))
        text = " ".join(words.split())
        found = next((s for s in waiting if s.heading == text and s.level == int(token.tag[1])), None)
        if found is None:
            continue
        del waiting[: waiting.index(found) + 1]
        if found.anchor:
            token.attrSet("id", found.anchor)
            link = (
                f'<a class="to-section" href="#{escape(fragment(found.anchor))}" aria-label="Link to this section"></a>'
            )
            inline.children = [*(inline.children or []), Token("html_inline", "", 0, content=link)]


def _mark_bare_links(tokens: Sequence[Token]) -> None:
    """Tell links whose words are their address from others: on paper, only others have it added."""
    for token in tokens:
        if token.type == "link_open" and token.markup in ("linkify", "autolink"):
            token.attrSet("class", "bare")
        _mark_bare_links(token.children or [])


def _align_cells(tokens: Sequence[Token]) -> None:
    """Say how cells are aligned in an attribute: a page may have no styles of its own."""
    for token in tokens:
        style = token.attrs.pop("style", None) if token.type in ("th_open", "td_open") else None
        if isinstance(style, str):
            token.attrSet("align", style.removeprefix("text-align:"))


def _table_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return '<div class="table-box">' + renderer.renderToken(tokens, index, options, env)


def _table_close(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return renderer.renderToken(tokens, index, options, env) + "</div>"
