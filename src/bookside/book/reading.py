"""The only place that decides which kind of site a folder is, and reads it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bookside.book.documents import DocumentReader, document_kind
from bookside.book.docusaurus import DocusaurusReader, docusaurus_root
from bookside.book.files import MARKDOWN_SUFFIXES, SKIPPED_FOLDERS, markdown_files
from bookside.book.folder import FolderReader
from bookside.book.html_site import HTML_SUFFIXES, HtmlReader
from bookside.book.hugo import HugoReader
from bookside.book.hugo_config import config_name as hugo_config_name
from bookside.book.manifest import MANIFEST
from bookside.book.mdbook import MdBookReader
from bookside.book.mkdocs import MkDocsReader
from bookside.book.model import Book, BookKind, Edition, Page
from bookside.book.outline import place, readable
from bookside.book.quarto import QuartoReader
from bookside.book.quarto import config_name as quarto_config_name
from bookside.book.site import SiteReader
from bookside.book.sphinx.found import sphinx_folder
from bookside.book.sphinx.jupyter import jupyter_folder
from bookside.book.sphinx.project import Options as SphinxOptions
from bookside.book.sphinx.reader import JupyterBookReader, SphinxReader
from bookside.errors import BookError

PLAIN_NAMES = {"book", "content", "doc", "docs", "documentation", "pages", "src"}
WHAT: dict[BookKind, str] = {"html": "HTML", "epub": "EPUB", "pdf": "PDF", "docx": "DOCX"}
READERS: dict[BookKind, type[SiteReader]] = {
    "docusaurus": DocusaurusReader,
    "mkdocs": MkDocsReader,
    "mdbook": MdBookReader,
    "hugo": HugoReader,
    "quarto": QuartoReader,
    "sphinx": SphinxReader,
    "jupyter-book": JupyterBookReader,
    "html": HtmlReader,
    "folder": FolderReader,
    "epub": DocumentReader,
    "pdf": DocumentReader,
    "docx": DocumentReader,
}


def read_book(
    folder: Path,
    *,
    kind: BookKind | None = None,
    site_url: str | None = None,
    base_url: str | None = None,
    edition: Edition | None = None,
    sphinx: SphinxOptions | None = None,
) -> Book:
    """Read the book in ``folder``, or the one file that it is, with the addresses that its site has.

    Args:
        kind: ``None`` for what the configuration files in ``folder`` tell.
        site_url: Origin of the site, such as ``https://me.github.io``; without it addresses begin with ``/``.
        base_url: Base path, such as ``/my-book``; without it the site's configured one.
        edition: One of ``editions(folder)``; its version and locale alone say which, and where one of them is
            ``None`` the site's default stands. ``None`` for the default edition.
        sphinx: How Sphinx sites and Jupyter Books are parsed.

    Raises:
        BookError: There is no such folder, file or edition, no page of it can be read, or its configuration is broken.
    """
    reader, found = opened(folder, kind=kind, site_url=site_url, base_url=base_url)
    if isinstance(reader, SphinxReader) and sphinx is not None:
        reader.options = sphinx
    reader.edition = chosen(folder, reader.editions(), edition or Edition())
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
        edition=replace(reader.edition, language=site.language),
        base=reader.base,
        front_url=site.front_url,
    )


def editions(
    folder: Path, *, kind: BookKind | None = None, site_url: str | None = None, base_url: str | None = None
) -> tuple[Edition, ...]:
    """Every version of the book in every language, the default one first; a book without them is one edition.

    Raises:
        BookError: There is no such folder, or its configuration is broken.
    """
    reader, _ = opened(folder, kind=kind, site_url=site_url, base_url=base_url)
    return reader.editions()


def opened(
    folder: Path, *, kind: BookKind | None, site_url: str | None, base_url: str | None
) -> tuple[SiteReader, BookKind]:
    """The reader for the folder, and the kind of site that it reads."""
    found = kind_of(folder, kind)
    if folder.is_file():
        folder = folder.resolve()
    return READERS[found](folder, site_url=site_url, base_url=base_url), found


def chosen(folder: Path, offered: Sequence[Edition], wanted: Edition) -> Edition:
    """The edition that ``wanted`` names by its version and locale, each of which may be left out.

    Raises:
        BookError: The book has no such version or no such locale; the message names those that it has.
    """
    version = named(folder, "version", wanted.version, [edition.version for edition in offered])
    locale = named(folder, "locale", wanted.locale, [edition.locale for edition in offered])
    return next(edition for edition in offered if (edition.version, edition.locale) == (version, locale))


def named(folder: Path, what: str, wanted: str | None, offered: Sequence[str | None]) -> str | None:
    """``wanted`` where it is offered; without it the first."""
    if wanted is None:
        return offered[0]
    if wanted in offered:
        return wanted
    names = ", ".join(dict.fromkeys(repr(name) for name in offered if name is not None))
    raise BookError(str(folder), 0, f"the book has no {what} {wanted!r}" + (f"; it has {names}" if names else ""))


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
    if quarto_config_name(folder):
        return "quarto"
    if hugo_config_name(folder):
        return "hugo"
    if jupyter_folder(folder) is not None:
        return "jupyter-book"
    if sphinx_folder(folder) is not None:
        return "sphinx"
    if (folder / MANIFEST).is_file() or (not has_files(folder) and has_files(folder, HTML_SUFFIXES)):
        return "html"
    return "folder"


def has_files(folder: Path, suffixes: frozenset[str] = MARKDOWN_SUFFIXES) -> bool:
    """Whether there is a file of that kind in ``folder``."""
    return next(markdown_files(folder, skip=SKIPPED_FOLDERS, suffixes=suffixes), None) is not None
