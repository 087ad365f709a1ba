"""The thread in which SQLite is asked."""

import asyncio
import threading
import weakref
from collections.abc import Callable

import pytest

from bookside.store.blocking import own_thread
from bookside.store.database import unbroken

NAME = "bookside-test"


def fail() -> None:
    raise ZeroDivisionError


class Thing:
    """Something that can be let go."""


async def test_work_is_done_in_one_other_thread_in_the_order_of_asking() -> None:
    """Each result comes back to who asked for it."""
    done: list[int] = []

    def work(n: int) -> Callable[[], tuple[int, str]]:
        return lambda: (done.append(n) or n, threading.current_thread().name)

    with own_thread(NAME) as start:
        results = await asyncio.gather(*(start(work(n)) for n in range(50)))

    assert results == [(n, NAME) for n in range(50)]
    assert done == list(range(50))


async def test_what_work_raises_is_raised_where_it_is_awaited() -> None:
    """The thread goes on."""
    with own_thread(NAME) as start:
        with pytest.raises(ZeroDivisionError):
            await start(fail)
        assert await start(lambda: 1) == 1


async def test_the_thread_ends_with_the_context() -> None:
    """What was asked before is done first."""
    done: list[int] = []
    with own_thread(NAME) as start:
        last = [start(lambda n=n: done.append(n)) for n in range(50)]
    assert done == list(range(50))
    assert NAME not in {thread.name for thread in threading.enumerate()}
    await asyncio.gather(*last)


async def test_whoever_is_cancelled_waits_for_the_end_of_the_work() -> None:
    """It is not broken off, also if it fails, and what comes after it is done."""
    for outcome in (lambda: None, fail):
        held, begun = threading.Event(), threading.Event()

        def work(held: threading.Event = held, begun: threading.Event = begun, end: Callable[[], None] = outcome):
            begun.set()
            held.wait()
            end()

        with own_thread(NAME) as start:
            asking = asyncio.create_task(unbroken(start(work)))
            await asyncio.to_thread(begun.wait)
            asking.cancel()
            ended_early, _ = await asyncio.wait({asking}, timeout=0.05)
            held.set()
            assert not ended_early
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await start(lambda: 1) == 1


async def test_work_that_was_given_up_disturbs_nobody() -> None:
    """Its result has nowhere to go."""
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
    with own_thread(NAME) as start:
        given_up = start(lambda: 1)
        given_up.cancel()
        assert await start(lambda: 2) == 2
    assert given_up.cancelled()
    assert complaints == []


def test_an_event_loop_that_ends_early_takes_nothing_along() -> None:
    """Work that outlives it is done, and the next loop is served."""
    held = threading.Event()

    async def leave(start: Callable[..., asyncio.Future[object]]) -> None:
        start(held.wait)

    async def ask(start: Callable[..., asyncio.Future[object]]) -> object:
        return await asyncio.wait_for(start(lambda: 1), timeout=10)

    with own_thread(NAME) as start:
        asyncio.run(leave(start))
        held.set()
        assert asyncio.run(ask(start)) == 1


async def test_nothing_is_held_that_is_done_with() -> None:
    """Neither the work nor its result, while the thread waits for more."""
    with own_thread(NAME) as start:
        thing = Thing()
        gone = weakref.ref(thing)
        assert await start(lambda thing=thing: thing) is thing
        del thing
        for _ in range(100):
            if gone() is None:
                break
            await asyncio.sleep(0.01)
        assert gone() is None
