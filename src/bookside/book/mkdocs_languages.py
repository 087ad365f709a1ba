"""The only place that knows the languages of a MkDocs site: those of the plugin mkdocs-static-i18n."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bookside.book.mkdocs_config import options_by_name

PLUGIN = "i18n"
OWN = ("nav", "site_name")
"""Settings of the site that a language may have otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The languages of a site.

    Args:
        locales: Their names, the default one first; its pages have addresses without it.
        in_folders: Whether each has a folder of its own; else its name stands before a file's suffix.
        falls_back: Whether a page that is not translated is there in the default language.
        options: What the plugin is told of each.
    """

    locales: tuple[str, ...]
    in_folders: bool
    falls_back: bool
    options: Mapping[str, Mapping[str, Any]]

    def configured(self, config: Mapping[str, Any], locale: str) -> dict[str, Any]:
        """The site's settings in one language: its own, and its names for the entries of ``nav``."""
        options = self.options[locale]
        own = {**config, **{name: options[name] for name in OWN if options.get(name) is not None}}
        names = options.get("nav_translations")
        if isinstance(names, dict):
            own["nav"] = renamed(own.get("nav"), cast("dict[Any, Any]", names))
        return own

    def path_of(self, target: str) -> str:
        """The path of an entry of ``nav``, which may name the file of one language."""
        return self._divided(target)[0]

    def files_of(self, path: str) -> list[str]:
        """The files that a path may have, whether they are there or not."""
        stem, suffix = posixpath.splitext(path)
        return [path, *(f"{one}/{path}" if self.in_folders else f"{stem}.{one}{suffix}" for one in self.locales)]

    def files(self, found: Iterable[str], locale: str) -> dict[str, str]:
        """The files of one language, by the paths that its navigation and its addresses have."""
        default = self.locales[0]
        own: dict[str, str] = {}
        others: dict[str, str] = {}
        for file in found:
            path, language = self._divided(file)
            if language in (locale, None):
                own[path] = file
            elif language == default and self.falls_back:
                others[path] = file
        return others | own

    def _divided(self, file: str) -> tuple[str, str | None]:
        """A file's path without its language, and its language; ``None`` for one of every language."""
        if self.in_folders:
            folder, _, rest = file.partition("/")
            return (rest, folder) if folder in self.locales else (file, None)
        stem, suffix = posixpath.splitext(file)
        base, _, language = stem.rpartition(".")
        return (base + suffix, language) if base and language in self.locales else (file, self.locales[0])


def languages_of(config: dict[str, Any]) -> Languages | None:
    """The languages that the plugin builds; ``None`` without it."""
    options = options_by_name(config.get("plugins")).get(PLUGIN)
    listed = options.get("languages") if options else None
    if options is None or not isinstance(listed, list):
        return None
    named = [cast("dict[str, Any]", one) for one in cast("list[Any]", listed) if isinstance(one, dict)]
    built = [one for one in named if isinstance(one.get("locale"), str) and one.get("build") is not False]
    by_locale = {str(one["locale"]): one for one in sorted(built, key=lambda one: one.get("default") is not True)}
    if not by_locale:
        return None
    return Languages(
        locales=tuple(by_locale),
        in_folders=options.get("docs_structure") == "folder",
        falls_back=options.get("fallback_to_default") is not False,
        options=by_locale,
    )


def renamed(navigation: Any, names: Mapping[Any, Any]) -> Any:
    """``navigation`` with the labels that ``names`` has for its own."""
    if isinstance(navigation, list):
        return [renamed(entry, names) for entry in cast("list[Any]", navigation)]
    if isinstance(navigation, dict):
        entries = cast("dict[Any, Any]", navigation).items()
        return {names.get(label, label): renamed(inner, names) for label, inner in entries}
    return navigation
