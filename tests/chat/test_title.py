"""New threads are named after their first question."""

import pytest
from chatkit.types import InferenceOptions, UserMessageItem, UserMessageTextContent

from bookside.chat.title import TITLE_CHARS, title_for


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is a relay?", "What is a relay?"),
        ("  What\n is\ta relay? ", "What is a relay?"),
        ("", None),
        ("word " * 40, "word " * 11 + "…"),
        ("x" * 200, "x" * 58 + " …"),
    ],
)
def test_the_title_is_the_questions_beginning(question: str, title: str | None) -> None:
    """On one line, cut between words, at most as long as a title may be."""
    content = [UserMessageTextContent(text=question)]
    options = InferenceOptions()
    item = UserMessageItem(id="m", thread_id="t", created_at=0, content=content, inference_options=options)  # pyright: ignore

    assert title == title_for(item)
    assert len(title or "") <= TITLE_CHARS
