"""Server-sent events: ChatKit's own frames, and the same ones as the simple dialect spells them."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import anyio
from chatkit.types import ErrorEvent
from fastapi.responses import StreamingResponse

from bookside.errors import BooksideError, Unavailable

log = logging.getLogger(__name__)

SSE_HEADERS = {"Cache-Control": "no-cache", "Connection": "keep-alive", "X-Accel-Buffering": "no"}
PING = b": ping\n\n"
DONE = b"event: done\ndata: {}\n\n"


async def event_stream(frames: AsyncIterator[bytes], *, ping_s: float) -> StreamingResponse:
    """``frames`` as they come, with a comment after each ``ping_s`` seconds of silence.

    Nothing is sent before there is something to send, so that a failure until then can still be an answer of its own.
    When the client goes away, the work behind ``frames`` is cancelled, and awaited.

    Raises:
        BooksideError: As ``frames`` raised it before its first frame.
    """
    awake = kept_awake(frames, ping_s=ping_s)
    first = await anext(awake, None)
    return StreamingResponse(_behind(first, awake), media_type="text/event-stream", headers=SSE_HEADERS)


async def _behind(first: bytes | None, rest: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(rest):
        if first is not None:
            yield first
        async for frame in rest:
            yield frame


async def ended_in_words(frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """ChatKit's frames; a failure behind the first one becomes an ``error`` event, as the response has begun."""
    has_begun = False
    try:
        async for frame in frames:
            has_begun = True
            yield frame
    except BooksideError as error:
        if not has_begun:
            raise
        log.warning("a stream broke off: %s", error)
        event = ErrorEvent(message=str(error), allow_retry=isinstance(error, Unavailable))
        yield f"data: {event.model_dump_json()}\n\n".encode()


async def kept_awake(frames: AsyncIterator[bytes], *, ping_s: float) -> AsyncGenerator[bytes]:
    """``frames``, and ``PING`` whenever none has come for ``ping_s`` seconds.

    ``frames`` run in one task of their own, from first to last, so that being cancelled reaches them wherever they
    wait. What a slow client has not read yet is kept, which is at most one answer.
    """
    ready: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def pump() -> None:
        try:
            async for frame in frames:
                ready.put_nowait(frame)
        finally:
            ready.put_nowait(None)

    task = asyncio.create_task(pump())
    try:
        while True:
            try:
                async with asyncio.timeout(ping_s):
                    frame = await ready.get()
            except TimeoutError:
                yield PING
                continue
            if frame is None:
                break
            yield frame
        await task
    finally:
        task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({task})


async def simple_frames(frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """ChatKit's frames in the simple dialect, with ``done`` at the end."""
    async for frame in frames:
        event: dict[str, Any] = json.loads(frame.removeprefix(b"data: "))
        yield simple_frame(event)
    yield DONE


def simple_frame(event: dict[str, Any]) -> bytes:
    """One event: the simple dialect's name and fields, and beside them the fields of ChatKit's event.

    Where both have a field, the simple dialect's value stands. An event that the simple dialect does not know keeps
    ChatKit's name, and so do the events of items that are not the assistant's messages.
    """
    name: str = event["type"]
    own: dict[str, Any] = {}
    match event:
        case {"type": "thread.created", "thread": {"id": id, **thread}}:
            own = {"id": id, "title": thread.get("title"), "metadata": thread.get("metadata", {})}
        case {"type": "thread.item.added", "item": {"type": "assistant_message", "id": id}}:
            name, own = "item.created", {"id": id, "type": "message", "role": "assistant", "content": []}
        case {
            "type": "thread.item.updated",
            "item_id": id,
            "update": {"type": "assistant_message.content_part.text_delta", "delta": text},
        }:
            name, own = "item.delta", {"id": id, "delta": {"type": "output_text", "text": text}}
        case {"type": "thread.item.done", "item": {"type": "assistant_message", "id": id}}:
            name, own = "item.done", {"id": id}
        case _:
            pass
    return f"event: {name}\ndata: {json.dumps(event | own, ensure_ascii=False)}\n\n".encode()
