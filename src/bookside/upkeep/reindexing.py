"""Books that are indexed anew because an operator asked for it: one job at once, over all processes."""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Protocol

from bookside.errors import BooksideError, Unavailable
from bookside.jobs import Job, now
from bookside.upkeep.keeper import Keeper

log = logging.getLogger(__name__)

KIND = "reindex"
SAVE_S = 1.0
"""How often a job's progress is written down; somebody else takes it for dead after a minute without."""


class Jobs(Protocol):
    """Where jobs are kept; see ``store.JobStore``."""

    async def begin(self, job: Job) -> Job:
        """Keep a new job, or give the one that is at work."""
        ...

    async def save(self, job: Job) -> bool:
        """Keep how far it is, or how it ended."""
        ...

    async def load(self, id: str) -> Job:
        """The job as it was last kept."""
        ...


class Reindexing:
    """Brings the indices of books in step with their files, as jobs.

    Args:
        keepers: Of all books of the server.
    """

    def __init__(self, keepers: Sequence[Keeper], jobs: Jobs) -> None:
        self._keepers = keepers
        self._jobs = jobs
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, books: frozenset[str | None]) -> tuple[Job, bool]:
        """A job that has just begun; or the one that is at work already, and ``False``.

        Args:
            books: Ids of the books; ``None`` is that of a server's only book.
        """
        wanted = Job(id=f"job_{secrets.token_hex(16)}", kind=KIND, status="running", began_at=now())
        job = await self._jobs.begin(wanted)
        if job.id != wanted.id:
            return job, False
        task = asyncio.create_task(self._run(job, [one for one in self._keepers if _id(one) in books]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job, True

    async def load(self, id: str) -> Job:
        """The job as it is, in whichever process.

        Raises:
            NotFound: There is none with this id.
        """
        return await self._jobs.load(id)

    async def close(self) -> None:
        """End what is at work in this process; the old indices stay."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, job: Job, keepers: Sequence[Keeper]) -> None:
        progress: dict[str, object] = {}
        telling = asyncio.create_task(self._tell(job, progress))
        try:
            ended = replace(job, status="completed", result=await self._refresh(keepers, progress))
        except BooksideError as error:
            log.warning("a book could not be indexed anew: %s", error)
            ended = replace(job, status="failed", error=str(error))
        except asyncio.CancelledError:
            ended = replace(job, status="interrupted", error="the server was stopped")
        except Exception:
            log.exception("a book could not be indexed anew")
            ended = replace(job, status="failed", error="an unexpected error; the server's log has it")
        telling.cancel()
        await asyncio.wait({telling})
        try:
            await self._jobs.save(replace(ended, progress=progress, ended_at=now()))
        except Unavailable as error:
            log.warning("what became of the job %s could not be kept: %s", job.id, error)

    async def _refresh(self, keepers: Sequence[Keeper], progress: dict[str, object]) -> dict[str, object]:
        made: list[dict[str, object]] = []
        for keeper in keepers:

            def phase(name: str, done: int, total: int, book: str | None = _id(keeper)) -> None:
                of_book = {} if book is None else {"book": book}
                progress.update({"phase": name, "done": done, "total": total, **of_book})

            refreshed = await keeper.refresh(phase)
            assert refreshed.report is not None
            of_book = {} if (id := _id(keeper)) is None else {"book": id}
            problems = [str(problem) for problem in refreshed.book.problems]
            made.append(
                {**of_book, **asdict(refreshed.report), "pages": len(refreshed.book.pages), "problems": problems}
            )
        progress.clear()
        return made[0] if len(made) == 1 else {"books": made}

    async def _tell(self, job: Job, progress: dict[str, object]) -> None:
        while True:
            await asyncio.sleep(SAVE_S)
            with suppress(Unavailable):  # the next one may be kept
                await self._jobs.save(replace(job, progress=dict(progress)))


def _id(keeper: Keeper) -> str | None:
    return keeper.library.entry.id if keeper.library.entry else None
