"""The only place that knows which files are books or pages of their own: EPUB, PDF and DOCX, alone or in a folder."""

import posixpath
from pathlib import Path

from bookside.book.address import encoded_path
from bookside.book.archive import MAX_ARCHIVE_BYTES
from bookside.book.docx import read_docx
from bookside.book.epub import read_epub
from bookside.book.files import read_bytes
from bookside.book.model import BookKind
from bookside.book.outline import Group, Leaf, readable, slug_of
from bookside.book.pdf import pdf_leaves
from bookside.book.site import Site, SiteReader, language_tag

KINDS: dict[str, BookKind] = {".epub": "epub", ".pdf": "pdf", ".docx": "docx"}
DOCUMENT_SUFFIXES = frozenset(KINDS)


def document_kind(path: Path) -> BookKind | None:
    """What a file is read as; ``None`` where it is no document that can be."""
    return KINDS.get(path.suffix.lower())


def document_site(reader: SiteReader, path: str) -> Site:
    """The document at ``path`` below the reader's root, as a site of its own.

    Raises:
        BookError: It cannot be read, or a package that it needs is not installed.
    """
    data = read_bytes(reader.root, path, max_bytes=MAX_ARCHIVE_BYTES)
    suffix = posixpath.splitext(path)[1].lower()
    kind = KINDS[suffix]
    url = reader.url(encoded_path(f"/{path}"))
    name = readable(posixpath.splitext(posixpath.basename(path))[0])
    if kind == "epub":
        epub = read_epub(data, path, url, reader)
        return Site(kind=kind, title=epub.title, items=epub.items, front_url=url, language=language_tag(epub.language))
    if kind == "docx":
        source = read_docx(data, path, url, name)
        return Site(kind=kind, title=source.title, items=(Leaf(page=source),), front_url=url)
    found = pdf_leaves(data, path, url, name)
    title = found.title if isinstance(found, Group) else found.page.title
    items = found.items if isinstance(found, Group) else (found,)
    return Site(kind=kind, title=title, items=items, front_url=reader.url("/"))


def document_in_folder(reader: SiteReader, path: str) -> Group | Leaf:
    """The document at ``path`` as one item among a folder's pages."""
    site = document_site(reader, path)
    if len(site.items) == 1 and isinstance(site.items[0], Leaf):
        return site.items[0]
    title = site.title or readable(posixpath.splitext(posixpath.basename(path))[0])
    return Group(title=title, slug=slug_of(title), items=site.items)


class DocumentReader(SiteReader):
    """Reads a book that is one file.

    Args:
        root: The file.
    """

    def read(self) -> Site:
        """The file's pages."""
        file, self.root = self.root, self.root.parent
        return document_site(self, file.name)
