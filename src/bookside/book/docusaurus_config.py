"""The only place that knows Docusaurus's configuration: the site, and its sets of documents."""

import json
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from bookside.book.files import below, read_text
from bookside.book.javascript import exported
from bookside.book.site import language_tag
from bookside.errors import BookError

CONFIG_NAMES = tuple(f"docusaurus.config.{end}" for end in ("js", "ts", "mjs", "cjs", "mts", "cts"))
CLASSIC = frozenset({"classic", "@docusaurus/preset-classic", "@docusaurus/classic"})
DOCS_PLUGIN = frozenset({"@docusaurus/plugin-content-docs", "content-docs", "@docusaurus/content-docs"})
DEFAULT_ID = "default"
CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """One set of documents, as one docs plugin serves it.

    Args:
        folder: Below the site's folder.
        route: Its addresses begin here, below the base path.
        sidebar: File of the sidebars below the site's folder; ``None`` for sidebars made from the folders.
        has_sidebar: Whether there are sidebars at all.
        strips_numbers: Whether ``1-`` is taken off the names of files and folders.
        left_out: Patterns of files that are no documents.
    """

    id: str
    folder: str
    route: str
    sidebar: str | None
    has_sidebar: bool
    strips_numbers: bool
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The site; ``trailing_slash`` is ``None`` where addresses keep the form that they have."""

    title: str | None
    language: str | None
    base_url: str
    trailing_slash: bool | None
    keeps_case: bool
    reads_md_as_commonmark: bool
    documents: tuple[Documents, ...]


def config_name(root: Path) -> str | None:
    """The name of the configuration file in ``root``; ``None`` where there is none."""
    return next((name for name in CONFIG_NAMES if (root / name).is_file()), None)


def read_config(root: Path) -> Config:
    """The site's configuration.

    Raises:
        BookError: It is missing, is not JavaScript, or its value is not an object that can be read without running it.
    """
    name = config_name(root)
    if name is None:
        raise BookError(CONFIG_NAMES[0], 1, "there is no Docusaurus configuration in the folder")
    values = exported(read_text(root, name), name)
    if not isinstance(values, dict):
        raise BookError(name, 1, "the configuration is not an object that can be read without running it")
    config = cast("dict[str, Any]", values)
    markdown = mapping(config.get("markdown"))
    slash = config.get("trailingSlash")
    return Config(
        title=text(config.get("title")),
        language=language_tag(mapping(config.get("i18n")).get("defaultLocale")),
        base_url=text(config.get("baseUrl")) or "/",
        trailing_slash=slash if isinstance(slash, bool) else None,
        keeps_case=mapping(markdown.get("anchors")).get("maintainCase") is True,
        reads_md_as_commonmark=markdown.get("format") in {"detect", "md"},
        documents=tuple(
            placed for options in docs_options(config) for placed in [latest_version(root, options, documents(options))]
        ),
    )


def docs_options(config: dict[str, Any]) -> list[dict[str, Any]]:
    """Options of every docs plugin, the preset's first; the usual ones where no preset can be read."""
    found = list(preset_options(config)) + list(plugin_options(config))
    is_readable = all(named(preset)[0] for preset in sequence(config.get("presets"))) and config.get("presets")
    return found if found or is_readable else [{}]


def preset_options(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Options of the classic preset's documents."""
    for preset in sequence(config.get("presets")):
        name, options = named(preset)
        if name in CLASSIC:
            docs = options.get("docs")
            if docs is not False:
                yield mapping(docs)


def plugin_options(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Options of further sets of documents."""
    for plugin in sequence(config.get("plugins")):
        name, options = named(plugin)
        if name in DOCS_PLUGIN:
            yield options


def documents(options: dict[str, Any]) -> Documents:
    """A set of documents before its version is known."""
    sidebar = options.get("sidebarPath")
    route = text(options.get("routeBasePath"))
    return Documents(
        id=text(options.get("id")) or DEFAULT_ID,
        folder=posixpath.normpath(text(options.get("path")) or "docs"),
        route="docs" if route is None else route,
        sidebar=posixpath.normpath(sidebar) if isinstance(sidebar, str) else None,
        has_sidebar=sidebar is not False,
        strips_numbers=options.get("numberPrefixParser") is not False,
        left_out=tuple(pattern for pattern in sequence(options.get("exclude")) if isinstance(pattern, str)),
    )


def latest_version(root: Path, options: dict[str, Any], found: Documents) -> Documents:
    """The version that the site shows at the documents' own address."""
    names = version_names(root, options, found.id)
    last = text(options.get("lastVersion")) or (names[0] if names else CURRENT)
    route = version_route(options, last, "")
    if last == CURRENT:
        return replace(found, route=posixpath.join(found.route, route))
    prefix = "" if found.id == DEFAULT_ID else f"{found.id}_"
    sidebar = f"{prefix}versioned_sidebars/version-{last}-sidebars.json"
    return replace(
        found,
        folder=f"{prefix}versioned_docs/version-{last}",
        route=posixpath.join(found.route, route),
        sidebar=sidebar,
        has_sidebar=below(root, sidebar) is not None,
    )


def current_version(root: Path, options: dict[str, Any]) -> Documents:
    """The version that authors are working on, which a versioned site shows below ``next``."""
    found = documents(options)
    names = version_names(root, options, found.id)
    last = text(options.get("lastVersion")) or (names[0] if names else CURRENT)
    route = version_route(options, CURRENT, "" if last == CURRENT else "next")
    return replace(found, route=posixpath.join(found.route, route))


def current_documents(root: Path) -> list[Documents]:
    """Every set of documents of the site as its authors are working on it.

    Raises:
        BookError: The configuration cannot be read.
    """
    name = config_name(root)
    values = exported(read_text(root, name), name) if name else None
    return [current_version(root, options) for options in docs_options(mapping(values))]


def version_names(root: Path, options: dict[str, Any], id: str) -> list[str]:
    """Names of the site's versions, the newest first; none for a site without versions."""
    path = "versions.json" if id == DEFAULT_ID else f"{id}_versions.json"
    if options.get("disableVersioning") is True or below(root, path) is None:
        return []
    try:
        names = json.loads(read_text(root, path))
    except json.JSONDecodeError as error:
        raise BookError(path, error.lineno, f"broken JSON: {error.msg}") from error
    return [name for name in sequence(names) if isinstance(name, str)]


def version_route(options: dict[str, Any], version: str, default: str) -> str:
    """A version's part of the address."""
    own = text(mapping(mapping(options.get("versions")).get(version)).get("path"))
    return default if own is None else own


def named(entry: Any) -> tuple[str, dict[str, Any]]:
    """A preset's or plugin's name and options, as ``'name'`` or ``['name', options]``."""
    parts = sequence(entry)
    if not parts:
        return text(entry) or "", {}
    return text(parts[0]) or "", mapping(parts[1]) if len(parts) > 1 else {}


def mapping(value: Any) -> dict[str, Any]:
    """``value`` where it is an object, or an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """``value`` where it is an array, or an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """``value`` where it is text."""
    return value if isinstance(value, str) else None
