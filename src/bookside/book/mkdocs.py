"""A MkDocs site as a book: ``mkdocs.yml``, its navigation, and addresses as MkDocs builds them."""

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, cast

from markdown.extensions.toc import slugify

from bookside.book import mkdocs_markdown, notebooks
from bookside.book.address import base_path, encoded_path
from bookside.book.files import below, markdown_files, read_text
from bookside.book.frontmatter import FrontMatter, split
from bookside.book.ignore import Patterns
from bookside.book.includes import Includes
from bookside.book.markdown import headings
from bookside.book.mkdocs_anchors import Anchors
from bookside.book.mkdocs_config import options_by_name, read_config
from bookside.book.mkdocs_languages import languages_of
from bookside.book.mkdocs_snippets import NAME as SNIPPETS
from bookside.book.mkdocs_snippets import Snippets
from bookside.book.model import Edition
from bookside.book.outline import Group, Leaf, Source, slug_of
from bookside.book.pages import Address, source_of
from bookside.book.site import Site, SiteReader, language_tag
from bookside.errors import BookError

CONFIG_NAMES = ("mkdocs.yml", "mkdocs.yaml")
PAGE_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkdn", ".mkd"})
NOTEBOOKS = "mkdocs-jupyter"
INDEX_STEMS = ("index", "README")
BLOG_PLUGINS = frozenset({"blog", "material/blog"})
ALWAYS_EXCLUDED = "/templates/"


class MkDocsReader(SiteReader):
    """Reads a site with ``mkdocs.yml``."""

    def __init__(self, root: Path, *, site_url: str | None, base_url: str | None) -> None:
        super().__init__(root, site_url=site_url, base_url=base_url)
        self._config_name = next((name for name in CONFIG_NAMES if (root / name).is_file()), CONFIG_NAMES[0])
        self._config = read_config(root, self._config_name)
        configured = self._config.get("site_url")
        self.configured_base = base_path(configured) if isinstance(configured, str) and "://" in configured else "/"
        self._languages = languages_of(self._config)
        self._files: dict[str, str] = {}

    def editions(self) -> tuple[Edition, ...]:
        """One for each language."""
        if self._languages is None:
            return super().editions()
        names = self._languages.locales
        urls = [self.url("/"), *(self.url(f"/{name}/") for name in names[1:])]
        return tuple(Edition(locale=n, language=language_tag(n), url=url) for n, url in zip(names, urls, strict=True))

    def read(self) -> Site:
        """The site; plugins are not run, so pages that only a plugin makes are not in it."""
        name, config = self._config_name, self._config
        locale = self.edition.locale
        if self._languages is not None and locale != self._languages.locales[0]:
            self.below_base = locale or ""
        if self._languages is not None:
            config = self._languages.configured(config, locale or self._languages.locales[0])
        extensions = options_by_name(config.get("markdown_extensions"))
        self._anchors = Anchors(extensions)
        self._directory_urls = config.get("use_directory_urls") is not False
        self._docs = docs_folder(self.root, config, name)
        self._snippets = Snippets.configured(extensions[SNIPPETS], self._docs) if SNIPPETS in extensions else None
        navigation = config.get("nav")
        self._titles: dict[str, str] = {self._path_of(path): label for path, label in titled_paths(navigation)}
        self._pages = self._read_pages(config)
        if isinstance(navigation, list) and navigation:
            unplaced = dict(self._pages)
            items = [*self._navigation(cast("list[Any]", navigation), unplaced)]
            items += [Leaf(page=page) for page in unplaced.values()]
        else:
            items = by_folder(self._pages)
        title = config.get("site_name")
        theme = config.get("theme")
        return Site(
            kind="mkdocs",
            title=title if isinstance(title, str) else None,
            items=tuple(items),
            front_url=self.url("/"),
            language=language_tag(locale)
            if self._languages
            else language_tag(cast("dict[str, Any]", theme).get("language"))
            if isinstance(theme, dict)
            else None,
        )

    def _read_pages(self, config: dict[str, Any]) -> dict[str, Source]:
        """Every page by its path below the folder of documents, in the order that MkDocs walks them."""
        top = self.root / self._docs
        excluded = Patterns.parse(
            f"{ALWAYS_EXCLUDED}\n{lines_of(config, 'exclude_docs')}\n{lines_of(config, 'draft_docs')}\n"
            + "\n".join(posts(config))
        )
        suffixes = PAGE_SUFFIXES | ({notebooks.SUFFIX} if has_plugin(config, NOTEBOOKS) else frozenset[str]())
        found = [path for path in markdown_files(top, suffixes=suffixes, skip=frozenset()) if path not in excluded]
        if self._languages is not None:
            self._files = self._languages.files(found, self.edition.locale or self._languages.locales[0])
        pages: dict[str, Source] = {}
        taken: set[str] = set()
        for path in sorted(self._files if self._languages else found, key=walk_key):
            url = self.url(self._address_of(path))
            if url in taken:  # README.md beside index.md
                continue
            taken.add(url)
            with self.problem_of(path):
                pages[path] = self._page(path, url)
        return pages

    def _page(self, path: str, url: str) -> Source:
        full_path = posixpath.normpath(posixpath.join(self._docs, self._files.get(path, path)))
        if path.endswith(notebooks.SUFFIX):
            return self._notebook(path, Address(path=full_path, url=url))
        front = split(read_text(self.root, full_path), full_path)
        if self._snippets:
            front = self._snippets.expanded(front, Includes(self.root, full_path, self.problems))
        plain = replace(front, text=mkdocs_markdown.as_commonmark(front.text))
        ids = self._anchors.ids(front.text)
        return source_of(
            Address(path=full_path, url=url),
            plain,
            title=self._titles.get(path) or front.words("title") or first_h1(plain.text) or self._file_title(path),
            fallback_title="",
            anchors=lambda found: mkdocs_markdown.matched(found, ids),
        )

    def _notebook(self, path: str, address: Address) -> Source:
        """A notebook as the plugin mkdocs-jupyter shows it; the same words give the same id there, however often."""
        text = notebooks.as_markdown(read_text(self.root, address.path, is_written=False), address.path)
        source = source_of(
            address,
            FrontMatter(text=text),
            title=self._titles.get(path) or first_h1(text) or self._file_title(path),
            fallback_title="",
            anchors=lambda found: [slugify(heading.text, "-") or None for heading in found],
        )
        return notebooks.without_lines(source)

    def _file_title(self, path: str) -> str:
        if posixpath.splitext(path)[0] in INDEX_STEMS:
            return "Home"
        file = PurePosixPath(path)
        return title_of("index" if file.stem == "README" else file.stem)

    def _address_of(self, path: str) -> str:
        file = PurePosixPath(path)
        is_index = file.stem in INDEX_STEMS
        folder = file.parent.as_posix().removeprefix(".")
        if not self._directory_urls:
            return encoded_path(posixpath.join("/", folder, ("index" if is_index else file.stem) + ".html"))
        return encoded_path(posixpath.join("/", folder, "" if is_index else file.stem + "/")).rstrip("/") + "/"

    def _navigation(self, entries: list[Any], unplaced: dict[str, Source]) -> Iterator[Group | Leaf]:
        """The items of one level of ``nav``; each page once, links to elsewhere left out."""
        for entry in entries:
            if isinstance(entry, str):
                yield from self._linked(None, entry, unplaced)
            elif isinstance(entry, dict):
                for label, inner in cast("dict[Any, Any]", entry).items():
                    if isinstance(inner, str):
                        yield from self._linked(str(label), inner, unplaced)
                    elif isinstance(inner, list):
                        items = tuple(self._navigation(cast("list[Any]", inner), unplaced))
                        yield Group(title=str(label), slug=slug_of(str(label)), items=items)

    def _linked(self, label: str | None, target: str, unplaced: dict[str, Source]) -> Iterator[Group | Leaf]:
        path = self._path_of(normal(target))
        if path in unplaced:
            yield Leaf(page=unplaced.pop(path))
            return
        folder = path.rstrip("/") + "/"
        inside = {p: unplaced.pop(p) for p in list(unplaced) if p.startswith(folder)} if path not in {"", "."} else {}
        if inside:
            name = folder.rstrip("/").rsplit("/", 1)[-1]
            items = by_folder({p.removeprefix(folder): page for p, page in inside.items()})
            yield Group(title=label or title_of(name), slug=name, items=tuple(items))
        elif self._is_missing(target):
            line = line_of(target, read_text(self.root, self._config_name))
            self.problems.append(BookError(self._config_name, line, f"nav names {target!r}, which is not there"))

    def _is_missing(self, target: str) -> bool:
        """Whether an entry means a page or a folder that does not exist; a link to elsewhere does not."""
        suffix = posixpath.splitext(target)[1]
        if suffix not in PAGE_SUFFIXES | {""} or target.startswith(("/", "#")) or ":" in target or "*" in target:
            return False
        path = self._path_of(normal(target))
        names = self._languages.files_of(path) if self._languages else [path]
        return not any(below(self.root, posixpath.join(self._docs, name)) for name in names)

    def _path_of(self, target: str) -> str:
        return self._languages.path_of(target) if self._languages else target


def docs_folder(root: Path, config: dict[str, Any], name: str) -> str:
    """The folder of documents below ``root``.

    Raises:
        BookError: It is not there, or outside the book.
    """
    configured = config.get("docs_dir", "docs")
    folder = below(root, configured) if isinstance(configured, str) else None
    if folder is None or not folder.is_dir():
        raise BookError(name, 1, f"docs_dir {configured!r} is not a folder in the book")
    return posixpath.normpath(str(configured))


def has_plugin(config: dict[str, Any], name: str) -> bool:
    """Whether the configuration names a plugin, with or without options."""
    plugins = config.get("plugins")
    named = cast("list[Any] | dict[str, Any]", plugins) if isinstance(plugins, list | dict) else []
    return any(one == name or (isinstance(one, dict) and name in one) for one in named)


def titled_paths(navigation: Any) -> Iterator[tuple[str, str]]:
    """Paths of the navigation with the titles that it gives them."""
    if isinstance(navigation, list):
        for entry in cast("list[Any]", navigation):
            yield from titled_paths(entry)
    elif isinstance(navigation, dict):
        for label, inner in cast("dict[Any, Any]", navigation).items():
            if isinstance(inner, str):
                yield normal(inner), str(label)
            else:
                yield from titled_paths(inner)


def normal(target: str) -> str:
    """A path as ``nav`` writes it, in the form that pages are known by."""
    return target if "://" in target else posixpath.normpath(target.lstrip("/"))


def line_of(target: str, source: str) -> int:
    """The first line of ``source`` that ends with ``target``; 0 when it is in none, as in a file inherited from."""
    lines = enumerate(source.splitlines(), start=1)
    return next((number for number, line in lines if line.strip(" \t'\"]},").endswith(target)), 0)


def posts(config: dict[str, Any]) -> Iterator[str]:
    """Folders of blog posts, which Material's plugin shows elsewhere; a blog is no part of a book."""
    plugins = options_by_name(config.get("plugins"))
    for name in BLOG_PLUGINS & plugins.keys():
        blog = str(plugins[name].get("blog_dir", "blog"))
        folder = str(plugins[name].get("post_dir", "{blog}/posts")).replace("{blog}", blog)
        yield f"/{posixpath.normpath(folder).lstrip('./')}/"


def lines_of(config: dict[str, Any], key: str) -> str:
    """A setting that holds one pattern a line."""
    value = config.get(key)
    return value if isinstance(value, str) else ""


def walk_key(path: str) -> tuple[tuple[str, ...], bool, str]:
    """MkDocs's own order: a folder's index, its files, then the folders in it."""
    file = PurePosixPath(path)
    return file.parent.parts, file.stem not in INDEX_STEMS, file.name


def title_of(name: str) -> str:
    """A file's or folder's name as MkDocs shows it."""
    title = name.replace("-", " ").replace("_", " ")
    return title.capitalize() if title.lower() == title else title


def first_h1(text: str) -> str | None:
    """The page's first heading, when it is of level 1 and nothing comes before it."""
    found = headings(text, "commonmark")
    if not found or found[0].level != 1:
        return None
    before = text.split("\n")[: found[0].start]
    return found[0].text if not "".join(before).strip() else None


def by_folder(pages: dict[str, Source]) -> list[Group | Leaf]:
    """The tree of folders that MkDocs makes where there is no ``nav``."""
    leaves: list[Group | Leaf] = []
    folders: dict[str, dict[str, Source]] = {}
    for path, page in pages.items():
        name, _, rest = path.partition("/")
        if rest:
            folders.setdefault(name, {})[rest] = page
        else:
            leaves.append(Leaf(page=page))
    groups: list[Group | Leaf] = []
    for name, inside in folders.items():
        items = by_folder(inside)
        own = next((item for item in items if isinstance(item, Leaf) and is_index(item)), None)
        rest_of_items = tuple(item for item in items if item is not own)
        groups.append(Group(title=title_of(name), slug=name, items=rest_of_items, index=own))
    return leaves + groups


def is_index(leaf: Leaf) -> bool:
    """Whether the page is its folder's own."""
    return PurePosixPath(leaf.page.path).stem in INDEX_STEMS
