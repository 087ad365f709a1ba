"""The built-in embedder and its tokenizer: from the wheel alone, without the network."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bookside.errors import Unavailable
from bookside.models.static import StaticEmbedder, open_static_embedder
from bookside.models.tokens import load_token_counter

TEXTS = ["A sensor measures something.", "", "Ein Grüßchen 世界 🤖", "x " * 3_000, " "]


async def test_every_row_is_finite_and_of_length_one_also_for_an_empty_text() -> None:
    embedder = open_static_embedder()
    rows = await embedder.embed(TEXTS)
    assert rows.shape == (len(TEXTS), await embedder.size())
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


async def test_no_texts_give_no_rows() -> None:
    assert (await open_static_embedder().embed([])).shape == (0, 256)


async def test_rows_are_in_the_order_of_the_texts_whatever_stands_beside_them() -> None:
    embedder = open_static_embedder()
    texts = [f"number {number} {'word ' * (number % 7)}" for number in range(200)]
    together = await embedder.embed(texts)
    for place in (0, 63, 64, 199):
        assert np.allclose(together[place], (await embedder.embed([texts[place]]))[0], atol=1e-6)


async def test_vectors_are_those_of_the_library_that_carries_the_weights() -> None:
    from wordllama import WordLlama  # noqa: PLC0415 - sets up logging when imported

    spec = find_spec("wordllama")
    assert spec is not None
    assert spec.origin is not None
    theirs = WordLlama.load(cache_dir=Path(spec.origin).parent, disable_download=True).embed(TEXTS[:1], norm=True)
    assert np.allclose(await open_static_embedder().embed(TEXTS[:1]), theirs, atol=1e-6)


async def test_what_means_the_same_is_nearer_than_what_does_not() -> None:
    question, near, far = await open_static_embedder().embed(
        ["How do I water my plants?", "Irrigation of crops in the garden", "The stock market fell on Monday"]
    )
    assert question @ near > question @ far


async def test_several_tasks_may_use_it_at_once() -> None:
    embedder = open_static_embedder()
    rows = await asyncio.gather(*(embedder.embed([text]) for text in TEXTS))
    assert np.allclose(np.concatenate(rows), await embedder.embed(TEXTS), atol=1e-6)


def test_the_name_tells_the_weights() -> None:
    name = open_static_embedder().name
    assert name.startswith("wordllama-l2_supercat_256-")
    assert name == open_static_embedder().name


async def test_missing_weights_are_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"gone\.safetensors"):
        await StaticEmbedder(tmp_path / "gone.safetensors", "gone").embed(["x"])


def test_tokens_are_counted_one_by_one_and_together() -> None:
    count = load_token_counter()
    assert count("") == 0
    assert count("hello world") == 2
    assert count("a much longer sentence than that") > count("short")
    assert count.batch(TEXTS) == [count(text) for text in TEXTS]
