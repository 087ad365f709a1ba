"""The only place where one file becomes a page: front matter, title, headings, anchors, sections."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bookside.book.files import MAX_PAGE_LINES, check_length
from bookside.book.frontmatter import FrontMatter
from bookside.book.markdown import UNSEEN_WORDS, Heading, headings
from bookside.book.model import Dialect
from bookside.book.outline import Source
from bookside.book.sections import divide, without_ids
from bookside.book.slug import GithubSlugger

NameHeadings = Callable[[Sequence[Heading]], Sequence[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Which file a page is, below the book's folder, and where the site puts it."""

    path: str
    url: str


def github_anchors(found: Sequence[Heading]) -> list[str | None]:
    """The author's own id, or what github-slugger makes of the words."""
    slugger = GithubSlugger()
    return [heading.explicit_id or slugger.slug(heading.source) or None for heading in found]


def source_of(
    address: Address,
    front: FrontMatter,
    *,
    fallback_title: str,
    anchors: NameHeadings = github_anchors,
    title: str | None = None,
    dialect: Dialect = "commonmark",
    max_lines: int = MAX_PAGE_LINES,
) -> Source:
    """The page, read.

    Args:
        title: What the site shows; by default the front matter's, or the first heading of level 1.
        fallback_title: For a page that has neither.
        anchors: Gives each heading its id.

    Raises:
        BookError: It is too long for one page.
    """
    check_length(front.text, address.path, max_lines=max_lines)
    found = headings(front.text, dialect)
    first_h1 = next((heading.text for heading in found if heading.level == 1 and heading.text), None)
    name = title or front.words("title") or first_h1 or fallback_title
    markdown = without_ids(front.text, found)
    if dialect == "mdx":
        markdown = UNSEEN_WORDS.sub("", markdown)
    return Source(
        path=address.path,
        url=address.url,
        title=name,
        markdown=markdown,
        sections=divide(markdown, found, list(anchors(found)), url=address.url, title=name, line_at=front.line_at),
        dialect=dialect,
        description=front.words("description"),
        questions=front.lines_of("questions"),
    )
