"""A plain folder of Markdown files as a book.

A folder's ``README.md`` or ``index.md`` is the folder's own page; every other page's address is its path without the
extension. Order: a folder's own page, then files and folders together by name, numbers by value.
"""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bookside.book import mdx, notebooks
from bookside.book.address import encoded_path, joined
from bookside.book.files import MARKDOWN_SUFFIXES, SKIPPED_FOLDERS, markdown_files, natural_key, read_text
from bookside.book.frontmatter import FrontMatter, split
from bookside.book.outline import Group, Leaf, Source, readable
from bookside.book.pages import Address, source_of
from bookside.book.site import Site, SiteReader

OWN_PAGE_STEMS = ("readme", "index")
BUILD_OUTPUTS = frozenset({"_site", "_book", "site", "build", "dist", "out", "target", "public"})


@dataclass
class Folder:
    """A folder's pages and folders, by name."""

    pages: dict[str, Source] = field(default_factory=dict[str, Source])
    folders: dict[str, "Folder"] = field(default_factory=dict[str, "Folder"])


class FolderReader(SiteReader):
    """Reads any folder of ``.md``, ``.markdown``, ``.mdx`` and ``.ipynb`` files."""

    def read(self) -> Site:
        """The site; a page that cannot be read is a problem, not an error."""
        top = Folder()
        suffixes = MARKDOWN_SUFFIXES | {notebooks.SUFFIX}
        for path in markdown_files(self.root, skip=SKIPPED_FOLDERS | outputs(self.root), suffixes=suffixes):
            with self.problem_of(path):
                page = self._page(path)
                folder = top
                for name in PurePosixPath(path).parent.parts:
                    folder = folder.folders.setdefault(name, Folder())
                folder.pages[PurePosixPath(path).name] = page
        index, items = content(top)
        front = [index] if index else []
        return Site(kind="folder", title=None, items=(*front, *items), front_url=self.url("/"))

    def _page(self, path: str) -> Source:
        source = read_text(self.root, path)
        if path.lower().endswith(notebooks.SUFFIX):
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


def content(folder: Folder) -> tuple[Leaf | None, list[Group | Leaf]]:
    """The folder's own page and everything else in it; a folder with only its own page is that page."""
    own = next((n for stem in OWN_PAGE_STEMS for n in folder.pages if n.lower().startswith(f"{stem}.")), None)
    named: list[tuple[str, Group | Leaf]] = [
        (PurePosixPath(name).stem, Leaf(page=page)) for name, page in folder.pages.items() if name != own
    ]
    for name, inner in folder.folders.items():
        index, items = content(inner)
        if items:
            title = index.page.title if index else readable(name)
            named.append((name, Group(title=title, slug=name, items=tuple(items), index=index)))
        elif index:
            named.append((name, index))
    items = [item for _, item in sorted(named, key=lambda pair: natural_key(pair[0]))]
    return (Leaf(page=folder.pages[own]) if own else None), items
