"""All runs of this server: begun within limits, followed from here or from the store, and never lost.

What a run has said is saved about twice a second, for all runs together. So another server that shares the database
can give a reader the rest of an answer, and an answer whose server was killed is closed with what it had.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from weakref import WeakValueDictionary

from chatkit.store import Store

from bookside.chat.recovery import closing_events
from bookside.chat.run import Batch, Follow, Observer, Run, Say
from bookside.context import HOLDER_ID, Reader
from bookside.errors import NotFound, TooBusy, TooMany, Unavailable
from bookside.runs import Dialect, Frames, NewRun, Orphan, RunState, Status

log = logging.getLogger(__name__)

SAVE_S = 0.5
"""How often what runs have said is saved; a server that is killed loses no more than that."""
LEASE_S = 6.0
"""A run whose server has not been heard of for so long is closed by another one."""
TEND_S = 2.0
KEEP_S = 600.0
"""How long the events of a run that is over are kept for readers who come back."""
POLL_S = 0.25
PATIENCE_S = 30.0
"""How long a follower waits for a database that does not answer."""
STOP_S = 5.0
"""Seconds that a run has to save what it wrote."""
RETRY_AFTER_S = 5
ADOPTED_AT_ONCE = 20
CLOSING_GAP = 1_000_000
"""How far behind the last saved event the closing ones are numbered: a reader may have had some that were not saved."""


class RunStore(Protocol):
    """Where runs are saved; ``bookside.store`` says what each method does."""

    async def write(  # noqa: D102
        self, server: str, *, began: Sequence[NewRun], frames: Sequence[Frames], ended: Mapping[str, Status]
    ) -> set[str]: ...
    async def adopt(self, server: str, *, unseen_s: float, limit: int) -> list[Orphan]: ...  # noqa: D102
    async def forget(self, *, ended_s: float) -> int: ...  # noqa: D102
    async def load(self, run_id: str, reader: Reader) -> RunState: ...  # noqa: D102
    async def load_frames(self, run_id: str, after: int, reader: Reader) -> tuple[RunState, list[Frames]]: ...  # noqa: D102
    async def latest(self, thread_id: str, reader: Reader) -> RunState | None: ...  # noqa: D102
    async def request_stop(self, run_id: str, reader: Reader) -> RunState: ...  # noqa: D102
    async def request_stop_of_thread(self, thread_id: str, reader: Reader) -> list[RunState]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """How many runs there may be at once.

    Args:
        per_reader: ``None`` for no limit.
    """

    per_process: int = 400
    per_reader: int | None = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A run as a follower gets it."""

    dialect: Dialect
    follow: Follow


@dataclass(slots=True)
class _Kept:
    run: Run
    is_saved: bool = False
    saved_events: int = 0


class Runs:
    """The runs of one process.

    Args:
        store: Where they are saved.
        threads: What closing an orphan writes to.
        is_shared: Whether other servers may use the same database.
    """

    def __init__(
        self, store: RunStore, threads: Store[Reader], *, limits: RunLimits, observer: Observer, is_shared: bool
    ) -> None:
        self._store = store
        self._threads = threads
        self._limits = limits
        self._observer = observer
        self._is_shared = is_shared
        self._server = f"server_{secrets.token_hex(8)}"
        self._runs: dict[str, _Kept] = {}
        self._starting: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._news = asyncio.Event()
        self._is_closing = False
        self._keeping: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin to save, and to look after runs that have lost their server.

        A database that is not shared has no other server, except one that is just ending; so runs that nobody has saved
        lately are closed before anything is asked.
        """
        if not self._is_shared:
            await self._adopt(unseen_s=3 * SAVE_S)
        self._keeping = [asyncio.create_task(self._save()), asyncio.create_task(self._tend())]

    async def close(self, *, grace_s: float) -> None:
        """Give runs ``grace_s`` seconds to end; what the others have is kept, and they are marked as interrupted."""
        self._is_closing = True
        live = [kept.run for kept in self._runs.values() if not kept.run.is_over]
        await asyncio.gather(*(run.over(grace_s) for run in live))
        for run in live:
            run.stop("interrupted")
        await asyncio.gather(*(run.over(STOP_S) for run in live))
        for task in self._keeping:
            task.cancel()
        if self._keeping:
            await asyncio.wait(self._keeping)
        with suppress(Unavailable):  # it has been logged, and the runs will be closed when the database is back
            await self._save_once()

    async def start(
        self,
        events: Callable[[Say], AsyncGenerator[bytes]],
        *,
        thread_id: str | None,
        reader: Reader,
        key: str,
        dialect: Dialect,
        is_resumable: bool,
    ) -> Run:
        """Begin a run, and wait for its first event.

        A run that is already under way in that thread is stopped first; what it wrote is kept.

        Args:
            events: Makes the run's lines of JSON, as ``Run`` takes them; called only when the run begins.
            thread_id: ``None`` for a new thread.
            key: Whom the run counts for.

        Raises:
            TooMany: The reader has too many runs.
            TooBusy: This process has.
            BooksideError: The run failed before its first event.
        """
        self._admit(key, thread_id)
        asked_at_s = time.perf_counter()
        async with AsyncExitStack() as stack:
            if thread_id is not None:
                await stack.enter_async_context(self._starting.setdefault(thread_id, asyncio.Lock()))
                await self._stop_others(thread_id, reader)
            run = Run(
                events,
                thread_id=thread_id,
                reader=reader,
                key=key,
                dialect=dialect,
                is_resumable=is_resumable,
                asked_at_s=asked_at_s,
                observer=self._observer,
                on_change=self._changed,
            )
            self._runs[run.id] = _Kept(run)
            try:
                await run.begun()
            except asyncio.CancelledError:
                run.stop("dropped")
                raise
        return run

    def _admit(self, key: str, thread_id: str | None) -> None:
        """Refuse one run too many; those of the same thread do not count, as they are stopped first."""
        live = [
            kept.run
            for kept in self._runs.values()
            if not kept.run.is_over and (thread_id is None or kept.run.thread_id != thread_id)
        ]
        if self._limits.per_reader is not None:
            own = sum(run.key == key for run in live)
            if own >= self._limits.per_reader:
                self._observer.refused("reader")
                raise TooMany(
                    f"{own} answers are being written for you already; wait for one to end, or stop it",
                    retry_after_s=RETRY_AFTER_S,
                )
        if self._is_closing or len(live) >= self._limits.per_process:
            self._observer.refused("process")
            raise TooBusy("assistant", f"{len(live)} answers are being written", retry_after_s=RETRY_AFTER_S)

    async def _stop_others(self, thread_id: str, reader: Reader) -> None:
        others = [kept.run for kept in self._runs.values() if kept.run.thread_id == thread_id and not kept.run.is_over]
        if others:
            await self._threads.load_thread(thread_id, reader)  # only its reader may stop what runs in it
            for other in others:
                other.stop("stopped")
            await asyncio.gather(*(other.over(STOP_S) for other in others))
        if self._is_shared:
            elsewhere = await self._store.request_stop_of_thread(thread_id, reader)
            waiting = [state.id for state in elsewhere if state.id not in self._runs]
            deadline = asyncio.get_running_loop().time() + LEASE_S + 2 * TEND_S  # its server may have been killed
            while waiting and asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(POLL_S)
                states = [await self._store.load(id, reader) for id in waiting]
                waiting = [state.id for state in states if state.status == "running"]

    async def follow(self, run_id: str, reader: Reader, after: int, *, silent_s: float) -> Following:
        """A resumable run's events behind number ``after``, from this process or from the store.

        Raises:
            NotFound: This reader has no such run, or its events are no longer kept.
        """
        run = self._own(run_id, reader)
        if run is not None:
            return Following(dialect=run.dialect, follow=partial(run.follow, after, silent_s=silent_s))
        state, frames = await self._store.load_frames(run_id, max(0, after - 1), reader)
        if not (state.is_resumable and state.keeps_frames):
            raise NotFound("run", run_id)
        return Following(dialect=state.dialect, follow=lambda _: self._stored(state, frames, after, reader, silent_s))

    async def _stored(
        self, state: RunState, frames: list[Frames], after: int, reader: Reader, silent_s: float
    ) -> AsyncGenerator[Batch]:
        quiet_s = 0.0
        loop = asyncio.get_running_loop()
        patient_until = loop.time() + PATIENCE_S
        is_behind_end = after > 0 and not any(piece.last >= after for piece in frames)
        while True:
            for piece in frames:
                if piece.last <= after:
                    continue
                events = piece.text.encode().split(b"\n")[max(0, after + 1 - piece.first) :]
                yield Batch(first=max(piece.first, after + 1), events=events)
                after = piece.last
            if state.status != "running":
                if not is_behind_end:
                    yield Batch(first=after + 1, events=[], is_end=True)
                return
            is_behind_end = False
            quiet_s = 0.0 if frames else quiet_s + POLL_S
            if quiet_s >= silent_s:
                quiet_s = 0.0
                yield Batch(first=after + 1, events=[])
            await asyncio.sleep(POLL_S)
            try:
                state, frames = await self._store.load_frames(state.id, after, reader)
            except Unavailable:
                if loop.time() > patient_until:
                    raise
                frames = []
            else:
                patient_until = loop.time() + PATIENCE_S

    async def stop(self, run_id: str, reader: Reader) -> Status:
        """Stop a run, wherever it runs; what it wrote is kept. Its status, which may still be ``running``.

        Raises:
            NotFound: This reader has no such run.
        """
        run = self._own(run_id, reader)
        if run is None:
            return (await self._store.request_stop(run_id, reader)).status
        run.stop("stopped")
        return run.status

    async def latest(self, thread_id: str, reader: Reader) -> tuple[str, Status] | None:
        """The newest resumable run of a thread of the reader's, and its status."""
        for kept in reversed(self._runs.values()):
            run = kept.run
            if run.thread_id == thread_id and self._own(run.id, reader):
                return run.id, run.status
        state = await self._store.latest(thread_id, reader)
        return None if state is None else (state.id, state.status)

    def _own(self, run_id: str, reader: Reader) -> Run | None:
        kept = self._runs.get(run_id)
        if kept is None or not kept.run.is_resumable or kept.run.reader.id not in (reader.id, HOLDER_ID):
            return None
        return kept.run

    # --- saving

    def _changed(self, run: Run) -> None:
        if run.is_resumable:
            self._news.set()

    async def _save(self) -> None:
        said: str | None = None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SAVE_S):
                    await self._news.wait()
            self._news.clear()
            try:
                await self._save_once()
                said = None
                continue
            except Unavailable as error:  # nothing is forgotten before it is saved
                if said != str(error):
                    log.warning("runs cannot be saved at present: %s", error)
                said = str(error)
            except Exception:
                log.exception("runs could not be saved")
            await asyncio.sleep(SAVE_S)

    async def _save_once(self) -> None:
        began: list[NewRun] = []
        frames: list[Frames] = []
        ended: dict[str, Status] = {}
        saved: list[tuple[_Kept, int]] = []
        for kept in list(self._runs.values()):
            run = kept.run
            if not self._is_worth_saving(kept):
                if run.is_over:
                    del self._runs[run.id]
                continue
            assert run.thread_id is not None
            if not kept.is_saved:
                began.append(
                    NewRun(
                        id=run.id,
                        thread_id=run.thread_id,
                        reader_id=run.reader.id,
                        dialect=run.dialect,
                        is_resumable=run.is_resumable,
                    )
                )
            count = len(run.events)
            if count > kept.saved_events:
                text = b"\n".join(run.events[kept.saved_events : count]).decode()
                frames.append(Frames(run_id=run.id, first=kept.saved_events + 1, last=count, text=text))
            if run.is_over:
                ended[run.id] = run.status
            saved.append((kept, count))
        if not saved:
            return
        to_stop = await self._store.write(self._server, began=began, frames=frames, ended=ended)
        for kept, count in saved:
            kept.is_saved, kept.saved_events = True, count
            if kept.run.id in ended:
                del self._runs[kept.run.id]
        for run_id in to_stop & self._runs.keys():
            self._runs[run_id].run.stop("stopped")

    @staticmethod
    def _is_worth_saving(kept: _Kept) -> bool:
        """A run that was over before it was ever saved is of use only to readers who may come back."""
        run = kept.run
        if not run.events or run.thread_id is None:
            return False
        return kept.is_saved or run.is_resumable or not run.is_over

    async def _tend(self) -> None:
        """Close runs whose server is gone, and forget what nobody can come back to."""
        loop = asyncio.get_running_loop()
        forget_at = loop.time()
        while True:
            try:
                await self._adopt(unseen_s=LEASE_S)
                if loop.time() >= forget_at:
                    forget_at = loop.time() + KEEP_S / 10
                    await self._store.forget(ended_s=KEEP_S)
            except (Unavailable, NotFound) as error:
                log.warning("runs without a server cannot be looked after at present: %s", error)
            except Exception:
                log.exception("runs without a server could not be looked after")
            await asyncio.sleep(TEND_S)

    async def _adopt(self, *, unseen_s: float) -> None:
        while orphans := await self._store.adopt(self._server, unseen_s=unseen_s, limit=ADOPTED_AT_ONCE):
            for orphan in orphans:
                if orphan.state.id not in self._runs:  # it may be one of our own, that could not be saved for long
                    await self._close_orphan(orphan)
            if len(orphans) < ADOPTED_AT_ONCE:
                return

    async def _close_orphan(self, orphan: Orphan) -> None:
        state = orphan.state
        reader = Reader(id=state.reader_id)
        lines = [line for piece in orphan.frames for line in piece.text.encode().split(b"\n")]
        status, items, closing = closing_events(lines)
        for item in items:
            try:
                await self._threads.load_item(state.thread_id, item.id, reader)
            except NotFound:
                await self._threads.add_thread_item(state.thread_id, item, reader)
        first = (orphan.frames[-1].last if orphan.frames else 0) + CLOSING_GAP
        text = b"\n".join(closing).decode()
        frames = [Frames(run_id=state.id, first=first, last=first + len(closing) - 1, text=text)]
        await self._store.write(self._server, began=[], frames=frames if closing else [], ended={state.id: status})
        log.info("an answer whose server is gone was closed as %s", status)
