"""Cross-encoders from a folder: real networks on onnxruntime whose numbers are known."""

import asyncio
import random
from pathlib import Path

import pytest

from bookside.errors import Rejected, TooBusy, Unavailable
from bookside.models.cross_encoder import BATCH, MAX_TOKENS, CrossEncoder, open_cross_encoder
from cross_encoders import counted, held_networks, pairs, write_cross_encoder, write_length_network, write_tokenizer

WORDS = ("relay", "pump", "soil", "water", "root")
QUESTION = "relay pump relay"
PASSAGES = ["the relay", "", "pump soil pump", "water", "a relay and a pump and a relay"]


async def test_each_pair_has_the_networks_own_number_in_order(tmp_path: Path) -> None:
    """Question and passage are told apart, and padding counts for nothing, however long the others of a run are."""
    model = open_cross_encoder(write_cross_encoder(tmp_path / "small", WORDS))
    chance = random.Random(7)
    many = [" ".join(chance.choices((*WORDS, "other"), k=chance.randrange(40))) for _ in range(5 * BATCH + 3)]
    passages = [*PASSAGES, *many]
    assert await model.relevance(pairs(QUESTION, passages)) == [
        counted(QUESTION, passage, WORDS) for passage in passages
    ]
    assert await model.relevance(pairs("relay", [])) == []
    assert model.name == "small"
    await model.close()


async def test_of_two_numbers_the_last_is_for_relevant(tmp_path: Path) -> None:
    model = open_cross_encoder(write_cross_encoder(tmp_path, WORDS, labels=2))
    assert await model.relevance(pairs("relay", ["relay relay", "soil"])) == [4.0, 0.0]
    await model.close()


async def test_a_network_may_take_32_bit_integers_and_no_kinds_of_tokens(tmp_path: Path) -> None:
    model = open_cross_encoder(write_length_network(tmp_path))
    assert await model.relevance(pairs("word", ["", "word word"])) == [4.0, 6.0]
    await model.close()


async def test_what_is_too_long_is_cut_and_the_other_stays_whole(tmp_path: Path) -> None:
    """A book's question may be long, and so may a passage: the longer one gives way, and neither is an error."""
    model = open_cross_encoder(write_length_network(tmp_path))
    assert await model.relevance(pairs("word", ["word " * 2_000])) == [MAX_TOKENS]
    assert await model.relevance(pairs("word " * 2_000, ["word"])) == [MAX_TOKENS]
    await model.close()
    counts = open_cross_encoder(write_cross_encoder(tmp_path / "counts", WORDS))
    assert await counts.relevance(pairs("relay pump", ["pump " * 2_000])) == [MAX_TOKENS - 3 - 2]
    await counts.close()


@pytest.mark.parametrize("name", ["model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx"])
async def test_the_folder_is_as_exporters_write_it(tmp_path: Path, name: str) -> None:
    """The network beside its tokenizer, or in a folder below; and a file is named where it is not the usual one."""
    folder = write_cross_encoder(tmp_path / "tiny", WORDS, name=name)
    model = open_cross_encoder(folder / name if "quantized" in name else folder)
    assert await model.relevance(pairs("relay", ["relay"])) == [1.0]
    assert model.name == ("tiny/model_quantized.onnx" if "quantized" in name else "tiny")
    await model.close()


def test_what_is_missing_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"no re-ranker in .*model\.onnx"):
        open_cross_encoder(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"no network")
    with pytest.raises(Rejected, match=r"no tokenizer.*tokenizer\.json"):
        open_cross_encoder(tmp_path)


async def test_files_that_are_no_cross_encoder_are_named(tmp_path: Path) -> None:
    """A broken network or tokenizer, a network of three numbers, and one that gives no number."""
    write_tokenizer(tmp_path, WORDS)
    (tmp_path / "model.onnx").write_bytes(b"no network")
    with pytest.raises(Unavailable, match=r"model\.onnx cannot be loaded"):
        await open_cross_encoder(tmp_path).relevance(pairs("relay", ["relay"]))
    with pytest.raises(Unavailable, match="not one or two for each"):
        await open_cross_encoder(write_cross_encoder(tmp_path / "3", WORDS, labels=3)).relevance(
            pairs("relay", ["relay"])
        )
    endless = write_cross_encoder(tmp_path / "endless", WORDS, weight=float("inf"))
    with pytest.raises(Unavailable, match="not finite"):
        await open_cross_encoder(endless).relevance(pairs("relay", ["relay"]))
    (endless / "tokenizer.json").write_text("{}")
    with pytest.raises(Unavailable, match=r"tokenizer\.json cannot be read"):
        await open_cross_encoder(endless).relevance(pairs("relay", ["relay"]))


async def test_calls_at_once_and_calls_that_are_given_up_do_not_mix(tmp_path: Path) -> None:
    """Readers ask at once, and some leave: each of the others has the numbers of its own passages."""
    model = open_cross_encoder(write_cross_encoder(tmp_path, WORDS))
    for word in WORDS:
        call = asyncio.create_task(model.relevance(pairs(word, [word, f"{word} {word}"])))
        left = asyncio.create_task(model.relevance(pairs("relay", ["relay"] * 500)))
        await asyncio.sleep(0)
        left.cancel()
        assert await call == [1.0, 2.0]
        with pytest.raises(asyncio.CancelledError):
            await left
    assert await model.relevance(pairs("soil", ["soil"])) == [1.0]
    await model.close()


async def refuses(model: CrossEncoder) -> bool:
    """Whether another call is told at once that it came in vain."""
    call = asyncio.create_task(model.relevance(pairs("soil", ["soil"])))
    await asyncio.sleep(0)
    is_told = call.done()
    if not is_told:
        call.cancel()
    with pytest.raises(TooBusy if is_told else asyncio.CancelledError):
        await call
    return is_told


async def test_one_call_waits_and_the_next_is_told_at_once(tmp_path: Path) -> None:
    """Whoever gives up its place in the line gives it to another; a run that nobody waits for still holds its own."""
    model = open_cross_encoder(write_cross_encoder(tmp_path, WORDS))
    with held_networks() as (runs, go_on):
        first = asyncio.create_task(model.relevance(pairs("relay", ["relay"])))
        assert await asyncio.to_thread(runs.wait, 60)
        assert not await refuses(model)
        second = asyncio.create_task(model.relevance(pairs("pump", ["pump pump"])))
        await asyncio.sleep(0)
        assert await refuses(model)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await refuses(model)
        go_on.set()
        assert await second == [2.0]
    assert await model.relevance(pairs("soil", ["soil"])) == [1.0]
    await model.close()


async def test_nobody_waits_where_two_runs_take_longer_than_the_limit(tmp_path: Path) -> None:
    """Any run takes longer than half of this limit; whoever finds the network free is let in all the same."""
    model = open_cross_encoder(write_cross_encoder(tmp_path, WORDS), limit_s=1e-9)
    assert await model.relevance(pairs("relay", ["relay"])) == [1.0]
    with held_networks() as (_, go_on):
        first = asyncio.create_task(model.relevance(pairs("relay", ["relay"])))
        await asyncio.sleep(0)
        assert await refuses(model)
        go_on.set()
        assert await first == [1.0]
    await model.close()
