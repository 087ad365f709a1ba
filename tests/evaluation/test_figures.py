"""The figures against values that were worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.evaluation.figures import (
    Rank,
    difference,
    figure,
    figures,
    hit,
    latency,
    ndcg,
    permutation_p,
    rank_of,
    reciprocal_rank,
    values,
)


def test_a_thing_stands_where_it_comes_first() -> None:
    """Repeated things take no place of their own."""
    assert rank_of(["a", "a", "b", "a", "c"], ["c"]) == Rank((3,), 1)
    assert rank_of(["a", "b", "c", "d"], ["d", "b", "b", "x"]) == Rank((2, 4), 3)
    assert rank_of([], ["a"]) == Rank((), 1)


@pytest.mark.parametrize(
    ("places", "hits", "reciprocal"),
    [
        ((1,), (1, 1, 1), 1.0),
        ((2, 3), (0, 1, 1), 0.5),
        ((6,), (0, 0, 1), 1 / 6),
        ((11,), (0, 0, 0), 0.0),
        ((), (0, 0, 0), 0.0),
    ],
)
def test_hits_and_reciprocal_ranks(places: tuple[int, ...], hits: tuple[int, ...], reciprocal: float) -> None:
    """The best place counts, as far down as the figure looks."""
    rank = Rank(places, max(1, len(places)))

    assert tuple(hit(rank, depth) for depth in (1, 5, 10)) == hits
    assert reciprocal_rank(rank) == reciprocal


def test_ndcg_by_hand() -> None:
    """The gain of a place is 1 / log2(place + 1); the most there can be has all the wanted in front."""
    assert ndcg(Rank((1,), 1)) == 1.0
    assert ndcg(Rank((3,), 1)) == pytest.approx(0.5)
    assert ndcg(Rank((2,), 1)) == pytest.approx(1 / math.log2(3))
    assert ndcg(Rank((1, 3), 2)) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert ndcg(Rank((1,), 2)) == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert ndcg(Rank((1, 11), 2)) == ndcg(Rank((1,), 2))
    assert ndcg(Rank((), 1)) == 0.0


def test_figures_are_means_over_the_questions() -> None:
    """Four questions, found at 1, 3, 12 and nowhere."""
    ranks = [Rank((1,)), Rank((3,)), Rank((12,)), Rank(())]
    found = figures(ranks)

    assert {name: one.value for name, one in found.items()} == pytest.approx(
        {"hit@1": 0.25, "hit@5": 0.5, "hit@10": 0.5, "MRR@10": (1 + 1 / 3) / 4, "nDCG@10": (1 + 0.5) / 4}
    )
    assert values(ranks)["hit@5"] == [1.0, 1.0, 0.0, 0.0]


def test_an_interval_is_that_of_resampled_means() -> None:
    """Half of 100 questions found: about 0.5 ± 1.96 √(0.25 / 100), and the same each time it is drawn."""
    half = figure([1.0, 0.0] * 50)

    assert half.value == 0.5
    assert (half.low, half.high) == pytest.approx((0.402, 0.598), abs=0.012)
    assert figure([1.0, 0.0] * 50) == half
    assert (figure([1.0] * 9).low, figure([1.0] * 9).high) == (1.0, 1.0)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=40))
def test_an_interval_holds_its_value(found: list[float]) -> None:
    """Never outside of what the values allow."""
    one = figure(found, resamples=400)

    assert min(found) <= one.low <= one.value + 1e-9
    assert one.value - 1e-9 <= one.high <= max(found)


def test_signs_are_flipped_in_every_way_where_there_are_few() -> None:
    """Three gains of 1: of the 8 ways to sign them two have a sum of ±3. With a loss among four, 10 of 16 reach ±2."""
    assert permutation_p([1.0, 1.0, 1.0, 0.0]) == 2 / 8
    assert permutation_p([1.0, 1.0, 1.0, -1.0]) == 10 / 16
    assert permutation_p([0.0, 0.0]) == 1.0


def test_many_gains_in_one_direction_are_no_accident() -> None:
    """Thirty gains, drawn at random: none of 10,000 draws is as far, and p is not 0."""
    assert permutation_p([1.0] * 30) == pytest.approx(1 / 10_001)
    assert permutation_p([1.0, -1.0] * 20) > 0.9


def test_a_difference_is_paired() -> None:
    """The same gain on every question has no spread, however the questions differ."""
    gain = difference([0.0, 0.25, 0.5], [0.5, 0.75, 1.0])

    assert (gain.value, gain.low, gain.high, gain.p) == (0.5, 0.5, 0.5, 2 / 8)


def test_latency() -> None:
    """The median of an even count lies between; the 95th percentile is one that was measured."""
    assert latency([4.0, 1.0, 3.0, 2.0]) == {"median": 2.5, "p95": 4.0}
    assert latency([float(n) for n in range(1, 101)]) == {"median": 50.5, "p95": 95.0}
