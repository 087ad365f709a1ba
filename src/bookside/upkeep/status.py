"""What an index has of its book, what it has not and why, and whether the two are in step."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bookside.book import Book
from bookside.book.files import below
from bookside.book.left_out import left_out
from bookside.index.model import Index

MOST_LEFT_OUT = 500
"""Files that are named; the rest is only counted."""


async def status_of(index: Index) -> dict[str, Any]:
    """What the index itself says."""
    return asdict(await index.status())


def book_status(book: Book, with_passages: frozenset[str]) -> dict[str, Any]:
    """What was read, and what was not; ``with_passages`` are the files of the pages that gave any."""
    outside = left_out(book, with_passages)
    return {
        "book": book.title,
        "kind": book.kind,
        "language": book.language,
        "pages_read": len(book.pages),
        "sections": sum(len(page.sections) for page in book.pages),
        "problems": [str(problem) for problem in book.problems],
        "left_out_count": len(outside),
        "left_out": [asdict(one) for one in outside[:MOST_LEFT_OUT]],
    }


def changed_since(book: Book, read_at_s: float) -> list[str]:
    """Pages of the book that were saved or removed after it was read."""
    root = Path(book.root)
    return [path for path in _files(book) if _is_newer(root, path, read_at_s)]


def _files(book: Book) -> Iterable[str]:
    yield from dict.fromkeys([page.path for page in book.pages] + [problem.path for problem in book.problems])


def _is_newer(root: Path, path: str, read_at_s: float) -> bool:
    file = below(root, path)
    try:
        return file is None or file.stat().st_mtime > read_at_s
    except OSError:  # removed in this moment
        return True
