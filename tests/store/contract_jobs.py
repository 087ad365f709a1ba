"""The contract's part on jobs: one of a kind at once, over all processes that share the database."""

import asyncio
import time
from dataclasses import replace

import pytest

from bookside.jobs import Job
from bookside.store import RowNotFound, ThreadStore, open_store
from bookside.store.jobs import KEPT, SILENT_S
from store.looking import ask_sql


def job(id: str = "job_1", kind: str = "reindex") -> Job:
    return Job(id=id, kind=kind, status="running", began_at="2030-01-02T03:04:05.678+00:00")


class Jobs:
    async def test_one_job_of_a_kind_is_at_work_at_once(self, store: ThreadStore) -> None:
        """Whoever comes second gets the first; another kind is not in the way, and when it has ended neither is it."""
        first = await store.jobs.begin(job())
        second = await store.jobs.begin(job("job_2"))
        other = await store.jobs.begin(job("job_3", kind="other"))
        done = replace(first, status="completed", result={"added": 1, "é": "😀\u0000"}, ended_at="x")
        assert await store.jobs.save(done)

        assert (first.id, second.id, other.id) == ("job_1", "job_1", "job_3")
        assert await store.jobs.load("job_1") == done
        assert (await store.jobs.begin(job("job_4"))).id == "job_4"

    async def test_of_many_at_once_one_begins(self, url: str) -> None:
        """However many processes ask."""
        async with open_store(url) as one, open_store(url) as other:
            begun = await asyncio.gather(
                *(store.jobs.begin(job(f"job_{n}")) for n, store in enumerate([one, other] * 5))
            )

        assert len({found.id for found in begun}) == 1

    async def test_a_job_whose_process_died_is_interrupted(self, url: str) -> None:
        """It says so, stands in nobody's way, and what its process still writes is nothing."""
        async with open_store(url) as store:
            await store.jobs.begin(job())
            await ask_sql(url, f"UPDATE jobs SET seen_at = {time.time() - SILENT_S - 1} RETURNING id")
            seen = await store.jobs.load("job_1")
            second = await store.jobs.begin(job("job_2"))
            late = await store.jobs.save(replace(job(), status="completed"))
            kept = await store.jobs.load("job_1")

        assert (seen.status, second.id, late, kept.status) == ("interrupted", "job_2", False, "interrupted")
        assert kept.error == "its process died"

    async def test_old_jobs_are_forgotten(self, store: ThreadStore) -> None:
        """So that a server that is indexed anew every hour keeps no more than some."""
        for number in range(KEPT + 3):
            await store.jobs.begin(job(f"job_{number}"))
            await store.jobs.save(replace(job(f"job_{number}"), status="completed"))

        assert (await store.jobs.load(f"job_{KEPT + 2}")).status == "completed"
        for id in ("job_0", "nowhere", "\ud800"):
            with pytest.raises(RowNotFound):
                await store.jobs.load(id)
