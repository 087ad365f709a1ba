"""How far the assistant's search may look."""

import pytest

from bookside.chat.tools import allowed_scope, last_page
from bookside.context import ContextMode, Location, Turn
from bookside.search.model import SearchScope


@pytest.mark.parametrize(
    ("mode", "lesson", "wanted", "allowed"),
    [
        ("selection", "intro", "full_book", "current_page"),
        ("selection", None, "full_book", "full_book"),
        ("selection", None, "current_page", "full_book"),
        ("current_page", None, "full_book", "current_page"),
        ("current_chapter", "intro", "full_book", "current_chapter"),
        ("current_chapter", "intro", "current_page", "current_page"),
        ("full_book", None, "current_chapter", "current_chapter"),
    ],
)
def test_the_scope_is_no_wider_than_the_reader_allows(
    mode: ContextMode, lesson: str | None, wanted: SearchScope, allowed: SearchScope
) -> None:
    """A selection keeps to its page where that is known, and is looked for in the whole book elsewhere."""
    turn = Turn(id="ann", location=Location(lesson=lesson), context_mode=mode)

    assert allowed_scope(wanted, turn) == allowed


@pytest.mark.parametrize(
    ("mode", "order", "wanted", "allowed", "last"),
    [
        ("up_to_here", 3, "full_book", "up_to_here", 3),
        ("up_to_here", 0, "current_chapter", "current_chapter", 0),
        ("up_to_here", 3, "current_page", "current_page", 3),
        ("up_to_here", None, "full_book", "up_to_here", None),
        ("up_to_here", None, "current_page", "up_to_here", None),
        ("full_book", 3, "up_to_here", "up_to_here", 3),
        ("current_chapter", 3, "up_to_here", "current_chapter", 3),
        ("full_book", 3, "full_book", "full_book", None),
        ("full_book", 3, "current_chapter", "current_chapter", None),
    ],
)
def test_nothing_past_the_page_of_a_reader_who_wants_none_of_it(
    mode: ContextMode, order: int | None, wanted: SearchScope, allowed: SearchScope, last: int | None
) -> None:
    """In whichever scope; and where the page is none of the book's, only the scope that is then refused is left."""
    turn = Turn(id="ann", location=Location(chapter=2, lesson="intro", order=order), context_mode=mode)

    assert (allowed_scope(wanted, turn), last_page(wanted, turn)) == (allowed, last)
