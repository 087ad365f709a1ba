"""An mdBook as a book: ``book.toml``, ``SUMMARY.md``, and addresses as mdBook 0.5 builds them."""

import posixpath
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import unquote

from markdown_it.token import Token

from bookside.book.address import base_path, encoded_path
from bookside.book.files import below, read_text
from bookside.book.frontmatter import FrontMatter
from bookside.book.includes import Includes
from bookside.book.markdown import Heading, parse_blocks, parse_inline, visible_text
from bookside.book.mdbook_includes import expanded
from bookside.book.outline import Group, Leaf, Source, slug_of
from bookside.book.pages import Address, source_of
from bookside.book.site import Site, SiteReader, language_tag
from bookside.book.slug import MdBookSlugger
from bookside.book.unshown import shown, without_hidden
from bookside.errors import BookError

CONFIG = "book.toml"
SUMMARY = "SUMMARY.md"
DASHES = re.compile(r"-{2,}")
ATTRIBUTES = re.compile(r"[ \t]*\{[^{}]*\}[ \t]*$")


@dataclass
class Entry:
    """A line of ``SUMMARY.md``; ``target`` is empty for a draft."""

    title: str
    target: str
    inside: list["Entry"] = field(default_factory=list["Entry"])


@dataclass
class PartOfSummary:
    """Numbered chapters below one ``# Title``; the title is empty where there is none."""

    title: str
    chapters: list[Entry] = field(default_factory=list[Entry])


@dataclass
class Summary:
    """The table of contents as written."""

    before: list[Entry] = field(default_factory=list[Entry])
    parts: list[PartOfSummary] = field(default_factory=list[PartOfSummary])
    after: list[Entry] = field(default_factory=list[Entry])


class MdBookReader(SiteReader):
    """Reads a book with ``book.toml``; preprocessors are not run."""

    def __init__(self, root: Path, *, site_url: str | None, base_url: str | None) -> None:
        super().__init__(root, site_url=site_url, base_url=base_url)
        self._config = read_config(read_text(root, CONFIG))
        configured = table(table(self._config, "output"), "html").get("site-url")
        self.configured_base = base_path(configured) if isinstance(configured, str) else "/"

    def read(self) -> Site:
        """The book in the order of its summary; files that are not in it are no pages, as in mdBook."""
        book, output = table(self._config, "book"), table(table(self._config, "output"), "html")
        self._smart = output.get("smart-punctuation", True) is not False
        self._clean = output.get("clean-urls", False) is True
        self._source = posixpath.normpath(str(book.get("src", "src")))
        self._seen: set[str] = set()
        path = posixpath.join(self._source, SUMMARY)
        if below(self.root, path) is None:
            raise BookError(path, 1, "the book has no summary of its chapters")
        summary = read_summary(read_text(self.root, path))
        items: list[Group | Leaf] = [*self._leaves(summary.before)]
        number = 0
        for part in summary.parts:
            chapters: list[Group | Leaf] = []
            for entry in part.chapters:
                number += 1
                chapters.append(self._chapter(entry, number))
            if part.title:
                items.append(Group(title=part.title, slug=slug_of(part.title), items=tuple(chapters), role="part"))
            else:
                items += chapters
        items += self._leaves(summary.after)
        title = book.get("title")
        return Site(
            kind="mdbook",
            title=title if isinstance(title, str) else None,
            items=tuple(items),
            front_url=self.url("/"),
            language=language_tag(book.get("language")),
        )

    def _chapter(self, entry: Entry, number: int) -> Group:
        """A numbered chapter with everything nested in it."""
        index = self._leaf(entry)
        slug = PurePosixPath(entry.target).stem if entry.target else slug_of(entry.title)
        if slug.lower() in {"readme", "index"}:
            slug = PurePosixPath(entry.target).parent.name or slug_of(entry.title)
        return Group(
            title=entry.title,
            slug=slug,
            index=index,
            items=tuple(leaf for inner in entry.inside for leaf in self._leaves([inner])),
            number=number,
            role="chapter",
        )

    def _leaves(self, entries: Sequence[Entry]) -> list[Leaf]:
        """Pages of the entries and of all that is nested in them."""
        made: list[Leaf] = []
        for entry in entries:
            leaf = self._leaf(entry)
            made += [leaf] if leaf else []
            made += self._leaves(entry.inside)
        return made

    def _leaf(self, entry: Entry) -> Leaf | None:
        """The entry's page; ``None`` for a draft, a second mention, or a page that cannot be read."""
        if not entry.target or "://" in entry.target:
            return None
        relative = posixpath.normpath(unquote(entry.target.split("#")[0]))
        if relative in self._seen:
            return None
        self._seen.add(relative)
        path = posixpath.normpath(posixpath.join(self._source, relative))
        with self.problem_of(path):
            return Leaf(page=self._page(path, relative, entry.title))
        return None

    def _page(self, path: str, relative: str, title: str) -> Source:
        page = FrontMatter(text=read_text(self.root, path))
        return source_of(
            Address(path=path, url=self.url(self._address_of(relative))),
            shown(expanded(page, Includes(self.root, path, self.problems)), without_hidden),
            title=title,
            fallback_title=title,
            anchors=self._anchors,
        )

    def _address_of(self, relative: str) -> str:
        file = PurePosixPath(relative)
        stem = "index" if file.stem.lower() == "readme" else file.stem
        end = ("" if stem == "index" else f"{stem}/") if self._clean else f"{stem}.html"
        return encoded_path(posixpath.join("/", file.parent.as_posix().removeprefix("."), end))

    def _anchors(self, found: Sequence[Heading]) -> list[str | None]:
        slugger = MdBookSlugger()
        return [heading.explicit_id or slugger.slug(self._words(heading)) or None for heading in found]

    def _words(self, heading: Heading) -> str:
        """What mdBook slugs: no image descriptions, and ``--`` outside code has become a dash."""
        words = ""
        for token in heading.tokens:
            text = visible_text([token], line_break="\n", images=False)
            words += DASHES.sub("", text) if self._smart and token.type != "code_inline" else text
        return ATTRIBUTES.sub("", words)


def read_config(text: str) -> dict[str, Any]:
    """``book.toml``.

    Raises:
        BookError: It is not TOML; with the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise BookError(CONFIG, int(line[1]) if line else 1, f"broken TOML: {error}") from error


def table(config: dict[str, Any], name: str) -> dict[str, Any]:
    """The table ``name``, or an empty one."""
    value = config.get(name)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def read_summary(text: str) -> Summary:
    """Prefix chapters, parts with numbered chapters, suffix chapters."""
    tokens, references = parse_blocks(text, "commonmark")
    summary = Summary()
    open_entries: list[list[Entry]] = []
    items: list[Entry | None] = []
    heading = False
    for token in tokens:
        if token.type == "heading_open":
            heading = token.tag == "h1" and not open_entries
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            if not open_entries:
                summary.parts = summary.parts or [PartOfSummary("")]
                open_entries.append(summary.parts[-1].chapters)
            else:
                entry = items[-1] if items else None
                open_entries.append(entry.inside if entry else open_entries[-1])
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            open_entries.pop()
        elif token.type == "list_item_open":
            items.append(None)
        elif token.type == "list_item_close":
            items.pop()
        elif token.type == "inline":
            inline = parse_inline(token.content, "commonmark", references)
            found = links(inline)
            if heading:
                title = visible_text(inline)
                is_name_of_summary = not summary.parts and not summary.before and token.map == [0, 1]
                if not is_name_of_summary:
                    summary.parts.append(PartOfSummary(title))
                heading = False
            elif open_entries:
                entry = found[0] if found else Entry(visible_text(inline), "")
                open_entries[-1].append(entry)
                items[-1] = entry
            else:
                (summary.after if summary.parts else summary.before).extend(found)
    summary.parts = [part for part in summary.parts if part.chapters]
    return summary


def links(inline: Sequence[Token]) -> list[Entry]:
    """The links of one paragraph."""
    made: list[Entry] = []
    start: int | None = None
    for place, token in enumerate(inline):
        if token.type == "link_open":
            start = place
        elif token.type == "link_close" and start is not None:
            href = str(inline[start].attrGet("href") or "")
            made.append(Entry(visible_text(inline[start + 1 : place]), href))
            start = None
    return made
