"""A Quarto book or website as a book: ``_quarto.yml``, its chapters or sidebar, addresses as Quarto builds them."""

import fnmatch
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, cast

from bookside.book.address import base_path, encoded_path, joined
from bookside.book.files import SKIPPED_FOLDERS, below, markdown_files, natural_key, read_text
from bookside.book.frontmatter import load, split
from bookside.book.includes import Includes, Line, with_lines
from bookside.book.markdown import Heading, headings
from bookside.book.outline import Group, Leaf, Source, readable, slug_of
from bookside.book.pages import Address, source_of
from bookside.book.quarto_markdown import Converted, converted
from bookside.book.site import Site, SiteReader, language_tag
from bookside.book.slug import PandocSlugger
from bookside.errors import BookError

CONFIG_NAMES = ("_quarto.yml", "_quarto.yaml")
PAGE_SUFFIXES = frozenset({".qmd", ".md", ".rmd"})
NOT_RENDERED = frozenset({"readme.md", "readme.qmd", "readme.rmd"})
LINES_OF_HEADING = 2
"""A longer one, underlined, is no heading to Pandoc."""

OUTPUTS = frozenset({"_site", "_book"})


def config_name(root: Path) -> str | None:
    """The configuration's file in ``root``; ``None`` where there is none."""
    return next((name for name in CONFIG_NAMES if (root / name).is_file()), None)


class QuartoReader(SiteReader):
    """Reads a project with ``_quarto.yml``; no code is run, so what cells print is not in the book."""

    def __init__(self, root: Path, *, site_url: str | None, base_url: str | None) -> None:
        super().__init__(root, site_url=site_url, base_url=base_url)
        self._name = config_name(root) or CONFIG_NAMES[0]
        values = load(read_text(root, self._name), self._name)
        if not isinstance(values, dict):
            raise BookError(self._name, 1, "the configuration is not a mapping of settings")
        self._config = cast("dict[str, Any]", values)
        self._project = mapping(self._config.get("project"))
        self._is_book = self._project.get("type") == "book"
        self._site = mapping(self._config.get("book" if self._is_book else "website"))
        configured = self._site.get("site-path") or self._site.get("site-url")
        self.configured_base = base_path(configured) if isinstance(configured, str) else "/"

    def read(self) -> Site:
        """The chapters of a book, or the pages of a website in the order of its sidebars."""
        self._pages: dict[str, Source] = {}
        items: list[Group | Leaf] = []
        if self._is_book:
            items += self._items(self._site.get("chapters"))
            appendices = tuple(self._items(self._site.get("appendices")))
            items += [Group(title="Appendices", slug="appendices", items=appendices)] if appendices else []
        else:
            for sidebar in sidebars(self._site):
                items += self._items(sidebar)
            rest = list(self._items(self._rendered()))
            front = [leaf for leaf in rest[:1] if isinstance(leaf, Leaf) and leaf.page.path.startswith("index.")]
            items = [*front, *items, *rest[len(front) :]]
        title = self._site.get("title")
        return Site(
            kind="quarto",
            title=title if isinstance(title, str) else None,
            items=tuple(items),
            front_url=self.url("/index.html"),
            language=language_tag(self._config.get("lang")),
        )

    def _rendered(self) -> list[str]:
        """Every file that is a page of a website, the front page first."""
        output = str(self._project.get("output-dir", "_site")).strip("/")
        patterns = [str(pattern) for pattern in sequence(self._project.get("render"))]
        found = [
            path
            for path in markdown_files(self.root, suffixes=PAGE_SUFFIXES, skip=SKIPPED_FOLDERS | OUTPUTS)
            if not any(part.startswith("_") for part in path.split("/"))
            and PurePosixPath(path).name.lower() not in NOT_RENDERED
            and not f"{path}/".startswith(f"{output}/")
            and (not patterns or is_rendered(path, patterns))
        ]
        return sorted(
            found, key=lambda path: (PurePosixPath(path).name != "index.qmd" or "/" in path, natural_key(path))
        )

    def _items(self, entries: Any) -> Iterator[Group | Leaf]:
        """Chapters, parts and sections, in any of the ways to write them; each page once."""
        for entry in [entries] if isinstance(entries, str) else sequence(entries):
            if isinstance(entry, str):
                yield from self._files(entry)
                continue
            item = mapping(entry)
            name = item.get("part") or item.get("section")
            inside = item.get("chapters") if "chapters" in item else item.get("contents")
            label = item.get("text")
            if isinstance(name, str):
                yield from self._group(name, inside, label)
            elif inside is not None:
                yield from self._items(inside)
            else:
                target = item.get("href") or item.get("file")
                if isinstance(target, str):
                    yield from self._files(target, str(label) if isinstance(label, str) else None)

    def _group(self, name: str, inside: Any, label: object) -> Iterator[Group | Leaf]:
        """A part or a section; its name may be a page."""
        own = next(iter(self._files(name)), None) if is_page(name) else None
        items = tuple(self._items(inside))
        title = label if isinstance(label, str) else own.page.title if own else name
        if items:
            yield Group(title=title, slug=slug_of(title), items=items, index=own)
        elif own:
            yield own

    def _files(self, target: str, label: str | None = None) -> Iterator[Leaf]:
        """The page at a path, or those that a pattern or a folder names."""
        path = posixpath.normpath(target.lstrip("/"))
        if "://" in target or target.startswith("#"):
            return
        if is_page(target) and "*" not in target:
            leaf = self._leaf(path, label)
            if leaf:
                yield leaf
            return
        pattern = "*" if target == "auto" else path if "*" in target else f"{path}/*"
        for found in self._rendered():
            if fnmatch.fnmatch(found, pattern) and (leaf := self._leaf(found, None)):
                yield leaf

    def _leaf(self, path: str, label: str | None) -> Leaf | None:
        """The page; ``None`` where it has been used, or cannot be read, which is a problem."""
        if path in self._pages:
            return None
        with self.problem_of(path):
            if PurePosixPath(path).suffix.lower() not in PAGE_SUFFIXES:
                raise BookError(path, 1, "notebooks of a Quarto project are not read")
            if below(self.root, path) is None:
                raise BookError(self._name, 0, f"names {path!r}, which is not there")
            page = self._pages[path] = self._page(path)
            return Leaf(page=page, label=label)
        return None

    def _page(self, path: str) -> Source:
        front = split(read_text(self.root, path), path)
        whole = converted(front, Includes(self.root, path, self.problems))
        ids = self._ids(whole, has_title="title" in front.values)
        lines = [
            Line(as_title(line.text), line.number, line.part) if place in whole.untitled else line
            for place, line in enumerate(whole.lines)
        ]
        file = PurePosixPath(path)
        return source_of(
            Address(path=path, url=self.url(encoded_path(joined(file.with_suffix(".html").as_posix())))),
            with_lines(replace(front), lines),
            fallback_title=readable(file.stem),
            anchors=lambda found: [ids.get(heading.start) for heading in found],
        )

    def _ids(self, page: Converted, *, has_title: bool) -> dict[int, str | None]:
        """The id of each heading by its line; one that is the page's title has only an id of the author's own."""
        text = "\n".join(line.text for line in page.lines)
        slugger = PandocSlugger()
        made: dict[int, str | None] = {}
        for heading in headings(text, "commonmark"):
            is_title = not made and heading.level == 1 and not has_title and not before(text, heading).strip()
            if is_title:
                made[heading.start] = heading.explicit_id if self._is_book else None
            elif heading.explicit_id:
                made[heading.start] = slugger.kept(heading.explicit_id)
            elif heading.start in page.unknown or heading.end - heading.start > LINES_OF_HEADING:
                made[heading.start] = None
            else:
                made[heading.start] = slugger.slug(heading.source)
        return made


def before(text: str, heading: Heading) -> str:
    """What stands above a heading."""
    return "".join(text.split("\n")[: heading.start])


def as_title(text: str) -> str:
    """A heading's line as the title of a call-out or a tab."""
    return f"**{text.lstrip('#').split(' {#')[0].strip()}**"


def is_page(name: str) -> bool:
    """Whether a name is that of a file which may be a page."""
    return PurePosixPath(name).suffix.lower() in PAGE_SUFFIXES | {".ipynb"}


def is_rendered(path: str, patterns: Sequence[str]) -> bool:
    """Whether the patterns of ``project.render`` take the file; the last that matches decides."""
    taken = all(pattern.startswith("!") for pattern in patterns)
    for pattern in patterns:
        bare = pattern.removeprefix("!").lstrip("/")
        if fnmatch.fnmatch(path, bare) or f"{path}/".startswith(f"{bare.rstrip('/')}/"):
            taken = not pattern.startswith("!")
    return taken


def sidebars(site: Mapping[str, Any]) -> list[Any]:
    """Contents of the website's sidebars, then of its bar at the top."""
    sidebar = site.get("sidebar")
    found = [mapping(one).get("contents") for one in (sequence(sidebar) or [sidebar])]
    bar = mapping(site.get("navbar"))
    return [*found, *(bar.get(side) for side in ("left", "right"))]


def mapping(value: Any) -> dict[str, Any]:
    """``value`` where it is a mapping, or an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """``value`` where it is a list, or an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []
