"""A book as plain data: what the readers of site kinds produce and every other room consumes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bookside.errors import BookError

BookKind = Literal[
    "docusaurus",
    "mkdocs",
    "mdbook",
    "hugo",
    "quarto",
    "sphinx",
    "jupyter-book",
    "html",
    "folder",
    "epub",
    "pdf",
    "docx",
]
Dialect = Literal["commonmark", "mdx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version of a book in one language.

    Args:
        version: Its name as the site's configuration has it; ``None`` where there are no versions.
        locale: The language's name there; ``None`` where no languages are named.
        label: The version's name for readers.
        language: The language's tag, such as ``pt-BR``.
        url: Where the edition begins, as addresses of its pages do.
    """

    version: str | None = None
    locale: str | None = None
    label: str | None = None
    language: str | None = None
    url: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A group of chapters: ``number`` counts from 1 in reading order."""

    number: int
    title: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A group of lessons: ``number`` is unique in the book (the author's own number where there is one)."""

    number: int
    title: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A page as its chapter's table of contents names it; ``slug`` is the last segment of its address."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The text from one heading to the next, of any level.

    Args:
        heading: The heading's visible text, without markup; the page's title for text before the first heading.
        level: 1 to 6; 0 for text before the first heading.
        anchor: The id that the site gives the heading; ``None`` for the top of the page.
        url: The page's address, with ``#anchor`` where there is one.
        path: Headings from the page's title down to this one, inclusive.
        markdown: The section's source without its heading line; JSX, imports and comments are stripped.
        line: Line of the heading in the file, from 1.
    """

    heading: str
    level: int
    anchor: str | None
    url: str
    path: tuple[str, ...]
    markdown: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the book.

    Args:
        path: File below the book's folder, with ``/``; a file in an EPUB goes on below that, and of a PDF's chapters
            all but the first end with ``#page=12``.
        url: Address as the site builds it: base address included, percent-encoded as the site's links are.
        order: Place in reading order, from 0.
        markdown: The whole source without front matter, JSX stripped; what the built-in reader renders.
        sections: In order; joined they are the page's text. The n-th heading of ``markdown`` is the n-th section
            with a level above 0.
        description: What the author says of the page in its front matter.
        dialect: How ``markdown`` is to be parsed (``markdown.parser``): MDX has no indented code and no HTML.
        questions: What the author proposes to ask on this page.
    """

    path: str
    url: str
    title: str
    order: int
    part: Part | None
    chapter: Chapter | None
    lesson: Lesson | None
    markdown: str
    sections: tuple[Section, ...]
    dialect: Dialect = "commonmark"
    description: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book as its site would build it.

    Args:
        title: From the site's configuration, or the first page's title, or the folder's name.
        root: The book's folder on disk, below which assets are looked up; or the one file that it is.
        pages: In reading order.
        problems: Pages that could not be read, and why; the rest is in ``pages``.
        language: The tag of the language that it is written in, such as ``ur``, where the site's configuration has it.
        edition: Which version it is, and in which language.
        base: The path below which the site is published, with a slash at both ends.
        front_url: The book's own address, below which its pages are.
    """

    title: str
    kind: BookKind
    root: str
    pages: tuple[Page, ...]
    problems: tuple[BookError, ...] = ()
    language: str | None = None
    edition: Edition = Edition()
    base: str = "/"
    front_url: str = "/"

    def sections(self) -> Iterator[tuple[Page, Section]]:
        """Every section with its page, in reading order."""
        for page in self.pages:
            for section in page.sections:
                yield page, section


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of one section, small enough to be embedded and quoted.

    Args:
        id: A UUID from page, place and content: the same text at the same place has the same id.
        text: The chunk's words as plain readable Markdown, without its heading.
        tokens: Length of ``text`` by the tokenizer that cut it.
        order: Place in the book: grows in reading order, by one from chunk to chunk of a page, and depends on no other
            page's text.
    """

    id: str
    page: Page
    section: Section
    text: str
    tokens: int
    order: int

    @property
    def indexed_text(self) -> str:
        """What is embedded and searched: the heading path, then the text."""
        return " › ".join(self.section.path) + "\n" + self.text
