"""What a re-ranker promises; the implementations are beside this module."""

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Reads a question and a passage together, which is slower than comparing vectors and judges better."""

    @property
    def name(self) -> str:
        """Which one it is, for reports."""
        ...

    async def relevance(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """One finite number per pair of question and passage, in order; larger is better.

        Only the order and the distances count. Never blocks the event loop. A call that is cancelled is given up.

        Raises:
            TooBusy: It reads for others, and would answer too late; it is told at once.
            Unavailable: The model did not answer rightly.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and threads."""
        ...
