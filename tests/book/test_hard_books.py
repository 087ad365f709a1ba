"""Whatever is in a book's folder: reading it gives pages or a clear error, and nothing outside of it."""

import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bookside.book import Book, cut, read_book
from bookside.book.pictures import Picture
from bookside.book.render import render
from bookside.errors import BookError
from hard_books import SECRET, SECRET_FILES, hard_book

OPENED: list[str] = []
sys.addaudithook(
    lambda event, given: OPENED.append(str(given[0])) if event == "open" and len(OPENED) < 10_000 else None
)


def read_wholly(path: Path) -> Book | None:
    """The book, cut and rendered as it is when it is served; ``None`` where it cannot be read."""
    try:
        book = read_book(path)
    except BookError:
        return None
    cut(book, count_tokens=lambda text: len(text) // 4)
    for page in book.pages:
        render(page, lambda address: address, lambda _: Picture())
    return book


@given(st.integers(0, 2**64))
@example(184)  # a Sphinx document without a heading
@settings(max_examples=150, deadline=None)
def test_a_hard_book_is_read_or_refused_and_gives_nothing_of_what_lies_beside_it(seed: int) -> None:
    with TemporaryDirectory() as folder:
        path = hard_book(Random(seed), Path(folder).resolve())
        OPENED.clear()
        book = read_wholly(path)
        assert not [
            name for name in OPENED if Path(name).name in SECRET_FILES and Path(name).parent == Path(folder).resolve()
        ]
        if book is not None:
            assert not any(SECRET in section.markdown or SECRET in section.heading for _, section in book.sections())
