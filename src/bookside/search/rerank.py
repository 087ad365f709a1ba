"""The first candidates are put in a better order by a re-ranker, as far as it answers in time.

It is an extra: where it fails, the order stays as it was, which is logged and told to whoever counts.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bookside.errors import TooBusy, Unavailable
from bookside.models.reranker import Reranker
from bookside.search.fuse import Scored, rank

log = logging.getLogger(__name__)

CANDIDATES = 20
LIMIT_S = 2.0
WEIGHT = 0.5
"""What the re-ranker's judgement counts for, of 1; the rest is the fit."""

STAYS = "the passages stay as they were ranked"

Outcome = Literal["reranked", "late", "failed"]
Observer = Callable[[Outcome], None]
"""Told what became of a search's re-ranking."""


@dataclass(slots=True)
class Patience:
    """How long one reader waits for re-ranking, in however many editions it is done; it begins with the first.

    Args:
        until_s: When it ends, by the event loop's clock.
    """

    until_s: float | None = None


class Reranking:
    """Re-orders candidates; ``missed`` counts the searches whose order stayed as it was.

    Args:
        candidates: How many of the first are read, for all queries of a search together.
        limit_s: How long a search waits for it, in all its editions together.
        weight: What its judgement counts for, of 1.
        observe: Told of each search.
    """

    def __init__(
        self,
        reranker: Reranker,
        *,
        candidates: int = CANDIDATES,
        limit_s: float = LIMIT_S,
        weight: float = WEIGHT,
        observe: Observer | None = None,
    ) -> None:
        self._reranker = reranker
        self._candidates = candidates
        self._limit_s = limit_s
        self._weight = weight
        self._observe = observe
        self.missed = 0

    @property
    def name(self) -> str:
        """The re-ranker's."""
        return self._reranker.name

    async def warm(self) -> None:
        """Load what the first question would wait for.

        Raises:
            Unavailable: The re-ranker does not answer.
        """
        await self._reranker.relevance([("What is this book about?", "It is about a garden.")])

    async def reorder(
        self, queries: Sequence[str], rankings: Sequence[Sequence[Scored]], patience: Patience | None = None
    ) -> list[Scored]:
        """Each chunk of the rankings, one of which there is for each query, once, best first.

        A chunk keeps the best fit that any query gives it, and is read together with that query. The first have new
        scores within the bounds of those that they had; the fit stays.
        """
        found_by: dict[str, tuple[str, Scored]] = {}
        for query, ranking in zip(queries, rankings, strict=True):
            for one in ranking:
                known = found_by.get(one.chunk.id)
                if known is None or one.fit > known[1].fit:
                    found_by[one.chunk.id] = query, one
        ranked = rank(scored for _, scored in found_by.values())
        first, rest = ranked[: self._candidates], ranked[self._candidates :]
        pairs = {one.chunk.id: (found_by[one.chunk.id][0], _read(one)) for one in first}
        relevance = await self._relevance(pairs, patience or Patience()) if first else None
        return ranked if relevance is None else rank(_rescored(first, relevance, self._weight)) + rest

    async def _relevance(self, pairs: Mapping[str, tuple[str, str]], patience: Patience) -> dict[str, float] | None:
        """By the chunks' ids; ``None`` where the re-ranker did not answer rightly, or not in time."""
        now_s = asyncio.get_running_loop().time()
        if patience.until_s is None:
            patience.until_s = now_s + self._limit_s
        if patience.until_s <= now_s:
            self._tell("late")  # the log has it already, of the edition that took all the time
            return None
        try:
            async with asyncio.timeout_at(patience.until_s):
                numbers = await self._reranker.relevance([*pairs.values()])
        except TimeoutError:
            log.warning("the re-ranker took longer than %g s: %s", self._limit_s, STAYS)
            self._tell("late")
            return None
        except TooBusy as error:
            log.warning("%s: %s", error, STAYS)
            self._tell("late")
            return None
        except Unavailable as error:
            log.warning("%s: %s", error, STAYS)
            self._tell("failed")
            return None
        except Exception:
            log.exception("the re-ranker failed: %s", STAYS)
            self._tell("failed")
            return None
        self._tell("reranked")
        return dict(zip(pairs, numbers, strict=True))

    def _tell(self, outcome: Outcome) -> None:
        self.missed += outcome != "reranked"
        if self._observe is not None:
            self._observe(outcome)


def _read(one: Scored) -> str:
    """What is read of a passage: its headings say what it is about."""
    return f"{' › '.join(one.chunk.heading_path)}\n{one.chunk.text}"


def _rescored(first: Sequence[Scored], relevance: Mapping[str, float], weight: float) -> list[Scored]:
    """The scores of ``first``, each a mean of fit and relevance between the lowest and the highest fit.

    So they stand before all others, and what follows, factors for pages and nearness, finds scores of the usual size.
    A judgement that finds all alike is none, whatever its weight: they stay as they are.
    """
    if len({*relevance.values()}) <= 1:
        return [*first]
    fits = _shares({one.chunk.id: one.fit for one in first})
    judged = _shares(relevance)
    lowest = min((one.fit for one in first), default=0.0)
    span = max((one.fit for one in first), default=0.0) - lowest
    made: list[Scored] = []
    for one in first:
        share = (1 - weight) * fits[one.chunk.id] + weight * judged[one.chunk.id]
        made.append(Scored(one.chunk, one.fit, lowest + span * share))
    return made


def _shares(numbers: Mapping[str, float]) -> dict[str, float]:
    """The numbers, moved and stretched so that the lowest is 0 and the highest 1; all 0 where all are equal."""
    lowest = min(numbers.values(), default=0.0)
    span = max(numbers.values(), default=0.0) - lowest
    return {name: (number - lowest) / span if span > 0 else 0.0 for name, number in numbers.items()}
