"""A folder of built HTML as a book: any site, whatever built it, with the addresses that its files have."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from bookside.book.address import encoded_path
from bookside.book.files import SKIPPED_FOLDERS, markdown_files, read_bytes
from bookside.book.html_crawled import crawled_in
from bookside.book.html_order import ENOUGH, INDEX_NAMES, Entry, arranged, contents_of, named, paths_in, target
from bookside.book.html_page import Document, Head, document_of, head_of, source_of_document
from bookside.book.html_tree import decoded
from bookside.book.outline import Source, readable
from bookside.book.pages import Address
from bookside.book.site import Site, SiteReader, language_tag

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
NOT_PAGES = re.compile(
    r"(?:^|/)(?:404|search|genindex(?:-.*)?|py-modindex|searchindex|print|_modules/.*|_static/.*|_sources/.*"
    r"|google[0-9a-f]{16})\.x?html?$",
    re.IGNORECASE,
)
"""Pages that generators make for the site alone."""

SEPARATOR = re.compile(r"\s+[|·•–—»›«‹:-]+\s+|\s*::\s*")
SHARED = 0.5
"""What ends more of the titles than this is the site's name."""

FRONTS = (*INDEX_NAMES, "toc.html", "contents.html", "book.html")
CONTENTS_PAGES = ("contents.html", "toc.html", "toc.xhtml")


@dataclass(frozen=True, slots=True)
class Read:
    """A page that was read, and what its head told."""

    source: Source
    head: Head


class HtmlReader(SiteReader):
    """Reads a folder of ``.html``, ``.htm`` and ``.xhtml`` files."""

    def read(self) -> Site:
        """The site; a file that cannot be read is a problem, and one that only leads elsewhere is no page."""
        self._crawled = crawled_in(self.root)
        paths = self._paths()
        front = next((name for name in FRONTS if name in paths), None) or self._start()
        known = dict.fromkeys(paths)
        read: dict[str, Read] = {}
        entries: list[Entry] = []
        for path in paths:
            with self.problem_of(path):
                document = self._document(path)
                if document.head.leads_to is not None:
                    continue
                if path == front or (path in CONTENTS_PAGES and len(entries) < len(paths) * ENOUGH):
                    found = contents_of(document.tree, path, known)
                    entries = max(entries, found, key=lambda listed: len(set(paths_in(listed))))
                made = source_of_document(document, Address(path=path, url=""), fallback_title=title_of_file(path))
                read[path] = Read(made, document.head)
        self._take_base(read)
        site_name = shared_name([page.head.title for page in read.values()])
        sources = {path: self._placed(path, page, site_name) for path, page in read.items()}
        following = {
            path: following
            for path, page in read.items()
            if page.head.next and (following := named(target(page.head.next, path), sources))
        }
        head = read[front].head if front in read else Head()
        return Site(
            kind="html",
            title=head.site_name or site_name or head.title or None,
            items=tuple(arranged(sources, front if front in sources else None, entries, following, self._top())),
            front_url=self.url("/"),
            language=language_tag(head.language),
        )

    def _paths(self) -> list[str]:
        """The files that are pages."""
        if self._crawled:
            return list(self._crawled.pages)
        found = markdown_files(self.root, skip=SKIPPED_FOLDERS, suffixes=HTML_SUFFIXES)
        return [path for path in found if not NOT_PAGES.search(path)]

    def _start(self) -> str | None:
        """The file with which a crawl began."""
        return self._crawled.front if self._crawled else None

    def _top(self) -> str:
        """The folder of the site's pages."""
        return self._crawled.folder if self._crawled else ""

    def _document(self, path: str) -> Document:
        page = self._crawled.pages.get(path) if self._crawled else None
        text = decoded(read_bytes(self.root, path), path, page.charset if page else None)
        document = document_of(text, path, is_xhtml=path.lower().endswith(".xhtml"))
        if self._crawled is None:
            return document
        self._crawled.lead_to_files(document.tree, path)
        return replace(document, head=head_of(document.tree))

    def _take_base(self, read: Mapping[str, Read]) -> None:
        """The base path that most pages' own addresses agree on, or that of the crawled site."""
        if self._crawled:
            self.configured_base = self._crawled.base
            self._origin = self._origin or self._crawled.origin
            return
        bases = Counter(
            found for path, page in read.items() if (found := base_in(page.head.canonical, path)) is not None
        )
        self._canonical_base = ""
        if bases:
            base, count = bases.most_common(1)[0]
            if count > len(read) / 2:
                self.configured_base = self._canonical_base = base

    def _placed(self, path: str, page: Read, site_name: str | None) -> Source:
        """The page at its address, under its own title where it has no heading of level 1."""
        below = address_of(path)
        if self._crawled:
            below = self._crawled.below(path)
        elif self._canonical_base and base_in(page.head.canonical, path) == self._canonical_base:
            below = urlsplit(page.head.canonical or "").path.removeprefix(self._canonical_base.rstrip("/"))
        url = self.url(encoded_path(below))
        source = page.source
        title = source.title
        if not any(section.level == 1 for section in source.sections):
            title = own_title(page.head.title, site_name) or title
        sections = tuple(
            replace(
                section,
                url=url + section.url,
                heading=title if section.heading == source.title else section.heading,
                path=(title, *section.path[1:]) if section.path[:1] == (source.title,) else section.path,
            )
            for section in source.sections
        )
        return replace(source, url=url, title=title, sections=sections)


def address_of(path: str) -> str:
    """``/guide/`` for ``guide/index.html``, ``/guide/a.html`` for that file."""
    file = PurePosixPath(path)
    if file.name.lower() in INDEX_NAMES:
        return f"/{file.parent.as_posix()}/" if file.parent.name else "/"
    return f"/{path}"


def base_in(canonical: str | None, path: str) -> str | None:
    """What stands before the file's own path in the address that the page gives itself; ``None`` where they differ."""
    try:
        split = urlsplit(canonical or "")
    except ValueError:
        return None
    address, is_web = split.path, split.scheme in ("http", "https")
    own = address_of(path)
    stem = re.sub(r"\.x?html?$", "", own)
    for end in (own, stem + "/", stem, own.rstrip("/")):
        if is_web and address.endswith(end) and end:
            return address[: len(address) - len(end)] + "/"
    return None


def title_of_file(path: str) -> str:
    """A page's title where it has none."""
    file = PurePosixPath(path)
    return readable(file.parent.name or "Home") if file.name.lower() in INDEX_NAMES else readable(file.stem)


def shared_name(titles: list[str]) -> str | None:
    """The site's name, which most of its pages' titles end with."""
    ends = Counter(SEPARATOR.split(title)[-1] for title in titles if SEPARATOR.search(title))
    if not ends:
        return None
    name, count = ends.most_common(1)[0]
    return name if count >= 3 and count > SHARED * len(titles) else None


def own_title(title: str, site_name: str | None) -> str:
    """A title without the site's name at its end."""
    parts = SEPARATOR.split(title)
    if site_name and len(parts) > 1 and parts[-1] == site_name:
        return title[: title.rindex(parts[-2]) + len(parts[-2])].strip()
    return title
