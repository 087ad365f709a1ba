"""Files become a book: pages, sections and chunks, with the addresses that the site gives them. Pure."""

from bookside.book.cut import MAX_TOKENS, cut
from bookside.book.model import Book, BookKind, Chapter, Chunk, Edition, Lesson, Page, Part, Section
from bookside.book.reading import editions, read_book

__all__ = [
    "MAX_TOKENS",
    "Book",
    "BookKind",
    "Chapter",
    "Chunk",
    "Edition",
    "Lesson",
    "Page",
    "Part",
    "Section",
    "cut",
    "editions",
    "read_book",
]
