"""What Sphinx is to build, as plain data: what ``conf.py``, ``_config.yml`` and ``myst.yml`` are read into."""

import re
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
    | {"highlight_language", "html_baseurl", "html_file_suffix", "html_link_suffix"}
    | {"html_short_title", "html_title", "include_patterns", "language", "manpages_url", "master_doc"}
    | {"math_eqref_format", "math_number_all", "math_numfig", "maximum_signature_line_length", "numfig"}
    | {"numfig_format", "numfig_secnum_depth", "option_emphasise_placeholders", "primary_domain", "project"}
    | {"project_copyright", "release", "root_doc", "rst_epilog", "rst_prolog", "show_authors", "smartquotes"}
    | {"smartquotes_action", "smartquotes_excludes", "source_encoding", "source_suffix", "strip_signature_backslash"}
    | {"todo_include_todos", "today", "today_fmt", "trim_doctest_flags", "trim_footnote_reference_space", "version"}
    | {"autosectionlabel_maxdepth", "autosectionlabel_prefix_document", "extlinks", "extlinks_detect_hardcoded_links"}
    | {"c_extra_keywords", "c_id_attributes", "c_maximum_signature_line_length", "c_paren_attributes"}
    | {"cpp_id_attributes", "cpp_index_common_prefix", "cpp_maximum_signature_line_length", "cpp_paren_attributes"}
    | {"javascript_maximum_signature_line_length", "javascript_trailing_comma_in_multi_line_signatures"}
    | {"python_display_short_literal_types", "python_maximum_signature_line_length"}
    | {"python_trailing_comma_in_multi_line_signatures", "python_use_unqualified_type_names"}
    | {"rst_maximum_signature_line_length"}
    | {"myst_all_links_external", "myst_colon_fence_exact_match", "myst_commonmark_only", "myst_disable_syntax"}
    | {"myst_dmath_allow_digits", "myst_dmath_allow_labels", "myst_dmath_allow_space", "myst_dmath_double_inline"}
    | {"myst_enable_checkboxes", "myst_enable_extensions", "myst_fence_as_directive", "myst_footnote_sort"}
    | {"myst_footnote_transition", "myst_gfm_only", "myst_heading_anchors", "myst_heading_anchors_html_ids"}
    | {"myst_html_meta", "myst_linkify_fuzzy_links", "myst_links_external_new_tab", "myst_number_code_blocks"}
    | {"myst_ref_domains", "myst_strikethrough_single_tilde", "myst_sub_delimiters", "myst_substitutions"}
    | {"myst_title_to_header", "myst_url_schemes", "myst_words_per_minute"}
)
"""Settings that decide what pages say and where they are; those of themes and of other outputs are not wanted.

None is a template, and none names code: ``myst_heading_slug_func``, say, is imported and called.
"""

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,3}")
"""A language is looked up as the name of a module."""

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


def is_safe_setting(name: str, value: object) -> bool:
    """Whether a setting may be handed to Sphinx."""
    if name == "language":
        return value is None or (isinstance(value, str) and LANGUAGE.fullmatch(value) is not None)
    return name in SAFE_SETTINGS
