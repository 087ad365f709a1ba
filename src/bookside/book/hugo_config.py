"""The only place that reads Hugo's settings and front matter, each in TOML, YAML or JSON."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from bookside.book.address import base_path
from bookside.book.files import read_text
from bookside.book.frontmatter import FrontMatter, load, split
from bookside.book.site import language_tag
from bookside.errors import BookError

CONFIG_NAMES = tuple(f"{stem}.{end}" for stem in ("hugo", "config") for end in ("toml", "yaml", "yml", "json"))
FOLDER = "config/_default"
TOML_FRONT = re.compile(r"\A\+\+\+[ \t]*\n(?P<values>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the site.

    Args:
        name: Its key in the configuration; ``None`` for a site that names no languages.
        folder: Its part of the address, with a slash at the end, or nothing.
        content: The folder of its pages.
    """

    name: str | None
    tag: str | None
    title: str | None
    folder: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The site; ``permalinks`` has the patterns of pages by their first section."""

    title: str | None
    base: str
    ugly: bool | Mapping[str, Any]
    lower: bool
    permalinks: Mapping[str, str]
    id_type: str
    languages: tuple[Language, ...]


def config_name(root: Path) -> str | None:
    """The configuration's file, or its folder; ``None`` for what is no site of Hugo's."""
    for name in CONFIG_NAMES:
        is_own_name = name.startswith("hugo.")
        if (root / name).is_file() and (is_own_name or (root / "content").is_dir()):
            return name
    return FOLDER if (root / FOLDER).is_dir() and (root / "content").is_dir() else None


def read_config(root: Path) -> Config:
    """The site's settings.

    Raises:
        BookError: They are missing or broken; with file and line.
    """
    name = config_name(root)
    if name is None:
        raise BookError(CONFIG_NAMES[0], 1, "there is no Hugo configuration in the folder")
    values = lowered(in_folder(root) if name == FOLDER else parsed(read_text(root, name), name))
    parser = nested(nested(nested(values, "markup"), "goldmark"), "parser")
    permalinks = nested(values, "permalinks")
    pages = nested(permalinks, "page") or permalinks
    ugly = values.get("uglyurls")
    return Config(
        title=text(values.get("title")),
        base=base_path(text(values.get("baseurl"))),
        ugly=cast("Mapping[str, Any]", ugly) if isinstance(ugly, dict) else ugly is True,
        lower=values.get("disablepathtolower") is not True,
        permalinks={key: pattern for key, pattern in pages.items() if isinstance(pattern, str)},
        id_type=text(parser.get("autoidtype") or parser.get("autoheadingidtype")) or "github",
        languages=languages(values),
    )


def languages(values: Mapping[str, Any]) -> tuple[Language, ...]:
    """The site's languages, its default one first."""
    content = text(values.get("contentdir")) or "content"
    named = nested(values, "languages")
    found = {key: nested(named, key) for key in named if isinstance(named[key], dict)}
    if not found:
        tag = language_tag(values.get("languagecode") or values.get("locale"))
        return (Language(name=None, tag=tag, title=None, folder="", content=content),)
    default = text(values.get("defaultcontentlanguage")) or "en"
    in_folder_too = values.get("defaultcontentlanguageinsubdir") is True
    made = [
        (
            (key != default, own.get("weight") or 0, key),
            Language(
                name=key,
                tag=language_tag(own.get("locale") or own.get("languagecode") or key),
                title=text(own.get("title")),
                folder=f"{key}/" if in_folder_too or key != default else "",
                content=text(own.get("contentdir")) or content,
            ),
        )
        for key, own in found.items()
        if own.get("disabled") is not True
    ]
    return tuple(language for _, language in sorted(made, key=lambda pair: pair[0]))


def in_folder(root: Path) -> dict[str, Any]:
    """The settings of a folder: ``hugo.*`` at the top, every other file under its own name."""
    made: dict[str, Any] = {}
    for path in sorted((root / FOLDER).iterdir()):
        if path.suffix not in {".toml", ".yaml", ".yml", ".json"}:
            continue
        name = f"{FOLDER}/{path.name}"
        values = parsed(read_text(root, name), name)
        stem, _, language = path.stem.partition(".")
        if stem in {"hugo", "config"}:
            made |= values
        elif not language:
            made[stem] = values
    return made


def parsed(source: str, name: str) -> dict[str, Any]:
    """A file's settings, by its ending.

    Raises:
        BookError: It is broken; with the line.
    """
    end = PurePosixPath(name).suffix
    if end == ".toml":
        return toml(source, name, first_line=1)
    values = load(source, name)  # JSON is YAML
    if not isinstance(values, dict):
        raise BookError(name, 1, "the configuration is not a mapping of settings")
    return cast("dict[str, Any]", values)


def toml(source: str, name: str, *, first_line: int) -> dict[str, Any]:
    """Settings in TOML.

    Raises:
        BookError: They are broken; with the line.
    """
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise BookError(name, first_line + (int(line[1]) - 1 if line else 0), f"broken TOML: {error}") from error


def front_matter(source: str, path: str) -> FrontMatter:
    """The page's settings in any of the three forms, and its text; names are in small letters.

    Raises:
        BookError: They are broken; with the line.
    """
    found = TOML_FRONT.match(source)
    if found:
        values = toml(found["values"], path, first_line=2)
        page = FrontMatter(values=values, text=source[found.end() :], lines=source.count("\n", 0, found.end()))
    elif source.startswith("{\n"):
        try:
            raw, end = json.JSONDecoder().raw_decode(source)
        except json.JSONDecodeError as error:
            raise BookError(path, error.lineno, f"broken JSON: {error.msg}") from error
        after = source.find("\n", end) + 1 or len(source)
        page = FrontMatter(values=cast("dict[str, Any]", raw), text=source[after:], lines=source.count("\n", 0, after))
    else:
        page = split(source, path)
    return FrontMatter(
        values={key.lower(): value for key, value in page.values.items()}, text=page.text, lines=page.lines
    )


def lowered(values: Any) -> Any:
    """Names of settings in small letters, at every depth but below names that are the author's own."""
    if not isinstance(values, dict):
        return values
    return {str(key).lower(): lowered(value) for key, value in cast("dict[Any, Any]", values).items()}


def nested(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The settings below ``key``, or none."""
    value = values.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    """``value`` where it is text."""
    return value if isinstance(value, str) else None
