"""Texts as sparse vectors of words: BM25 over fields, with the tokenizer, stemmer and stop words of Qdrant's own model.

A text's vector holds how much each word says of it; a question's holds how rare the word is in the book (``lexicon``).
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from qdrant_edge import Bm25, Bm25Config, SparseVector, TokenizerType

from bookside.errors import Rejected

K1 = 1.2
B = 0.75
"""BM25's own parameters: how soon a repeated word stops counting, and how much a text's length is held against it."""

CHUNK_WORDS = 75
PAGE_WORDS = 800
"""Words of a usual chunk and page, stop words not counted: lengths are measured by them."""

COUNTING = 1e6
"""With a ``k`` so large and no length normalisation, Qdrant's weights are plain counts."""

COMPOUND = re.compile(r"--?[a-z][\w-]+|[a-z0-9]+(?:(?:::|[./-]|_+)[a-z0-9]+)+|\b[a-z](?:\+\+|#(?!\w))", re.ASCII | re.I)
HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
CAMEL = re.compile(r"\b[A-Za-z]*[a-z0-9][A-Z][A-Za-z0-9]*\b")
IDENTIFIER_BIT = 0x4000_0000
MAX_COMPOUND_CHARS = 80

LANGUAGES = {
    "ar": "arabic",
    "az": "azerbaijani",
    "bn": "bengali",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "he": "hebrew",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "ja": "japanese",
    "kk": "kazakh",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sl": "slovene",
    "sv": "swedish",
    "tg": "tajik",
    "tr": "turkish",
    "zh": "chinese",
}
"""The languages that have a stemmer or stop words, by their tags."""

Field = tuple[str, float]
"""A text, and how often each of its words counts."""


class Words:
    """Makes sparse vectors.

    Scripts without spaces between words, such as Chinese, are divided into words too. An identifier such as
    ``snake_case``, ``foo::bar`` or ``--flag`` is a word as a whole and in its parts, ``camelCase`` too.

    Args:
        language: English name of the book's language, in lower case; it picks the stemmer and the stop words.

    Raises:
        Rejected: There is no stemmer for ``language``.
    """

    def __init__(self, language: str = "english") -> None:
        try:
            self._counter = Bm25(Bm25Config(language=language, k=COUNTING, b=0.0, tokenizer=TokenizerType.Multilingual))
        except ValueError as error:
            raise Rejected(f"no stemmer for the language {language!r}; use an English name such as 'german'") from error
        self.language = language

    @property
    def name(self) -> str:
        """Identifies the weights: a changed name means that stored sparse vectors are no longer right."""
        return f"bm25f-{self.language}-1"

    def document(self, fields: Iterable[Field], *, usual_words: float = CHUNK_WORDS) -> SparseVector:
        """The words of a text in several fields, each with its weight of BM25, from 0 to ``K1 + 1``.

        Args:
            usual_words: Words of a usual text of this kind.
        """
        counts: defaultdict[int, float] = defaultdict(float)
        for text, weight in fields:
            for word, count in self.counts(text).items():
                counts[word] += count * weight
        norm = K1 * (1 - B + B * sum(counts.values()) / usual_words)
        return SparseVector(
            indices=list(counts), values=[count * (K1 + 1) / (count + norm) for count in counts.values()]
        )

    def counts(self, text: str) -> dict[int, float]:
        """How often each word comes in ``text``, by the word's number."""
        counted = self._counter.embed_document(" ".join([text, *camel_parts(text)]))
        counts = {word: float(round(value)) for word, value in zip(counted.indices, counted.values, strict=True)}
        for whole in compounds(text):
            word = IDENTIFIER_BIT | zlib.crc32(whole.encode()) & (IDENTIFIER_BIT - 1)
            counts[word] = counts.get(word, 0.0) + 1.0
        return counts

    def terms(self, text: str) -> frozenset[int]:
        """The numbers of the words of ``text``, stemmed and without stop words."""
        return frozenset(self._counter.embed_query(text).indices)


def language_of(tag: str | None) -> str:
    """The language for ``Words`` of a tag such as ``de`` or ``pt-BR``; English where there is none for it."""
    return LANGUAGES.get((tag or "en").replace("_", "-").partition("-")[0].lower(), "english")


@cache
def words_in(language: str) -> Words:
    """The words of a language by its English name, made once."""
    return Words(language)


def camel_parts(text: str) -> Iterator[str]:
    """``use`` and ``Effect`` for ``useEffect``."""
    for found in CAMEL.finditer(text):
        yield from HUMP.findall(found[0])


def compounds(text: str) -> Iterator[str]:
    """Identifiers of several parts, and names such as C++ whose signs the tokenizer drops, in lower case."""
    for found in COMPOUND.finditer(text):
        if len(found[0]) <= MAX_COMPOUND_CHARS:
            yield found[0].lower()
