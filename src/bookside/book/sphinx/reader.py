"""Sphinx sites and Jupyter Books as books: what Sphinx read becomes pages, sections and a table of contents."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, cast

from bookside.book import notebooks
from bookside.book.address import base_path
from bookside.book.markdown import headings
from bookside.book.model import BookKind, Edition, Section
from bookside.book.outline import Group, Leaf, Source, readable
from bookside.book.sections import divide
from bookside.book.site import Site, SiteReader, language_tag
from bookside.book.sphinx.found import find_project
from bookside.book.sphinx.jupyter import find_jupyter_book
from bookside.book.sphinx.process import parse
from bookside.book.sphinx.project import Options, Project
from bookside.errors import BookError


class SphinxReader(SiteReader):
    """Reads a site with ``conf.py``."""

    kind: BookKind = "sphinx"

    options = Options()

    def find(self) -> Project:
        """What Sphinx is to build."""
        return find_project(self.root, self.options)

    def editions(self) -> tuple[Edition, ...]:
        """One; its address is known once the configuration is."""
        self._found()
        return super().editions()

    def _found(self) -> Project:
        project = self.find()
        baseurl = project.settings.get("html_baseurl")
        self.configured_base = base_path(baseurl) if isinstance(baseurl, str) and "://" in baseurl else "/"
        return project

    def read(self) -> Site:
        """The site as Sphinx reads it; documents that it cannot parse are problems."""
        project = self._found()
        read = parse(self.root, project, base=self.base, timeout_s=self.options.timeout_s)
        if project.runs is not None:
            self.configured_base = base_path(read["baseurl"]) if "://" in (read["baseurl"] or "") else "/"
        self.problems += [BookError(one["path"], one["line"], one["reason"]) for one in read["problems"]]
        documents = cast("dict[str, dict[str, Any]]", read["documents"])
        pages = {name: self._page(document) for name, document in documents.items()}
        root = str(read["root"])
        items = Contents(documents, pages).items(root)
        return Site(
            kind=self.kind,
            title=str(read["project"]) if read["project"] != "Project name not set" else None,
            items=tuple(items),
            front_url=pages[root].url if root in pages else self.url("/"),
            language=language_tag(read["language"]),
        )

    def _page(self, document: dict[str, Any]) -> Source:
        url = self.url("/" + document["address"])
        path = str(document["file"])
        markdown = str(document["markdown"])
        title = document["title"] or readable(PurePosixPath(path).stem)
        marks = [{**mark, "line": 1} if path.endswith(notebooks.SUFFIX) else mark for mark in document["marks"]]
        return Source(
            path=path,
            url=url,
            title=title,
            markdown=markdown,
            sections=sections_of(markdown, marks, url=url, title=title),
            description=document["description"],
        )


class JupyterBookReader(SphinxReader):
    """Reads a book with ``_toc.yml``, or a project with ``myst.yml``."""

    kind = "jupyter-book"

    def find(self) -> Project:
        """What Sphinx is to build."""
        return find_jupyter_book(self.root, self.options)


def sections_of(markdown: str, marks: Sequence[dict[str, Any]], *, url: str, title: str) -> tuple[Section, ...]:
    """The page's sections, with the ids and lines that Sphinx knows.

    Text after a described object goes on in the section around that object: it is a section of level 0 with the
    address and the path of that one.
    """
    found = headings(markdown, "commonmark")
    starts = {mark["place"]: mark for mark in marks if not mark["goes_on"]}
    anchors = [starts[heading.start]["id"] if heading.start in starts else None for heading in found]

    def line_at(place: int) -> int:
        return (starts[place]["line"] if place in starts else 0) or 1

    sections = divide(markdown, found, anchors, url=url, title=title, line_at=line_at)
    lead, headed = sections[: len(sections) - len(found)], sections[len(sections) - len(found) :]
    made: list[Section] = list(lead)
    ends = [*(heading.start for heading in found[1:]), len(markdown.split("\n"))][: len(found)]
    for section, heading, end in zip(headed, found, ends, strict=True):
        breaks = [m for m in marks if m["goes_on"] and heading.end <= m["place"] < end]
        made += divided(markdown.split("\n")[heading.end : end], heading.end, section, breaks, headed)
    return tuple(made)


def divided(
    lines: Sequence[str],
    first: int,
    section: Section,
    breaks: Sequence[dict[str, Any]],
    headed: Sequence[Section],
) -> Iterator[Section]:
    """``section``, and the sections that go on below it."""
    places = [mark["place"] - first for mark in breaks]
    bounds = [*places, len(lines)]
    yield replace(section, markdown="\n".join(lines[: bounds[0]]))
    for mark, start, end in zip(breaks, bounds, bounds[1:], strict=False):
        number: int | None = mark["of"]
        outer = section if number is None else headed[number]
        yield replace(outer, level=0, markdown="\n".join(lines[start:end]))


class Contents:
    """The table of contents, from those that are spread over the documents."""

    def __init__(self, documents: dict[str, dict[str, Any]], pages: dict[str, Source]) -> None:
        self._documents = documents
        self._pages = pages
        self._waiting = dict(pages)

    def items(self, root: str) -> list[Group | Leaf]:
        """The root first, then its entries: captions are parts, entries are chapters; then what is in no table."""
        made: list[Group | Leaf] = []
        front = self._leaf(root)
        made += [front] if front else []
        for toctree in self._toctrees(root):
            chapters = [item for entry in toctree["entries"] for item in self._chapter(*entry)]
            caption = toctree["caption"]
            if caption and chapters:
                made.append(Group(title=caption, slug=slug(caption), items=tuple(chapters), role="part"))
            else:
                made += chapters
        return made + [Leaf(page=page) for page in self._waiting.values()]

    def _toctrees(self, name: str) -> list[dict[str, Any]]:
        return self._documents[name]["toctrees"] if name in self._documents else []

    def _leaf(self, name: str, label: str | None = None) -> Leaf | None:
        page = self._waiting.pop(name, None)
        return Leaf(page=page, label=label) if page else None

    def _chapter(self, label: str | None, name: str) -> Iterator[Group]:
        own = self._leaf(name, label)
        if own is None:
            return
        items = tuple(self._inside(name))
        yield Group(title=label or own.page.title, slug=slug_of_name(name), items=items, index=own, role="chapter")

    def _inside(self, name: str) -> Iterator[Leaf]:
        """All pages below a document, in reading order."""
        for toctree in self._toctrees(name):
            for label, inner in toctree["entries"]:
                leaf = self._leaf(inner, label)
                if leaf:
                    yield leaf
                    yield from self._inside(inner)


def slug(title: str) -> str:
    """A part's slug."""
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-") or "part"


def slug_of_name(name: str) -> str:
    """A chapter's slug: its file's name, or its folder's where the file is only called ``index``."""
    path = PurePosixPath(name)
    return path.parent.name or path.name if path.name.lower() in {"index", "readme"} else path.name
