"""One turn's events in one line: what the SDKs make of the agent's run, and what is heard from the model directly."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

from agents import RunResultStreaming
from chatkit.agents import stream_agent_response  # pyright: ignore[reportUnknownVariableType]
from chatkit.types import ProgressUpdateEvent, ThreadStreamEvent

from bookside.chat.silence import Silence
from bookside.chat.turn import TurnContext
from bookside.models.text_tap import Heard

PUMP_S = 5.0
"""Seconds until a run that was cancelled must have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """How long one answer may take, in seconds."""

    first_s: float = 45.0
    silence_s: float = 60.0
    whole_s: float = 120.0


class TooSlow(TimeoutError):
    """The model took longer than an answer may take."""


class Line:
    """Events in the order in which they came, from whoever puts them in, until the run ends.

    Args:
        at_once: Takes what is heard while nothing is before it in the line, if it can. Whoever reads the line is then
            not woken, nor are all those who read from them.
    """

    def __init__(self, limits: TimeLimits, *, at_once: Callable[[Heard], bool]) -> None:
        self._limits = limits
        self._at_once = at_once
        self._events: deque[ThreadStreamEvent | Heard | BaseException | None] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._has_words = False
        self._silence: Silence | None = None

    def hear(self, heard: Heard) -> None:
        """Take what was heard from the model, at once or in its turn."""
        self._has_words = True
        self._break_silence()
        if not (self._is_idle and self._at_once(heard)):
            self._put(heard)

    @property
    def _is_idle(self) -> bool:
        """Whether whoever reads the line is through with all that was in it."""
        return not self._events and self._waiting is not None and not self._waiting.done()

    async def follow(self, run: RunResultStreaming, context: TurnContext) -> AsyncGenerator[ThreadStreamEvent | Heard]:
        """The events of ``run`` and of its model; the run stops when the reading does.

        Raises:
            TooSlow: A limit has passed; what came before has been given.
        """
        loop = asyncio.get_running_loop()
        timers = [
            loop.call_later(self._limits.first_s, self._give_up_without_words),
            loop.call_later(self._limits.whole_s, self._give_up),
        ]
        self._silence = Silence(self._limits.silence_s, self._give_up)
        pump = asyncio.create_task(self._pump(stream_agent_response(context, run)))
        try:
            while True:
                while self._events:
                    event = self._events.popleft()
                    if event is None:
                        return
                    if isinstance(event, BaseException):
                        raise event
                    yield event
                self._waiting = loop.create_future()
                await self._waiting
        finally:
            for timer in timers:
                timer.cancel()
            self._silence.end()
            run.cancel()
            await asyncio.wait({pump}, timeout=PUMP_S)  # it ends with the run; to cancel it would leave tasks behind
            pump.cancel()
            await context.stream(ProgressUpdateEvent(text=""))  # for a step of ChatKit's that may still wait for one

    def _put(self, event: ThreadStreamEvent | Heard | BaseException | None) -> None:
        self._events.append(event)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _pump(self, events: AsyncIterator[ThreadStreamEvent]) -> None:
        try:
            async for event in events:
                self._has_words = self._has_words or event.type == "thread.item.updated"
                self._break_silence()
                self._put(event)
        except Exception as error:  # noqa: BLE001 - raised by whoever reads the line
            self._put(error)
        else:
            self._put(None)

    def _break_silence(self) -> None:
        if self._silence is not None:
            self._silence.broken()

    def _give_up_without_words(self) -> None:
        if not self._has_words:
            self._give_up()

    def _give_up(self) -> None:
        self._put(TooSlow())
