"""The only place that says which files of a book's folder are no pages of it, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bookside.book.files import MARKDOWN_SUFFIXES, SKIPPED_FOLDERS, markdown_files, read_text
from bookside.book.folder import outputs
from bookside.book.frontmatter import split
from bookside.book.model import Book
from bookside.errors import BookError

OTHER_TEXTS = frozenset(
    {".adoc", ".asciidoc", ".docx", ".epub", ".htm", ".html", ".ipynb", ".org", ".pdf", ".qmd", ".rmd", ".rst", ".typ"}
)
"""Kinds of files that hold texts, some of which another kind of book is made of."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is no page of the book.

    Args:
        page: Below the book's folder.
        line: From 1; 0 where it is no matter of a line.
    """

    page: str
    reason: str
    line: int = 0


def left_out(book: Book, indexed: frozenset[str]) -> list[LeftOut]:
    """What was left out: first what cannot be read, then the other texts in the folder, in their order.

    Args:
        indexed: Files of the pages that have passages.
    """
    made = [LeftOut(problem.path, problem.reason, problem.line) for problem in book.problems]
    told = {one.page for one in made}
    pages = {page.path for page in book.pages}
    for page in book.pages:
        if page.path not in indexed and page.path not in told:
            made.append(LeftOut(page.path, "it has no words to be found by"))
    root = Path(book.root)
    for path in _texts(root):
        if path not in pages and path not in told:
            made.append(LeftOut(path, _reason(root, path, book)))
    return made


def _texts(root: Path) -> Iterator[str]:
    skip = SKIPPED_FOLDERS | outputs(root)
    return markdown_files(root, skip=skip, suffixes=MARKDOWN_SUFFIXES | OTHER_TEXTS)


def _reason(root: Path, path: str, book: Book) -> str:
    suffix = PurePosixPath(path).suffix.lower()
    if suffix not in MARKDOWN_SUFFIXES:
        return f"files of the kind {suffix} are not read in a book of the kind {book.kind}"
    try:
        front = split(read_text(root, path), path).values
    except BookError as error:
        return error.reason
    for field in ("draft", "unlisted"):
        if front.get(field) is True:
            return f"its front matter says {field}: true"
    if book.kind == "mdbook":
        return "SUMMARY.md does not name it"
    if PurePosixPath(path).name.startswith("_"):
        return "its name begins with _, so it is a part of other pages"
    if book.kind == "folder":
        return "it is new since the book was read"
    return f"it is no page of the site, as its configuration has it ({book.kind})"
