"""The only place that knows how Docusaurus keeps the versions of its documents."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bookside.book.docusaurus_config import mapping, sequence, text
from bookside.book.files import below, read_text
from bookside.book.json_values import parsed_json

DEFAULT_ID = "default"
CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """One version of a set of documents, as one docs plugin serves it.

    Args:
        id: The plugin's.
        version: The version's name; ``current`` for what authors are working on.
        label: The version's name for readers.
        is_last: Whether the site shows it at the documents' own address.
        folder: Below the site's folder.
        route: Its addresses begin here, below the base path.
        sidebar: File of the sidebars below the site's folder; ``None`` for sidebars made from the folders.
        has_sidebar: Whether there are sidebars at all.
        strips_numbers: Whether ``1-`` is taken off the names of files and folders.
        left_out: Patterns of files that are no documents.
    """

    id: str
    version: str
    label: str
    is_last: bool
    folder: str
    route: str
    sidebar: str | None
    has_sidebar: bool
    strips_numbers: bool
    left_out: tuple[str, ...]

    @property
    def translations(self) -> str:
        """Where a language keeps this version, below the language's folder."""
        plugin = "docusaurus-plugin-content-docs" + ("" if self.id == DEFAULT_ID else f"-{self.id}")
        return f"{plugin}/{self.version if self.version == CURRENT else f'version-{self.version}'}"


def versions(root: Path, options: dict[str, Any]) -> tuple[Documents, ...]:
    """Every version that one docs plugin shows, the newest first.

    Raises:
        BookError: The file of versions is not JSON.
    """
    names = version_names(root, options)
    last = last_version(options, names)
    return tuple(documents(root, options, name, is_last=name == last) for name in names)


def version_names(root: Path, options: dict[str, Any]) -> list[str]:
    """Names of the versions that are shown; ``current`` alone for documents without versions."""
    path = prefixed(options, "versions.json")
    names: list[str] = []
    if options.get("disableVersioning") is not True and below(root, path):
        found = parsed_json(read_text(root, path), path)
        names = [name for name in sequence(found) if isinstance(name, str)]
    if options.get("includeCurrentVersion") is not False and CURRENT not in names:
        names.insert(0, CURRENT)
    only = options.get("onlyIncludeVersions")
    chosen = [name for name in names if name in sequence(only)] if isinstance(only, list) else names
    return chosen or [CURRENT]


def last_version(options: dict[str, Any], names: Sequence[str]) -> str:
    """The version that is shown at the documents' own address."""
    named = text(options.get("lastVersion"))
    return named if named and named in names else next((name for name in names if name != CURRENT), CURRENT)


def documents(root: Path, options: dict[str, Any], version: str, *, is_last: bool) -> Documents:
    """One version of a plugin's documents."""
    route = text(options.get("routeBasePath"))
    own = mapping(mapping(options.get("versions")).get(version))
    path = text(own.get("path"))
    if path is None:
        path = "" if is_last else "next" if version == CURRENT else version
    sidebar: Any = options.get("sidebarPath")
    folder = text(options.get("path")) or "docs"
    has_sidebar = sidebar is not False
    if version != CURRENT:
        folder = prefixed(options, f"versioned_docs/version-{version}")
        sidebar = prefixed(options, f"versioned_sidebars/version-{version}-sidebars.json")
        has_sidebar = below(root, sidebar) is not None
    return Documents(
        id=text(options.get("id")) or DEFAULT_ID,
        version=version,
        label=text(own.get("label")) or ("Next" if version == CURRENT else version),
        is_last=is_last,
        folder=posixpath.normpath(folder),
        route=posixpath.join("docs" if route is None else route, path.lstrip("/")).rstrip("/"),
        sidebar=posixpath.normpath(sidebar) if isinstance(sidebar, str) else None,
        has_sidebar=has_sidebar,
        strips_numbers=options.get("numberPrefixParser") is not False,
        left_out=tuple(pattern for pattern in sequence(options.get("exclude")) if isinstance(pattern, str)),
    )


def prefixed(options: dict[str, Any], name: str) -> str:
    """A file or folder of versions, which further docs plugins have under names of their own."""
    id = text(options.get("id")) or DEFAULT_ID
    return name if id == DEFAULT_ID else f"{id}_{name}"
