"""The built-in embedder: static word vectors out of the ``wordllama`` wheel, averaged. No key, no network, no GPU."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load
from tokenizers import Tokenizer

from bookside.errors import Unavailable
from bookside.models.embedder import Vectors
from bookside.models.loading import Loaded
from bookside.models.tokens import load_tokenizer, wordllama_folder

WEIGHTS = "l2_supercat_256"
SIZE = 256
BATCH = 64
"""Texts averaged at once: of 300 tokens each they take 20 MB."""


class StaticEmbedder:
    """The mean of the vectors of a text's tokens, at length 1.

    The weights (16 MB) are read at the first use, in a thread. A text without tokens has the vector whose components
    are all equal, so that every row is finite and of length 1.
    """

    def __init__(self, weights: Path, name: str) -> None:
        self._weights = weights
        self._name = name
        self._model = Loaded(self._load)

    @property
    def name(self) -> str:
        """Names the weights file, with a piece of its hash."""
        return self._name

    async def size(self) -> int:
        """Length of a vector."""
        return SIZE

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, in order, each of 256 floats and length 1; computed in a thread.

        Raises:
            Unavailable: The weights cannot be read.
        """
        return await asyncio.to_thread(mean_vectors, *await self._model.get(), list(texts))

    async def close(self) -> None:
        """Nothing is held open."""

    def _load(self) -> tuple[Tokenizer, NDArray[np.float32]]:
        try:
            tensors = load(self._weights.read_bytes())
        except OSError as error:
            raise Unavailable("embedding model", f"{self._weights.name} cannot be read: {error.strerror}") from error
        return load_tokenizer(), tensors["embedding.weight"].astype(np.float32)


def mean_vectors(tokenizer: Tokenizer, table: NDArray[np.float32], texts: list[str]) -> Vectors:
    """The mean of each text's rows of ``table``, at length 1; an array of ``(len(texts), table.shape[1])``."""
    size = table.shape[1]
    rows = np.empty((len(texts), size), dtype=np.float32)
    for start in range(0, len(texts), BATCH):
        encodings = tokenizer.encode_batch_fast(texts[start : start + BATCH], add_special_tokens=False)
        for row, encoding in enumerate(encodings, start):
            rows[row] = table[encoding.ids].mean(axis=0) if encoding.ids else 1.0
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / lengths


def open_static_embedder() -> StaticEmbedder:
    """The embedder that needs nothing; reads the weights file once for its hash (about 20 ms).

    Raises:
        Unavailable: The ``wordllama`` wheel or its weights are missing.
    """
    weights = wordllama_folder() / "weights" / f"{WEIGHTS}.safetensors"
    try:
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    except OSError as error:
        raise Unavailable("embedding model", f"{weights.name} cannot be read: {error.strerror}") from error
    return StaticEmbedder(weights, f"wordllama-{WEIGHTS}-{digest[:8]}")
