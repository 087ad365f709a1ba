"""The only place that reads ``mkdocs.yml``: safe YAML that knows MkDocs's own tags."""

import posixpath
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from markdown.extensions import toc
from pymdownx import slugs  # pyright: ignore[reportMissingTypeStubs]

from bookside.book.files import read_text
from bookside.book.frontmatter import load
from bookside.errors import BookError

MAX_PARENTS = 8
DOCS_FOLDER = "$docs_dir"
PAGE_FOLDER = "$page_dir"
"""What a path may begin with, until the folder is known."""


class Unknown:
    """Stands for a Python name in the configuration that is not looked up."""


class MkDocsLoader(yaml.SafeLoader):
    """A safe loader for which ``mkdocs_loader`` has declared the tags."""


def read_config(root: Path, name: str, *, parents: int = 0) -> dict[str, Any]:
    """The settings in ``name``, over those of the file that it inherits from.

    Raises:
        BookError: The file is no mapping in YAML, or its parent is not in the book.
    """
    values = load(read_text(root, name), name, loader=mkdocs_loader())
    if not isinstance(values, dict):
        raise BookError(name, 1, "the configuration is not a mapping of settings")
    config = cast("dict[str, Any]", values)
    parent = config.pop("INHERIT", None)
    if parent is None:
        return config
    if not isinstance(parent, str) or parents >= MAX_PARENTS:
        raise BookError(name, 1, f"INHERIT {parent!r} cannot be followed")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), parent))
    return merged(read_config(root, path, parents=parents + 1), config)


def options_by_name(configured: Any) -> dict[str, dict[str, Any]]:
    """``markdown_extensions`` or ``plugins`` in either form, names with their options."""
    entries: list[tuple[Any, Any]] = []
    if isinstance(configured, dict):
        entries = list(cast("dict[Any, Any]", configured).items())
    elif isinstance(configured, list):
        for entry in cast("list[Any]", configured):
            entries += list(cast("dict[Any, Any]", entry).items()) if isinstance(entry, dict) else [(entry, None)]
    return {str(name): cast("dict[str, Any]", own) if isinstance(own, dict) else {} for name, own in entries}


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """``above`` over ``below``; mappings are merged, everything else is replaced."""
    made = dict(below)
    for key, value in above.items():
        old = made.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            made[key] = merged(cast("dict[str, Any]", old), cast("dict[str, Any]", value))
        else:
            made[key] = value
    return made


@cache
def mkdocs_loader() -> type[yaml.SafeLoader]:
    """A loader to which names of Python code are data: only the known ways to slug a heading are looked up."""
    untyped: Any = MkDocsLoader
    untyped.add_constructor("!ENV", environment)
    untyped.add_constructor("!relative", relative)
    untyped.add_multi_constructor("tag:yaml.org,2002:python/name:", python_name)
    untyped.add_multi_constructor("tag:yaml.org,2002:python/object/apply:", python_call)
    untyped.add_multi_constructor("tag:yaml.org,2002:python/", unknown)
    untyped.add_multi_constructor("!", unknown)
    return MkDocsLoader


def environment(loader: Any, node: yaml.Node) -> Any:
    """``!ENV [NAME, default]``: the default. The environment is not the book's."""
    if isinstance(node, yaml.SequenceNode) and len(node.value) > 1:
        return loader.construct_object(node.value[-1], deep=True)
    return None


def relative(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    """``!relative $config_dir/parts``: seen from the configuration's folder; from the page's, where it names none."""
    value = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
    return value.replace("$config_dir", ".") if "$" in value else f"{PAGE_FOLDER}/{value}"


def unknown(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Unknown:
    """Python code that is not looked up."""
    return Unknown()


def python_name(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Any:
    """A function that slugs headings, or ``Unknown``."""
    if name == "markdown.extensions.toc.slugify":
        return toc.slugify
    if name == "markdown.extensions.toc.slugify_unicode":
        return toc.slugify_unicode
    if name == "pymdownx.slugs.slugify":
        return pymdownx_slugify()
    legacy: dict[str, dict[str, Any]] = {
        "pymdownx.slugs.uslugify": {"case": "lower"},
        "pymdownx.slugs.uslugify_encoded": {"case": "lower", "percent_encode": True},
        "pymdownx.slugs.uslugify_case": {"case": "none"},
        "pymdownx.slugs.uslugify_cased": {"case": "none"},
        "pymdownx.slugs.uslugify_cased_encoded": {"case": "none", "percent_encode": True},
        "pymdownx.slugs.gfm": {"case": "lower-ascii"},
        "pymdownx.slugs.gfm_encoded": {"case": "lower-ascii", "percent_encode": True},
    }
    return pymdownx_slugify()(**legacy[name]) if name in legacy else Unknown()


def python_call(loader: Any, name: str, node: yaml.Node) -> Any:
    """``pymdownx.slugs.slugify`` with its options; any other call is ``Unknown``."""
    if name != "pymdownx.slugs.slugify" or not isinstance(node, yaml.MappingNode):
        return Unknown()
    given: Any = loader.construct_mapping(node, deep=True).get("kwds")
    values = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    return pymdownx_slugify()(**{key: value for key, value in values.items() if key in SLUGIFY_OPTIONS})


def pymdownx_slugify() -> Callable[..., Any]:
    """PyMdown's way, which takes its options first."""
    untyped: Any = slugs
    return untyped.slugify


SLUGIFY_OPTIONS = frozenset({"case", "percent_encode", "normalize"})
