"""Calls that block, in a thread of their own where one is made after the other."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from bookside.store.database import Start

Result = TypeVar("Result")


@contextmanager
def own_thread(name: str) -> Generator[Start]:
    """What starts work in a new thread, in the order of asking; the thread ends with the context.

    An executor does the same, but each hand-over to it and back costs more than a short statement does.
    """
    todo: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def start(work: Callable[[], Result]) -> asyncio.Future[Result]:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        todo.put(lambda: _do(work, future))
        return future

    def run() -> None:
        while (do := todo.get()) is not None:
            do()
            del do  # what the work holds is not to wait for the next one

    thread = Thread(target=run, name=name, daemon=True)  # a store that nobody closes keeps no process from its end
    thread.start()
    try:
        yield start
    finally:
        todo.put(None)
        thread.join()


def _do(work: Callable[[], Result], future: asyncio.Future[Result]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  # it is raised where the result is awaited
        _tell(future, future.set_exception, error)
    else:
        _tell(future, future.set_result, result)


def _tell(future: asyncio.Future[Any], tell: Callable[[Any], None], outcome: object) -> None:
    def unless_cancelled() -> None:
        if not future.cancelled():
            tell(outcome)

    with suppress(RuntimeError):  # the event loop has ended, and with it whoever waited
        future.get_loop().call_soon_threadsafe(unless_cancelled)
