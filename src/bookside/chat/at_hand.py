"""The book that a turn is about, as the assistant needs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bookside.search.editions import Finder
from bookside.search.model import Passage

BOOK = "book"
"""The key under which a thread's metadata has the id of its book, where the server has several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAtHand:
    """One book, or one edition of a book, as it is now.

    Args:
        id: ``None`` where the server has only this one.
        edition: Its version and its language, as people name them; ``None`` where it has neither.
        language: The tag of the language that it is written in; ``None`` where nobody says it.
        other_titles: The titles of its other editions, by their names.
        instructions: Of the agent, with the book's title in place.
        search: Finds its passages, and those of its other editions where it has none.
        is_known_link: Whether the book contains an address.
        is_known_image: Whether an image of the book has an address.
        completed: Gives passages with as much of their sections as the model is to read.
        is_citable: Whether all of a passage stands in the book as it is now.
        gives_notice: Whether readers are told by a notice when the answer is from another edition; what quotes the
            book without a model says it by itself.
    """

    id: str | None = None
    title: str
    edition: str | None = None
    language: str | None = None
    other_titles: Mapping[str, str] = field(default_factory=dict[str, str])
    instructions: str
    search: Finder
    completed: Callable[[Sequence[Passage]], list[Passage]] = list
    is_known_link: Callable[[str], bool]
    is_known_image: Callable[[str], bool]
    is_citable: Callable[[Passage], bool]
    gives_notice: bool = True

    def attribution(self, passage: Passage) -> str:
        """Whose words a citation shows: the book's, and which edition's where that is another than the reader's."""
        if passage.edition is None:
            return self.title
        title = self.other_titles.get(passage.edition, self.title)
        return title if title == passage.edition else f"{title} · {passage.edition}"
