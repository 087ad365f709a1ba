"""How rare each word is in the book: the only place that weighs the words of a question, and mends its typing errors.

One lexicon belongs to one generation of an index, and is stored in it as a point of its own.
"""

import base64
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from qdrant_edge import SparseVector
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bookside.index.shard import EngineError
from bookside.index.sparse import K1, Words

Kind = Literal["chunk", "page"]

WORD = re.compile(r"[^\W\d_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{4,}")
"""Words of scripts that put spaces between them: what others have between two marks is a clause."""
MAX_MENDED = 8
"""Words of a question that are looked up as mistyped: comparing one with a large book's words takes milliseconds."""
LONG_WORD = 8
"""A word of so many letters may have two typing errors, a shorter one has one."""
MENDED = 0.8
"""What a word counts that was put in the place of one that the book does not have."""
NEIGHBOURS = 8


class Lexicon:
    """In how many chunks and pages each word is, and the book's words as they are written.

    Args:
        chunks: How many chunks there are.
        pages: How many pages have chunks.
        ids: The words' numbers, ascending.
        in_chunks: For each of ``ids``, in how many chunks the word is.
        in_pages: For each of ``ids``, on how many pages.
        written: The words of four letters and more, in lower case; some may have left the book since.
    """

    def __init__(
        self,
        chunks: int,
        pages: int,
        ids: NDArray[np.uint32],
        in_chunks: NDArray[np.uint32],
        in_pages: NDArray[np.uint32],
        written: frozenset[str],
    ) -> None:
        self._totals: dict[Kind, int] = {"chunk": chunks, "page": pages}
        self._ids = ids
        self._counts: dict[Kind, NDArray[np.uint32]] = {"chunk": in_chunks, "page": in_pages}
        self.written = written

    def question(self, text: str, words: Words) -> dict[Kind, SparseVector]:
        """The question's words that the book has, each with its rarity, as chunks and as pages are searched for them.

        The weights are such that a text which says every word of the question over and over scores 1, also where the
        book does not have the word at all: the score is the share of the question that is covered.
        """
        wanted = self._wanted(text, words)
        return {kind: self._weighed(wanted, kind) for kind in self._totals}

    def rarity(self, word: int, kind: Kind) -> float:
        """BM25's inverse document frequency: 0 or more; the most for a word that the book does not have."""
        total, found = self._totals[kind], self._found(word, kind)
        return math.log1p((total - found + 0.5) / (found + 0.5))

    def nearest(self, word: str, words: Words) -> frozenset[int]:
        """The numbers of the book's word that ``word`` was probably meant to be; nothing where none is near."""
        errors = 2 if len(word) >= LONG_WORD else 1
        as_long = range(len(word) - errors, len(word) + errors + 1)
        written = [word for length in as_long for word in self._by_length.get(length, ())]
        near = process.extract(word, written, scorer=OSA.distance, score_cutoff=errors, limit=NEIGHBOURS)
        best: tuple[int, int] | None = None
        chosen: frozenset[int] = frozenset()
        for written, distance, _ in near:
            terms = words.terms(written)
            often = max((self._found(term, "chunk") for term in terms), default=0)
            if often and (best is None or (-int(distance), often) > best):
                best, chosen = (-int(distance), often), terms
        return chosen

    def as_text(self) -> str:
        """All of it, small enough to be stored beside the chunks."""
        parts = [
            np.array(list(self._totals.values()), dtype="<u4").tobytes(),
            self._ids.astype("<u4").tobytes(),
            *(self._counts[kind].astype("<u4").tobytes() for kind in self._totals),
            "\n".join(sorted(self.written)).encode(),
        ]
        header = len(self._ids).to_bytes(4, "little")
        return base64.b85encode(zlib.compress(header + b"".join(parts))).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What ``as_text`` gave.

        Raises:
            ValueError: It is something else.
        """
        try:
            content = zlib.decompress(base64.b85decode(text))
        except zlib.error as error:
            raise ValueError("this is no lexicon") from error
        size = int.from_bytes(content[:4], "little")
        numbers = np.frombuffer(content, dtype="<u4", offset=4, count=2 + 3 * size).astype(np.uint32)
        totals, rest = numbers[:2], numbers[2:].reshape(3, size)
        written = content[4 + 4 * len(numbers) :].decode()
        return cls(int(totals[0]), int(totals[1]), *rest, written=frozenset(written.split("\n") if written else ()))

    def _wanted(self, text: str, words: Words) -> Mapping[int, float]:
        wanted = dict.fromkeys(words.counts(text), 1.0)
        mended = 0
        for found in WORD.finditer(text):
            terms = words.terms(found[0])
            if not terms or any(self._found(term, "chunk") for term in terms):
                continue
            mended += 1
            if mended > MAX_MENDED:
                break
            nearest = self.nearest(found[0].lower(), words)
            if nearest:
                for term in terms:
                    wanted.pop(term, None)
                wanted.update((term, MENDED) for term in nearest if term not in wanted)
        return wanted

    def _weighed(self, wanted: Mapping[int, float], kind: Kind) -> SparseVector:
        rarity = {word: weight * self.rarity(word, kind) for word, weight in wanted.items()}
        most = sum(rarity.values()) * (K1 + 1)
        known = {word: weight / most for word, weight in rarity.items() if self._found(word, kind)}
        return SparseVector(indices=list(known), values=list(known.values()))

    def _found(self, word: int, kind: Kind) -> int:
        place = int(self._ids.searchsorted(np.uint32(word)))
        return int(self._counts[kind][place]) if place < len(self._ids) and self._ids[place] == word else 0

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        by_length: dict[int, list[str]] = {}
        for word in sorted(self.written):
            by_length.setdefault(len(word), []).append(word)
        return by_length


class Count:
    """Counts the words of a generation's vectors into a lexicon.

    Args:
        written: Words that are known already.
    """

    def __init__(self, written: Iterable[str] = ()) -> None:
        self._totals: dict[Kind, int] = {"chunk": 0, "page": 0}
        self._counts: dict[Kind, Counter[int]] = {"chunk": Counter(), "page": Counter()}
        self._written = set(written)

    def add(self, kind: Kind, indices: Iterable[int]) -> None:
        """One chunk's or page's words."""
        self._totals[kind] += 1
        self._counts[kind].update(set(indices))

    def read(self, text: str) -> None:
        """Take the words of ``text`` as they are written."""
        self._written.update(written_words(text))

    def lexicon(self) -> Lexicon:
        """What was counted."""
        ids = sorted(self._counts["chunk"] | self._counts["page"])

        def column(kind: Kind) -> NDArray[np.uint32]:
            return np.array([self._counts[kind][id] for id in ids], dtype=np.uint32)

        return Lexicon(
            self._totals["chunk"],
            self._totals["page"],
            np.array(ids, dtype=np.uint32),
            column("chunk"),
            column("page"),
            frozenset(self._written),
        )


def written_words(text: str) -> Iterator[str]:
    """The words of ``text`` that typing errors are measured against."""
    return (found[0].lower() for found in WORD.finditer(text))


def stored_lexicon(payload: Mapping[str, Any] | None) -> Lexicon:
    """The lexicon in its point's payload.

    Raises:
        EngineError: There is no such point, or it holds something else.
    """
    text = (payload or {}).get("lexicon")
    if not isinstance(text, str):
        raise EngineError("it has no lexicon")
    try:
        return Lexicon.from_text(text)
    except ValueError as error:
        raise EngineError(f"its lexicon cannot be read: {error}") from error
