"""Models that are loaded when they are first needed: the only place that sees to it that each is loaded once."""

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Model = TypeVar("Model")


class Loaded(Generic[Model]):
    """What ``load`` gives, called in a thread by whoever asks first; the others wait for it.

    A caller that stops waiting does not stop the thread, so the next one waits for that thread and does not load anew.

    Args:
        load: Called again by the next caller when it has failed.
    """

    def __init__(self, load: Callable[[], Model]) -> None:
        self._load = load
        self._waiting = asyncio.Lock()
        self._at_work = threading.Lock()
        self._model: Model | None = None

    async def get(self) -> Model:
        """The model."""
        if self._model is not None:
            return self._model
        async with self._waiting:  # so that only one thread waits for the one at work
            return await asyncio.to_thread(self._once)

    def forget(self) -> None:
        """Let go of it; it is loaded again when it is needed."""
        self._model = None

    def _once(self) -> Model:
        with self._at_work:
            if self._model is None:
                self._model = self._load()
            return self._model
