"""Small embedders for the tests of the index; deterministic, and quick enough to embed hundreds of chunks."""

import zlib
from collections.abc import Sequence

import numpy as np

from bookside.errors import Unavailable
from bookside.models.embedder import Vectors


class HashedWords:
    """Each word adds to one component. Counts what it was asked to embed."""

    def __init__(self, size: int = 64, name: str = "hashed-words") -> None:
        self._size = size
        self._name = name
        self.embedded: list[str] = []

    @property
    def name(self) -> str:
        return self._name

    async def size(self) -> int:
        return self._size

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        rows = np.full((len(texts), self._size), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                rows[row, zlib.crc32(word.encode()) % self._size] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    async def close(self) -> None:
        pass


class FailsAfter(HashedWords):
    """Answers ``calls`` times, then is unavailable."""

    def __init__(self, calls: int, name: str = "hashed-words") -> None:
        super().__init__(name=name)
        self._left = calls

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self._left == 0:
            raise Unavailable("embedding model", "switched off for the test")
        self._left -= 1
        return await super().embed(texts)
