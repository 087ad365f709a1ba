"""Two runs held against each other."""

import pytest

from bookside.errors import Rejected
from bookside.evaluation.compare import compare
from bookside.evaluation.figures import Rank
from bookside.evaluation.run import Result


def result(question: str, *places: int, section: tuple[int, ...] | None = None, wanted: str = "/a") -> Result:
    return Result(
        question=question,
        wanted=(wanted,),
        page=Rank(places, 1),
        section=None if section is None else Rank(section, 1),
        passage=places[0] if places else None,
        first="/b",
        first_heading="B",
        took_ms=1.0,
    )


def test_questions_are_won_and_lost() -> None:
    """By their place, the farthest moved first; those at the same place are neither."""
    old = [result("same", 2), result("up", 4), result("found"), result("down", 1), result("gone", 3)]
    new = [result("same", 2), result("up", 2), result("found", 1), result("down", 2), result("gone")]
    compared = compare(old, new)

    assert [(one.question, one.old, one.new) for one in compared.won] == [("found", None, 1), ("up", 4, 2)]
    assert [(one.question, one.old, one.new) for one in compared.lost] == [("down", 1, 2), ("gone", 3, None)]
    line = compared.by_page["hit@1"]
    assert (line.old.value, line.new.value, line.gain.value, line.gain.p) == (0.2, 0.2, 0.0, 1.0)
    assert compared.by_page["hit@5"].gain.value == pytest.approx(0.0)
    assert compared.by_page["MRR@10"].gain.value == pytest.approx((0.25 + 1 - 0.5 - 1 / 3) / 5)


def test_only_questions_of_both_count() -> None:
    """A question is the same where its words and what it wants are; a repeated one is paired in its order."""
    old = [result("a", 1), result("a", 2), result("b", 1), result("c", 1)]
    new = [result("a", 1), result("a", 1), result("b", 1, wanted="/other"), result("d", 1)]
    compared = compare(old, new)

    assert (compared.questions, compared.only_old, compared.only_new) == (2, 2, 2)
    assert [(one.question, one.old, one.new) for one in compared.won] == [("a", 2, 1)]
    with pytest.raises(Rejected, match="no question in common"):
        compare(old[:1], new[3:])


def test_sections_are_compared_where_they_are_named() -> None:
    """A question that names one is won and lost by it."""
    compared = compare([result("a", 1, section=(3,)), result("b", 1)], [result("a", 1, section=(1,)), result("b", 1)])

    assert compared.by_section["hit@1"].gain.value == 1.0
    assert [(one.old, one.new) for one in compared.won] == [(3, 1)]
