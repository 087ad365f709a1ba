"""What the server says itself is said in the reader's language."""

import re
from dataclasses import asdict

import pytest

from bookside.sayings import CHINESE, ENGLISH, GERMAN, SAYINGS, SPANISH, URDU, Sayings, is_foreign, sayings_for


@pytest.mark.parametrize(
    ("question", "page", "book", "said"),
    [
        ("Was ist ein Relais?", None, None, GERMAN),
        ("Was ist ein Relais?", "en-GB", "en", GERMAN),
        ("What is a relay?", "de", "de", ENGLISH),
        ("¿Cómo funciona el relé?", "en", None, SPANISH),
        ("ریلے کیا ہے؟", None, "en", URDU),
        ("继电器是什么？", "en", "en", CHINESE),
        ("Relais?", "de-AT", "en", GERMAN),
        ("MIT license", "en", "en", ENGLISH),
        ("man page of von Neumann", None, "en", ENGLISH),
        ("Python 2 was deprecated", None, "en", ENGLISH),
        ("es6 import of ES modules", None, "en", ENGLISH),
        ("What does 你好 mean in this example?", "en", "en", ENGLISH),
        ("What does `es el` print?", "en", "en", ENGLISH),
        ("Wie ändere ich den Port?", "en", "en", GERMAN),
        ("Relais?", None, "de", GERMAN),
        ("Relais?", None, None, ENGLISH),
        ("", "es_MX", None, SPANISH),
        (None, "zh-CN", None, CHINESE),
        ("繼電器是什麼？", "zh-Hant-TW", None, ENGLISH),
        ("リレーとは何ですか？", "en", "en", ENGLISH),
        ("ما هو المرحل؟", "en", "ur", ENGLISH),
        ("Como funciona o relé?", "pt-BR", "pt", ENGLISH),
        ("Qu'est-ce que c'est?", "fr", "en", ENGLISH),
    ],
)
def test_the_readers_language(question: str | None, page: str | None, book: str | None, said: Sayings) -> None:
    """That of the question where it is plain, else the page's, else the book's; English for one without words."""
    assert sayings_for(question, page, book) is said


@pytest.mark.parametrize("tag", SAYINGS)
def test_every_language_has_the_same_places_for_values(tag: str) -> None:
    """Only an error's English reason may be left out where it would not be understood."""
    for name, words in asdict(SAYINGS[tag]).items():
        english = re.findall(r"\{(\w+)", asdict(ENGLISH)[name])
        assert sorted(set(re.findall(r"\{(\w+)", words)) | ({"reason"} & set(english))) == sorted(english)
    assert SAYINGS[tag].told_of("1.0", None) == SAYINGS[tag].edition.format(own="", edition="1.0")


@pytest.mark.parametrize(
    ("question", "book", "foreign"),
    [
        ("Was ist ein Relais?", "en-US", True),
        ("Was ist ein Relais?", "de", False),
        ("Relais?", "en", False),
        ("Was ist ein Relais?", None, False),
        ("Como funciona o relé?", "pt", False),
        ("继电器是什么？", "en", True),
    ],
)
def test_a_question_in_another_language_than_the_book(question: str, book: str | None, *, foreign: bool) -> None:
    """Only where both are known."""
    assert is_foreign(question, book) is foreign
