"""A Hugo site as a book: its content by sections, with addresses and heading ids as Hugo builds them."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, cast

from bookside.book.address import encoded_path, joined
from bookside.book.files import below, markdown_files, natural_key, read_text
from bookside.book.frontmatter import FrontMatter
from bookside.book.hugo_config import CONFIG_NAMES, Language, config_name, front_matter, read_config
from bookside.book.hugo_shortcodes import UNKNOWN_WORDS, expanded
from bookside.book.includes import Includes
from bookside.book.markdown import Heading
from bookside.book.model import Edition
from bookside.book.outline import Group, Leaf, Source, readable
from bookside.book.pages import Address, source_of
from bookside.book.site import Site, SiteReader
from bookside.book.slug import HugoSlugger, hugo_path
from bookside.errors import BookError

PAGE_SUFFIXES = frozenset({".md", ".markdown"})
TOKEN = re.compile(r":[a-z]+")
SECTION = "_index"
BUNDLE = "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A page and what it is sorted by: pages with a weight first, then the newest, then by name."""

    page: Source
    weight: int
    day: date
    label: str

    @property
    def key(self) -> tuple[object, ...]:
        """Smaller comes first."""
        return (self.weight == 0, self.weight, -self.day.toordinal(), natural_key(self.label), self.page.path)


@dataclass
class Section:
    """A folder of the content."""

    own: Content | None = None
    pages: list[Content] = field(default_factory=list[Content])
    sections: dict[str, "Section"] = field(default_factory=dict[str, "Section"])


class HugoReader(SiteReader):
    """Reads a site with ``hugo.toml`` or the like; themes and templates are not run."""

    def __init__(self, root: Path, *, site_url: str | None, base_url: str | None) -> None:
        super().__init__(root, site_url=site_url, base_url=base_url)
        self._config = read_config(root)
        self.configured_base = self._config.base

    def editions(self) -> tuple[Edition, ...]:
        """One for each language."""
        return tuple(
            Edition(locale=one.name, language=one.tag, url=self.url("/" + one.folder)) for one in self._config.languages
        )

    def read(self) -> Site:
        """The pages of one language; drafts, and pages of another day, are left out as in a build."""
        self._language = next(one for one in self._config.languages if one.name == self.edition.locale)
        content = below(self.root, self._language.content)
        if content is None or not content.is_dir():
            name = config_name(self.root) or CONFIG_NAMES[0]
            raise BookError(name, 1, f"contentDir {self._language.content!r} is not a folder in the book")
        files = list(markdown_files(content, suffixes=PAGE_SUFFIXES, skip=frozenset()))
        bundles = {PurePosixPath(file).parent for file in files if self._stem(file) == BUNDLE}
        top = Section()
        for file in files:
            inside = [folder for folder in PurePosixPath(file).parents if folder in bundles]
            is_resource = bool(inside) and not (self._stem(file) == BUNDLE and inside == [PurePosixPath(file).parent])
            if is_resource or not self._is_in_language(file):
                continue
            path = posixpath.normpath(posixpath.join(self._language.content, file))
            with self.problem_of(path):
                self._place(top, file, path)
        front = [Leaf(page=top.own.page)] if top.own else []
        return Site(
            kind="hugo",
            title=self._language.title or self._config.title,
            items=(*front, *items_of(top)),
            front_url=self.url("/" + self._language.folder),
            language=self._language.tag,
        )

    def _stem(self, file: str) -> str:
        """The file's name without its ending and its language."""
        stem, _, language = PurePosixPath(file).stem.rpartition(".")
        return stem if stem and self._named(language) else PurePosixPath(file).stem

    def _named(self, language: str) -> Language | None:
        return next((one for one in self._config.languages if one.name == language.lower()), None)

    def _is_in_language(self, file: str) -> bool:
        """By the language in the file's name; without one, a file of a shared folder is in the default language."""
        stem, _, language = PurePosixPath(file).stem.rpartition(".")
        named = self._named(language) if stem else None
        if named:
            return named is self._language
        first = self._config.languages[0]
        return self._language is first or self._language.content != first.content

    def _place(self, top: Section, file: str, path: str) -> None:
        """Read the page and put it into its section."""
        front = front_matter(read_text(self.root, path), path)
        if is_left_out(front):
            return
        stem, folder = self._stem(file), PurePosixPath(file).parent
        is_bundle = stem == BUNDLE and folder.parts
        name = folder.name if is_bundle else stem
        folder = folder.parent if is_bundle else folder
        section = top
        for part in folder.parts:
            section = section.sections.setdefault(part, Section())
        content = self._content(path, front, folder, name)
        if stem == SECTION or (stem == BUNDLE and not is_bundle):
            section.own = content
        else:
            section.pages.append(content)

    def _content(self, path: str, front: FrontMatter, folder: PurePosixPath, name: str) -> Content:
        url = self.url(self._address_of(front, folder, name))
        page = expanded(front, Includes(self.root, path, self.problems), content=self._language.content)
        own_name = folder.name if name in {SECTION, BUNDLE} else name
        source = source_of(
            Address(path=path, url=url),
            page,
            fallback_title=readable(own_name or self._config.title or "Home"),
            anchors=lambda found: self._anchors(found, page.parts),
        )
        weight = front.values.get("weight")
        return Content(
            page=source,
            weight=weight if isinstance(weight, int) else 0,
            day=day_of(front.values.get("date")) or date.min,
            label=front.words("linktitle") or source.title,
        )

    def _address_of(self, front: FrontMatter, folder: PurePosixPath, name: str) -> str:
        own = front.words("url")
        if own:
            return encoded_path(own if own.startswith("/") else f"/{self._language.folder}{own}")
        place = self._path(folder.as_posix().removeprefix("."))
        if name in {SECTION, BUNDLE}:
            return encoded_path(joined(self._language.folder, place, "/"))
        slug = front.words("slug")
        pattern = self._config.permalinks.get(folder.parts[0].lower() if folder.parts else "/")
        last = self._path(hugo_path(slug)) if slug else self._path(name)
        path = self._by_pattern(pattern, front, folder, name) if pattern else posixpath.join(place, last)
        ugly = (
            self._config.ugly
            if isinstance(self._config.ugly, bool)
            else bool(folder.parts and self._config.ugly.get(folder.parts[0].lower()) is True)
        )
        if ugly and not path.rsplit("/", 1)[-1].count("."):
            return encoded_path(joined(self._language.folder, path.rstrip("/") + ".html"))
        return encoded_path(joined(self._language.folder, path, "/"))

    def _path(self, name: str) -> str:
        """Names of files and folders as they are in addresses."""
        return hugo_path(name.replace(" ", "-")).lower() if self._config.lower else hugo_path(name)

    def _by_pattern(self, pattern: str, front: FrontMatter, folder: PurePosixPath, name: str) -> str:
        """The address that a pattern of ``permalinks`` gives."""
        day = day_of(front.values.get("date")) or date(1, 1, 1)
        title, slug = self._path(hugo_path(front.words("title") or name)), self._path(front.words("slug") or "")
        file = self._path(name)
        values = {
            ":year": f"{day.year:04}",
            ":month": f"{day.month:02}",
            ":day": f"{day.day:02}",
            ":monthname": day.strftime("%B"),
            ":section": self._path(folder.parts[0]) if folder.parts else "",
            ":sections": self._path(folder.as_posix()),
            ":title": title,
            ":slug": slug or title,
            ":filename": file,
            ":contentbasename": file,
            ":slugorfilename": slug or file,
            ":slugorcontentbasename": slug or file,
        }
        return TOKEN.sub(lambda found: values.get(found[0], found[0]), pattern)

    def _anchors(self, found: Sequence[Heading], parts: Sequence[int]) -> list[str | None]:
        sluggers: defaultdict[int, HugoSlugger] = defaultdict(lambda: HugoSlugger(self._config.id_type))
        made: list[str | None] = []
        for heading in found:
            part = parts[heading.start] if parts else 0
            if part == UNKNOWN_WORDS and not heading.explicit_id:
                made.append(None)
                continue
            slugger = sluggers[part]
            made.append(slugger.kept(heading.explicit_id) if heading.explicit_id else slugger.slug(heading.source))
        return made


def items_of(section: Section) -> list[Group | Leaf]:
    """The section's pages and sections in Hugo's order: both together, each by its weight, date and name."""
    made: list[tuple[tuple[object, ...], Group | Leaf]] = [(one.key, Leaf(page=one.page)) for one in section.pages]
    for name, inner in section.sections.items():
        items = items_of(inner)
        title = inner.own.label if inner.own else readable(name)
        key = inner.own.key if inner.own else (True, 0, -date.min.toordinal(), natural_key(title), name)
        index = Leaf(page=inner.own.page) if inner.own else None
        if items:
            made.append((key, Group(title=title, slug=name, items=tuple(items), index=index)))
        elif index:
            made.append((key, index))
    return [item for _, item in sorted(made, key=lambda pair: pair[0])]


def is_left_out(front: FrontMatter) -> bool:
    """A draft, a page before its day or after its last one, one that is not rendered."""
    values = front.values
    build: Any = values.get("build") or values.get("_build")
    if values.get("draft") is True or is_never_rendered(build):
        return True
    today = datetime.now(UTC).date()
    published, expired = day_of(values.get("publishdate") or values.get("date")), day_of(values.get("expirydate"))
    return bool((published and published > today) or (expired and expired <= today))


def is_never_rendered(build: Any) -> bool:
    """Whether a page's options for the build keep it out of the site."""
    return isinstance(build, dict) and cast("dict[str, Any]", build).get("render") in {"never", "link", False}


def day_of(value: object) -> date | None:
    """A date of the front matter, in any form that it has there."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None
