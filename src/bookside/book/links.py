"""Which addresses outside the book its own text links to."""

from collections.abc import Iterable

from markdown_it.token import Token

from bookside.book.markdown import parser
from bookside.book.model import Book


def outside_links(book: Book) -> frozenset[str]:
    """Every ``http`` address that a page of the book links to."""
    return frozenset(
        address
        for page in book.pages
        for address in _links(parser(page.dialect).parse(page.markdown))
        if address.startswith(("http://", "https://"))
    )


def _links(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        href = token.attrGet("href")
        if isinstance(href, str):
            yield href
        yield from _links(token.children or [])
