"""Texts as sparse vectors of words, for BM25: stemmer, stop words and weights are those of Qdrant's own model."""

from qdrant_edge import Bm25, Bm25Config, SparseVector, TokenizerType

from bookside.errors import Rejected

AVERAGE_WORDS = 64.0
"""Words in a usual chunk, stop words not counted: the length normalisation measures chunks by it."""


class Words:
    """Makes sparse vectors; the index multiplies them by each word's rarity (IDF) when it is asked.

    Scripts without spaces between words, such as Chinese, are divided into words too.

    Args:
        language: English name of the book's language, in lower case; it picks the stemmer and the stop words.

    Raises:
        Rejected: There is no stemmer for ``language``.
    """

    def __init__(self, language: str = "english") -> None:
        try:
            self._bm25 = Bm25(
                Bm25Config(language=language, avg_len=AVERAGE_WORDS, tokenizer=TokenizerType.Multilingual)
            )
        except ValueError as error:
            raise Rejected(f"no stemmer for the language {language!r}; use an English name such as 'german'") from error
        self.language = language

    @property
    def name(self) -> str:
        """Identifies the weights: a changed name means that stored sparse vectors are no longer right."""
        return f"bm25-{self.language}-1"

    def document(self, text: str) -> SparseVector:
        """The words of a text to be searched."""
        return self._bm25.embed_document(text)

    def question(self, text: str) -> SparseVector | None:
        """The words of a question; ``None`` when it has only stop words."""
        vector = self._bm25.embed_query(text)
        return vector if vector.indices else None
