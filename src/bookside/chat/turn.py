"""What one turn of the assistant knows: its reader's context, and the passages that the model was given."""

from typing import Annotated

from chatkit.agents import AgentContext
from pydantic import SkipValidation

from bookside.context import Reader, Turn
from bookside.search.model import Passage


class Consulted:
    """The passages of one turn, numbered from 1 as the model is given them; one passage keeps one number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._passages: list[Passage] = []

    def number(self, passage: Passage) -> int:
        """The number of ``passage``, a new one if it was not seen in this turn."""
        number = self._numbers.setdefault(passage.id, len(self._passages) + 1)
        if number > len(self._passages):
            self._passages.append(passage)
        return number

    def __contains__(self, number: int) -> bool:
        return 1 <= number <= len(self._passages)

    def __getitem__(self, number: int) -> Passage:
        return self._passages[number - 1]


class TurnContext(AgentContext[Reader]):
    """ChatKit's agent context, and what our tool needs besides."""

    turn: Annotated[Turn, SkipValidation]
    consulted: Annotated[Consulted, SkipValidation]

    def end(self) -> None:
        """Let go of whoever still waits for this turn's events; the SDK forgets to when a turn is broken off."""
        self._complete()


def turn_of(reader: Reader) -> Turn:
    """The reader as a turn; one that carries no page and no selection has an empty one."""
    return reader if isinstance(reader, Turn) else Turn(id=reader.id)
