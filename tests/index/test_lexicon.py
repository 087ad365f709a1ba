"""How rare words are, and which word a mistyped one was meant to be."""

import math

import pytest

from bookside.index.lexicon import MAX_MENDED, MENDED, Count, Lexicon, written_words
from bookside.index.sparse import K1, Words

PAGES = (
    ("A relay switches the pump.", "The pump waters the field."),
    ("A sensor measures moisture in the field.", "Irrigation waters the field."),
)
WORDS = Words()


def lexicon() -> Lexicon:
    count = Count()
    for page in PAGES:
        for text in page:
            count.add("chunk", WORDS.counts(text))
            count.read(text)
        count.add("page", WORDS.counts(" ".join(page)))
    return count.lexicon()


def number(word: str) -> int:
    (found,) = WORDS.terms(word)
    return found


def test_a_word_is_rarer_the_fewer_chunks_and_pages_have_it() -> None:
    found = lexicon()
    assert found.rarity(number("relay"), "chunk") == pytest.approx(math.log(1 + 3.5 / 1.5))
    assert found.rarity(number("field"), "chunk") == pytest.approx(math.log(1 + 1.5 / 3.5))
    assert found.rarity(number("field"), "page") == pytest.approx(math.log(1 + 0.5 / 2.5))
    assert found.rarity(number("walrus"), "chunk") == pytest.approx(math.log(1 + 4.5 / 0.5))


def test_a_questions_weights_are_shares_of_the_whole_question_also_of_what_the_book_lacks() -> None:
    whole = lexicon().question("relay pump", WORDS)["chunk"]
    assert sum(whole.values) * (K1 + 1) == pytest.approx(1)
    half = lexicon().question("relay walrus", WORDS)["chunk"]
    assert half.indices == [number("relay")]
    assert 0 < half.values[0] * (K1 + 1) < 0.5
    assert lexicon().question("walrus", WORDS)["page"].indices == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("senser", "sensor"), ("irigaton", "irrigation"), ("mositure", "moisture"), ("realy", "relay")],
)
def test_a_mistyped_word_is_searched_for_as_the_books_word_and_counts_for_less(typed: str, meant: str) -> None:
    mended, right = (lexicon().question(f"{word} pump", WORDS)["chunk"] for word in (typed, meant))
    assert set(mended.indices) == set(right.indices)
    weights = [dict(zip(one.indices, one.values, strict=True)) for one in (mended, right)]
    shares = [one[number(meant)] / one[number("pump")] for one in weights]
    assert shares[0] == pytest.approx(MENDED * shares[1])


@pytest.mark.parametrize("word", ["fields", "sensors", "pig", "wombat", "pumpkin"])
def test_a_word_that_the_book_has_or_that_is_near_none_of_its_words_is_left_alone(word: str) -> None:
    assert set(lexicon().question(word, WORDS)["chunk"].indices) <= WORDS.terms(word)


def test_it_comes_back_as_it_was_stored() -> None:
    found = lexicon()
    again = Lexicon.from_text(found.as_text())
    assert again.written == found.written
    for question in ("relay field walrus", "senser"):
        one, other = (each.question(question, WORDS) for each in (found, again))
        assert [(v.indices, v.values) for v in one.values()] == [(v.indices, v.values) for v in other.values()]
    empty = Lexicon.from_text(Count().lexicon().as_text())
    assert empty.question("relay", WORDS)["chunk"].indices == []
    assert empty.written == frozenset()
    with pytest.raises(ValueError, match="no lexicon"):
        Lexicon.from_text("ABCDE")


def test_only_the_first_words_of_a_question_are_mended() -> None:
    invented = [f"zzqx{letter}" for letter in "abcdefghijklmnop"]
    found = lexicon().question(" ".join([*invented, "senser"]), WORDS)["chunk"]
    assert number("sensor") not in found.indices
    found = lexicon().question(" ".join([*invented[: MAX_MENDED - 1], "senser"]), WORDS)["chunk"]
    assert number("sensor") in found.indices


def test_clauses_without_spaces_are_no_words_to_be_mended() -> None:
    assert [*written_words("数据库每晚都会备份 and ordinary words")] == ["ordinary", "words"]
