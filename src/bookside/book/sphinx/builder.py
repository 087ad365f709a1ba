"""The builder that hands every document, with its references resolved, to the writer of Markdown."""

import posixpath
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.writers.html5 import HTML5Translator

from bookside.book.sphinx.myst_ids import MystIds, page_addresses
from bookside.book.sphinx.project import Toctree
from bookside.book.sphinx.writer import Written, write
from bookside.errors import BookError


class MarkdownBuilder(Builder):
    """Reads like the builder of HTML, and writes nothing: ``written`` has every document."""

    name = "bookside"
    format = "html"
    epilog = ""
    allow_parallel = False
    default_translator_class = HTML5Translator
    supported_image_types: ClassVar[list[str]] = [
        "image/svg+xml",
        "image/png",
        "image/gif",
        "image/jpeg",
        "image/webp",
        "image/avif",
    ]
    supported_remote_images = True
    math_renderer_name = "mathjax"
    address: ClassVar[str] = "html"
    base: ClassVar[str] = "/"
    folders: ClassVar[bool] = False

    def init(self) -> None:
        """Sphinx's own way to begin."""
        self.written: dict[str, Written] = {}
        self.broken: list[BookError] = []
        self._addresses: dict[str, str] | None = None

    def get_outdated_docs(self) -> Iterator[str]:
        """All of them."""
        yield from self.env.found_docs

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """The address of a document below the site's base, as the chosen builder of HTML has it."""
        if self.address == "myst":
            return quote(self._myst_addresses().get(docname, docname))
        if self.address == "dirhtml":
            is_index = docname == "index" or docname.endswith("/index")
            return quote(docname.removesuffix("index") if is_index else docname + "/")
        suffix = self.config.html_file_suffix
        suffix = ".html" if suffix is None else suffix
        link = self.config.html_link_suffix
        return quote(docname) + (suffix if link is None else link)

    def _myst_addresses(self) -> dict[str, str]:
        """Names of pages depend on those before them, so all are made at once, when all documents are known."""
        if self._addresses is None:
            order = dict.fromkeys(
                [*in_order(self.config.root_doc, self.env.toctree_includes), *sorted(self.env.found_docs)]
            )
            self._addresses = page_addresses(order, folders=self.folders)
        return self._addresses

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Links are written from the site's root: pages are shown at other places, too."""
        address, mark, fragment = to.partition("#")
        return self.base + self.get_target_uri(address, typ) + mark + fragment

    def read_doc(  # pyright: ignore[reportIncompatibleMethodOverride] - there is no other way to go on
        self, docname: str, *, _cache: bool = True
    ) -> None:
        """Parse one document; one that cannot be parsed is left out, and the rest goes on."""
        try:
            super().read_doc(docname, _cache=False)
        except BookError as error:
            self._leave_out(docname, error)
        except Exception as error:  # noqa: BLE001 - whatever an extension or a broken page raises; it is told
            self._leave_out(docname, BookError(self.file_of(docname), 1, f"it cannot be parsed: {told(error)}"))

    def write_documents(self, docnames: Set[str]) -> None:
        """Make Markdown of every document that was read."""
        for docname in sorted(self.env.found_docs):
            try:
                doctree: Any = self.env.get_doctree(docname)
                toctrees = [self._toctree(node) for node in list(doctree.findall(addnodes.toctree))]
                resolved = self.env.get_and_resolve_doctree(docname, self, tags=self.tags, doctree=doctree)
                self.written[docname] = write(
                    resolved,
                    self._numbers(docname),
                    toctrees,
                    folder=posixpath.dirname(docname),
                    ids=MystIds(explicit_names(resolved)) if self.address == "myst" else None,
                )
            except Exception as error:  # noqa: BLE001 - as above
                self._leave_out(docname, BookError(self.file_of(docname), 1, f"it cannot be read: {told(error)}"))

    def _toctree(self, node: Any) -> Toctree:
        """What a table of contents holds; in the document, links stand in its place."""
        entries = tuple((title, target) for title, target in node["entries"] if target != "self")
        links = nodes.bullet_list()
        for title, target in entries:
            name = title or (self.env.titles[target].astext() if target in self.env.titles else target)
            address = target if "://" in target else self.get_relative_uri("", target)
            links += nodes.list_item("", nodes.paragraph("", "", nodes.reference("", name, refuri=address)))
        is_shown = entries and not node.get("hidden")
        node.parent.replace(node, [links] if is_shown else [])
        return Toctree(entries=entries, caption=node.get("caption") or None, numbered=bool(node.get("numbered")))

    def _numbers(self, docname: str) -> dict[str, str]:
        """What stands before the captions of figures, tables and code with an id, such as ``Fig. 2``."""
        made: dict[str, str] = {}
        if self.config.numfig:
            for kind, numbers in self.env.toc_fignumbers.get(docname, {}).items():
                form = str(self.config.numfig_format.get(kind, ""))
                for id, number in numbers.items():
                    made[id] = form.replace("%s", ".".join(map(str, number))).strip()
        return made

    def _leave_out(self, docname: str, error: BookError) -> None:
        self.broken.append(error)
        self.env.clear_doc(docname)
        self.env.found_docs.discard(docname)

    def file_of(self, docname: str) -> str:
        """The document's file below the folder of sources."""
        return Path(self.env.doc2path(docname)).relative_to(self.srcdir).as_posix()


def in_order(name: str, includes: dict[str, list[str]], seen: set[str] | None = None) -> Iterator[str]:
    """The document and all below it, in reading order."""
    seen = set() if seen is None else seen
    if name not in seen:
        seen.add(name)
        yield name
        for inner in includes.get(name, ()):
            yield from in_order(inner, includes, seen)


def explicit_names(doctree: Any) -> Iterator[str]:
    """Names that the author gave."""
    return (name for name, is_explicit in doctree.nametypes.items() if is_explicit)


def told(error: Exception) -> str:
    """An unexpected error in a line."""
    words = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
