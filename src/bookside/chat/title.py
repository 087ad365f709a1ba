"""A question's words, and a name for a new thread from its first one's."""

import textwrap

from chatkit.types import UserMessageItem

TITLE_CHARS = 60


def words_of(question: UserMessageItem) -> str:
    """A question's own words."""
    return " ".join(part.text for part in question.content)


def title_for(question: UserMessageItem) -> str | None:
    """The question's first words, at most ``TITLE_CHARS`` characters; ``None`` when it has none."""
    line = " ".join(words_of(question).split())
    if not line:
        return None
    if len(line) <= TITLE_CHARS:
        return line
    return (
        textwrap.shorten(line, TITLE_CHARS, placeholder=" …")
        if " " in line[:TITLE_CHARS]
        else line[: TITLE_CHARS - 2] + " …"
    )
