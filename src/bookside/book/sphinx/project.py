"""What Sphinx is to build, as plain data: what ``conf.py``, ``_config.yml`` and ``myst.yml`` are read into."""

from dataclasses import dataclass, field
from typing import Any, Literal

MYST = "myst_parser"
SAFE_EXTENSIONS = frozenset(
    {
        "sphinx.ext.autosectionlabel",
        "sphinx.ext.doctest",
        "sphinx.ext.extlinks",
        "sphinx.ext.todo",
        MYST,
    }
)
"""Extensions that only parse: they import nothing of the book, read nothing outside it and ask no other host."""

SAFE_SETTINGS = frozenset(
    {"add_function_parentheses", "add_module_names", "author", "copyright", "default_role", "exclude_patterns"}
    | {"figure_language_filename", "highlight_language", "html_baseurl", "html_file_suffix", "html_link_suffix"}
    | {"html_short_title", "html_title", "include_patterns", "language", "manpages_url", "master_doc"}
    | {"math_eqref_format", "math_number_all", "math_numfig", "maximum_signature_line_length", "numfig"}
    | {"numfig_format", "numfig_secnum_depth", "option_emphasise_placeholders", "primary_domain", "project"}
    | {"project_copyright", "release", "root_doc", "rst_epilog", "rst_prolog", "show_authors", "smartquotes"}
    | {"smartquotes_action", "smartquotes_excludes", "source_encoding", "source_suffix", "strip_signature_backslash"}
    | {"todo_include_todos", "today", "today_fmt", "trim_doctest_flags", "trim_footnote_reference_space", "version"}
)
SAFE_PREFIXES = ("autosectionlabel_", "c_", "cpp_", "extlinks", "javascript_", "myst_", "python_", "rst_")
"""Settings that decide what pages say and where they are; those of themes and of other outputs are not wanted."""

Builder = Literal["html", "dirhtml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an operator may choose.

    Args:
        conf: Whether ``conf.py`` is read for its plain values, or run with the extensions that it names.
        builder: Which of Sphinx's builders makes the site; ``None`` for what the book's own files tell.
        timeout_s: Longest time for parsing the whole book.
    """

    conf: Literal["read", "run"] = "read"
    builder: Builder | None = None
    timeout_s: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Toctree:
    """One table of contents inside a document.

    Args:
        entries: Titles (``None`` for the document's own) and names of documents, or addresses elsewhere.
    """

    entries: tuple[tuple[str | None, str], ...]
    caption: str | None = None
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A site before it is parsed.

    Args:
        source: Folder of the documents below the book's root; empty for the root itself.
        settings: Sphinx's settings, of those that are safe.
        extensions: Extensions to load, of those that are safe.
        runs: Folder of a ``conf.py`` that is to be run, below the root; then the two above are empty.
        toctrees: By document, where a file of its own holds the tables of contents.
        unsafe: Extensions that the configuration names and that are not loaded.
        address: How a document's name becomes an address.
        named_in: The file of the configuration, for messages.
        folders: Whether addresses of MyST's own tools have the folders of files.
    """

    source: str = ""
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    extensions: tuple[str, ...] = ()
    runs: str | None = None
    toctrees: dict[str, tuple[Toctree, ...]] = field(default_factory=dict[str, tuple[Toctree, ...]])
    unsafe: tuple[str, ...] = ()
    address: Literal["html", "dirhtml", "myst"] = "html"
    named_in: str = "conf.py"
    folders: bool = False


def is_safe_setting(name: str) -> bool:
    """Whether a setting may be handed to Sphinx."""
    return name in SAFE_SETTINGS or name.startswith(SAFE_PREFIXES)
