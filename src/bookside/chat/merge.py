"""One turn's events in one line: what the SDKs make of the agent's run, and what is heard from the model directly."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from agents import RunResultStreaming
from chatkit.agents import stream_agent_response  # pyright: ignore[reportUnknownVariableType]
from chatkit.types import ProgressUpdateEvent, ThreadStreamEvent

from bookside.chat.turn import TurnContext
from bookside.models.text_tap import Heard

PUMP_S = 5.0
"""Seconds until a run that was cancelled must have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """How long one answer may take, in seconds."""

    first_s: float = 45.0
    whole_s: float = 120.0


class TooSlow(TimeoutError):
    """The model took longer than an answer may take."""


class Line:
    """Events in the order in which they came, from whoever puts them in, until the run ends."""

    def __init__(self, limits: TimeLimits) -> None:
        self._limits = limits
        self._events: asyncio.Queue[ThreadStreamEvent | Heard | BaseException | None] = asyncio.Queue()
        self._has_words = False

    def hear(self, heard: Heard) -> None:
        """Put in what was heard from the model."""
        self._has_words = True
        self._events.put_nowait(heard)

    async def follow(self, run: RunResultStreaming, context: TurnContext) -> AsyncGenerator[ThreadStreamEvent | Heard]:
        """The events of ``run`` and of its model; the run stops when the reading does.

        Raises:
            TooSlow: A limit has passed; what came before has been given.
        """
        loop = asyncio.get_running_loop()
        timers = [
            loop.call_later(self._limits.first_s, self._give_up, "first"),
            loop.call_later(self._limits.whole_s, self._give_up, "whole"),
        ]
        pump = asyncio.create_task(self._pump(stream_agent_response(context, run)))
        try:
            while (event := await self._events.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            for timer in timers:
                timer.cancel()
            run.cancel()
            await asyncio.wait({pump}, timeout=PUMP_S)  # it ends with the run; to cancel it would leave tasks behind
            pump.cancel()
            await context.stream(ProgressUpdateEvent(text=""))  # for a step of ChatKit's that may still wait for one

    async def _pump(self, events: AsyncIterator[ThreadStreamEvent]) -> None:
        try:
            async for event in events:
                self._has_words = self._has_words or event.type == "thread.item.updated"
                self._events.put_nowait(event)
        except Exception as error:  # noqa: BLE001 - raised by whoever reads the line
            self._events.put_nowait(error)
        else:
            self._events.put_nowait(None)

    def _give_up(self, limit: str) -> None:
        if limit == "whole" or not self._has_words:
            self._events.put_nowait(TooSlow(limit))
