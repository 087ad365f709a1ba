"""What a question that leans on earlier ones is searched for."""

import pytest

from bookside.models.follow_ups import queries_for


@pytest.mark.parametrize(
    ("questions", "queries"),
    [
        (["w1 w2"], ["w1 w2"]),
        (["a b c d e", "and x"], ["and x", "a b c d e and x"]),
        (["a b c d e", "x y z w v"], ["x y z w v"]),
        (["a b c d e", "x", "y"], ["y", "x y", "a b c d e x y"]),
        (["x", "a b c d e", "y"], ["y", "a b c d e y"]),
        (["x", "y", "z", "w"], ["w", "z w", "y z w"]),
        (["b" * 2_500, "and why"], ["and why", "b" * 1_992 + " and why"]),
        (["b" * 2_500], ["b" * 2_000]),
    ],
)
def test_short_questions_lean_on_those_before_them(questions: list[str], queries: list[str]) -> None:
    """Back to the first that stands by itself, at most two; none is longer than a query may be."""
    assert queries_for(questions, lambda text: frozenset(map(hash, text.split()))) == queries
