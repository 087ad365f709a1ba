"""The only place where code is coloured: fenced blocks by their language, with what their opening line says."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType]
from pygments.util import ClassNotFound

LANGUAGE = re.compile(r"[^\s{},:]+")
CLASS_OF_LANGUAGE = re.compile(r"\{\s*\.(?P<language>[\w+#-]+)")
TITLE = re.compile(r"""\btitle=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'{}]+))""")
MAX_CHARS = 200_000
"""Longer code is shown without colours."""

OTHER_NAMES = {"mdx": "markdown", "jsonc": "json5", "env": "properties", "shell-session": "console", "vue": "html"}
"""Languages that authors name and the highlighter does not."""


def fence(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    """A fenced block, in colours."""
    token = tokens[index]
    return block(token.content, language_of(token.info), title_of(token.info))


def indented(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    """An indented block, which has no language."""
    return block(tokens[index].content)


def block(code: str, language: str = "", title: str = "") -> str:
    """The HTML of one block; language and title are attributes, so that the page's text holds the code alone."""
    marks = "".join(
        f' data-{name}="{escape(value)}"' for name, value in (("title", title), ("language", language)) if value
    )
    return f'<div class="code"{marks}><pre><code>{coloured(code, language)}</code></pre></div>\n'


def coloured(code: str, language: str) -> str:
    """``code`` as HTML, its words marked where the language is known."""
    lexer = _lexer(language.lower()) if language and len(code) <= MAX_CHARS else None
    if lexer is None:
        return escape(code)
    return highlight(code, lexer, HtmlFormatter[str](nowrap=True))


@lru_cache(maxsize=100)
def _lexer(language: str) -> Any:
    try:
        return get_lexer_by_name(OTHER_NAMES.get(language, language), stripnl=False)
    except ClassNotFound:
        return None


def language_of(info: str) -> str:
    """The language in a fence's opening line: ``js`` in ``js title="a.js" {1,3}``, ``py`` in ``{ .py }``."""
    of_class = CLASS_OF_LANGUAGE.match(info.strip())
    if of_class:
        return of_class["language"]
    named = LANGUAGE.match(info.strip())
    return named[0] if named else ""


def title_of(info: str) -> str:
    """The title in a fence's opening line."""
    found = TITLE.search(info)
    return (found["double"] or found["single"] or found["bare"] or "") if found else ""
