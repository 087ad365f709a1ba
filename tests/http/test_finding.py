"""Excerpts of passages show what was looked for, in any script, and are cut in one reading."""

import pytest

from bookside.http.finding import MAX_EXCERPT_CHARS, excerpt, words_of


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("A relay switches the pump. " * 40 + "The float rises. " + "Then it stops. " * 40, "float"),
        ("字" * 300 + "目标" + "字" * 300, "目标"),
        ("字" * 100 + "目标" + "字" * 200 + "。 " + "尾" * 300, "目标"),
        ("See https://example.org/" + "a" * 300 + "/needle/" + "b" * 300 + " and then the rest " * 20, "needle"),
    ],
)
def test_an_excerpt_has_the_words(text: str, query: str) -> None:
    """What is looked for stands in it and is marked, with words before it and behind it."""
    pieces = excerpt(text, words_of(query))
    marked = [words for words, is_found in pieces if is_found]

    assert any(words.startswith(query) for words in marked)
    assert not pieces[0][1]
    assert len("".join(words for words, _ in pieces)) <= MAX_EXCERPT_CHARS + 4


def test_lines_without_words_are_left_out() -> None:
    """Fences, rules and the second lines of tables are no words, and a long line of dashes is read once."""
    text = f"```python\nx = 1\n```\n\n| a | b |\n| --- | :-: |\n---\n{'-' * 20_000} end\n{' ' * 20_000}x"

    shown = "".join(words for words, _ in excerpt(text, None))

    assert shown.startswith("x = 1 a b ")
