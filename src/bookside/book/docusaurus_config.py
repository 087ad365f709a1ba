"""The only place that knows Docusaurus's configuration: the site, and the options of its docs plugins."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bookside.book.files import read_text
from bookside.book.javascript import exported
from bookside.errors import BookError

CONFIG_NAMES = tuple(f"docusaurus.config.{end}" for end in ("js", "ts", "mjs", "cjs", "mts", "cts"))
CLASSIC = frozenset({"classic", "@docusaurus/preset-classic", "@docusaurus/classic"})
DOCS_PLUGIN = frozenset({"@docusaurus/plugin-content-docs", "content-docs", "@docusaurus/content-docs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The site.

    Args:
        i18n: Options of its languages.
        trailing_slash: ``None`` where addresses keep the form that they have.
        docs: Options of every docs plugin, the preset's first.
    """

    title: str | None
    i18n: dict[str, Any]
    base_url: str
    trailing_slash: bool | None
    keeps_case: bool
    reads_md_as_commonmark: bool
    docs: tuple[dict[str, Any], ...]


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
        i18n=mapping(config.get("i18n")),
        base_url=text(config.get("baseUrl")) or "/",
        trailing_slash=slash if isinstance(slash, bool) else None,
        keeps_case=mapping(markdown.get("anchors")).get("maintainCase") is True,
        reads_md_as_commonmark=markdown.get("format") in {"detect", "md"},
        docs=tuple(docs_options(config)),
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
