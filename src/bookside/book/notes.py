"""The only place for footnotes and tasks on a rendered page; their marks are no words of the page's text."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

TASK = re.compile(r"\[(?P<mark>[ xX])\][ \u00a0]")


def find_footnotes(markdown: MarkdownIt) -> None:
    """Have ``markdown`` find ``[^1]`` and ``[^1]: …``; the notes stand at the end of the page."""
    footnote_plugin(markdown, inline=False)
    markdown.add_render_rule("footnote_ref", _reference)
    markdown.add_render_rule("footnote_block_open", _notes_open)
    markdown.add_render_rule("footnote_anchor", _way_back)


def find_tasks(markdown: MarkdownIt) -> None:
    """Have ``markdown`` find list items that begin with ``[ ]`` or ``[x]``."""
    markdown.core.ruler.push("tasks", _tasks)


def _reference(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    number, place = number_of(tokens[index])
    return (
        f'<sup class="note-mark"><a id="note-mark-{place}" href="#note-{number}" role="doc-noteref"'
        f' data-number="{number}" aria-label="Note {number}"></a></sup>'
    )


def _notes_open(_: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType) -> str:
    return '<section class="footnotes" role="doc-endnotes" aria-label="Notes">\n<ol>\n'


def _way_back(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    place = number_of(tokens[index])[1]
    return f' <a class="note-back" role="doc-backlink" href="#note-mark-{place}" aria-label="Back to the text"></a>'


def number_of(token: Token) -> tuple[int, str]:
    """The note's number, and the name of this mark, as a note may be mentioned more than once."""
    meta: dict[str, Any] = token.meta
    number = int(meta["id"]) + 1
    again = int(meta.get("subId", 0))
    return number, f"{number}-{again}" if again else str(number)


def note_open(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    """The beginning of one note."""
    return f'<li id="note-{number_of(tokens[index])[0]}">'


def _tasks(state: StateCore) -> None:
    for place, token in enumerate(state.tokens[2:], start=2):
        if token.type != "inline" or state.tokens[place - 2].type != "list_item_open" or not token.children:
            continue
        first = token.children[0]
        task = TASK.match(first.content) if first.type == "text" else None
        if task is None:
            continue
        first.content = first.content[task.end() :]
        name, label = ("task", "To do") if task["mark"] == " " else ("task done", "Done")
        mark = f'<span class="{name}" role="img" aria-label="{label}">{escape(task[0].strip())}</span> '
        token.children.insert(0, Token("html_inline", "", 0, content=mark))
        state.tokens[place - 2].attrSet("class", "has-task")
