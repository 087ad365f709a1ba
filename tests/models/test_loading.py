"""A model is loaded once, whoever asks and whoever stops waiting."""

import asyncio
import threading

import pytest

from bookside.errors import Unavailable
from bookside.models.loading import Loaded


class Slow:
    """Counts its calls, each of which lasts until it is let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.calls += 1
        self.began.set()
        assert self.go.wait(timeout=30)
        return "model"


async def test_a_caller_that_stops_waiting_leaves_the_model_to_the_next_one() -> None:
    """As when the first reader goes away while the weights are read: they are not read a second time beside it."""
    load = Slow()
    loaded = Loaded(load)
    first = asyncio.create_task(loaded.get())
    await asyncio.to_thread(load.began.wait, 30)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    others = [asyncio.create_task(loaded.get()) for _ in range(3)]
    await asyncio.sleep(0.05)
    load.go.set()
    assert await asyncio.gather(*others) == ["model"] * 3
    assert load.calls == 1


async def test_what_failed_is_tried_again_and_what_was_let_go_is_loaded_again() -> None:
    outcomes = [Unavailable("model", "no disk"), "first", "second"]

    def load() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    loaded = Loaded(load)
    with pytest.raises(Unavailable):
        await loaded.get()
    assert [await loaded.get(), await loaded.get()] == ["first", "first"]
    loaded.forget()
    assert await loaded.get() == "second"
