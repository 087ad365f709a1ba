"""The only place that knows how Docusaurus keeps the languages of a site."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bookside.book.address import base_path
from bookside.book.docusaurus_config import Config, mapping, sequence, text
from bookside.book.files import below, read_text
from bookside.book.json_values import parsed_json
from bookside.book.site import language_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """One language of the site.

    Args:
        name: As the configuration has it; ``None`` for a site that names no languages.
        base: Its base path.
        below: What ``base`` has more than the site's own base path; ``None`` where it is another path altogether.
        language: Its tag.
        folder: Where its translations are, below the site's folder; ``None`` where they are not used.
    """

    name: str | None
    base: str
    below: str | None
    language: str | None
    folder: str | None


def locales(root: Path, config: Config) -> tuple[Locale, ...]:
    """The languages of the site, its default one first."""
    default = text(config.i18n.get("defaultLocale"))
    names = [name for name in sequence(config.i18n.get("locales")) if isinstance(name, str)]
    if default is None and not names:
        return (locale(root, config, None, is_default=True),)
    default = default or names[0]
    others = [name for name in names if name != default]
    return tuple(locale(root, config, name, is_default=name == default) for name in (default, *others))


def locale(root: Path, config: Config, name: str | None, *, is_default: bool) -> Locale:
    """One language, as its own settings and Docusaurus's usual ones have it."""
    own = mapping(mapping(config.i18n.get("localeConfigs")).get(name)) if name else {}
    site = base_path(config.base_url)
    configured = text(own.get("baseUrl"))
    base = base_path(configured) if configured else site if is_default else base_path(f"{site}{name}")
    path = text(own.get("path")) or name or "en"
    folder = posixpath.normpath(posixpath.join(text(config.i18n.get("path")) or "i18n", path))
    translates = own.get("translate") is not False and below(root, folder) is not None
    return Locale(
        name=name,
        base=base,
        below=base.removeprefix(site) if base.startswith(site) else None,
        language=language_tag(own.get("htmlLang") or name),
        folder=folder if translates else None,
    )


def messages(root: Path, path: str) -> Mapping[str, str]:
    """Translated labels by their keys, from a file that Docusaurus keeps them in; none where there is no file.

    Raises:
        BookError: It is not JSON.
    """
    if below(root, path) is None:
        return {}
    entries = parsed_json(read_text(root, path), path)
    found = ((key, text(mapping(entry).get("message"))) for key, entry in mapping(entries).items())
    return {key: message for key, message in found if message}
