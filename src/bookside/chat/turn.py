"""What one turn of the assistant knows: its reader's context, and the passages that the model was given."""

from collections.abc import Sequence
from typing import Annotated, Any

from chatkit.agents import AgentContext
from chatkit.store import Store
from chatkit.types import Page, ThreadItem
from pydantic import SkipValidation

from bookside.chat.at_hand import BookAtHand
from bookside.context import Reader, Turn
from bookside.sayings import Sayings
from bookside.search.model import Passage


class Consulted:
    """The passages of one turn, numbered from 1 as the model is given them; one passage keeps one number.

    One that comes again with more of its section is another: what is cited by a number has all that was given with it.
    The same page in two editions may have passages with one id.
    """

    def __init__(self) -> None:
        self._passages: list[Passage] = []

    def number(self, passage: Passage) -> int:
        """The number of ``passage``, a new one if not all of it was seen in this turn."""
        for number, seen in enumerate(self._passages, start=1):
            if seen.edition == passage.edition and {*passage.ids} <= {*seen.ids}:
                return number
        self._passages.append(passage)
        return len(self._passages)

    def __contains__(self, number: int) -> bool:
        return 1 <= number <= len(self._passages)

    def __getitem__(self, number: int) -> Passage:
        return self._passages[number - 1]


class TurnContext(AgentContext[Reader]):
    """ChatKit's agent context, and what our tool needs besides."""

    turn: Annotated[Turn, SkipValidation]
    consulted: Annotated[Consulted, SkipValidation]
    book: Annotated[BookAtHand, SkipValidation]
    sayings: Annotated[Sayings, SkipValidation]


@Store.register
class RecentItems:
    """A store that has the thread's items of this turn at hand, and passes all other wishes on."""

    def __init__(self, store: Store[Reader], items: Sequence[ThreadItem]) -> None:
        self._store = store
        self._newest_first = list(reversed(items))

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Reader
    ) -> Page[ThreadItem]:
        """As ``Store`` has it."""
        has_enough = limit <= len(self._newest_first)
        if after is None and order == "desc" and (has_enough or len(self._newest_first) == 1):
            return Page(data=self._newest_first[:limit], has_more=has_enough)
        return await self._store.load_thread_items(thread_id, after, limit, order, context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def turn_of(reader: Reader) -> Turn:
    """The reader as a turn; one that carries no page and no selection has an empty one."""
    return reader if isinstance(reader, Turn) else Turn(id=reader.id)
