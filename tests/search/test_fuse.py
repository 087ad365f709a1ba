"""Fusion, boosts and ranking, as pure functions."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.index.model import Candidates, Hit
from bookside.search.fuse import Boosts, Fusion, Scored, best_of, boost, fuse, rank


def hit(number: int, score: float = 1.0, *, chapter: int | None = None, lesson: str | None = None) -> Hit:
    return Hit(
        id=f"id-{number}",
        score=score,
        page=f"{number}.md",
        url=f"/{number}",
        title="T",
        heading="H",
        heading_path=("T", "H"),
        text=f"text {number}",
        order=number,
        tokens=2,
        chapter_number=chapter,
        chapter_title=None,
        lesson_slug=lesson,
    )


def ranked(*numbers: int) -> tuple[Hit, ...]:
    """Hits in this order, best first."""
    return tuple(hit(number, score=1.0 - place / 1_000) for place, number in enumerate(numbers))


def scores(found: Sequence[Scored]) -> dict[str, float]:
    return {scored.hit.id: scored.score for scored in found}


places = st.lists(st.integers(0, 30), max_size=20, unique=True)
candidates = st.builds(lambda dense, sparse: Candidates(dense=ranked(*dense), sparse=ranked(*sparse)), places, places)
positions = st.tuples(st.one_of(st.none(), st.integers(1, 3)), st.one_of(st.none(), st.sampled_from(["a", "b"])))


def test_first_in_both_lists_scores_one_and_first_in_one_scores_half() -> None:
    both = scores(fuse(Candidates(dense=ranked(1, 2), sparse=ranked(1, 3)), Fusion(k=2)))
    assert both == {"id-1": 1.0, "id-2": pytest.approx(1 / 3), "id-3": pytest.approx(1 / 3)}
    assert scores(fuse(Candidates(dense=ranked(1), sparse=()), Fusion(k=60))) == {"id-1": 0.5}


def test_weights_shift_the_share_of_a_list() -> None:
    fusion = Fusion(k=2, dense_weight=1, sparse_weight=3)
    assert scores(fuse(Candidates(dense=ranked(1), sparse=ranked(2)), fusion)) == {"id-1": 0.25, "id-2": 0.75}


@pytest.mark.parametrize("wrong", [{"k": 0}, {"dense_weight": -1}, {"dense_weight": 0, "sparse_weight": 0}])
def test_settings_without_meaning_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Fusion(**wrong)


@given(candidates)
def test_fused_scores_lie_between_zero_and_one_and_each_hit_comes_once(found: Candidates) -> None:
    fused = fuse(found, Fusion())
    assert len({scored.hit.id for scored in fused}) == len(fused)
    assert {scored.hit.id for scored in fused} == {hit.id for hit in (*found.dense, *found.sparse)}
    assert all(0 < scored.score <= 1 for scored in fused)


@given(candidates, st.randoms())
def test_the_order_in_which_hits_arrive_is_of_no_consequence(found: Candidates, chance: random.Random) -> None:
    dense, sparse = list(found.dense), list(found.sparse)
    chance.shuffle(dense)
    chance.shuffle(sparse)
    shuffled = Candidates(dense=tuple(dense), sparse=tuple(sparse))
    assert rank(fuse(shuffled, Fusion())) == rank(fuse(found, Fusion()))


@given(st.lists(candidates, max_size=3), st.randoms())
def test_the_order_of_queries_is_of_no_consequence_and_the_best_score_counts(
    answers: list[Candidates], chance: random.Random
) -> None:
    rankings = [fuse(answer, Fusion()) for answer in answers]
    best = scores(best_of(rankings))
    for id, score in best.items():
        assert score == max(scores(ranking).get(id, 0.0) for ranking in rankings)
    chance.shuffle(rankings)
    assert scores(best_of(rankings)) == best


@pytest.mark.parametrize(
    ("chapter", "lesson", "factor"),
    [(None, None, 1.0), (2, None, 1.2), (2, "a", 1.2 * 1.1), (2, "b", 1.2), (1, "a", 1.0), (None, "a", 1.1)],
)
def test_boosts_are_exact(chapter: int | None, lesson: str | None, factor: float) -> None:
    scored = Scored(hit(1, chapter=2, lesson="a"), 1.0)
    assert boost(scored, Boosts(), chapter=chapter, lesson=lesson).score == factor


def test_the_default_boosts_are_a_fifth_and_a_third() -> None:
    near = Scored(hit(1, chapter=2, lesson="a"), 1.0)
    assert boost(near, Boosts(), chapter=2, lesson=None).score == pytest.approx(1.2)
    assert boost(near, Boosts(), chapter=2, lesson="a").score == pytest.approx(1.32)


@given(positions, positions, st.floats(0.01, 1))
def test_a_hit_without_chapter_or_lesson_is_boosted_by_nothing_it_does_not_have(
    of_hit: tuple[int | None, str | None], of_reader: tuple[int | None, str | None], score: float
) -> None:
    (chapter, lesson), (reader_chapter, reader_lesson) = of_hit, of_reader
    boosted = boost(
        Scored(hit(1, chapter=chapter, lesson=lesson), score), Boosts(), chapter=reader_chapter, lesson=reader_lesson
    )
    same_chapter = chapter is not None and chapter == reader_chapter
    same_lesson = lesson is not None and lesson == reader_lesson and reader_chapter in (None, chapter)
    assert boosted.score == pytest.approx(score * (1.2 if same_chapter else 1) * (1.1 if same_lesson else 1))


def test_equal_scores_are_in_reading_order() -> None:
    found = rank([Scored(hit(number), 0.5) for number in (3, 1, 2)] + [Scored(hit(9), 0.7)])
    assert [scored.hit.order for scored in found] == [9, 1, 2, 3]
