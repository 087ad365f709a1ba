"""A plain folder of Markdown files as a book.

A folder's ``README.md`` or ``index.md`` is the folder's own page; every other page's address is its path without the
extension. Order: a folder's own page, then files and folders together by name, numbers by value.
"""

from pathlib import Path, PurePosixPath

from bookside.book import mdx, notebooks
from bookside.book.address import encoded_path, joined
from bookside.book.documents import DOCUMENT_SUFFIXES, document_in_folder
from bookside.book.files import MARKDOWN_SUFFIXES, SKIPPED_FOLDERS, markdown_files, read_text
from bookside.book.folder_tree import OWN_PAGE_STEMS, Folder, content, folder_at
from bookside.book.frontmatter import FrontMatter, split
from bookside.book.outline import Source, readable
from bookside.book.pages import Address, source_of
from bookside.book.site import Site, SiteReader

BUILD_OUTPUTS = frozenset({"_site", "_book", "site", "build", "dist", "out", "target", "public"})


class FolderReader(SiteReader):
    """Reads any folder of ``.md``, ``.markdown``, ``.mdx`` and ``.ipynb`` files, and the documents beside them."""

    def read(self) -> Site:
        """The site; a page that cannot be read is a problem, not an error."""
        top = Folder()
        suffixes = MARKDOWN_SUFFIXES | DOCUMENT_SUFFIXES | {notebooks.SUFFIX}
        for path in markdown_files(self.root, skip=SKIPPED_FOLDERS | outputs(self.root), suffixes=suffixes):
            file = PurePosixPath(path)
            with self.problem_of(path):
                if file.suffix.lower() in DOCUMENT_SUFFIXES:
                    document = document_in_folder(self, path)
                    folder_at(top, file).documents[file.name] = document
                else:
                    page = self._page(path)
                    folder_at(top, file).pages[file.name] = page
        index, items = content(top)
        front = [index] if index else []
        return Site(kind="folder", title=None, items=(*front, *items), front_url=self.url("/"))

    def _page(self, path: str) -> Source:
        is_notebook = path.lower().endswith(notebooks.SUFFIX)
        source = read_text(self.root, path, is_written=not is_notebook)
        if is_notebook:
            return notebooks.without_lines(self._of(path, FrontMatter(text=notebooks.as_markdown(source, path))))
        return self._of(path, split(source, path))

    def _of(self, path: str, front: FrontMatter) -> Source:
        is_mdx = path.lower().endswith(".mdx")
        if is_mdx:
            front = mdx.stripped(front)
        return source_of(
            Address(path=path, url=self.url(address_of(path))),
            front,
            fallback_title=fallback_title(path, self.root),
            dialect="mdx" if is_mdx else "commonmark",
        )


def outputs(root: Path) -> frozenset[str]:
    """Folders at the top that hold a built site, known by an ``index.html``."""
    return frozenset(name for name in BUILD_OUTPUTS if (root / name / "index.html").is_file())


def address_of(path: str) -> str:
    """``/1-start/1-intro`` for ``1-start/1-intro.md`` and for ``1-start/1-intro/README.md``."""
    file = PurePosixPath(path)
    own = file.stem.lower() in OWN_PAGE_STEMS
    return encoded_path(joined((file.parent if own else file.with_suffix("")).as_posix().removeprefix(".")))


def fallback_title(path: str, root: Path) -> str:
    """A page's title where it names none."""
    file = PurePosixPath(path)
    if file.stem.lower() not in OWN_PAGE_STEMS:
        return readable(file.stem)
    return readable(file.parent.name or root.resolve().name)
