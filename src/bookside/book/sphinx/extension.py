"""What is added to Sphinx: the builder that makes Markdown, notebooks, and tables of contents in their own files."""

from typing import Any

from docutils import nodes
from myst_parser.parsers.sphinx_ import MystParser
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.matching import patfilter

from bookside.book import notebooks
from bookside.book.sphinx.builder import MarkdownBuilder
from bookside.book.sphinx.toc import GLOB

NOTEBOOK = "bookside_notebook"
BEFORE_COLLECTORS = 300


class NotebookParser(MystParser):
    """Parses a notebook as the MyST Markdown of its cells."""

    supported = (NOTEBOOK,)

    def parse(self, inputstring: str, document: Any) -> None:
        """Fill ``document``.

        Raises:
            BookError: It is no notebook.
        """
        super().parse(notebooks.as_markdown(inputstring, str(document["source"])), document)


def add_toctrees(app: Sphinx, doctree: Any) -> None:
    """Put the tables of contents of the book's own file into the document, as if it held them."""
    wanted: Any = app.config.bookside_toctrees.get(app.env.docname, ())
    made: list[Any] = []
    for toctree in wanted:
        entries = [entry for title, target in toctree["entries"] for entry in found(app, title, target)]
        node: Any = addnodes.toctree()
        node["parent"] = app.env.docname
        node["entries"] = entries
        node["includefiles"] = [target for _, target in entries if "://" not in target]
        node["caption"] = node["rawcaption"] = toctree["caption"] or ""
        node["numbered"] = 999 if toctree["numbered"] else 0
        node["maxdepth"] = -1
        node["glob"] = node["includehidden"] = node["titlesonly"] = False
        node["hidden"] = True
        made.append(nodes.compound("", node, classes=["toctree-wrapper"]))
    if made:
        last: Any = doctree.children[-1] if doctree.children else None
        target: Any = last if isinstance(last, nodes.section) else doctree
        target.extend(made)


def found(app: Sphinx, title: str | None, target: str) -> list[tuple[str | None, str]]:
    """The entries that one line of the table of contents stands for; none for a document that is not there."""
    documents = app.env.found_docs
    if target.startswith(GLOB):
        return [(None, name) for name in sorted(patfilter(documents - {app.env.docname}, target.removeprefix(GLOB)))]
    return [(title, target)] if "://" in target or target in documents else []


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's own way in."""
    app.add_builder(MarkdownBuilder)
    app.add_config_value("bookside_toctrees", {}, "env")
    app.add_config_value("bookside_work", "", "")
    app.add_source_parser(NotebookParser, override=True)
    app.connect("doctree-read", add_toctrees, priority=BEFORE_COLLECTORS)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
