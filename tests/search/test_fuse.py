"""Fusion, boosts and ranking, as pure functions."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.index.model import Candidates, Hit, IndexedChunk
from bookside.search.fuse import Boosts, Fusion, Scored, best_of, boost, distinct, fuse, rank, spread


def chunk(number: int, *, chapter: int | None = None, lesson: str | None = None) -> IndexedChunk:
    return IndexedChunk(
        id=f"id-{number}",
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


def hit(number: int, score: float) -> Hit:
    return Hit(chunk(number), score)


def ranked(*numbers: int) -> tuple[Hit, ...]:
    """Hits in this order, best first."""
    return tuple(hit(number, score=1.0 - place / 1_000) for place, number in enumerate(numbers))


def scores(found: Sequence[Scored]) -> dict[str, float]:
    return {scored.chunk.id: scored.score for scored in found}


places = st.lists(st.integers(0, 30), max_size=20, unique=True)
candidates = st.builds(lambda dense, sparse: Candidates(dense=ranked(*dense), sparse=ranked(*sparse)), places, places)
positions = st.tuples(st.one_of(st.none(), st.integers(1, 3)), st.one_of(st.none(), st.sampled_from(["a", "b"])))


def test_a_score_is_the_weighted_mean_of_what_the_chunk_and_its_page_cover() -> None:
    found = Candidates(
        dense=(hit(1, 0.8), hit(2, 0.4)),
        sparse=(hit(2, 0.5),),
        dense_pages={"1.md": 0.6},
        sparse_pages={"2.md": 0.2},
    )
    fusion = Fusion(words=4, meaning=3, page_words=2, page_meaning=1)
    assert scores(fuse(found, fusion)) == {
        "id-1": pytest.approx((3 * 0.8 + 1 * 0.6) / 10),
        "id-2": pytest.approx((4 * 0.5 + 3 * 0.4 + 2 * 0.2 + 1 * 0.6) / 10),
    }


def test_what_is_too_far_to_be_listed_by_meaning_is_as_near_as_the_last_that_is() -> None:
    found = Candidates(dense=(hit(1, 0.8), hit(2, 0.3)), sparse=(hit(3, 1.0),))
    assert scores(fuse(found, Fusion(words=1, meaning=1, page_words=0, page_meaning=0)))["id-3"] == 0.65
    assert scores(fuse(Candidates(dense=(), sparse=(hit(3, 1.0),)), Fusion()))["id-3"] == pytest.approx(1 / 3.5)


def test_a_meaning_that_points_away_counts_as_none() -> None:
    found = Candidates(dense=(hit(1, -0.5),), sparse=(hit(1, 0.5),), dense_pages={"1.md": -0.2})
    assert scores(fuse(found, Fusion())) == {"id-1": pytest.approx(0.5 / 3.5)}


@pytest.mark.parametrize("wrong", [{"words": -1.0}, {"words": 0, "meaning": 0, "page_words": 0, "page_meaning": 0}])
def test_settings_without_meaning_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Fusion(**wrong)


def test_the_best_has_one_and_each_further_passage_of_its_page_counts_for_less() -> None:
    one_page = [replace(chunk(number), page="a.md") for number in (1, 2, 3)]
    fits = [0.8, 0.8, 0.8, 0.4]
    made = spread(Scored(one, fit, fit) for one, fit in zip([*one_page, chunk(4)], fits, strict=True))
    assert [one.chunk.id for one in rank(made)] == ["id-1", "id-2", "id-3", "id-4"]
    assert [one.score for one in made] == [1.0, pytest.approx(0.6), pytest.approx(0.36), 0.5**4]
    near = spread([Scored(one_page[0], 0.8, 0.8), Scored(one_page[1], 0.79, 0.79), Scored(chunk(4), 0.75, 0.75)])
    assert [one.chunk.page for one in rank(near)] == ["a.md", "4.md", "a.md"]
    assert spread([]) == []


def test_a_passage_that_repeats_a_better_one_is_left_out() -> None:
    words = " ".join(f"word{number}" for number in range(40))
    texts = [words, words.upper() + "!", words + " more", "something else", words[: len(words) // 2]]
    ranked_ = [Scored(replace(chunk(number), text=text), 0.5, 0.5) for number, text in enumerate(texts)]
    assert [one.chunk.id for one in distinct(ranked_, 10)] == ["id-0", "id-3", "id-4"]
    assert [one.chunk.id for one in distinct(ranked_, 2)] == ["id-0", "id-3"]


@given(candidates)
def test_fused_scores_lie_between_zero_and_one_and_each_hit_comes_once(found: Candidates) -> None:
    fused = fuse(found, Fusion())
    assert len({scored.chunk.id for scored in fused}) == len(fused)
    assert {scored.chunk.id for scored in fused} == {hit.chunk.id for hit in (*found.dense, *found.sparse)}
    assert all(0 < scored.score == scored.fit <= 1 for scored in fused)


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
    scored = Scored(chunk(1, chapter=2, lesson="a"), 1.0, 1.0)
    assert boost(scored, Boosts(), chapter=chapter, lesson=lesson).score == factor


def test_the_default_boosts_are_a_fifth_and_a_third() -> None:
    near = Scored(chunk(1, chapter=2, lesson="a"), 1.0, 1.0)
    assert boost(near, Boosts(), chapter=2, lesson=None).score == pytest.approx(1.2)
    assert boost(near, Boosts(), chapter=2, lesson="a").score == pytest.approx(1.32)


@given(positions, positions, st.floats(0.01, 1))
def test_a_hit_without_chapter_or_lesson_is_boosted_by_nothing_it_does_not_have(
    of_hit: tuple[int | None, str | None], of_reader: tuple[int | None, str | None], score: float
) -> None:
    (chapter, lesson), (reader_chapter, reader_lesson) = of_hit, of_reader
    boosted = boost(
        Scored(chunk(1, chapter=chapter, lesson=lesson), score, score),
        Boosts(),
        chapter=reader_chapter,
        lesson=reader_lesson,
    )
    same_chapter = chapter is not None and chapter == reader_chapter
    same_lesson = lesson is not None and lesson == reader_lesson and reader_chapter in (None, chapter)
    assert boosted.score == pytest.approx(score * (1.2 if same_chapter else 1) * (1.1 if same_lesson else 1))


def test_equal_scores_are_in_reading_order() -> None:
    found = rank([Scored(chunk(number), 0.5, 0.5) for number in (3, 1, 2)] + [Scored(chunk(9), 0.7, 0.7)])
    assert [scored.chunk.order for scored in found] == [9, 1, 2, 3]
