"""Several server processes behind one socket: one parent starts them, replaces those that die, and ends them together.

A worker is started afresh (``spawn``), so it shares nothing with its parent but the sockets. What it is given travels
through a pipe, never on its command line, which everybody on the machine may read.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import FrameType

from bookside.errors import Unavailable
from bookside.http.running import GRACE_S, SAVING_S, stop_signals_to

STARTS = 5
"""How often a worker may end before it serves, one time after the other."""
PAUSE_S = 1.0
"""Seconds until a worker that did not come to serve is started again; doubled with each time."""
CLOSING_S = 10.0
"""Seconds that a worker has after that for answers which nobody follows, and to close what it has open."""

Work = Callable[[int, Callable[[], None]], None]
"""Serves until a signal says stop; gets its worker's number, and what to call once it serves. Must be picklable."""

log = logging.getLogger(__name__)


def supervise(work: Work, count: int, *, forget: Callable[[int], None], pause_s: float = PAUSE_S) -> None:
    """Keep ``count`` workers at ``work`` until SIGINT or SIGTERM, then end them as gracefully as one server ends.

    Args:
        work: What each worker does, in a process of its own.
        forget: Called with the number of a worker whose process has ended.

    Raises:
        Unavailable: A worker ended ``STARTS`` times in a row before it served. The others are ended, too.
    """
    workers = [Worker(number, work, pause_s) for number in range(1, count + 1)]
    with _told_to_stop() as told:
        try:
            while not told.poll():
                for worker in workers:
                    worker.start_if_due()
                connection.wait([told, *(w.process.sentinel for w in workers if w.process)], _until_next(workers))
                for worker in () if told.poll() else workers:
                    if worker.has_ended():
                        forget(worker.number)
        finally:
            _end(workers)


def apart(work: Callable[[], None]) -> bool:
    """Do ``work``, which must be picklable, in a process that then gives its memory back; whether it ended well."""
    process = multiprocessing.get_context("spawn").Process(target=work, daemon=True)
    with _out_of_reach_of_ctrl_c():
        process.start()
    process.join()
    if (exitcode := process.exitcode or 0) < 0:
        log.error("process %d, which was to make things ready, %s", process.pid, _how(exitcode))
    return exitcode == 0


class Worker:
    """One place among the workers, and the process that has it now."""

    def __init__(self, number: int, work: Work, pause_s: float) -> None:
        self.number = number
        self.process: SpawnProcess | None = None
        self.due_at_s = time.monotonic()
        self._work = work
        self._pause_s = pause_s
        self._failed_starts = 0
        self._serves: Connection | None = None

    def start_if_due(self) -> None:
        """Start a process, if there is none and it is time."""
        if self.process is not None or time.monotonic() < self.due_at_s:
            return
        context = multiprocessing.get_context("spawn")
        self._serves, says = context.Pipe(duplex=False)
        self.process = context.Process(target=_begin, args=(self._work, self.number, says))
        with _out_of_reach_of_ctrl_c():
            self.process.start()
        says.close()
        log.info("worker %d is process %d", self.number, self.process.pid)

    def has_ended(self) -> bool:
        """Whether its process has ended since it was last asked; if so, when it is due again is known.

        Raises:
            Unavailable: It has ended before it served, once too often.
        """
        if self.process is None or self.process.is_alive():
            return False
        how = _how(self.process.exitcode or 0)
        log.error("worker %d (process %d) %s; another takes its place", self.number, self.process.pid, how)
        self._failed_starts = 0 if self._has_served() else self._failed_starts + 1
        if self._failed_starts == STARTS:
            raise Unavailable("the server", f"worker {self.number} {how}, {STARTS} times before it could serve")
        pause_s = self._pause_s * 2 ** (self._failed_starts - 1) if self._failed_starts else 0
        self.due_at_s = time.monotonic() + pause_s
        self.process = None
        return True

    def _has_served(self) -> bool:
        assert self._serves is not None
        with self._serves as serves:
            try:
                return bool(serves.recv_bytes())
            except EOFError:
                return False


def _how(exitcode: int) -> str:
    return f"was ended by {signal.Signals(-exitcode).name}" if exitcode < 0 else f"ended with status {exitcode}"


def _until_next(workers: list[Worker]) -> float | None:
    """Seconds until a worker is due; ``None`` while all are at work."""
    due = [worker.due_at_s for worker in workers if worker.process is None]
    return max(0.0, min(due) - time.monotonic()) if due else None


def _end(workers: list[Worker]) -> None:
    processes = [(worker.number, worker.process) for worker in workers if worker.process is not None]
    for _, process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE_S + SAVING_S + CLOSING_S
    for number, process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            log.warning("worker %d (process %d) did not end in time, so it is killed", number, process.pid)
            process.kill()
            process.join()


@contextmanager
def _told_to_stop() -> Generator[Connection]:
    """Has something to read as soon as a signal says stop."""
    told, tell = multiprocessing.Pipe(duplex=False)

    def stop(number: int, frame: FrameType | None) -> None:
        tell.send_bytes(b"stop")

    with told, tell, stop_signals_to(stop):
        yield told


@contextmanager
def _out_of_reach_of_ctrl_c() -> Generator[None]:
    """What is started inside never gets SIGINT, which a terminal sends to the parent and its workers alike."""
    resource_tracker.ensure_running()  # multiprocessing starts it first, and would let SIGINT through again
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _begin(work: Work, number: int, says: Connection) -> None:
    def serves() -> None:
        with says:
            says.send_bytes(b"serves")

    work(number, serves)


@contextmanager
def ended_with_parent() -> Generator[None]:
    """In a worker, inside its event loop: when the parent is gone, however it ended, stop as on SIGTERM."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_reader(parent.sentinel)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(parent.sentinel, stop)
    try:
        yield
    finally:
        loop.remove_reader(parent.sentinel)
