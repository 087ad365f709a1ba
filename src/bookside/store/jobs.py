"""Jobs: work that outlives the request that asked for it, one of a kind at once over all processes."""

import json
import time
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bookside.errors import Unavailable
from bookside.jobs import Job, now
from bookside.store.database import Database
from bookside.store.errors import RowNotFound
from bookside.store.ids import is_usable
from bookside.store.tables import JOB_RUNNING, jobs

SILENT_S = 60.0
"""A job that nobody has said is alive for so long has died with its process."""
TRIES = 5
KEPT = 100
"""Jobs of a kind that are remembered."""

FIND = select(jobs.c.document).where(jobs.c.id == bindparam("the_job"))
RUNNING_ONE = select(jobs.c.document).where(jobs.c.kind == bindparam("the_kind"), JOB_RUNNING)
SILENT = (
    select(jobs.c.document)
    .where(jobs.c.kind == bindparam("the_kind"), JOB_RUNNING, jobs.c.seen_at < bindparam("oldest"))
    .with_for_update()
)
WRITE = (
    update(jobs)
    .where(jobs.c.id == bindparam("the_job"), JOB_RUNNING)
    .values(status=bindparam("now"), document=bindparam("text"), seen_at=bindparam("at"))
    .returning(jobs.c.id)
)
LAST = (
    select(jobs.c.sequence)
    .where(jobs.c.kind == bindparam("the_kind"))
    .order_by(jobs.c.sequence.desc())
    .offset(KEPT)
    .limit(1)
)
FORGET = delete(jobs).where(jobs.c.kind == bindparam("the_kind"), jobs.c.sequence <= LAST.scalar_subquery())


class JobStore:
    """Jobs, of everybody who may ask for them; every method raises ``Unavailable`` when the database does not answer.

    Args:
        database: With the newest schema.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[database.dialect](jobs)
        self._add = insert.on_conflict_do_nothing().returning(jobs.c.id)

    async def begin(self, job: Job) -> Job:
        """Keep a job that begins now; or give the one of its kind that is at work already.

        One whose process has died is interrupted, and does not stand in the way.
        """
        kind = {"the_kind": job.kind}

        def work(connection: Connection) -> Job:
            for row in connection.execute(SILENT, kind | {"oldest": time.time() - SILENT_S}).mappings().all():
                dead = replace(_job(row["document"]), status="interrupted", ended_at=now(), error="its process died")
                connection.execute(WRITE, _written(dead)).all()
            for _ in range(TRIES):
                if connection.execute(self._add, _row(job)).all():
                    connection.execute(FORGET, kind)
                    return job
                found = connection.execute(RUNNING_ONE, kind).mappings().first()
                if found is not None:  # else it has ended between the two
                    return _job(found["document"])
            raise Unavailable("database", f"jobs of the kind {job.kind!r} begin and end all the time; try again")

        return await self._database.transact(work)

    async def save(self, job: Job) -> bool:
        """Keep how far the job is, or how it ended; ``False`` if it is not at work any more."""
        return bool((await self._database.ask(WRITE, _written(job))).rows)

    async def load(self, id: str) -> Job:
        """The job as it was last kept; one whose process has died says so.

        Raises:
            RowNotFound: There is no such job.
        """
        statement = FIND.add_columns(jobs.c.status, jobs.c.seen_at)
        rows = (await self._database.ask(statement, {"the_job": id})).rows if is_usable(id) else ()
        if not rows:
            raise RowNotFound("job", id)
        job = _job(rows[0]["document"])
        if job.status == "running" and rows[0]["seen_at"] < time.time() - SILENT_S:
            return replace(job, status="interrupted", error="its process died")
        return job


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.status,
        "document": json.dumps(asdict(job)),
        "seen_at": time.time(),
    }


def _written(job: Job) -> dict[str, Any]:
    return {"the_job": job.id, "now": job.status, "text": json.dumps(asdict(job)), "at": time.time()}


def _job(document: str) -> Job:
    return Job(**json.loads(document))
