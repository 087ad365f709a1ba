"""Lists of hits become one ranking. Pure functions.

The scale: a passage that is first by meaning and first by words has 1.0 before boosts; one that is in neither list
is not in the ranking. Boosts multiply, so a boosted score may pass 1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bookside.index.model import Candidates, Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """How ranks become scores.

    Args:
        k: The larger, the less the first ranks stand out.
        dense_weight: What a place in the list by meaning counts for.
        sparse_weight: What a place in the list by words counts for.
    """

    k: float = 2.0
    dense_weight: float = 1.0
    sparse_weight: float = 1.0

    def __post_init__(self) -> None:
        if self.k <= 0 or min(self.dense_weight, self.sparse_weight) < 0 or self.dense_weight + self.sparse_weight <= 0:
            raise ValueError("k must be positive, and of the weights none negative and one positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosts:
    """Factors for what is near the reader; see ``boost``."""

    chapter: float = 1.2
    lesson: float = 1.1


@dataclass(frozen=True, slots=True)
class Scored:
    """A hit with its fused score."""

    hit: Hit
    score: float


def fuse(candidates: Candidates, fusion: Fusion) -> list[Scored]:
    """Reciprocal rank fusion: each list gives ``weight / (k + rank)``, ranks from 0, divided by the most there can be.

    Each hit once, in no particular order; equal scores within a list are ranked by reading order.
    """
    most = (fusion.dense_weight + fusion.sparse_weight) / fusion.k
    scores: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    for found, weight in ((candidates.dense, fusion.dense_weight), (candidates.sparse, fusion.sparse_weight)):
        for rank, hit in enumerate(sorted(found, key=lambda hit: (-hit.score, hit.order, hit.id))):
            hits[hit.id] = hit
            scores[hit.id] = scores.get(hit.id, 0.0) + weight / (fusion.k + rank) / most
    return [Scored(hits[id], score) for id, score in scores.items()]


def best_of(rankings: Iterable[Sequence[Scored]]) -> list[Scored]:
    """Each hit once, with the best score that any ranking gives it."""
    best: dict[str, Scored] = {}
    for ranking in rankings:
        for scored in ranking:
            known = best.get(scored.hit.id)
            if known is None or scored.score > known.score:
                best[scored.hit.id] = scored
    return list(best.values())


def boost(scored: Scored, boosts: Boosts, *, chapter: int | None, lesson: str | None) -> Scored:
    """The score times ``boosts.chapter`` in the reader's chapter, and times ``boosts.lesson`` more in their lesson.

    A lesson counts only within the reader's chapter, for slugs such as ``summary`` come back in every chapter. If only
    the lesson is known, its slug alone decides and the chapter's factor is not used.
    """
    factor = 1.0
    in_chapter = chapter is None or scored.hit.chapter_number == chapter
    if chapter is not None and in_chapter:
        factor *= boosts.chapter
    if lesson is not None and in_chapter and scored.hit.lesson_slug == lesson:
        factor *= boosts.lesson
    return Scored(scored.hit, scored.score * factor)


def rank(scored: Iterable[Scored]) -> list[Scored]:
    """Best first; equal scores in reading order."""
    return sorted(scored, key=lambda scored: (-scored.score, scored.hit.order, scored.hit.id))
