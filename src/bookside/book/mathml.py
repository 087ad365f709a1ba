"""The only place where TeX becomes MathML; what cannot be read as TeX is shown as it was written."""

import re
from functools import lru_cache
from html import escape

from math_core import LatexError, LatexToMathML

MAX_CHARS = 2_000
MAX_DEPTH = 50
"""A longer or deeper formula stays as it was written: the converter goes down one call for each brace."""

TAG = re.compile(
    r'<(?P<close>/?)(?P<name>math|semantics|annotation|m[a-z]+)(?P<attributes>(?: [a-z-]+="[^"<>]*")*)(?P<end>/?)>'
)
STYLE = re.compile(r' style="(?P<style>[^"]*)"')
COLOUR = re.compile(r"color:(#[0-9A-Fa-f]{3,8})")
NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    return LatexToMathML(annotation=True, fancy_error=False, id_prefix="formula-")


def mathml(tex: str, *, is_block: bool) -> str:
    """HTML of a formula, with its source as an annotation; code where it is no TeX that can be read."""
    made = _converted(tex, is_block=is_block)
    if made is None:
        return f'<code class="tex">{escape(tex)}</code>'
    return f'<span class="formula">{made}</span>' if is_block else made


def _converted(tex: str, *, is_block: bool) -> str | None:
    if len(tex) > MAX_CHARS or _depth(tex) > MAX_DEPTH:
        return None
    try:
        made = _converter().convert_with_local_state(tex, displaystyle=is_block)
    except LatexError:
        return None
    if "<" in TAG.sub("", made):
        return None  # nothing but MathML enters a page
    return TAG.sub(_without_style, made)


def _depth(tex: str) -> int:
    depth = deepest = 0
    for character in tex:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest


def _without_style(tag: re.Match[str]) -> str:
    """The tag with classes in place of styles, which the pages' security policy forbids: ``width: 50%`` is
    ``tex-width-50``."""
    return STYLE.sub(lambda found: _classes(found["style"]), tag[0])


def _classes(style: str) -> str:
    colour = COLOUR.fullmatch(style.rstrip(";"))
    if colour:
        return f' mathcolor="{colour[1]}"'
    names = (NOT_IN_A_NAME.sub("-", part.lower()).strip("-") for part in style.split(";"))
    return f' class="{" ".join(f"tex-{name}" for name in names if name)}"'
