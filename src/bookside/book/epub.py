"""An EPUB as pages of a book: its documents in the order of its spine, under the titles of its contents."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import unquote

from bookside.book.address import encoded_path
from bookside.book.archive import Archive, opened_archive, parsed_xml
from bookside.book.html_order import Entry, arranged, contents_of, named, paths_in, target
from bookside.book.html_page import document_of, source_of_document
from bookside.book.html_tree import decoded, parsed
from bookside.book.outline import Group, Leaf, Source, readable
from bookside.book.pages import Address
from bookside.book.site import SiteReader
from bookside.errors import BookError

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
DOCUMENTS = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
CONTENTS = "application/x-dtbncx+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What an EPUB says that it holds.

    Args:
        folder: Of the package's document; what it names lies below.
        spine: The documents, in reading order.
        contents: The documents that list the others: HTML first, then NCX.
    """

    title: str
    language: str | None
    folder: str
    spine: tuple[str, ...]
    contents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Epub:
    """An EPUB, read."""

    title: str
    language: str | None
    items: tuple[Group | Leaf, ...]


def read_epub(data: bytes, path: str, url: str, reader: SiteReader) -> Epub:
    """The pages of the EPUB at ``path``; a document that cannot be read is one of the reader's problems.

    Args:
        url: The EPUB's own address; its documents are below.

    Raises:
        BookError: It is no EPUB, is protected, or nothing of it can be read.
    """
    with opened_archive(data, path) as archive:
        package = package_of(archive, path)
        _check_open(archive, package, path)
        sources: dict[str, Source] = {}
        for name in package.spine:
            with reader.problem_of(f"{path}/{name}"):
                source = _source(archive, name, path, url, package.folder)
                if any(section.markdown.strip() for section in source.sections):
                    sources[name] = source
        entries = entries_of(archive, package, sources, path)
    if not sources:
        raise BookError(path, 0, "there are no words in it")
    order = list(sources)
    titles = titles_in(entries)
    pages = {name: _titled(source, titles.get(name)) for name, source in sources.items()}
    items = arranged(pages, order[0], entries, dict(pairwise(order)))
    return Epub(
        title=package.title or readable(posixpath.splitext(posixpath.basename(path))[0]),
        language=package.language,
        items=tuple(items),
    )


def package_of(archive: Archive, path: str) -> Package:
    """The package that the container names.

    Raises:
        BookError: There is none.
    """
    if not archive.has(CONTAINER):
        raise BookError(path, 0, "it is no EPUB: it has no META-INF/container.xml")
    container = parsed_xml(archive.read(CONTAINER), f"{path}/{CONTAINER}")
    roots = [str(root.get("full-path")) for root in container.iter("{*}rootfile") if root.get("full-path")]
    name = next((root for root in roots if archive.has(root)), None)
    if name is None:
        raise BookError(path, 0, "it is no EPUB: its container names no package")
    package = parsed_xml(archive.read(name), f"{path}/{name}")
    folder = posixpath.dirname(name)
    items = {str(item.get("id")): item for item in package.iter("{*}item") if item.get("href")}
    files = {id: below(folder, str(item.get("href"))) for id, item in items.items()}
    spine = dict.fromkeys(
        files[id]
        for reference in package.iter("{*}itemref")
        if (id := str(reference.get("idref"))) in items and items[id].get("media-type") in DOCUMENTS
    )
    html = [files[id] for id, item in items.items() if "nav" in str(item.get("properties") or "").split()]
    ncx = [files[id] for id, item in items.items() if item.get("media-type") == CONTENTS]
    return Package(
        title=" ".join("".join(next(package.iter("{*}title"), package.makeelement("none")).itertext()).split()),
        language=next((text.text for text in package.iter("{*}language") if text.text), None),
        folder=folder,
        spine=tuple(name for name in spine if name not in html or len(spine) == 1),
        contents=tuple(name for name in [*html, *ncx] if archive.has(name)),
    )


def below(folder: str, href: str) -> str:
    """The file that a link in the package's document means."""
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _check_open(archive: Archive, package: Package, path: str) -> None:
    """Fonts may be hidden; texts that are cannot be read."""
    if not archive.has(ENCRYPTION):
        return
    listed = parsed_xml(archive.read(ENCRYPTION), f"{path}/{ENCRYPTION}")
    hidden = {unquote(str(one.get("URI"))) for one in listed.iter("{*}CipherReference")}
    if hidden & set(package.spine):
        raise BookError(path, 0, "its text is encrypted by its shop (DRM), so it cannot be read")


def _source(archive: Archive, name: str, path: str, url: str, folder: str) -> Source:
    file = f"{path}/{name}"
    document = document_of(decoded(archive.read(name), file), file, is_xhtml=True)
    below = posixpath.splitext(name.removeprefix(f"{folder}/") if folder else name)[0]
    return source_of_document(
        document,
        Address(path=file, url=f"{url}/{encoded_path(below)}"),
        fallback_title=document.head.title or readable(posixpath.basename(below)),
        names_headings=True,
    )


def entries_of(archive: Archive, package: Package, pages: Mapping[str, object], path: str) -> list[Entry]:
    """The table of contents: that of the navigation document, or of the NCX."""
    for name in package.contents:
        data = archive.read(name)
        if name.endswith(".ncx"):
            found = ncx_entries(data, name, pages, path)
        else:
            tree = parsed(decoded(data, name), name, is_xhtml=True)
            tocs = [nav for nav in tree.iter("nav") if nav.get("epub:type") == "toc"] or list(tree.iter("nav"))
            found = contents_of(tocs[0], name, pages) if tocs else []
        if any(True for _ in paths_in(found)):
            return found
    return []


def ncx_entries(data: bytes, name: str, pages: Mapping[str, object], path: str) -> list[Entry]:
    """The entries of an NCX."""
    root = parsed_xml(data, f"{path}/{name}")
    top: list[Entry] = []
    inside: dict[object, list[Entry]] = {}
    for point in root.iter("{*}navPoint"):
        label = next(point.iterchildren("{*}navLabel"), None)
        content = next(point.iterchildren("{*}content"), None)
        words = " ".join("".join(label.itertext()).split()) if label is not None else ""
        made = Entry(words, named(target(str(content.get("src") or ""), name), pages) if content is not None else None)
        inside[point] = made.inside
        inside.get(point.getparent(), top).append(made)
    return top


def titles_in(entries: list[Entry]) -> dict[str, str]:
    """The first title that the contents give each page."""
    made: dict[str, str] = {}
    for entry in entries:
        if entry.path and entry.title:
            made.setdefault(entry.path, entry.title)
        made = titles_in(entry.inside) | made
    return made


def _titled(source: Source, title: str | None) -> Source:
    """The page under the title that the contents give it, where it has no heading of level 1."""
    if not title or any(section.level == 1 for section in source.sections):
        return source
    sections = tuple(
        replace(
            section,
            heading=title if section.level == 0 else section.heading,
            path=(title, *section.path[1:]) if section.path[:1] == (source.title,) else section.path,
        )
        for section in source.sections
    )
    return replace(source, title=title, sections=sections)
