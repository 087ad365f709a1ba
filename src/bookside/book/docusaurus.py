"""A Docusaurus site as a book: its sets of documents, with addresses and heading ids as Docusaurus 3 builds them."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from bookside.book import mdx, mdx_partials
from bookside.book.address import base_path, encoded_path, joined
from bookside.book.docusaurus_config import Config, config_name, mapping, read_config, text
from bookside.book.docusaurus_locales import Locale, locales, messages
from bookside.book.docusaurus_names import number_and_name, plain_path, slug_of_document
from bookside.book.docusaurus_sidebar import Document, Sidebars, is_flat, is_readable, named_group
from bookside.book.docusaurus_versions import DEFAULT_ID, Documents, versions
from bookside.book.files import below, markdown_files, read_text
from bookside.book.frontmatter import FrontMatter, load, split
from bookside.book.ignore import Patterns
from bookside.book.includes import Includes
from bookside.book.javascript import exported
from bookside.book.json_values import parsed_json
from bookside.book.markdown import Heading, headings, visible_text
from bookside.book.model import Edition
from bookside.book.outline import Group, Leaf, Source
from bookside.book.pages import Address, source_of
from bookside.book.site import Site, SiteReader
from bookside.book.slug import GithubSlugger
from bookside.book.unshown import shown, without_magic
from bookside.errors import BookError

PAGE_SUFFIXES = frozenset({".md", ".mdx"})
LEFT_OUT = ("_*.md", "_*.mdx", "_*/", "__tests__/")
CATEGORY_FILES = ("_category_.json", "_category_.yml", "_category_.yaml")
FOLDERS_ABOVE = 3
DIRECTIVE = re.compile(
    r"(?<!:):[A-Za-z][A-Za-z0-9_-]*(?![A-Za-z0-9_-])(?<![-_])(?!:)(?:\[(?P<label>[^\[\]]*)\])?(?:\{[^{}]*\})?"
)


def docusaurus_root(folder: Path) -> Path | None:
    """The site's folder: ``folder`` itself, or the one above whose documents ``folder`` holds."""
    if config_name(folder):
        return folder
    real = folder.resolve()
    for above in real.parents[:FOLDERS_ABOVE]:
        if config_name(above):
            return above if set_in(above, real) else None
    return None


def set_in(root: Path, folder: Path) -> Documents | None:
    """The version of a set of documents that is kept in ``folder``."""
    try:
        found = [one for options in read_config(root).docs for one in versions(root, options)]
    except BookError:
        return None
    return next((documents for documents in found if (root / documents.folder).resolve() == folder), None)


class DocusaurusReader(SiteReader):
    """Reads a site with ``docusaurus.config.*``: all its documents, or, in a folder of documents, those."""

    def __init__(self, root: Path, *, site_url: str | None, base_url: str | None) -> None:
        super().__init__(root, site_url=site_url, base_url=base_url)
        self._site_root = docusaurus_root(root) or root
        self._config = read_config(self._site_root)
        self._only = None if config_name(root) else set_in(self._site_root, root.resolve())
        self._locales = locales(self._site_root, self._config)
        self._sets = [[self._only]] if self._only else [versions(self._site_root, o) for o in self._config.docs]

    def editions(self) -> tuple[Edition, ...]:
        """Every version in every language that the site is built in; in a folder of documents, that one."""
        shown: dict[str, str] = {}
        for versions_of_set in self._sets:
            ordered = sorted(versions_of_set, key=lambda one: not one.is_last)
            shown |= {one.version: one.label for one in ordered if one.version not in shown and len(ordered) > 1}
        made: list[Edition] = []
        for locale in self._locales[:1] if self._only else self._locales:
            for version in shown or {None: None}:
                edition = Edition(version=version, locale=locale.name, language=locale.language)
                label = None if version is None else self._label(version, shown[version], locale)
                made.append(replace(edition, label=label, url=self._beginning(edition)))
        return tuple(made)

    def _label(self, version: str, label: str, locale: Locale) -> str:
        named = next((one for found in self._sets for one in found if one.version == version), None)
        return self._messages(named, locale).get("version.label", label) if named else label

    def _messages(self, documents: Documents, locale: Locale) -> Mapping[str, str]:
        """What a language calls the version and the items of its sidebars."""
        if locale.folder is None:
            return {}
        return messages(self._site_root, f"{locale.folder}/{documents.translations}.json")

    def read(self) -> Site:
        """One version of each set of documents, in one language; drafts and unlisted pages are left out."""
        locale = self._enter(self.edition)
        items: list[Group | Leaf] = []
        for documents in self._chosen(self.edition):
            folder = "." if self._only else documents.folder
            translated = f"{locale.folder}/{documents.translations}" if locale.folder else None
            inside = SetOfDocuments(
                self,
                self._site_root,
                self._config,
                documents,
                folder,
                translated=translated if translated and below(self.root, translated) else None,
                labels=self._messages(documents, locale),
            ).items()
            flat_beside_others = documents.id != DEFAULT_ID and is_flat(inside)
            items += [named_group(documents.id, inside)] if flat_beside_others else inside
        return Site(
            kind="docusaurus",
            title=self._config.title,
            items=tuple(items),
            front_url=self.url("") if len(self._sets) != 1 else self._beginning(self.edition),
            language=locale.language,
        )

    def _enter(self, edition: Edition) -> Locale:
        """The edition's language, whose base path addresses have from now on."""
        locale = next((one for one in self._locales if one.name == edition.locale), self._locales[0])
        self.configured_base = base_path(self._config.base_url) if locale.below is not None else locale.base
        self.below_base = locale.below or ""
        return locale

    def _chosen(self, edition: Edition) -> list[Documents]:
        """Of each set the edition's version, or, where it has no such, the one at its own address."""
        return [
            next((one for one in found if one.version == edition.version), None)
            or next((one for one in found if one.is_last), found[0])
            for found in self._sets
        ]

    def _beginning(self, edition: Edition) -> str:
        """Where the first set of documents begins."""
        self._enter(edition)
        route = self._chosen(edition)[0].route if self._sets else ""
        return self.url(address(joined(route), slash=self._config.trailing_slash))


class SetOfDocuments:
    """Reads one set.

    Args:
        site_root: Where the configuration and the sidebars are.
        folder: The set's folder below the book's.
        translated: The folder of its pages in the language that is read; those that are not there are untranslated.
        labels: That language's names for items of the sidebars.
    """

    def __init__(
        self,
        reader: SiteReader,
        site_root: Path,
        config: Config,
        documents: Documents,
        folder: str,
        *,
        translated: str | None,
        labels: Mapping[str, str],
    ) -> None:
        self._reader = reader
        self._root = reader.root
        self._site_root = site_root
        self._config = config
        self._set = documents
        self._folder = folder
        self._translated = translated
        self._labels = labels

    def items(self) -> list[Group | Leaf]:
        """The set's part of the table of contents.

        Raises:
            BookError: Its folder is not in the book, or its sidebars cannot be read.
        """
        top = below(self._root, self._folder)
        if top is None or not top.is_dir():
            raise BookError(config_name(self._site_root) or "", 1, f"{self._folder!r} is not a folder in the book")
        left_out = Patterns.parse("\n".join((*LEFT_OUT, *(p.removeprefix("**/") for p in self._set.left_out))))
        found: list[Document] = []
        for file in markdown_files(top, suffixes=PAGE_SUFFIXES):
            if file not in left_out:
                path = self._page_path(file)
                with self._reader.problem_of(path):
                    document = self._document(file, path)
                    found += [document] if document else []
        sidebars = Sidebars(
            found, self._categories(found), labels=self._labels, strips_numbers=self._set.strips_numbers
        )
        if not self._set.has_sidebar:
            return sidebars.rest()
        written = self._written_sidebars()
        return sidebars.written(written) if is_readable(written) else sidebars.generated()

    def _path(self, file: str) -> str:
        return posixpath.normpath(posixpath.join(self._folder, file))

    def _page_path(self, file: str) -> str:
        """The file that is read: the translated one where there is one."""
        translated = posixpath.join(self._translated, file) if self._translated else None
        return translated if translated and below(self._root, translated) else self._path(file)

    def _document(self, file: str, path: str) -> Document | None:
        """The page; ``None`` for one that the site does not show."""
        front = split(read_text(self._root, path), path)
        if front.values.get("draft") is True or front.values.get("unlisted") is True:
            return None
        strips = self._set.strips_numbers and front.values.get("parse_number_prefixes") is not False
        stem = PurePosixPath(file).stem
        number, name = number_and_name(stem) if strips else (None, stem)
        base_id = front.words("id") or name
        folder = PurePosixPath(file).parent.as_posix()
        position = front.values.get("sidebar_position")
        slug = slug_of_document(file, base_id, slug=front.words("slug"), strips_numbers=strips)
        return Document(
            id="/".join((*(() if folder == "." else (plain_path(folder) if strips else folder,)), base_id)),
            file=file,
            page=self._page(path, front, base_id, self._address_of(slug)),
            position=position if isinstance(position, int | float) else number,
            label=front.words("sidebar_label"),
        )

    def _address_of(self, slug: str) -> str:
        return self._reader.url(address(joined(self._set.route, slug), slash=self._config.trailing_slash))

    def _page(self, path: str, front: FrontMatter, base_id: str, url: str) -> Source:
        is_commonmark = self._config.reads_md_as_commonmark and path.endswith(".md")
        if not is_commonmark:
            front = mdx_partials.expanded(front, Includes(self._root, path, self._reader.problems), site="")
        front = shown(front, without_magic)
        page = front if is_commonmark else mdx.stripped(front)
        return source_of(
            Address(path=path, url=url),
            page,
            title=front.words("title") or content_title(page.text) or base_id,
            fallback_title=base_id,
            anchors=lambda found: self._anchors(found, page.parts),
            dialect="commonmark" if is_commonmark else "mdx",
        )

    def _anchors(self, found: Sequence[Heading], parts: Sequence[int]) -> list[str | None]:
        """A heading of level 1 uses up its id, but the site's theme does not write it; a partial counts by itself."""
        sluggers: defaultdict[int, GithubSlugger] = defaultdict(GithubSlugger)
        keep_case = self._config.keeps_case
        ids = [
            h.explicit_id or sluggers[parts[h.start] if parts else 0].slug(slugged_words(h), keep_case=keep_case)
            for h in found
        ]
        return [id if id and h.level > 1 else None for h, id in zip(found, ids, strict=True)]

    def _categories(self, found: Sequence[Document]) -> dict[str, dict[str, Any]]:
        """Contents of the ``_category_`` files, by folder; a broken one is a problem."""
        made: dict[str, dict[str, Any]] = {}
        folders = {folder.as_posix() for document in found for folder in PurePosixPath(document.file).parents}
        for folder in folders:
            for name in CATEGORY_FILES:
                path = self._path(posixpath.join(folder, name))
                if below(self._root, path):
                    with self._reader.problem_of(path):
                        made[folder] = mapping(load(read_text(self._root, path), path))
                    break
        return made

    def _written_sidebars(self) -> Any:
        """What the author's file of sidebars exports; ``None`` where there is none."""
        path = self._set.sidebar
        if path is None or below(self._site_root, path) is None:
            return None
        source = read_text(self._site_root, path)
        if not path.endswith(".json"):
            return exported(source, path)
        return parsed_json(source, path)


def address(path: str, *, slash: bool | None) -> str:
    """The address at ``path``, with or without a slash at its end as the site has it."""
    if slash is not None and path != "/":
        path = path.rstrip("/") + ("/" if slash else "")
    return encoded_path(path)


def content_title(markdown: str) -> str | None:
    """The page's first heading, when it is of level 1 and no text comes before it."""
    found = headings(markdown, "mdx")
    if not found or found[0].level != 1:
        return None
    before = markdown.split("\n")[: found[0].start]
    return text(found[0].text) if not "".join(before).strip() else None


def slugged_words(heading: Heading) -> str:
    """What Docusaurus slugs: ``:name`` outside code is a directive, of which only a label stays."""
    if ":" not in heading.source:
        return heading.source
    words = ""
    for token in heading.tokens:
        part = visible_text([token], line_break="\n")
        words += DIRECTIVE.sub(lambda found: found["label"] or "", part) if token.type == "text" else part
    return words
