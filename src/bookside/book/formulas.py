"""The only place that knows where a formula begins and ends in Markdown; rules for the parser that renders pages.

Retrieval reads pages without these rules, so a formula stays the words of its source there.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from bookside.book.model import Dialect

INSIDE = r"(?:[^$`\\\n]|\\.|\n(?![ \t]*\n))+?"
DOLLARS = re.compile(rf"\$\$(?!\$)(?P<shown>{INSIDE})\$\$(?!\$)|\$(?![\s$])(?P<inline>{INSIDE})(?<!\s)\$(?![\w$])")
MAX_CHARS = 2_000
MAX_LINES = 200
"""What goes on for longer is no formula; to look for its end from every mark would take minutes."""

BRACKETS = re.compile(
    rf"(?P<slash>\\\\?)(?:\((?P<inline>[^`]{{1,{MAX_CHARS}}}?)(?P=slash)\)"
    rf"|\[(?P<shown>[^`]{{1,{MAX_CHARS}}}?)(?P=slash)\])",
    re.DOTALL,
)
BLOCK = re.compile(r"(?P<open>\$\$|\\\\?\[)(?P<rest>.*)$")
CLOSING = {"$$": "$$", "\\[": "\\]", "\\\\[": "\\\\]"}
WORD_OF_PROSE = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}(?:[,.;:]?\s+[A-Za-z]{2,})+")
LIKE_A_FORMULA = re.compile(r"[\\^_=]|\A\s*\w\s*\Z|[\w)]\s*[-+*/<>]\s*[\w(]")
COMMAND_WITH_WORDS = re.compile(r"\\[A-Za-z]+\*?\s*\{[^{}]*\}")

IN_BRACKETS = "formula_in_brackets"
INLINE = "formula"
SHOWN = "formula_block"
"""The types of the tokens that the rules make; ``content`` is the formula, ``markup`` what it stood in."""


def find_formulas(markdown: MarkdownIt, dialect: Dialect) -> None:
    """Have ``markdown`` find formulas: ``$…$``, ``$$…$$``, fences of ``math``, and, except in MDX, ``\\(…\\)``
    and ``\\[…\\]``.

    Money is no formula: no letter or digit may stand before the first sign or after the last one, no space inside
    them, and words of prose between them mean that there is no formula.
    """
    markdown.inline.ruler.before("escape", "formula_in_dollars", _in_dollars)
    markdown.block.ruler.before("fence", "formula_block", _block, {"alt": ["paragraph", "reference", "blockquote"]})
    markdown.core.ruler.push("formula_in_fence", _in_fences)
    if dialect == "commonmark":
        markdown.inline.ruler.before("escape", IN_BRACKETS, _in_brackets)


def _in_dollars(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$" or (state.pos and _joins(state.src[state.pos - 1])):
        return False
    return _take(state, DOLLARS, silent)


def _in_brackets(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "\\":
        return False
    return _take(state, BRACKETS, silent)


def _take(state: StateInline, pattern: re.Pattern[str], silent: bool) -> bool:
    found = pattern.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    formula = found["shown"] or found["inline"]
    if not formula.strip() or is_prose(formula):
        return False
    if found[0][0] == "\\" and not LIKE_A_FORMULA.search(formula):
        return False  # brackets of prose may be escaped, too
    if not silent:
        token = state.push(SHOWN if found["shown"] else INLINE, "", 0)
        token.content = formula.strip()
        token.markup = found[0]
    state.pos = found.end()
    return True


def _in_fences(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "fence" and token.info.strip() == "math" and token.content.strip():
            token.type, token.content = SHOWN, token.content.strip()


def _joins(character: str) -> bool:
    return character.isalnum() or character in "$_"


def is_prose(formula: str) -> bool:
    """Whether there are words one after the other that no command makes part of a formula."""
    return WORD_OF_PROSE.search(COMMAND_WITH_WORDS.sub("", formula)) is not None


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Whole lines from an opening mark at the beginning of one to its closing mark at the end of one."""
    if state.is_code_block(start):
        return False
    found = BLOCK.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    if found is None or (found["open"] != "$$" and IN_BRACKETS not in state.md.inline.ruler.get_active_rules()):
        return False
    closing = CLOSING[found["open"]]
    if state.src.find(closing, found.start("rest"), state.eMarks[min(start + MAX_LINES, end - 1)]) < 0:
        return False
    lines = [found["rest"].rstrip()]
    place = start
    while not lines[-1].endswith(closing):
        place += 1
        if place >= end or (state.sCount[place] < state.blkIndent and not state.isEmpty(place)):
            return False
        lines.append(state.getLines(place, place + 1, state.blkIndent, False).rstrip())
    formula = "\n".join(lines)[: -len(closing)].strip()
    if not formula or closing in formula:
        return False
    if not silent:
        state.line = place + 1
        token = state.push(SHOWN, "", 0)
        token.content = formula
        token.markup = found["open"]
        token.block = True
        token.map = [start, state.line]
    return True
