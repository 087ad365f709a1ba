"""The only place that reads notebooks: their cells as Markdown, with the text that a run left. Nothing is run."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from bookside.book.fences import fenced
from bookside.book.json_values import parsed_json
from bookside.book.outline import Source
from bookside.errors import BookError

SUFFIX = ".ipynb"
MAX_OUTPUT_CHARS = 2_000
MAX_OUTPUT_LINES = 40
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
OBJECT = re.compile(r"<[\w.]+(?: [^<>]*)? at 0x[0-9a-f]+>|<Figure size [^>]*>")
REMOVED = frozenset({"remove-cell", "remove_cell"})
REMOVED_INPUT = frozenset({"remove-input", "remove_input"})
REMOVED_OUTPUT = frozenset({"remove-output", "remove_output"})


def as_markdown(text: str, path: str) -> str:
    """The notebook's cells in order: Markdown as it is, code in fences of the kernel's language, and short text output.

    Pictures and other outputs are left out, and so is what the author marked with ``remove-cell``, ``remove-input``
    or ``remove-output``.

    Raises:
        BookError: It is no notebook of version 4 or 3.
    """
    notebook = parsed_json(text, path, fault="not a notebook")
    cells = cells_of(notebook)
    if cells is None:
        raise BookError(path, 1, "not a notebook: it has no cells")
    language = language_of(notebook)
    return "\n\n".join(part for cell in cells for part in parts_of(cell, language)) + "\n"


def cells_of(notebook: Any) -> list[dict[str, Any]] | None:
    """The cells of version 4, or of the first worksheet of version 3."""
    if not isinstance(notebook, dict):
        return None
    values = cast("dict[str, Any]", notebook)
    found = values.get("cells")
    if found is None:
        sheets = values.get("worksheets")
        first = cast("list[Any]", sheets)[0] if isinstance(sheets, list) and sheets else None
        found = cast("dict[str, Any]", first).get("cells") if isinstance(first, dict) else None
    if not isinstance(found, list):
        return None
    return [cast("dict[str, Any]", cell) for cell in cast("list[Any]", found) if isinstance(cell, dict)]


def language_of(notebook: Any) -> str:
    """The kernel's language; empty where the notebook does not say."""
    metadata = mapping(notebook.get("metadata"))
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        value = mapping(metadata.get(place)).get(key)
        if isinstance(value, str) and re.fullmatch(r"[\w+#.-]+", value):
            return "python" if value == "ipython" else value.lower()
    return ""


def parts_of(cell: dict[str, Any], language: str) -> Iterator[str]:
    """Markdown of one cell and its outputs."""
    tags = tags_of(cell)
    source = joined(cell.get("source", cell.get("input"))).strip("\n")
    kind = cell.get("cell_type")
    if tags & REMOVED:
        return
    if kind == "markdown" and source.strip():
        yield source
    elif kind == "heading" and source.strip():  # version 3
        yield f"{'#' * int(cell.get('level', 1))} {source.strip()}"
    elif kind == "code":
        if source.strip() and not tags & REMOVED_INPUT:
            yield fenced(source, language)
        if not tags & REMOVED_OUTPUT:
            output = "\n".join(outputs_of(cell)).strip("\n")
            if output.strip():
                yield fenced(shortened(output), "text")


def tags_of(cell: dict[str, Any]) -> frozenset[str]:
    """What the author marked the cell with."""
    tags = mapping(cell.get("metadata")).get("tags")
    return frozenset(str(tag) for tag in cast("list[Any]", tags)) if isinstance(tags, list) else frozenset()


def outputs_of(cell: dict[str, Any]) -> Iterator[str]:
    """Text that running the cell left: printed, or a value shown as text where it has no richer form."""
    outputs = cell.get("outputs")
    for output in cast("list[Any]", outputs) if isinstance(outputs, list) else []:
        values = mapping(output)
        kind = values.get("output_type")
        if kind == "stream":
            yield COLOURS.sub("", joined(values.get("text"))).rstrip("\n")
        elif kind in {"execute_result", "display_data", "pyout"}:
            text = joined(mapping(values.get("data")).get("text/plain", values.get("text")))
            if text and not OBJECT.fullmatch(text.strip()):
                yield COLOURS.sub("", text).rstrip("\n")
        elif kind in {"error", "pyerr"}:
            yield f"{values.get('ename', 'Error')}: {values.get('evalue', '')}"


def shortened(output: str) -> str:
    """``output``, or its beginning where it is long."""
    lines = output.split("\n")
    short = "\n".join(lines[:MAX_OUTPUT_LINES])[:MAX_OUTPUT_CHARS]
    return short if short == output else short.rstrip() + "\n…"


def joined(value: Any) -> str:
    """Text that notebooks keep as lines or as one."""
    if isinstance(value, list):
        return "".join(str(line) for line in cast("list[Any]", value))
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def without_lines(source: Source) -> Source:
    """A page made of a notebook: lines of its Markdown are none of the file, so the first one stands for all."""
    return replace(source, sections=tuple(replace(section, line=1) for section in source.sections))


def mapping(value: Any) -> dict[str, Any]:
    """``value`` where it is a mapping, otherwise an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
