"""The only place where one HTML document becomes a page: its text, its sections, and what its head tells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from bookside.book.files import MAX_CONVERTED_LINES
from bookside.book.frontmatter import FrontMatter
from bookside.book.html_content import ids_of_headings, main_of, prune
from bookside.book.html_markdown import write
from bookside.book.html_tree import parsed, words_of
from bookside.book.markdown import Heading
from bookside.book.model import Section
from bookside.book.outline import Source
from bookside.book.pages import Address, source_of
from bookside.book.slug import GithubSlugger


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a document says of itself.

    Args:
        title: As its tab shows it, with the site's name.
        canonical: Its own address.
        next: Where the page after it is, as its link has it.
        leads_to: Where it sends its reader at once; it has no text of its own then.
        robots: What it asks of crawlers.
    """

    title: str = ""
    description: str | None = None
    canonical: str | None = None
    next: str | None = None
    site_name: str | None = None
    language: str | None = None
    leads_to: str | None = None
    robots: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that was parsed and not yet written as Markdown."""

    tree: HtmlElement
    head: Head


def document_of(text: str, path: str, *, is_xhtml: bool = False) -> Document:
    """The document in ``text``.

    Raises:
        BookError: There is no HTML in it.
    """
    tree = parsed(text, path, is_xhtml=is_xhtml)
    return Document(tree=tree, head=head_of(tree))


def head_of(tree: HtmlElement) -> Head:
    """What the document's head, and its links to the page after it, tell."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("http-equiv") or "").lower()
        metas.setdefault(name, " ".join((meta.get("content") or "").split()))
    refresh = metas.get("refresh", "").lower().partition("url=")[2]
    return Head(
        title=next((words_of(title) for title in tree.iter("title")), ""),
        description=metas.get("description") or None,
        canonical=_linked(tree, "canonical"),
        next=_linked(tree, "next") or _next_by_class(tree),
        site_name=metas.get("og:site_name") or None,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        leads_to=metas.get("refresh", "")[-len(refresh) :].strip("'\" ") if refresh else None,
        robots=metas.get("robots", "").lower(),
    )


def _linked(tree: HtmlElement, relation: str) -> str | None:
    for link in tree.iter("link", "a"):
        if relation in (link.get("rel") or "").lower().split() and link.get("href"):
            return link.get("href")
    return None


NEXT = (
    "//a[contains(concat(' ',normalize-space(@class),' '),' pagination-nav__link--next ')]",
    "//a[contains(concat(' ',normalize-space(@class),' '),' md-footer__link--next ')]",
    "//a[contains(concat(' ',normalize-space(@class),' '),' right-next ')]",
    "//a[contains(concat(' ',normalize-space(@class),' '),' next ') or contains(concat(' ',@class,' '),' nav-next ')]",
)


def _next_by_class(tree: HtmlElement) -> str | None:
    for pattern in NEXT:
        found: list[HtmlElement] = tree.xpath(pattern)
        if found and found[0].get("href"):
            return found[0].get("href")
    return None


def source_of_document(
    document: Document, address: Address, *, fallback_title: str, title: str | None = None, names_headings: bool = False
) -> Source:
    """The page of a document; what is there for its site alone is left out, and its tree is used up.

    Args:
        title: What the page is called; by default its first heading of level 1.
        names_headings: Whether headings without an id get one, as where the built-in reader is the page's only site.
    """
    main = main_of(document.tree)
    prune(main)
    written = write(main, ids := ids_of_headings(main))
    lines = [heading.sourceline or 1 for heading in ids]

    def anchors(found: Sequence[Heading]) -> list[str | None]:
        slugger = GithubSlugger()
        made: list[str | None] = []
        for heading in found:
            place = heading.explicit_id or ""
            known = written.anchors[int(place[1:])] if place[1:].isdecimal() and place[0] == "h" else None
            slug = slugger.slug(heading.source) if names_headings else None
            made.append(known or slug or None)
        return made

    source = source_of(
        address,
        FrontMatter(text=written.markdown),
        fallback_title=fallback_title,
        anchors=anchors,
        title=title,
        max_lines=MAX_CONVERTED_LINES,
    )
    description = document.head.description
    return replace(source, sections=_with_lines(source, lines), description=description)


def _with_lines(source: Source, lines: Sequence[int]) -> tuple[Section, ...]:
    """The sections with the lines that their headings have in the file."""
    headed = iter(lines)
    return tuple(replace(section, line=next(headed, 1) if section.level else 1) for section in source.sections)
