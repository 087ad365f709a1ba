"""The only place for what the figures of retrieval mean. Pure functions; every random draw has its seed.

A question has one value for each figure, between 0 and 1; a figure is the mean of its values.
"""

import math
import statistics
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

SEED = 20_260_101
RESAMPLES = 10_000
LEVEL = 0.95
DEPTH = 10
"""How far down MRR and nDCG look."""

EXACT_UP_TO = 12
"""With so many differences or fewer, every way to flip their signs is tried: 4,096 ways."""

DRAW_AT_ONCE = 2_000_000
"""Random numbers drawn at once: 16 MB."""


@dataclass(frozen=True, slots=True)
class Rank:
    """Where the wanted things of one question stand.

    Args:
        places: Places, from 1, of those that were found, ascending.
        wanted: How many there are in all.
    """

    places: tuple[int, ...]
    wanted: int = 1

    @property
    def best(self) -> int | None:
        """The first place of all; ``None`` where nothing was found."""
        return self.places[0] if self.places else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean with its interval, in which it would lie for most other samples of such questions."""

    value: float
    low: float
    high: float


def rank_of(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> Rank:
    """The places of ``wanted`` among the distinct things in ``found``, each where it comes first."""
    place = {thing: number for number, thing in enumerate(dict.fromkeys(found), start=1)}
    distinct = dict.fromkeys(wanted)
    return Rank(tuple(sorted(place[thing] for thing in distinct if thing in place)), len(distinct))


def hit(rank: Rank, depth: int) -> float:
    """1 where one of the wanted is among the first ``depth``, else 0."""
    return float(rank.best is not None and rank.best <= depth)


def reciprocal_rank(rank: Rank, depth: int = DEPTH) -> float:
    """1 for the first place, 1/2 for the second …, and 0 below ``depth``."""
    return 1 / rank.best if rank.best is not None and rank.best <= depth else 0.0


def ndcg(rank: Rank, depth: int = DEPTH) -> float:
    """The discounted gain of the wanted that are found, as a share of the gain if all stood first."""
    gain = sum(1 / math.log2(place + 1) for place in rank.places if place <= depth)
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(rank.wanted, depth) + 1))
    return gain / ideal


def values(ranks: Sequence[Rank]) -> dict[str, list[float]]:
    """The values of every figure, in the order of the questions."""
    return {
        "hit@1": [hit(rank, 1) for rank in ranks],
        "hit@5": [hit(rank, 5) for rank in ranks],
        "hit@10": [hit(rank, 10) for rank in ranks],
        "MRR@10": [reciprocal_rank(rank) for rank in ranks],
        "nDCG@10": [ndcg(rank) for rank in ranks],
    }


def figures(ranks: Sequence[Rank]) -> dict[str, Figure]:
    """Every figure of at least one question, with its interval."""
    return {name: figure(of_questions) for name, of_questions in values(ranks).items()}


def figure(of_questions: Sequence[float], *, seed: int = SEED, resamples: int = RESAMPLES) -> Figure:
    """The mean, and the 95 % interval of the means of ``resamples`` samples drawn with replacement.

    The same values in the same order give the same interval.
    """
    low, high = _interval(np.asarray(of_questions, dtype=np.float64), seed=seed, resamples=resamples)
    return Figure(value=math.fsum(of_questions) / len(of_questions), low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a figure gained from one run to another, over the same questions.

    Args:
        low: Lower end of the 95 % interval of the gain.
        high: Its upper end.
        p: How often a gain or loss of that size comes about where neither run is better.
    """

    value: float
    low: float
    high: float
    p: float


def difference(old: Sequence[float], new: Sequence[float], *, seed: int = SEED) -> Difference:
    """The gain of ``new`` over ``old``, question by question; see ``permutation_p``."""
    gains = [after - before for before, after in zip(old, new, strict=True)]
    low, high = _interval(np.asarray(gains, dtype=np.float64), seed=seed, resamples=RESAMPLES)
    value = math.fsum(gains) / len(gains)
    return Difference(value=value, low=low, high=high, p=permutation_p(gains, seed=seed))


def permutation_p(gains: Sequence[float], *, seed: int = SEED, flips: int = RESAMPLES) -> float:
    """The share of random signs of ``gains`` with a sum that is at least as far from 0, both ways.

    Exact where few gains are not 0; elsewhere from ``flips`` draws, and then never 0.
    """
    moved = np.asarray([gain for gain in gains if gain], dtype=np.float64)
    if not moved.size:
        return 1.0
    seen = abs(moved.sum()) - 1e-12
    if moved.size <= EXACT_UP_TO:
        ways = [list(signs) for signs in product((-1.0, 1.0), repeat=moved.size)]
        return np.count_nonzero(np.abs(np.asarray(ways, dtype=np.float64) @ moved) >= seen) / len(ways)
    random = np.random.default_rng(seed)
    as_far = 0
    for count in _portions(flips, moved.size):
        signs = random.integers(0, 2, size=(count, moved.size)) * 2.0 - 1.0
        as_far += int(np.count_nonzero(np.abs(signs @ moved) >= seen))
    return (as_far + 1) / (flips + 1)


def latency(took_ms: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(took_ms)
    return {"median": statistics.median(ordered), "p95": ordered[math.ceil(0.95 * len(ordered)) - 1]}


def as_json(named: Mapping[str, Figure]) -> dict[str, dict[str, float]]:
    """Figures by name, as plain values."""
    return {name: {"value": one.value, "low": one.low, "high": one.high} for name, one in named.items()}


def _interval(of_questions: NDArray[np.float64], *, seed: int, resamples: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    size = of_questions.size
    means = np.concatenate(
        [
            of_questions[random.integers(0, size, size=(count, size))].mean(axis=1)
            for count in _portions(resamples, size)
        ]
    )
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _portions(count: int, size: int) -> list[int]:
    """``count`` in portions that draw no more than ``DRAW_AT_ONCE`` numbers, or one row."""
    most = max(1, DRAW_AT_ONCE // size)
    return [min(most, count - start) for start in range(0, count, most)]
