"""How the pieces of a stream leave: past the layers that do not look at them, and mostly without waking a task."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)

MAX_SEND_S = 60.0
"""How long a client may leave what it was sent unread; then it has gone, and may come back."""

DIRECT = "bookside.direct"
"""Name in a request's scope of the ``send`` that ``DirectSend`` was given."""


class DirectSend:
    """Middleware, outside all others: lets a stream pass by the layers that only look at how a response begins.

    Each of them would be one more coroutine for every piece of every stream.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] == "http":
            scope[DIRECT] = send
        await self._app(scope, receive, send)


class Pieces:
    """The body of one response, piece by piece.

    Args:
        send: The server's.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._since_s: float | None = None
        self._rest: asyncio.Future[None] | None = None

    async def send(self, data: bytes, *, is_last: bool = False) -> None:
        """Send a piece, behind those that were sent before."""
        if self._rest is not None:
            await self._rest
        self._since_s = time.monotonic()
        await self._send({"type": "http.response.body", "body": data, "more_body": not is_last})
        self._since_s = None

    def send_now(self, data: bytes) -> bool:
        """Send a piece without waiting; ``False`` where it has to be sent by ``send``, behind what is on its way.

        A server that has room writes at once, so its coroutine ends with its first step. If it wants to wait instead, a
        task goes on with it.
        """
        if self._rest is not None and not self._is_sent(self._rest):
            return False
        sending: Any = self._send({"type": "http.response.body", "body": data, "more_body": True})
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return True
        except Exception as error:  # noqa: BLE001 - raised by the next `send`
            self._rest = asyncio.get_running_loop().create_future()
            self._rest.set_exception(error)
            return True
        self._since_s = time.monotonic()
        self._rest = asyncio.create_task(self._go_on(sending, waits_for))
        return True

    async def _go_on(self, sending: Coroutine[Any, Any, None], waits_for: Any) -> None:
        await _resumed(sending, waits_for)
        self._since_s = None

    @staticmethod
    def _is_sent(rest: asyncio.Future[None]) -> bool:
        return rest.done() and not rest.cancelled() and rest.exception() is None

    def are_stuck(self) -> bool:
        """Whether the client has left a piece unread for too long."""
        if self._since_s is None or time.monotonic() < self._since_s + MAX_SEND_S:
            return False
        log.info("a client left what it was sent unread for %.0f seconds, so its stream was closed", MAX_SEND_S)
        return True

    async def close(self) -> None:
        """Send nothing more."""
        if self._rest is not None:
            self._rest.cancel()
            await asyncio.wait({self._rest})
            if not self._rest.cancelled():
                self._rest.exception()  # nobody is left to be told


@coroutine
def _resumed(begun: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """A coroutine that was begun, from where it waits."""
    try:
        yield waits_for
    except BaseException as error:
        begun.throw(error)
        raise
    yield from begun  # pyright: ignore[reportGeneralTypeIssues]
