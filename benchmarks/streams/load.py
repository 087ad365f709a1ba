"""Asks many questions at once over plain sockets, and notes when what came back."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from benchmarks.streams.answers import FIRST_TEXT, Answer, Dialect, read
from benchmarks.streams.script import answer, model_calls, question

TIMEOUT_S = 240.0
"""Until a whole answer must be there."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where questions are asked.

    Args:
        url: The address that takes them.
        dialect: How its answers are read.
        is_model: Whether it is the model itself, which must be called twice.
    """

    url: str
    dialect: Dialect = Dialect.CHATKIT
    is_model: bool = False

    def bodies(self, number: int, thread_id: str | None) -> tuple[dict[str, Any], ...]:
        """The requests that one question takes, in order; the last one brings the answer."""
        asked = question(number)
        if self.is_model:
            return model_calls(asked)
        if self.dialect is Dialect.RESPONSES:
            return ({"question": asked},)
        words = {"content": [{"type": "input_text", "text": asked}], "attachments": [], "inference_options": {}}
        if thread_id is None:
            return ({"type": "threads.create", "params": {"input": words}},)
        return ({"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": words}},)


@dataclass(slots=True)
class Exchange:
    """One question and what came of it; times in seconds after it was asked.

    Args:
        is_dropped_at_text: The connection is cut as soon as there is text.
    """

    number: int
    started: float = 0.0
    first_byte_s: float | None = None
    first_text_s: float | None = None
    total_s: float = 0.0
    received: list[bytes] = field(default_factory=list)
    is_dropped_at_text: bool = False
    fault: str | None = None


class Connection(asyncio.Protocol):
    """Sends a request and gathers the response until the server closes."""

    def __init__(self, request: bytes, exchange: Exchange, first_text: bytes) -> None:
        self._request = request
        self._exchange = exchange
        self._first_text = first_text
        self._transport: asyncio.Transport | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is not derived from it
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        exchange = self._exchange
        exchange.received.append(data)
        if exchange.first_text_s is not None:
            return
        after_s = time.perf_counter() - exchange.started
        if exchange.first_byte_s is None:
            exchange.first_byte_s = after_s
        if self._first_text in data or self._first_text in b"".join(exchange.received):
            exchange.first_text_s = after_s
            if exchange.is_dropped_at_text and self._transport is not None:
                self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def request_bytes(url: str, body: dict[str, Any]) -> bytes:
    where, payload = urlsplit(url), json.dumps(body).encode()
    lines = (
        f"POST {where.path} HTTP/1.1",
        f"host: {where.netloc}",
        "content-type: application/json",
        "accept: text/event-stream",
        "connection: close",
        f"content-length: {len(payload)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + payload


async def ask(target: Target, number: int, thread_id: str | None = None, *, is_dropped: bool = False) -> Exchange:
    """Ask one question, over connections of its own."""
    exchange = Exchange(number, started=time.perf_counter(), is_dropped_at_text=is_dropped)
    where = urlsplit(target.url)
    loop = asyncio.get_running_loop()
    requests = [request_bytes(target.url, body) for body in target.bodies(number, thread_id)]
    for request in requests:
        exchange.received.clear()

        def connection(request: bytes = request) -> Connection:
            return Connection(request, exchange, FIRST_TEXT[target.dialect])

        try:
            _, opened = await loop.create_connection(connection, where.hostname, where.port)
        except OSError as error:
            exchange.fault = f"not connected: {error.strerror or error}"
            break
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await opened.closed
        except TimeoutError:
            exchange.fault = "timed out"
            break
        finally:
            opened.abort()
    exchange.total_s = time.perf_counter() - exchange.started
    return exchange


async def ask_all(target: Target, numbers: Sequence[int], threads: Sequence[str | None] = ()) -> list[Exchange]:
    """Ask all at once; with ``threads``, each in its own."""
    where = threads or [None] * len(numbers)
    return await asyncio.gather(*map(lambda number, thread: ask(target, number, thread), numbers, where))


async def drop_all(target: Target, count: int, at_once: int) -> int:
    """Ask ``count`` questions, ``at_once`` together, and cut each connection at the first text; how many had text."""
    numbers = iter(range(count))
    had_text = 0

    async def worker() -> None:
        nonlocal had_text
        for number in numbers:
            exchange = await ask(target, number, is_dropped=True)
            had_text += exchange.first_text_s is not None

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return had_text


def check(exchange: Exchange, dialect: Dialect, deltas: int) -> Answer:
    """The answer that an exchange brought; its ``fault`` says so when it isn't the expected text to the character."""
    if exchange.fault:
        return Answer(fault=exchange.fault)
    found = read(b"".join(exchange.received), dialect)
    expected = answer(deltas, exchange.number)
    if found.fault is None and found.text != expected:
        return Answer(fault="the pieces are not the text")
    if found.fault is None and found.whole != expected:
        return Answer(fault="the finished message is not the text")
    return found
