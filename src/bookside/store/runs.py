"""Runs: answers that are being generated, written down while they are, so that none is lost with its process."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping

from bookside.context import Reader
from bookside.runs import Frames, NewRun, Orphan, RunState, Status
from bookside.store import extract
from bookside.store.database import Database
from bookside.store.errors import RowNotFound
from bookside.store.ids import is_usable, reader_id, writable
from bookside.store.run_statements import RunStatements

CLAIM_BYTES = 16


class RunStore:
    """Runs and their frames; each run is its thread's owner's, and goes with its thread.

    A run is one server's (a process's) at a time. ``write`` and ``adopt`` are that server's side, the rest is the
    readers'; to a reader another's run is exactly as if it were not. Every method raises ``Unavailable`` when the
    database does not answer, which is not mentioned again below.

    Args:
        database: With the newest schema.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._statements = RunStatements(database.dialect)

    # --- the server's side

    async def write(
        self, server: str, *, began: Sequence[NewRun], frames: Sequence[Frames], ended: Mapping[str, Status]
    ) -> set[str]:
        """Keep what has happened to all of a process's runs, and say that its runs are alive.

        All of it or nothing, in one transaction of as many statements for one run as for hundreds; repeating it
        changes nothing. What is not the server's, or has gone with its thread, is passed over.

        Args:
            server: The process, by a name that no other ever has.
            began: Runs that are new, in the order they began.
            frames: Of old runs and new ones. Frames that begin with a number that is kept already replace those, if
                there are more of them.
            ended: How runs ended. Only a running one can; one that is not resumable loses its frames.

        Returns:
            The ids of the server's running runs that somebody wants stopped.

        Raises:
            Rejected: A run's id is none that a row can have.
        """
        beat = self._statements.beat
        parts = self._parts(began, frames, ended)
        if not parts:
            return _unwanted((await self._database.ask(beat, {"the_server": server})).rows)

        def work(connection: Connection) -> set[str]:
            for statement, rows in parts:
                connection.execute(statement, self._statements.given(rows, the_server=server))
            return _unwanted(connection.execute(beat, {"the_server": server}).mappings())

        return await self._database.transact(work, patient=True)

    def _parts(
        self, began: Sequence[NewRun], frames: Sequence[Frames], ended: Mapping[str, Status]
    ) -> list[tuple[Executable, list[dict[str, Any]]]]:
        """The statements that there is something for, in the order that their rows need, with those rows."""
        statements = self._statements
        ends = [{"id": extract.readable(id), "status": status} for id, status in ended.items()]
        parts = [
            (statements.begin, [_new_row(place, run) for place, run in enumerate(began)]),
            (statements.add_frames, _frame_rows(frames)),
            (statements.end, ends),
            (statements.drop_frames, ends),
        ]
        return [(statement, rows) for statement, rows in parts if rows]

    async def adopt(self, server: str, *, unseen_s: float, limit: int) -> list[Orphan]:
        """Give ``server`` the runs whose own server has been silent for ``unseen_s`` seconds.

        No run goes to two servers, however many ask at once. From now on what its former server writes is nothing.

        Args:
            server: Who takes them on, and calls ``write`` as long as they are running.
            unseen_s: By the database's clock, to the millisecond.
            limit: The most to take; the oldest are taken first.
        """
        claim = secrets.token_hex(CLAIM_BYTES)
        parameters = {"the_server": server, "the_claim": claim, "seconds": unseen_s, "at_most": limit}
        rows = (await self._database.ask(self._statements.adopt, parameters)).rows
        if not rows:
            return []
        written: dict[str, list[Frames]] = {row["id"]: [] for row in rows}
        for row in (await self._database.ask(self._statements.frames_of, {"the_runs": [*written]})).rows:
            written[row["run_id"]].append(_frames(row["run_id"], row))
        rows = sorted(rows, key=lambda row: row["sequence"])
        return [Orphan(state=_state(row), frames=written[row["id"]]) for row in rows]

    async def forget(self, *, ended_s: float) -> int:
        """Delete the frames of runs that ended at least ``ended_s`` seconds ago; says of how many runs.

        The runs themselves stay, and go with their threads.
        """
        statements = self._statements

        def work(connection: Connection) -> int:
            old = connection.execute(statements.forget, {"seconds": ended_s}).scalars().all()
            if old:
                connection.execute(statements.drop_frames, statements.given([{"id": id} for id in old]))
            return len(old)

        return await self._database.transact(work, patient=True)

    # --- the readers' side

    async def load(self, run_id: str, reader: Reader) -> RunState:
        """The run as it is.

        Raises:
            RowNotFound: This reader has no such run.
        """
        return _state((await self._find(run_id, self._statements.load, reader))[0])

    async def load_frames(self, run_id: str, after: int, reader: Reader) -> tuple[RunState, list[Frames]]:
        """The run, and what is kept of its frames past number ``after``, in order.

        The first piece may begin with frames that are not past it. A run that has ended says so together with its
        last frames, never before.

        Raises:
            RowNotFound: This reader has no such run.
        """
        rows = await self._find(run_id, self._statements.load_frames, reader, after=after)
        return _state(rows[0]), [_frames(run_id, row) for row in rows if row["first_frame"] is not None]

    async def latest(self, thread_id: str, reader: Reader) -> RunState | None:
        """The thread's resumable run that began last; ``None`` if it has none, or is not this reader's."""
        rows = await self._ask_of_thread(thread_id, self._statements.latest, reader)
        return _state(rows[0]) if rows else None

    async def request_stop(self, run_id: str, reader: Reader) -> RunState:
        """Let the run's server know that it is to stop; one that has ended stays as it is.

        Raises:
            RowNotFound: This reader has no such run.
        """
        return _state((await self._find(run_id, self._statements.stop, reader))[0])

    async def request_stop_of_thread(self, thread_id: str, reader: Reader) -> list[RunState]:
        """Let the servers know that the thread's running runs are to stop; these are returned."""
        return [_state(row) for row in await self._ask_of_thread(thread_id, self._statements.stop_thread, reader)]

    async def _find(self, run_id: str, statement: Executable, reader: Reader, **more: Any) -> Sequence[RowMapping]:
        if not is_usable(run_id):
            raise RowNotFound("run", run_id)
        answer = await self._database.ask(statement, {"reader": reader_id(reader), "the_run": run_id, **more})
        if not answer.rows:
            raise RowNotFound("run", run_id)
        return answer.rows

    async def _ask_of_thread(self, thread_id: str, statement: Executable, reader: Reader) -> Sequence[RowMapping]:
        if not is_usable(thread_id):
            return ()
        return (await self._database.ask(statement, {"reader": reader_id(reader), "the_thread": thread_id})).rows


def _new_row(place: int, run: NewRun) -> dict[str, Any]:
    return {
        "place": place,
        "id": writable("run", run.id),
        "thread_id": extract.readable(run.thread_id),
        "reader": extract.readable(run.reader_id),
        "dialect": run.dialect,
        "is_resumable": run.is_resumable,
    }


def _frame_rows(frames: Sequence[Frames]) -> list[dict[str, Any]]:
    """A row for each; of those that begin with the same frame the longest, as one statement may write a row once."""
    kept: dict[tuple[str, int], Frames] = {}
    for piece in frames:
        key = (piece.run_id, piece.first)
        if key not in kept or piece.last > kept[key].last:
            kept[key] = piece
    return [
        {
            "run_id": extract.readable(piece.run_id),
            "first": piece.first,
            "last": piece.last,
            "frames": extract.readable(piece.text),
        }
        for piece in kept.values()
    ]


def _unwanted(rows: Iterable[RowMapping]) -> set[str]:
    return {row["id"] for row in rows if row["stop_requested"]}


def _state(row: RowMapping) -> RunState:
    return RunState(
        id=row["id"],
        thread_id=row["thread_id"],
        reader_id=row["reader_id"],
        dialect=row["dialect"],
        is_resumable=row["is_resumable"],
        status=row["status"],
        keeps_frames=row["keeps_frames"],
    )


def _frames(run_id: str, row: RowMapping) -> Frames:
    return Frames(run_id=run_id, first=row["first_frame"], last=row["last_frame"], text=row["frames"])
