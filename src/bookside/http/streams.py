"""Server-sent events: a run's events as ChatKit writes them, or as the simple dialect spells them."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bookside.chat.run import Batch, Follow
from bookside.errors import BooksideError
from bookside.http.sending import DIRECT, MAX_SEND_S, Pieces

log = logging.getLogger(__name__)

SSE_HEADERS = {"Cache-Control": "no-cache", "Connection": "keep-alive", "X-Accel-Buffering": "no"}
RUN_HEADER = "Bookside-Run"
PING = b": ping\n\n"
DONE = b"event: done\ndata: {}\n\n"

Frame = Callable[[bytes], bytes]


def chatkit_frame(event: bytes) -> bytes:
    """One event as ChatKit's server sends it."""
    return b"data: " + event + b"\n\n"


class EventStream(Response):
    """A run's events as they come; what comes together is sent together.

    When the client goes away, the run is left, which stops it unless it is resumable. Nothing is kept for a client
    that is slow: it is sent the next events when it has taken the last ones.

    Args:
        follow: Follows the run, and may have what comes taken at once; an empty batch is sent as a comment, which keeps
            the connection open.
        frame: An event as its dialect spells it.
        tail: Sent after the last event.
        run_id: Of a resumable run; then each frame has its number as its id.
    """

    media_type = "text/event-stream"

    def __init__(self, follow: Follow, *, frame: Frame, tail: bytes = b"", run_id: str | None = None) -> None:
        super().__init__(headers=SSE_HEADERS | ({RUN_HEADER: run_id} if run_id else {}))
        del self.headers["content-length"]
        self._follow = follow
        self._frame = frame
        self._tail = tail
        self._has_ids = run_id is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything, or as much as the client takes."""
        pieces = Pieces(scope.get(DIRECT, send))
        sending = asyncio.create_task(self._send(send, pieces))
        leaving = asyncio.create_task(_left(receive))
        try:
            is_over: set[asyncio.Task[None]] = set()
            while not is_over and not pieces.are_stuck():
                is_over, _ = await asyncio.wait(
                    {sending, leaving}, timeout=MAX_SEND_S / 4, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            leaving.cancel()
            sending.cancel()
            await asyncio.wait({sending, leaving})
        if not sending.cancelled():
            sending.result()

    async def _send(self, begin: Send, pieces: Pieces) -> None:
        batches = self._follow(lambda number, event: pieces.send_now(self._framed(number, event)))
        try:
            await begin({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for batch in batches:
                await pieces.send(self._written(batch))
            await pieces.send(b"", is_last=True)
        except BooksideError as error:  # the response has begun, so all that is left is to break it off
            log.warning("a stream broke off: %s", error)
        finally:
            await batches.aclose()
            await pieces.close()

    def _written(self, batch: Batch) -> bytes:
        if batch.is_end:
            return b"id: %d\n%b" % (batch.first, self._tail) if self._has_ids and self._tail else self._tail
        if not batch.events:
            return PING
        return b"".join([self._framed(number, event) for number, event in enumerate(batch.events, batch.first)])

    def _framed(self, number: int, event: bytes) -> bytes:
        return b"id: %d\n%b" % (number, self._frame(event)) if self._has_ids else self._frame(event)


async def _left(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def simple_event(event: bytes) -> bytes:
    """One event in the simple dialect."""
    return simple_frame(json.loads(event))


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
