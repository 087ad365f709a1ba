"""What an embedder promises; the implementations are beside this module."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors of one size."""

    @property
    def name(self) -> str:
        """Identifies the weights: a changed name means that old vectors cannot be compared with new ones."""
        ...

    async def size(self) -> int:
        """Length of a vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, in order: an array of ``(len(texts), size)`` floats, each row of length 1.

        Never blocks the event loop. Batches and retries are the embedder's own.

        Raises:
            Unavailable: The model did not answer, also after retries.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
