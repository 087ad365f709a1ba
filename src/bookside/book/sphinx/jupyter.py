"""The only place that finds Jupyter Books and MyST projects, and reads their settings into a ``Project``."""

import posixpath
from pathlib import Path
from typing import Any, cast

from bookside.book.files import below, read_text
from bookside.book.frontmatter import load
from bookside.book.sphinx.project import MYST, SAFE_EXTENSIONS, Options, Project, is_safe_setting
from bookside.book.sphinx.toc import read_myst_toc, read_toc
from bookside.errors import BookError

CONFIG = "_config.yml"
TOC = "_toc.yml"
MYST_CONFIG = "myst.yml"
FOLDERS = ("", "book", "docs", "doc", "content")
NOTEBOOK = "bookside_notebook"
SUFFIXES = {".rst": "restructuredtext", ".md": "markdown", ".ipynb": NOTEBOOK}
ALWAYS_EXCLUDED = ("_build", "Thumbs.db", ".DS_Store", "**.ipynb_checkpoints")
DEFAULTS: dict[str, Any] = {
    "source_suffix": SUFFIXES,
    "numfig": True,
    "myst_enable_extensions": ["colon_fence", "dollarmath", "linkify", "substitution", "tasklist"],
    "myst_url_schemes": ["mailto", "http", "https"],
    "myst_dmath_double_inline": True,
    "exclude_patterns": list(ALWAYS_EXCLUDED),
}
"""What Jupyter Book sets where ``_config.yml`` sets nothing else."""

MYST_EXTENSIONS = (
    *("amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist"),
    *("html_image", "linkify", "strikethrough", "substitution", "tasklist"),
)


def jupyter_folder(root: Path) -> str | None:
    """The folder below ``root`` with ``_toc.yml`` or with a project's ``myst.yml``; ``None`` where there is neither."""
    for folder in FOLDERS:
        if below(root, posixpath.join(folder, TOC)) or below(root, posixpath.join(folder, MYST_CONFIG)):
            return folder
    return None


def find_jupyter_book(root: Path, options: Options) -> Project:
    """The book in ``root``.

    Raises:
        BookError: There is none, or its files are broken.
    """
    folder = jupyter_folder(root)
    if folder is None:
        raise BookError(TOC, 0, f"there is no {TOC} and no {MYST_CONFIG} in the folder")
    if below(root, posixpath.join(folder, TOC)) is None:
        return myst_project(root, folder)
    config_name, toc_name = posixpath.join(folder, CONFIG), posixpath.join(folder, TOC)
    config = yaml_of(root, config_name) if below(root, config_name) else {}
    toc = read_toc(load(read_text(root, toc_name), toc_name), toc_name)
    settings = settings_of(config) | {"root_doc": toc.root}
    if config.get("only_build_toc_files") is True:
        settings["include_patterns"] = [f"{name}.*" for name in toc.documents()]
    extra = mapping(config, "sphinx").get("extra_extensions")
    named = [str(one) for one in cast("list[Any]", extra)] if isinstance(extra, list) else []
    return Project(
        source=folder,
        settings=settings,
        extensions=(MYST, *(one for one in named if one in SAFE_EXTENSIONS and one != MYST)),
        toctrees=toc.toctrees,
        unsafe=tuple(one for one in named if one not in SAFE_EXTENSIONS),
        address=options.builder or "html",
        named_in=config_name,
    )


def settings_of(config: dict[str, Any]) -> dict[str, Any]:
    """Sphinx's settings as Jupyter Book makes them of ``_config.yml``."""
    made = dict(DEFAULTS)
    if isinstance(config.get("title"), str):
        made["project"] = made["html_title"] = config["title"]
    excluded = config.get("exclude_patterns")
    if isinstance(excluded, list):
        made["exclude_patterns"] = sorted({*ALWAYS_EXCLUDED, *(str(one) for one in cast("list[Any]", excluded))})
    baseurl = mapping(config, "html").get("baseurl")
    if isinstance(baseurl, str):
        made["html_baseurl"] = baseurl
    parse = mapping(config, "parse")
    more = parse.get("myst_enable_extensions")
    if isinstance(more, list):
        made["myst_enable_extensions"] = list(
            dict.fromkeys([*made["myst_enable_extensions"], *(str(one) for one in cast("list[Any]", more))])
        )
    made |= {key: parse[key] for key in ("myst_substitutions", "myst_url_schemes") if parse.get(key) is not None}
    own = mapping(config, "sphinx").get("config")
    if isinstance(own, dict):
        given = cast("dict[str, Any]", own)
        made |= {key: value for key, value in given.items() if is_safe_setting(key, value) and key != "source_suffix"}
    return made


def myst_project(root: Path, folder: str) -> Project:
    """A project with ``myst.yml``, as MyST's own tools build it: its pages in the order of its table of contents."""
    name = posixpath.join(folder, MYST_CONFIG)
    config = yaml_of(root, name)
    project = mapping(config, "project")
    settings: dict[str, Any] = {
        "source_suffix": {".md": "markdown", ".ipynb": NOTEBOOK},
        "myst_enable_extensions": list(MYST_EXTENSIONS),
        "numfig": True,
        "smartquotes": False,
    }
    if isinstance(project.get("title"), str):
        settings["project"] = settings["html_title"] = project["title"]
    excluded = project.get("exclude")
    if isinstance(excluded, str | list):
        listed = [excluded] if isinstance(excluded, str) else cast("list[Any]", excluded)
        settings["exclude_patterns"] = [str(one) for one in listed]
    toctrees: dict[str, Any] = {}
    if project.get("toc") is not None:
        toc = read_myst_toc(project["toc"], name)
        settings |= {"root_doc": toc.root, "include_patterns": [f"{one}.*" for one in toc.documents()]}
        toctrees = toc.toctrees
    else:
        settings["root_doc"] = next(
            (
                stem
                for stem in ("index", "README", "readme", "intro")
                if below(root, posixpath.join(folder, stem + ".md"))
            ),
            "index",
        )
    return Project(
        source=folder,
        settings=settings,
        extensions=(MYST,),
        toctrees=toctrees,
        address="myst",
        named_in=name,
        folders=mapping(mapping(config, "site"), "options").get("folders") is True,
    )


def yaml_of(root: Path, name: str) -> dict[str, Any]:
    """A file of settings.

    Raises:
        BookError: It is not YAML, or no mapping.
    """
    values = load(read_text(root, name), name)
    if values is not None and not isinstance(values, dict):
        raise BookError(name, 1, "the configuration is not a mapping of settings")
    return cast("dict[str, Any]", values) if isinstance(values, dict) else {}


def mapping(values: dict[str, Any], key: str) -> dict[str, Any]:
    """The mapping at ``key``, or an empty one."""
    value = values.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
