"""Words as sparse vectors."""

import pytest

from bookside.errors import Rejected
from bookside.index.sparse import Words


def shared(words: Words, question: str, text: str) -> int:
    vector = words.question(question)
    return len(set(vector.indices) & set(words.document(text).indices)) if vector else 0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("running robots", "The robot runs."),
        ("REALITY Gap", "a gap in reality"),
        ("机器人", "我们学习机器人感知世界"),
        ("ロボット", "これはロボットです"),
        ("snake_case", "call snake_case() twice"),
        ("ROS2", "install ROS2 first"),
    ],
)
def test_a_question_meets_the_words_of_a_text(question: str, text: str) -> None:
    assert shared(Words(), question, text) > 0


def test_stop_words_alone_are_no_question() -> None:
    assert Words().question("the of and") is None
    assert Words().question("") is None


def test_the_language_picks_the_stemmer_and_is_part_of_the_name() -> None:
    assert shared(Words("german"), "Häuser", "ein Haus") == 1
    assert Words("german").name != Words().name
    with pytest.raises(Rejected, match="'klingon'"):
        Words("klingon")


def test_a_word_counts_for_less_in_a_longer_text() -> None:
    words = Words()
    short, long = words.document("sensor"), words.document("sensor " + "filler " * 200)
    place = long.indices.index(short.indices[0])
    assert long.values[place] < short.values[0]
