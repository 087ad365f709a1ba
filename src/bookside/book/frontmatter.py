"""The only place for YAML: front matter of pages, and files of settings; errors carry file and line."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from bookside.book.json_values import ESCAPED, whole
from bookside.book.memory import recalled
from bookside.errors import BookError

OPENING = re.compile(r"---[ \t]*\n")
MAX_VALUES = 100_000
"""Settings that have more are no settings: a few lines of aliases can stand for billions."""

MAX_CHARS = 500_000
"""Settings that are longer take the parser many seconds."""

CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """A page's settings and the text below them.

    Args:
        values: Empty where the page has none.
        text: What follows the closing line.
        lines: How many lines of the file come before ``text``.
        numbers: For each line of ``text`` the line of the file that it stands on, where others are included between.
        parts: For each line of ``text`` which included text it is from; 0 is the page itself.
    """

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    text: str
    lines: int = 0
    numbers: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()

    def line_at(self, place: int) -> int:
        """Line of the file for a line of ``text``, which is counted from 0."""
        return self.numbers[min(place, len(self.numbers) - 1)] if self.numbers else self.lines + 1 + place

    def words(self, key: str) -> str | None:
        """The value at ``key`` as one line of text; ``None`` where there is none or it is not a plain value."""
        return _words(self.values.get(key))

    def lines_of(self, key: str) -> tuple[str, ...]:
        """The values at ``key``, each as one line of text; those that are no plain values are left out."""
        value = self.values.get(key)
        values = cast("list[Any]", value) if isinstance(value, list) else [value]
        return tuple(words for one in values if (words := _words(one)))


def _words(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    words = str(value).encode("utf-8", "replace").decode("utf-8")
    return " ".join(words.split()) or None


def split(source: str, path: str) -> FrontMatter:
    """Take the front matter off a page.

    A first line of ``---`` that is never closed, or that holds no settings but text, is Markdown's own rule line.

    Raises:
        BookError: The YAML is broken; with the line in the file.
    """
    opening = OPENING.match(source)
    if opening is None:
        return FrontMatter(text=source)
    closing = CLOSING.search(source, opening.end())
    if closing is None:
        return FrontMatter(text=source)
    settings = source[opening.end() : closing.start()]
    kept = recalled("yaml", (settings,), lambda: _plain(load(settings, path, first_line=2)))
    values = kept[0] if kept else load(settings, path, first_line=2)
    text = source[closing.end() + 1 :]
    lines = source.count("\n", 0, closing.end() + 1)
    if isinstance(values, dict):
        return FrontMatter(values=cast("dict[str, Any]", values), text=text, lines=lines)
    if values is None:
        return FrontMatter(text=text, lines=lines)
    return FrontMatter(text=source)


def _plain(values: object) -> list[Any]:
    """The one value as it can be remembered; none where JSON would make another of it, as of a date."""
    try:
        return [values] if json.loads(json.dumps(values)) == values else []
    except (TypeError, ValueError, RecursionError):
        return []


def size_of(value: object, known: dict[int, int]) -> int:
    """How many values it has where each is written out; of one that holds itself, too many.

    Args:
        known: Sizes by identity, of what was counted before.
    """
    if not isinstance(value, dict | list):
        return 1
    whole = cast("dict[Any, Any] | list[Any]", value)
    if id(whole) not in known:
        known[id(whole)] = MAX_VALUES + 1  # until it is counted: whoever meets it meanwhile is inside of it
        inside = [*whole, *whole.values()] if isinstance(whole, dict) else whole
        known[id(whole)] = 1 + sum(size_of(one, known) for one in inside)
    return known[id(whole)]


def joining(loader: type[yaml.SafeLoader]) -> type[yaml.SafeLoader]:
    """``loader`` with texts that are whole, where escapes stand for halves of characters."""

    class Joining(loader):
        def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
            return whole(super().construct_scalar(node))

    return Joining


def load(text: str, path: str, *, first_line: int = 1, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> Any:
    """The YAML document in ``text``.

    Args:
        path: Named in the error.
        first_line: Line of the file at which ``text`` begins.

    Raises:
        BookError: It is not YAML, is too long, holds what ``loader`` cannot make, or grows beyond measure by
            its aliases.
    """
    if len(text) > MAX_CHARS:
        raise BookError(path, first_line, f"its settings are over {MAX_CHARS:,} characters long: shorten them")
    try:
        values = yaml.load(text, Loader=joining(loader) if ESCAPED.search(text) else loader)  # noqa: S506 - a SafeLoader
        if "*" in text and size_of(values, {}) > MAX_VALUES:
            raise BookError(path, first_line, f"its aliases (*name) make over {MAX_VALUES:,} values of it")
        return values
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise BookError(path, line, f"broken YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BookError(path, first_line, f"broken YAML: {error}") from error
