"""A Docusaurus site as a book: its sets of documents, with addresses and heading ids as Docusaurus 3 builds them."""

import json
import posixpath
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from bookside.book import mdx
from bookside.book.address import base_path, encoded_path, joined
from bookside.book.docusaurus_config import (
    DEFAULT_ID,
    Config,
    Documents,
    config_name,
    current_documents,
    mapping,
    read_config,
    text,
)
from bookside.book.docusaurus_names import number_and_name, plain_path, slug_of_document
from bookside.book.docusaurus_sidebar import Document, Sidebars, is_flat, is_readable, named_group
from bookside.book.files import below, markdown_files, read_text
from bookside.book.frontmatter import FrontMatter, load, split
from bookside.book.ignore import Patterns
from bookside.book.javascript import exported
from bookside.book.markdown import Heading, headings, visible_text
from bookside.book.outline import Group, Leaf, Source
from bookside.book.pages import Address, source_of
from bookside.book.site import Site, SiteReader
from bookside.book.slug import GithubSlugger
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
    """The set of documents that is kept in ``folder``."""
    try:
        found = current_documents(root)
    except BookError:
        return None
    return next((documents for documents in found if (root / documents.folder).resolve() == folder), None)


class DocusaurusReader(SiteReader):
    """Reads a site with ``docusaurus.config.*``: all its documents, or, in a folder of documents, those."""

    def read(self) -> Site:
        """The latest version of each set of documents; drafts and unlisted pages are left out."""
        site_root = docusaurus_root(self.root) or self.root
        config = read_config(site_root)
        self.configured_base = base_path(config.base_url)
        only = None if config_name(self.root) else set_in(site_root, self.root.resolve())
        sets = (only,) if only else config.documents
        items: list[Group | Leaf] = []
        for documents in sets:
            folder = "." if only else documents.folder
            inside = SetOfDocuments(self, site_root, config, documents, folder).items()
            flat_beside_others = documents.id != DEFAULT_ID and is_flat(inside)
            items += [named_group(documents.id, inside)] if flat_beside_others else inside
        front = joined("" if len(sets) != 1 else sets[0].route)
        return Site(
            kind="docusaurus",
            title=config.title,
            items=tuple(items),
            front_url=self.url(front),
            language=config.language,
        )


class SetOfDocuments:
    """Reads one set.

    Args:
        site_root: Where the configuration and the sidebars are.
        folder: The set's folder below the book's.
    """

    def __init__(self, reader: SiteReader, site_root: Path, config: Config, documents: Documents, folder: str) -> None:
        self._reader = reader
        self._root = reader.root
        self._site_root = site_root
        self._config = config
        self._set = documents
        self._folder = folder

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
                with self._reader.problem_of(self._path(file)):
                    document = self._document(file)
                    found += [document] if document else []
        sidebars = Sidebars(found, self._categories(found), strips_numbers=self._set.strips_numbers)
        if not self._set.has_sidebar:
            return sidebars.rest()
        written = self._written_sidebars()
        return sidebars.written(written) if is_readable(written) else sidebars.generated()

    def _path(self, file: str) -> str:
        return posixpath.normpath(posixpath.join(self._folder, file))

    def _document(self, file: str) -> Document | None:
        """The page; ``None`` for one that the site does not show."""
        path = self._path(file)
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
        path = joined(self._set.route, slug)
        slash = self._config.trailing_slash
        if slash is not None and path != "/":
            path = path.rstrip("/") + ("/" if slash else "")
        return self._reader.url(encoded_path(path))

    def _page(self, path: str, front: FrontMatter, base_id: str, url: str) -> Source:
        is_commonmark = self._config.reads_md_as_commonmark and path.endswith(".md")
        page = front if is_commonmark else mdx.stripped(front)
        return source_of(
            Address(path=path, url=url),
            page,
            title=front.words("title") or content_title(page.text) or base_id,
            fallback_title=base_id,
            anchors=self._anchors,
            dialect="commonmark" if is_commonmark else "mdx",
        )

    def _anchors(self, found: Sequence[Heading]) -> list[str | None]:
        """A heading of level 1 uses up its id, but the site's theme does not write it."""
        slugger = GithubSlugger()
        keep_case = self._config.keeps_case
        ids = [h.explicit_id or slugger.slug(slugged_words(h), keep_case=keep_case) for h in found]
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
        try:
            return json.loads(source)
        except json.JSONDecodeError as error:
            raise BookError(path, error.lineno, f"broken JSON: {error.msg}") from error


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
