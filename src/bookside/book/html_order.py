"""The only place for the reading order of an HTML site: its contents, its links to the next page, its names."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from bookside.book.files import natural_key
from bookside.book.folder_tree import Folder, content, folder_at
from bookside.book.html_content import HEADINGS
from bookside.book.html_tree import words_of
from bookside.book.outline import Group, Leaf, Source, slug_of

INDEX_NAMES = ("index.html", "index.htm", "index.xhtml")
CONTENTS = (
    "//*[contains(concat(' ',normalize-space(@class),' '),' toctree-wrapper ')]",
    "//nav[@id='sidebar' or @id='toc' or @id='TOC']",
    "//*[contains(concat(' ',normalize-space(@class),' '),' theme-doc-sidebar-container ')]",
    "//*[contains(concat(' ',normalize-space(@class),' '),' md-nav--primary ')]",
    "//*[contains(concat(' ',normalize-space(@class),' '),' sphinxsidebar ')]",
    "//*[contains(concat(' ',normalize-space(@class),' '),' toc ')]",
)
"""Where themes list all pages."""

PERHAPS_CONTENTS = (
    "//nav",
    "//*[contains(concat(' ',normalize-space(@class),' '),' sidebar ') or @id='sidebar']",
    "//aside",
    "//main",
)
ENOUGH = 0.3
"""What names fewer of the pages than this is no table of contents, unless a theme calls it one."""

FEWEST = 2


@dataclass(slots=True)
class Entry:
    """A line of a table of contents; ``path`` is the page that it names, where it names one."""

    title: str
    path: str | None = None
    inside: list["Entry"] = field(default_factory=list["Entry"])


def target(href: str, page: str) -> str | None:
    """The file below the book's folder that a link in ``page`` means; ``None`` for one that leads elsewhere."""
    try:
        split = urlsplit(href.strip())
    except ValueError:
        return None
    if split.scheme or split.netloc:
        return None
    if not split.path:
        return page
    path = unquote(split.path)
    base = "" if path.startswith("/") else posixpath.dirname(page)
    made = posixpath.normpath(posixpath.join(base, path.lstrip("/")))
    if made.startswith(".."):
        return None
    return posixpath.join(made, "") if path.endswith("/") and made != "." else made


def named(found: str | None, pages: Mapping[str, object]) -> str | None:
    """The page that a link's target is: itself, its folder's own page, or the file without its extension."""
    if found is None:
        return None
    stem = found.rstrip("/")
    names = [
        found,
        *(posixpath.normpath(posixpath.join(stem, name)) for name in INDEX_NAMES),
        f"{stem}.html",
        f"{stem}.htm",
    ]
    return next((name for name in names if name in pages), None)


def contents_of(tree: HtmlElement, page: str, pages: Mapping[str, object]) -> list[Entry]:
    """The table of contents that a page shows; empty where it shows none."""
    best: list[Entry] = []
    best_count = 0
    for pattern in (*CONTENTS, *PERHAPS_CONTENTS):
        fewest = ENOUGH * (len(pages) - 1) if pattern in PERHAPS_CONTENTS else 0
        found: list[HtmlElement] = tree.xpath(pattern)
        entries = [entry for element in _outermost(found) for entry in _entries(element, page, pages)]
        count = len(set(paths_in(entries)) - {page})
        if count > best_count * 1.2 and count >= max(fewest, FEWEST):
            best, best_count = entries, count
    return best


def _outermost(elements: Sequence[HtmlElement]) -> list[HtmlElement]:
    known = set(elements)
    return [one for one in elements if not any(above in known for above in one.iterancestors())]


def paths_in(entries: Sequence[Entry]) -> Iterator[str]:
    """The pages that the entries name, in order."""
    for entry in entries:
        if entry.path:
            yield entry.path
        yield from paths_in(entry.inside)


def _entries(element: HtmlElement, page: str, pages: Mapping[str, object], depth: int = 0) -> list[Entry]:
    """Items of the lists in ``element``; links outside of lists count as well."""
    made: list[Entry] = []
    for child in element:
        if child.tag in ("li", "dt"):
            entry = _entry(child, page, pages, depth)
            if made and not entry.title and not entry.path:  # a list in an item of its own, as mdBook writes it
                made[-1].inside += entry.inside
            else:
                made.append(entry)
        elif child.tag == "dd" and made:
            made[-1].inside += _entries(child, page, pages, depth + 1) if depth < 20 else []
        elif child.tag == "a" and child.get("href"):
            path = named(target(child.get("href") or "", page), pages)
            made += [Entry(words_of(child), path)] if path else []
        elif child.tag not in HEADINGS and depth < 60:
            made += _entries(child, page, pages, depth + 1)
    return [entry for entry in made if entry.path or entry.inside]


def _entry(item: HtmlElement, page: str, pages: Mapping[str, object], depth: int) -> Entry:
    entry = Entry("")
    for part in item:
        if part.tag in ("ul", "ol", "dl") or next(part.iter("ul", "ol", "dl"), None) is not None:
            entry.inside += _entries(part, page, pages, depth + 1) if depth < 20 else []
            if entry.title:
                continue
        if not entry.title:
            link = part if part.tag == "a" else next(part.iter("a"), None)
            if link is not None and link.get("href") and part.tag not in ("ul", "ol", "dl"):
                entry.title = words_of(link)
                entry.path = named(target(link.get("href") or "", page), pages)
            elif words_of(part) and part.tag not in ("ul", "ol", "dl", "button", "input"):
                entry.title = words_of(part)
    entry.title = entry.title or " ".join((item.text or "").split())
    return entry


def chain(front: str, following: Mapping[str, str]) -> list[str]:
    """Pages by their links to the next one, from the front page on."""
    made: list[str] = []
    seen: set[str] = set()
    page: str | None = front
    while page is not None and page not in seen:
        seen.add(page)
        made.append(page)
        page = following.get(page)
    return made


def arranged(
    pages: Mapping[str, Source],
    front: str | None,
    entries: Sequence[Entry],
    following: Mapping[str, str],
    top: str = "",
) -> list[Group | Leaf]:
    """Every page once: by the table of contents; what it leaves out after the page before it, or by folders.

    Args:
        front: The site's own page, which comes first.
        following: The page after each, where it tells.
        top: The folder below which folders are chapters; ends with a slash.
    """
    waiting = dict(pages)
    listed = [front] if front else []
    listed += [path for path in paths_in(entries) if path != front]
    known = set(listed)
    linked = chain(front, following) if front else []
    after: dict[str, list[str]] = {}
    previous: str | None = None
    for path in linked:
        if path in known:
            previous = path
        elif previous is not None:
            after.setdefault(previous, []).append(path)
    made: list[Group | Leaf] = []
    is_listed_first = bool(entries) and entries[0].path == front
    if front and front in waiting and not is_listed_first:
        made += _leaf(front, "", waiting, {} if entries else after)
    made += _groups(entries, waiting, after)
    if front:
        for path in after.get(front, []):
            made += _leaf(path, "", waiting, {})
    return made + by_folder(waiting, top)


def _leaf(path: str, label: str, waiting: dict[str, Source], after: Mapping[str, Sequence[str]]) -> list[Group | Leaf]:
    page = waiting.pop(path, None)
    if page is None:
        return []
    leaf = Leaf(page=page, label=label or None)
    below = [Leaf(page=waiting.pop(name)) for name in after.get(path, ()) if name in waiting]
    if not below:
        return [leaf]
    return [Group(title=label or page.title, slug=slug_of(label or page.title), items=tuple(below), index=leaf)]


def _groups(
    entries: Sequence[Entry], waiting: dict[str, Source], after: Mapping[str, Sequence[str]]
) -> list[Group | Leaf]:
    made: list[Group | Leaf] = []
    for entry in entries:
        own = _leaf(entry.path, entry.title, waiting, after) if entry.path else []
        inside = _groups(entry.inside, waiting, after)
        if not inside:
            made += own
            continue
        index = own[0] if own else None
        if isinstance(index, Group):
            inside = [*inside, *index.items]
            index = index.index
        made.append(Group(title=entry.title, slug=slug_of(entry.title), items=tuple(inside), index=index))
    return made


def by_folder(pages: Mapping[str, Source], top: str) -> list[Group | Leaf]:
    """Pages by their folders below ``top`` and their names."""
    whole = Folder()
    for path in sorted(pages, key=natural_key):
        file = PurePosixPath(path.removeprefix(top))
        folder_at(whole, file).pages[file.name] = pages[path]
    index, items = content(whole)
    return [*([index] if index else []), *items]
