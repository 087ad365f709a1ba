"""Lists of hits become one ranking. Pure functions.

A chunk is judged by its own words and meaning and by those of its whole page, each a number from 0 to 1 that means the
same for every question: so a question whose words the book hardly has is left to meaning, and the other way round.
`benchmarks/bench_retrieval.py` has the figures of each step.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bookside.index.model import Candidates, IndexedChunk

SHARPNESS = 4
"""Fused scores lie close together; to this power, their differences are large enough for factors to weigh against."""
SPREAD = 0.6
"""Factor for each better passage of the same page: another page's best comes before a page's third best."""
ALIKE = 0.9
"""Share of words that two passages have in common from which on they are taken for the same."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """What each kind of likeness counts for.

    Args:
        words: The share of the question's words that the chunk says, by their rarity.
        meaning: The cosine of the chunk's vector.
        page_words: As ``words``, of the chunk's whole page.
        page_meaning: As ``meaning``, of the mean of the page's chunks.
    """

    words: float = 1.0
    meaning: float = 1.0
    page_words: float = 0.75
    page_meaning: float = 0.75

    def __post_init__(self) -> None:
        weights = (self.words, self.meaning, self.page_words, self.page_meaning)
        if min(weights) < 0 or sum(weights) <= 0:
            raise ValueError("of the weights none may be negative and one must be positive")

    @property
    def total(self) -> float:
        """The most that a chunk can reach."""
        return self.words + self.meaning + self.page_words + self.page_meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosts:
    """Factors for what is near the reader; see ``boost``."""

    chapter: float = 1.2
    lesson: float = 1.1


class Scored(NamedTuple):
    """A chunk with its place in a ranking.

    Args:
        fit: The fused score, from 0 to 1: how much of the question the chunk and its page cover.
        score: What the ranking goes by.
    """

    chunk: IndexedChunk
    fit: float
    score: float


def fuse(candidates: Candidates, fusion: Fusion) -> list[Scored]:
    """The weighted mean of the four likenesses; each chunk once, in no particular order.

    What is in no list by words has none of them; what is in no list by meaning is as near as the last that is.
    """
    words = {chunk.id: score for chunk, score in candidates.sparse}
    meaning = {chunk.id: score for chunk, score in candidates.dense}
    farthest = min(meaning.values(), default=0.0)
    farthest_page = min(candidates.dense_pages.values(), default=0.0)
    only_by_words = [chunk for chunk, _ in candidates.sparse if chunk.id not in meaning]
    made: list[Scored] = []
    for chunk in (*[chunk for chunk, _ in candidates.dense], *only_by_words):
        whole = (
            fusion.words * words.get(chunk.id, 0.0)
            + fusion.meaning * max(0.0, meaning.get(chunk.id, farthest))
            + fusion.page_words * candidates.sparse_pages.get(chunk.page, 0.0)
            + fusion.page_meaning * max(0.0, candidates.dense_pages.get(chunk.page, farthest_page))
        )
        fit = whole / fusion.total
        made.append(Scored(chunk, fit, fit))
    return made


def best_of(rankings: Iterable[Sequence[Scored]]) -> list[Scored]:
    """Each chunk once, with the best score that any ranking gives it."""
    best: dict[str, Scored] = {}
    for ranking in rankings:
        for scored in ranking:
            known = best.get(scored.chunk.id)
            if known is None or scored.fit > known.fit:
                best[scored.chunk.id] = scored
    return list(best.values())


def spread(scored: Iterable[Scored]) -> list[Scored]:
    """Scores that bring many pages forward: the best has 1, and of a page each further passage counts for less."""
    ranked = rank(scored)
    best = ranked[0].score if ranked else 0.0
    seen: Counter[str] = Counter()
    made: list[Scored] = []
    for one in ranked:
        share = (one.score / best) ** SHARPNESS if best > 0 else 0.0
        made.append(Scored(one.chunk, one.fit, share * SPREAD ** seen[one.chunk.page]))
        seen[one.chunk.page] += 1
    return made


def boost(scored: Scored, boosts: Boosts, *, chapter: int | None, lesson: str | None) -> Scored:
    """The score times ``boosts.chapter`` in the reader's chapter, and times ``boosts.lesson`` more in their lesson.

    A lesson counts only within the reader's chapter, for slugs such as ``summary`` come back in every chapter. If only
    the lesson is known, its slug alone decides and the chapter's factor is not used.
    """
    factor = 1.0
    in_chapter = chapter is None or scored.chunk.chapter_number == chapter
    if chapter is not None and in_chapter:
        factor *= boosts.chapter
    if lesson is not None and in_chapter and scored.chunk.lesson_slug == lesson:
        factor *= boosts.lesson
    return scored if factor == 1.0 else Scored(scored.chunk, scored.fit, scored.score * factor)


def rank(scored: Iterable[Scored]) -> list[Scored]:
    """Best first; equal scores in reading order."""
    return sorted(scored, key=lambda scored: (-scored.score, scored.chunk.order, scored.chunk.id))


def distinct(ranked: Iterable[Scored], limit: int) -> list[Scored]:
    """The first ``limit`` that say different things: one that repeats a better one is left out."""
    kept: list[Scored] = []
    words_of: list[frozenset[str]] = []
    for one in ranked:
        if len(kept) == limit:
            break
        words = frozenset(_WORD.findall(one.chunk.text.lower()))
        if not any(_alike(words, other) for other in words_of):
            kept.append(one)
            words_of.append(words)
    return kept


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < ALIKE * max(len(one), len(other)):
        return False
    return len(one & other) >= ALIKE * len(one | other) > 0
