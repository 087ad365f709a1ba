"""The only place that finds a Sphinx site in a folder, and reads its configuration into a ``Project``."""

import posixpath
from pathlib import Path
from typing import Any, cast

from bookside.book.files import below, read_text
from bookside.book.frontmatter import load
from bookside.book.sphinx.conf import is_sphinx, read_conf
from bookside.book.sphinx.project import MYST, SAFE_EXTENSIONS, Builder, Options, Project, Toctree, is_safe_setting
from bookside.book.sphinx.toc import TocFile, read_toc
from bookside.errors import BookError

CONF = "conf.py"
FOLDERS = ("", "source", "docs", "doc", "docs/source", "doc/source", "documentation", "Doc")
READ_THE_DOCS = (".readthedocs.yaml", ".readthedocs.yml", "readthedocs.yml", "readthedocs.yaml")
PARSES_MARKDOWN = frozenset({MYST, "myst_nb", "recommonmark"})
PARSES_NOTEBOOKS = frozenset({"myst_nb", "nbsphinx"})
EXTERNAL_TOC = "sphinx_external_toc"
MARKDOWN = "markdown"


def sphinx_folder(root: Path) -> str | None:
    """The folder below ``root`` with the site's ``conf.py``; ``None`` where there is none."""
    named = named_by_read_the_docs(root)[0]
    for folder in ([posixpath.dirname(named)] if named else []) + list(FOLDERS):
        name = posixpath.join(folder, CONF)
        if below(root, name) is None:
            continue
        try:
            if is_sphinx(read_conf(read_text(root, name), name)):
                return folder
        except BookError:
            if folder == "":
                return folder  # it is told when the book is read
    return None


def find_project(root: Path, options: Options) -> Project:
    """The site in ``root``.

    Raises:
        BookError: There is no configuration, or it cannot be read.
    """
    folder = sphinx_folder(root)
    if folder is None:
        raise BookError(CONF, 0, f"there is no {CONF} of a Sphinx site in the folder")
    name = posixpath.join(folder, CONF)
    builder = options.builder or named_by_read_the_docs(root)[1] or "html"
    if options.conf == "run":
        return Project(source=folder, runs=folder, address=builder, named_in=name)
    values = read_conf(read_text(root, name), name)
    named = values.get("extensions")
    extensions = [str(one) for one in cast("list[Any]", named)] if isinstance(named, list | tuple) else []
    settings = {key: value for key, value in values.items() if is_safe_setting(key, value)}
    toctrees: dict[str, tuple[Toctree, ...]] = {}
    if EXTERNAL_TOC in extensions:
        toc = external_toc(root, posixpath.join(folder, str(values.get("external_toc_path", "_toc.yml"))))
        settings["root_doc"], toctrees = toc.root, toc.toctrees
    return Project(
        source=folder,
        toctrees=toctrees,
        settings=with_suffixes(settings, extensions),
        extensions=tuple(safe(extensions)),
        unsafe=tuple(one for one in extensions if one not in SAFE_EXTENSIONS),
        address=builder,
        named_in=name,
    )


def external_toc(root: Path, name: str) -> TocFile:
    """The table of contents in a file of its own.

    Raises:
        BookError: It is not there, or broken.
    """
    return read_toc(load(read_text(root, name), name), name)


def safe(extensions: list[str]) -> list[str]:
    """The extensions that may be loaded; MyST for what stands for it."""
    found = [one for one in extensions if one in SAFE_EXTENSIONS]
    needs_myst = (PARSES_MARKDOWN | PARSES_NOTEBOOKS) & {*extensions}
    return [*found, MYST] if needs_myst and MYST not in found else found


def with_suffixes(settings: dict[str, Any], extensions: list[str]) -> dict[str, Any]:
    """``settings`` with kinds of files as a mapping, and those that extensions would add."""
    given = settings.get("source_suffix", {".rst": "restructuredtext"})
    suffixes: dict[str, Any] = {}
    if isinstance(given, dict):
        suffixes = {str(key): kind_of(str(key), value) for key, value in cast("dict[Any, Any]", given).items()}
    else:
        listed = [given] if isinstance(given, str) else list(cast("list[Any]", given))
        suffixes = {str(one): kind_of(str(one), None) for one in listed}
    if PARSES_MARKDOWN & {*extensions}:
        suffixes.setdefault(".md", MARKDOWN)
    if PARSES_NOTEBOOKS & {*extensions}:
        suffixes.setdefault(".ipynb", "bookside_notebook")
    if "nbsphinx" in extensions:
        settings = {"myst_enable_extensions": ["dollarmath", "amsmath"], **settings}
    if ".ipynb" in suffixes and ".md" not in suffixes:  # MyST is loaded for notebooks alone, and adds its own
        settings = {**settings, "exclude_patterns": [*settings.get("exclude_patterns", ()), "**.md"]}
    return {**settings, "source_suffix": suffixes}


def kind_of(suffix: str, named: Any) -> str:
    """The name of the parser of files with that suffix."""
    if suffix == ".ipynb":
        return "bookside_notebook"
    if named in {"myst", "myst-nb", "jupyter_notebook", MARKDOWN} or (named is None and suffix in {".md", ".markdown"}):
        return MARKDOWN
    return str(named or "restructuredtext")


def named_by_read_the_docs(root: Path) -> tuple[str | None, Builder | None]:
    """The configuration and the builder that the settings of Read the Docs name."""
    for name in READ_THE_DOCS:
        if below(root, name) is None:
            continue
        values: Any = load(read_text(root, name), name)
        sphinx: Any = cast("dict[str, Any]", values).get("sphinx") if isinstance(values, dict) else None
        if not isinstance(sphinx, dict):
            return None, None
        named = cast("dict[str, Any]", sphinx)
        conf, builder = named.get("configuration"), named.get("builder")
        return (
            posixpath.normpath(conf) if isinstance(conf, str) else None,
            "dirhtml" if builder in {"dirhtml", "htmldir"} else None,
        )
    return None, None
