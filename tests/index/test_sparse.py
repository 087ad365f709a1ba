"""Words as sparse vectors."""

import re

import pytest
from qdrant_edge import SparseVector

from bookside.errors import Rejected
from bookside.index.sparse import K1, LANGUAGES, Words, language_of


def shared(words: Words, question: str, text: str) -> int:
    return len(words.counts(question).keys() & set(words.document([(text, 1.0)]).indices))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("running robots", "The robot runs."),
        ("REALITY Gap", "a gap in reality"),
        ("机器人", "我们学习机器人感知世界"),
        ("ロボット", "これはロボットです"),
        ("snake_case", "call snake_case() twice"),
        ("ROS2", "install ROS2 first"),
        ("use an effect", "call useEffect() here"),
        ("C++", "Written in C++ and Rust."),
    ],
)
def test_a_question_meets_the_words_of_a_text(question: str, text: str) -> None:
    assert shared(Words(), question, text) > 0


def test_stop_words_alone_are_no_question() -> None:
    assert Words().counts("the of and") == {}
    assert Words().counts("") == {}
    assert Words().terms("the of and") == frozenset()


@pytest.mark.parametrize("identifier", ["snake_case", "foo::bar", "--no-flag", "node.js", "utf-8", "C#"])
def test_an_identifier_counts_for_more_as_a_whole_than_its_parts_do(identifier: str) -> None:
    whole, parts = f"Set {identifier} here.", "Set " + " ".join(re.findall(r"[^\W_]+", identifier)) + " here."
    assert shared(Words(), identifier, whole) == shared(Words(), identifier, parts) + 1


def test_the_language_picks_the_stemmer_and_is_part_of_the_name() -> None:
    assert shared(Words("german"), "Häuser", "ein Haus") == 1
    assert Words("german").name != Words().name
    with pytest.raises(Rejected, match="'klingon'"):
        Words("klingon")


def test_a_word_counts_for_less_in_a_longer_text() -> None:
    words = Words()
    short, long = words.document([("sensor", 1.0)]), words.document([("sensor " + "filler " * 200, 1.0)])
    assert weight_of(words, "sensor", long) < weight_of(words, "sensor", short)


def test_a_word_of_a_weighty_field_counts_as_often_as_the_field_says() -> None:
    words = Words()
    fields = words.document([("a sensor", 1.0), ("The sensors", 2.0)])
    assert fields.values == words.document([("sensor sensor sensor", 1.0)]).values


def test_the_weights_are_those_of_bm25() -> None:
    words = Words()
    made = words.document([("sensor sensor relay", 1.0)], usual_words=3)
    assert weight_of(words, "sensor", made) == pytest.approx(2 * (K1 + 1) / (2 + K1))
    assert weight_of(words, "relay", made) == pytest.approx(1.0)


def weight_of(words: Words, word: str, vector: SparseVector) -> float:
    (number,) = words.terms(word)
    return vector.values[vector.indices.index(number)]


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de", "german"), ("pt-BR", "portuguese"), ("zh_Hans", "chinese"), ("ur", "english"), (None, "english")],
)
def test_a_tag_names_a_language_that_there_are_words_for(tag: str | None, language: str) -> None:
    assert language_of(tag) == language
    Words(language_of(tag))


def test_there_are_words_for_every_language() -> None:
    for language in LANGUAGES.values():
        assert Words(language).language == language
