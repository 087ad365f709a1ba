"""How far the assistant's search may look."""

import pytest

from bookside.chat.tools import allowed_scope
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
