"""The server as a process: it takes its port before anything else is done, and ends without losing what it has."""

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from bookside.errors import Rejected

BACKLOG = 2048
GC_THRESHOLDS = (20_000, 20, 20)
"""Python's own first one is 700, which one answer reaches several times; almost nothing here is in cycles."""
GRACE_S = 10
"""Seconds that answers under way have to end when the server is stopped."""
SAVING_S = 5.0
"""Seconds that answers which did not end have to save what was written."""


def event_loop() -> asyncio.AbstractEventLoop:
    """The fastest event loop that this system has: uvloop's, or Python's own on Windows."""
    make = uvicorn.Config(app="").get_loop_factory()
    return asyncio.new_event_loop() if make is None else make()


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on every address of ``host``; the system chooses the port for 0.

    Raises:
        Rejected: The port is taken or not ours to take, or there is no such address here.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Rejected(f"there is no address {host!r} to listen on ({error.strerror})") from error
    sockets: list[socket.socket] = []
    failed: OSError | None = None
    for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
        try:
            sockets.append(socket.create_server(address, family=family, backlog=BACKLOG))
        except OSError as error:
            failed = error
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):  # `localhost` may name more than there is
                break
    if sockets and (failed is None or failed.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)):
        return sockets
    for opened in sockets:
        opened.close()
    raise Rejected(_why(failed, host, port)) from failed


def _why(error: OSError | None, host: str, port: int) -> str:
    match error.errno if error else None:
        case errno.EADDRINUSE:
            return f"port {port} on {host} is in use; choose another one with --port or PORT"
        case errno.EACCES:
            return f"port {port} on {host} is not ours to take; choose one above 1023 with --port or PORT"
        case number:
            return f"cannot listen on {host}, port {port}" + (f": {os.strerror(number)}" if number else "")


async def run(
    app: FastAPI, sockets: list[socket.socket], *, log_level: str, serves: Callable[[], None] = lambda: None
) -> bool:
    """Serve until a signal says stop; whether the server ever started.

    Answers under way have ``GRACE_S`` seconds to end; then they are cancelled, and what was written is saved before
    this returns, so that the caller may close the parts that they use.

    Args:
        serves: Called once, when requests are answered.
    """
    server = _Server(
        uvicorn.Config(
            app, log_level=log_level, access_log=False, timeout_graceful_shutdown=GRACE_S, server_header=False
        ),
        serves,
    )
    gc.collect()
    gc.freeze()  # the book and all code stay as long as the server, so no collection need look at them again
    gc.set_threshold(*GC_THRESHOLDS)
    with _stopped_once():
        await server.serve(sockets)
        cancelled = {*server.server_state.tasks}
        for task in cancelled:
            task.cancel()
        if cancelled:
            await asyncio.wait(cancelled, timeout=SAVING_S)
    return server.started


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it has started."""

    def __init__(self, config: uvicorn.Config, serves: Callable[[], None]) -> None:
        super().__init__(config)
        self._serves = serves

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._serves()


@contextmanager
def _stopped_once() -> Generator[None]:
    """A signal stops the server and nothing else: uvicorn raises it again in the end, which would kill the process.

    What uvicorn then logs of the answers that it cancels itself is left out.
    """
    log = logging.getLogger("uvicorn.error")
    log.addFilter(_is_no_cancellation)
    try:
        with stop_signals_to(_ignored):
            yield
    finally:
        log.removeFilter(_is_no_cancellation)


@contextmanager
def stop_signals_to(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    """The signals that say stop go to ``handler``, and afterwards where they went before."""
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _ignored(number: int, frame: FrameType | None) -> None:
    """The server has been told already."""


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
