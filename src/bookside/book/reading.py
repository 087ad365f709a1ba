"""The only place that decides which kind of site a folder is, and reads it."""

from collections.abc import Sequence
from pathlib import Path

from bookside.book.documents import DocumentReader, document_kind
from bookside.book.docusaurus import DocusaurusReader, docusaurus_root
from bookside.book.files import MARKDOWN_SUFFIXES, SKIPPED_FOLDERS, markdown_files
from bookside.book.folder import FolderReader
from bookside.book.html_site import HTML_SUFFIXES, HtmlReader
from bookside.book.manifest import MANIFEST
from bookside.book.mdbook import MdBookReader
from bookside.book.mkdocs import MkDocsReader
from bookside.book.model import Book, BookKind, Page
from bookside.book.outline import place, readable
from bookside.book.site import SiteReader
from bookside.errors import BookError

PLAIN_NAMES = {"book", "content", "doc", "docs", "documentation", "pages", "src"}
WHAT: dict[BookKind, str] = {"html": "HTML", "epub": "EPUB", "pdf": "PDF", "docx": "DOCX"}
READERS: dict[BookKind, type[SiteReader]] = {
    "docusaurus": DocusaurusReader,
    "mkdocs": MkDocsReader,
    "mdbook": MdBookReader,
    "html": HtmlReader,
    "folder": FolderReader,
    "epub": DocumentReader,
    "pdf": DocumentReader,
    "docx": DocumentReader,
}


def read_book(
    folder: Path, *, kind: BookKind | None = None, site_url: str | None = None, base_url: str | None = None
) -> Book:
    """Read the book in ``folder``, or the one file that it is, with the addresses that its site has.

    Args:
        kind: ``None`` for what the configuration files in ``folder`` tell.
        site_url: Origin of the site, such as ``https://me.github.io``; without it addresses begin with ``/``.
        base_url: Base path, such as ``/my-book``; without it the site's configured one.

    Raises:
        BookError: There is no such folder or file, it has no page that can be read, or its configuration is broken.
    """
    found = kind_of(folder, kind)
    if folder.is_file():
        folder = folder.resolve()
    reader = READERS[found](folder, site_url=site_url, base_url=base_url)
    site = reader.read()
    pages = place(site.items, front_url=site.front_url)
    if not pages:
        if reader.problems:
            raise reader.problems[0]
        raise BookError(str(folder), 0, f"there are no {WHAT.get(found, 'Markdown')} pages in it (read as {found})")
    return Book(
        title=site.title or title_of_front(pages, site.front_url) or title_of_folder(folder),
        kind=site.kind,
        root=str(folder),
        pages=pages,
        problems=tuple(reader.problems),
        language=site.language,
    )


def kind_of(folder: Path, kind: BookKind | None) -> BookKind:
    """How to read what ``folder`` is.

    Raises:
        BookError: There is nothing to read, or not as ``kind``.
    """
    of_file = document_kind(folder)
    if folder.is_dir():
        if kind and READERS[kind] is DocumentReader:
            raise BookError(str(folder), 0, f"it is a folder, so it cannot be read as {kind}: name the file itself")
        return kind or detect(folder)
    if not folder.is_file():
        raise BookError(str(folder), 0, "there is no such folder")
    if of_file is None:
        raise BookError(str(folder), 0, "it is neither a folder nor an EPUB, PDF or DOCX file")
    if kind not in (None, of_file):
        raise BookError(str(folder), 0, f"it is a file, so it cannot be read as {kind}: name the folder")
    return of_file


def title_of_front(pages: Sequence[Page], front_url: str) -> str | None:
    """The title of the page at the book's own address, where there is one."""
    return next((page.title for page in pages if page.url.rstrip("/") == front_url.rstrip("/")), None)


def title_of_folder(folder: Path) -> str:
    """The folder's name as a title; its parent's, where a folder is only called ``docs`` or the like."""
    path = folder.resolve()
    return readable(path.parent.name if path.name.lower() in PLAIN_NAMES and path.parent.name else path.name)


def detect(folder: Path) -> BookKind:
    """The kind of site that ``folder`` is."""
    if docusaurus_root(folder):
        return "docusaurus"
    if any((folder / name).is_file() for name in ("mkdocs.yml", "mkdocs.yaml")):
        return "mkdocs"
    if (folder / "book.toml").is_file():
        return "mdbook"
    if (folder / MANIFEST).is_file() or (not has_files(folder) and has_files(folder, HTML_SUFFIXES)):
        return "html"
    return "folder"


def has_files(folder: Path, suffixes: frozenset[str] = MARKDOWN_SUFFIXES) -> bool:
    """Whether there is a file of that kind in ``folder``."""
    return next(markdown_files(folder, skip=SKIPPED_FOLDERS, suffixes=suffixes), None) is not None
