"""The only place that puts pages in order by their folders and names."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bookside.book.files import natural_key
from bookside.book.outline import Group, Leaf, Source, readable

OWN_PAGE_STEMS = ("readme", "index")


@dataclass
class Folder:
    """A folder's pages, documents and folders, by name."""

    pages: dict[str, Source] = field(default_factory=dict[str, Source])
    documents: dict[str, Group | Leaf] = field(default_factory=dict[str, Group | Leaf])
    folders: dict[str, "Folder"] = field(default_factory=dict[str, "Folder"])


def folder_at(top: Folder, file: PurePosixPath) -> Folder:
    """The folder that ``file`` is in."""
    folder = top
    for name in file.parent.parts:
        folder = folder.folders.setdefault(name, Folder())
    return folder


def content(folder: Folder) -> tuple[Leaf | None, list[Group | Leaf]]:
    """The folder's own page and everything else in it; a folder with only its own page is that page."""
    own = next((n for stem in OWN_PAGE_STEMS for n in folder.pages if n.lower().startswith(f"{stem}.")), None)
    named: list[tuple[str, Group | Leaf]] = [
        (PurePosixPath(name).stem, Leaf(page=page)) for name, page in folder.pages.items() if name != own
    ]
    named += [(PurePosixPath(name).stem, document) for name, document in folder.documents.items()]
    for name, inner in folder.folders.items():
        index, items = content(inner)
        if items:
            title = index.page.title if index else readable(name)
            named.append((name, Group(title=title, slug=name, items=tuple(items), index=index)))
        elif index:
            named.append((name, index))
    items = [item for _, item in sorted(named, key=lambda pair: natural_key(pair[0]))]
    return (Leaf(page=folder.pages[own]) if own else None), items
