"""The only place where a page becomes HTML, with the anchors that its sections have, and nothing that runs."""

from collections.abc import Callable, Sequence
from typing import Any

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType]
from pygments.util import ClassNotFound

from bookside.book.markdown import EXPLICIT_ID, parser, visible_text
from bookside.book.model import Page, Section

Resolve = Callable[[str], str]
"""Turns an address as it stands in a page's source into the one that a browser can follow."""

_ALLOWED_ATTRIBUTES = {
    "*": {"id", "class", "title", "lang", "dir", "align", "role", "aria-label"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
}
_ALLOWED_TAGS = nh3.ALLOWED_TAGS | {"section", "aside", "figure", "figcaption", "picture"}


def render(page: Page, resolve: Resolve) -> str:
    """The page's HTML, safe to show: no scripts, styles, forms or frames, whatever the source holds."""
    markdown = parser(page.dialect)
    markdown.options["highlight"] = _highlighted
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    env: EnvType = {}
    tokens = markdown.parse(page.markdown, env)
    _set_anchors(tokens, page.sections)
    _resolve_links(tokens, resolve)
    html = markdown.renderer.render(tokens, markdown.options, env)
    return nh3.clean(html, tags=_ALLOWED_TAGS, attributes=_ALLOWED_ATTRIBUTES, link_rel="noopener noreferrer")


def _set_anchors(tokens: Sequence[Token], sections: Sequence[Section]) -> None:
    """Give each heading its section's anchor; a heading that starts no section stays without one."""
    waiting = [section for section in sections if section.level > 0]
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        inline = tokens[place + 1]
        _drop_explicit_id(inline)
        text = " ".join(visible_text(inline.children or []).split())
        found = next((s for s in waiting if s.heading == text and s.level == int(token.tag[1])), None)
        if found is None:
            continue
        del waiting[: waiting.index(found) + 1]
        if found.anchor:
            token.attrSet("id", found.anchor)


def _drop_explicit_id(inline: Token) -> None:
    for child in reversed(inline.children or []):
        if child.type == "text":
            child.content = EXPLICIT_ID.sub("", child.content)
            return


def _resolve_links(tokens: Sequence[Token], resolve: Resolve) -> None:
    for token in tokens:
        for name in ("href", "src"):
            address = token.attrGet(name)
            if isinstance(address, str):
                token.attrSet(name, resolve(address))
        if token.type == "image":
            token.attrSet("loading", "lazy")
        _resolve_links(token.children or [], resolve)


def _highlighted(code: str, language: str, _attributes: str) -> str:
    try:
        lexer: Any = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    marked = highlight(code, lexer, HtmlFormatter[str](nowrap=True))
    return f'<pre class="highlight"><code>{marked}</code></pre>'


def _table_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return '<div class="table-box" role="region">' + renderer.renderToken(tokens, index, options, env)


def _table_close(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return renderer.renderToken(tokens, index, options, env) + "</div>"
