"""What search gives back."""

from dataclasses import dataclass
from typing import Literal

SearchScope = Literal["current_page", "current_chapter", "up_to_here", "full_book"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of the book that may answer, with the address of its section.

    Args:
        page: File below the book's folder.
        title: The page's title.
        heading: The section's heading.
        path: Headings from the page's title down to ``heading``.
        text: The words themselves; a citation quotes from here.
        score: Larger is better; comparable within one result only, where the best has 1 before boosts.
        fit: From 0 to 1: how much of the question the passage and its page cover; comparable between questions.
        is_likely: Whether passages of such a fit usually answer; ``None`` where nobody knows, see ``Search``.
        edition: Which edition of the book it is from, where that is another than the reader's.
        parts: Ids of the pieces of its section that ``text`` is made of, in order, where it is more than one.
    """

    id: str
    page: str
    url: str
    title: str
    heading: str
    path: tuple[str, ...]
    text: str
    score: float
    fit: float
    is_likely: bool | None
    chapter: int | None
    chapter_title: str | None
    lesson: str | None
    edition: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all pieces of the book that its words are from."""
        return self.parts or (self.id,)

    def as_json(self) -> dict[str, str | float]:
        """The form that ``bookside search --json`` and ``GET /assistant/search`` give."""
        return {
            "page": self.page,
            "url": self.url,
            "title": self.title,
            "heading": self.heading,
            "text": self.text,
            "score": self.score,
        }
