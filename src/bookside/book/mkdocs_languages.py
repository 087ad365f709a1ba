"""The only place that knows the languages of a MkDocs site: those of the plugin mkdocs-static-i18n."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from bookside.book.mkdocs_config import options_by_name

PLUGIN = "i18n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The languages of a site.

    Args:
        locales: Their names, the default one first; its pages have addresses without it.
        in_folders: Whether each has a folder of its own; else its name stands before a file's suffix.
        falls_back: Whether a page that is not translated is there in the default language.
    """

    locales: tuple[str, ...]
    in_folders: bool
    falls_back: bool

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
    locales = [str(one["locale"]) for one in sorted(built, key=lambda one: one.get("default") is not True)]
    if not locales:
        return None
    return Languages(
        locales=tuple(dict.fromkeys(locales)),
        in_folders=options.get("docs_structure") == "folder",
        falls_back=options.get("fallback_to_default") is not False,
    )
