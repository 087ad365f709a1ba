"""The only place that runs Python-Markdown: it gives a MkDocs page's headings their ids."""

import html
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

import markdown
from markdown.extensions.toc import slugify, unique

from bookside.book.markdown import headings, visible_text
from bookside.book.mkdocs_config import Unknown

BUILT_IN = ("toc", "tables", "fenced_code")
KNOWN_SHORT_NAMES = frozenset(
    {"abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code", "footnotes", "legacy_attrs"}
    | {"legacy_em", "md_in_html", "meta", "nl2br", "sane_lists", "smarty", "tables", "toc", "wikilinks"}
)
READS_FILES = frozenset({"pymdownx.snippets", "pymdownx.b64"})
MAX_PAGE_CHARS = 1_000_000
"""Python-Markdown takes minutes for a larger page; its headings are then slugged without it."""

MAX_BLOCK_CHARS = 100_000
"""A longer run of lines without an empty one is no table, list or code that anybody writes."""

MAX_STEPS = 4_000_000
"""From each bracket that is not closed it looks through the rest of the paragraph, about a second for so many."""

MAX_HEADINGS = 2_000
"""Ids that repeat each other it counts anew each time."""

OPEN = re.compile(r"[\[\]()]|\n[ \t]*\n")
BROKEN_EXTENSION = (ImportError, AttributeError, KeyError, TypeError, ValueError, AssertionError)
BROKEN_PAGE = (RecursionError, IndexError, KeyError, ValueError, AttributeError, TypeError, AssertionError)


class Anchors:
    """Ids as the site's own configuration makes them.

    Args:
        configured: The extensions of ``mkdocs.yml`` with their options. Only Python-Markdown's own extensions and
            PyMdown's are used, and of those none that reads files; others cannot be imported by naming them.
    """

    def __init__(self, configured: Mapping[str, dict[str, Any]]) -> None:
        self._settings = extension_settings(configured)
        options = self._settings.get("toc", {})
        self._slugify = options.get("slugify") or slugify
        self._separator = str(options.get("separator", "-"))
        self._has_own_ids = not {"attr_list", "extra"}.isdisjoint(self._settings)
        self._markdown = build(self._settings)

    def ids(self, text: str) -> list[tuple[str, str]]:
        """Words and id of every heading on the page, in order."""
        if len(text) > MAX_PAGE_CHARS or text.count("\n#") > MAX_HEADINGS or is_tangled(text):
            return self._slugged(text)
        try:
            self._markdown.reset()
            self._markdown.convert(text)
        except BROKEN_PAGE:
            return self._slugged(text)
        tokens = cast("list[dict[str, Any]]", getattr(self._markdown, "toc_tokens", []))
        return [(words(str(token["name"])), str(token["id"])) for token in flat(tokens)]

    def _slugged(self, text: str) -> list[tuple[str, str]]:
        used: set[str] = set()
        times: Counter[str] = Counter()
        made: list[tuple[str, str]] = []
        for found in headings(text, "commonmark"):
            words = found.text if self._has_own_ids else visible_text(found.tokens)
            id = (self._has_own_ids and found.explicit_id) or self._slugify(words, self._separator)
            times[id] += 1
            made.append((found.text, unique(f"{id}_{times[id] - 1}" if times[id] > 1 else id, used)))
        return made


def is_tangled(text: str) -> bool:
    """Whether a paragraph is longer, or the page has more brackets open over more text, than anybody writes."""
    depth = deepest = start = steps = 0
    for found in OPEN.finditer(f"{text}\n\n"):
        if found[0] in "[(":
            depth += 1
            deepest = max(depth, deepest)
        elif found[0] in "])":
            depth = max(depth - 1, 0)
        else:
            length = found.start() - start
            steps += length * deepest
            if length > MAX_BLOCK_CHARS or steps > MAX_STEPS:
                return True
            depth = deepest = 0
            start = found.end()
    return False


def extension_settings(configured: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Allowed extensions with their options, without options that name Python code."""
    made: dict[str, dict[str, Any]] = {name: {} for name in BUILT_IN}
    for name, options in configured.items():
        known = allowed(name)
        if known:
            made[known] = cast("dict[str, Any]", known_values(options))
    made["toc"] = {**made["toc"], "toc_depth": 6}
    return made


def allowed(name: str) -> str | None:
    """The extension's name, short where it is Python-Markdown's own; ``None`` where it is not to be used."""
    short = name.removeprefix("markdown.extensions.")
    if short in KNOWN_SHORT_NAMES:
        return short
    return name if name.startswith("pymdownx.") and name not in READS_FILES else None


def known_values(value: Any) -> Any:
    """``value`` without the parts that are Python code."""
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value).items()
        return {key: known_values(inner) for key, inner in pairs if not has_unknown(inner)}
    if isinstance(value, list):
        return [known_values(inner) for inner in cast("list[Any]", value) if not has_unknown(inner)]
    return value


def has_unknown(value: Any) -> bool:
    """Whether ``value`` is Python code, or an entry that cannot do without it."""
    if isinstance(value, dict):
        return any(isinstance(inner, Unknown) for inner in cast("dict[Any, Any]", value).values())
    return isinstance(value, Unknown)


def build(settings: dict[str, dict[str, Any]]) -> markdown.Markdown:
    """A converter with those extensions that can be built with their options."""
    working = [name for name, options in settings.items() if builds(name, options)]
    return markdown.Markdown(extensions=working, extension_configs={name: settings[name] for name in working})


def builds(name: str, options: dict[str, Any]) -> bool:
    """Whether the extension is installed and takes the options."""
    try:
        markdown.Markdown(extensions=[name], extension_configs={name: options})
    except BROKEN_EXTENSION:
        return False
    return True


def flat(tokens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nested headings in the order of the page."""
    made: list[dict[str, Any]] = []
    for token in tokens:
        made += [token, *flat(cast("list[dict[str, Any]]", token.get("children", [])))]
    return made


def words(name: str) -> str:
    """A heading as the table of contents has it, without tags."""
    return html.unescape(re.sub(r"<[^<>]*>", "", name))
