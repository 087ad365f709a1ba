"""The only place that reads tables of contents in files of their own: ``_toc.yml``, and ``toc`` of ``myst.yml``."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from bookside.book.sphinx.project import Toctree
from bookside.errors import BookError

GLOB = "glob:"
"""Before a pattern of documents' names; it is matched when the documents are known."""

KEYS_OF_GROUPS = ("parts", "subtrees")
KEYS_OF_ITEMS = ("chapters", "sections", "entries", "items", "children")
SUFFIX = re.compile(r"\.(?:md|rst|ipynb|txt|markdown)$", re.IGNORECASE)


@dataclass
class TocFile:
    """A table of contents.

    Args:
        root: Name of the first document.
        toctrees: By the name of the document that they are in.
    """

    root: str
    toctrees: dict[str, tuple[Toctree, ...]] = field(default_factory=dict[str, tuple[Toctree, ...]])

    def documents(self) -> Iterator[str]:
        """Names of all documents in it, and patterns of names."""
        yield self.root
        for toctrees in self.toctrees.values():
            for toctree in toctrees:
                yield from (name.removeprefix(GLOB) for _, name in toctree.entries if "://" not in name)


def read_toc(values: Any, path: str) -> TocFile:
    """``_toc.yml`` of a Jupyter Book or of sphinx-external-toc.

    Raises:
        BookError: It names no first document, or is a list, as it was before Jupyter Book 0.11.
    """
    if not isinstance(values, dict) or not isinstance(cast("dict[str, Any]", values).get("root"), str):
        raise BookError(path, 1, "the table of contents has no `root`; `jupyter-book toc migrate` mends an older one")
    entry = cast("dict[str, Any]", values)
    toc = TocFile(root=name_of(str(entry["root"])))
    add(toc, toc.root, entry)
    return toc


def add(toc: TocFile, name: str, entry: dict[str, Any]) -> None:
    """What stands below one document."""
    groups: list[dict[str, Any]] = []
    for key in KEYS_OF_GROUPS:
        groups += mappings(entry.get(key))
    options = entry.get("options")
    shared = cast("dict[str, Any]", options) if isinstance(options, dict) else {}
    groups += [{**shared, key: entry[key]} for key in KEYS_OF_ITEMS if isinstance(entry.get(key), list)]
    made: list[Toctree] = []
    for group in groups:
        items = [item for key in KEYS_OF_ITEMS for item in mappings(group.get(key))]
        entries: list[tuple[str | None, str]] = []
        for item in items:
            title = str(item["title"]) if isinstance(item.get("title"), str) else None
            if isinstance(item.get("file"), str):
                inner = name_of(item["file"])
                entries.append((title, inner))
                add(toc, inner, item)
            elif isinstance(item.get("glob"), str):
                entries.append((None, GLOB + item["glob"]))
            elif isinstance(item.get("url"), str):
                entries.append((title, item["url"]))
        caption = group.get("caption")
        made.append(
            Toctree(
                entries=tuple(entries),
                caption=str(caption) if isinstance(caption, str) else None,
                numbered=bool(group.get("numbered")),
            )
        )
    if made:
        toc.toctrees[name] = tuple(made)


def read_myst_toc(entries: Any, path: str) -> TocFile:
    """``project.toc`` of ``myst.yml``: its first file is the root, and titles without a file are captions.

    Raises:
        BookError: It names no file.
    """
    items = mappings(entries)
    first = next((item for item in items if isinstance(item.get("file"), str)), None)
    if first is None:
        raise BookError(path, 1, "`project.toc` names no file")
    toc = TocFile(root=name_of(first["file"]))
    made: list[Toctree] = []
    loose: list[dict[str, Any]] = mappings(first.get("children"))
    for item in items:
        if item is first:
            continue
        if isinstance(item.get("title"), str) and not isinstance(item.get("file"), str) and "children" in item:
            made += [grouped(toc, loose, None)] if loose else []
            loose = []
            made.append(grouped(toc, mappings(item["children"]), item["title"]))
        else:
            loose.append(item)
    made += [grouped(toc, loose, None)] if loose else []
    toc.toctrees[toc.root] = tuple(made)
    return toc


def grouped(toc: TocFile, items: list[dict[str, Any]], caption: str | None) -> Toctree:
    """Entries of ``myst.yml`` under one caption; a nested title without a file gives its entries only."""
    entries: list[tuple[str | None, str]] = []
    for item in items:
        title = str(item["title"]) if isinstance(item.get("title"), str) else None
        inside = mappings(item.get("children"))
        if isinstance(item.get("file"), str):
            name = name_of(item["file"])
            entries.append((title, name))
            if inside:
                toc.toctrees[name] = (grouped(toc, inside, None),)
        elif isinstance(item.get("pattern"), str):
            entries.append((None, GLOB + str(SUFFIX.sub("", item["pattern"]))))
        elif isinstance(item.get("url"), str):
            entries.append((title, item["url"]))
        else:
            entries += grouped(toc, inside, None).entries
    return Toctree(entries=tuple(entries), caption=caption)


def name_of(file: str) -> str:
    """A document's name: its file without the suffix."""
    return posixpath.normpath(SUFFIX.sub("", file))


def mappings(value: Any) -> list[dict[str, Any]]:
    """The mappings in a list; a plain name stands for a file."""
    if not isinstance(value, list):
        return []
    made: list[dict[str, Any]] = []
    for one in cast("list[Any]", value):
        if isinstance(one, str):
            made.append({"file": one})
        elif isinstance(one, dict):
            made.append(cast("dict[str, Any]", one))
    return made
