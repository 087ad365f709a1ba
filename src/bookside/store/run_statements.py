"""Every statement on runs, each built once for its database, and each one that may run twice.

Many rows go into one statement, or on SQLite into one call of it. Those that readers cause name the reader; those that
keep a process's own runs name the server, so that a process whose run was given to another changes nothing of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    case,
    column,
    delete,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from bookside.context import HOLDER_ID
from bookside.store.statements import LIMIT, THREAD, mine
from bookside.store.tables import ENDED_WITH_FRAMES, RUNNING, run_frames, runs, threads

RUN = bindparam("the_run", type_=String)
THE_RUNS = bindparam("the_runs", type_=String, expanding=True)
AFTER = bindparam("after", type_=Integer)
SERVER = bindparam("the_server", type_=Text)
CLAIM = bindparam("the_claim", type_=String)
SECONDS = bindparam("seconds", type_=Float)

STATE = (
    runs.c.id,
    runs.c.thread_id,
    runs.c.owner.label("reader_id"),
    runs.c.dialect,
    runs.c.is_resumable,
    runs.c.status,
    runs.c.keeps_frames,
)
BEAT = (runs.c.id, runs.c.stop_requested)
FRAMES = (run_frames.c.first_frame, run_frames.c.last_frame, run_frames.c.frames)
MINE = mine(runs)
OURS = runs.c.server == SERVER


class RunStatements:
    """The statements on runs.

    Args:
        dialect: ``sqlite`` or ``postgresql``, which have neither lists nor a clock in common.
    """

    def __init__(self, dialect: str) -> None:
        self._is_postgres = dialect == "postgresql"
        self._insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
        self.begin = self._begin()
        self.add_frames = self._add_frames()
        self.end = self._end()
        self.drop_frames = self._drop_frames()
        self.beat = update(runs).where(OURS, RUNNING).values(seen_at=self._ago()).returning(*BEAT)
        self.load = select(*STATE).where(runs.c.id == RUN, MINE)
        self.load_frames = self._load_frames()
        self.latest = self._latest()
        self.stop = self._stop(runs.c.id == RUN)
        self.stop_thread = self._stop(and_(runs.c.thread_id == THREAD, RUNNING))
        self.adopt = self._adopt()
        self.frames_of = self._frames_of()
        self.forget = self._forget()

    def _begin(self) -> Any:
        """Adds runs in the order given: those whose thread is there and the reader's, whose owner is its owner's.

        The threads stay locked to the end, so that none goes before its runs have come.
        """
        new = self._rows(place=Integer, id=Text, thread_id=Text, reader=Text, dialect=Text, is_resumable=Boolean)
        row = {
            "id": new.c.id,
            "thread_id": threads.c.id,
            "owner": threads.c.owner,
            "dialect": new.c.dialect,
            "is_resumable": new.c.is_resumable,
            "keeps_frames": true(),
            "status": literal_column("'running'", String),
            "stop_requested": false(),
            "server": SERVER,
            "seen_at": self._ago(),
        }
        found = (
            select(*row.values())
            .where(threads.c.id == new.c.thread_id, threads.c.owner.in_((new.c.reader, literal(HOLDER_ID))))
            .order_by(new.c.place)
            .with_for_update(read=True, key_share=True, of=threads)
        )
        return self._insert(runs).from_select([*row], found).on_conflict_do_nothing(index_elements=["id"])

    def _add_frames(self) -> Any:
        """Adds frames to the server's runs; those that begin with the same frame are replaced by a longer text.

        The runs stay locked to the end, so that an adoption sees all of this or none.
        """
        new = self._rows(run_id=Text, first=Integer, last=Integer, frames=Text)
        found = (
            select(runs.c.id, new.c.first, new.c.last, new.c.frames)
            .where(runs.c.id == new.c.run_id, OURS, runs.c.keeps_frames)
            .with_for_update(key_share=True, of=runs)
        )
        insert = self._insert(run_frames).from_select(["run_id", "first_frame", "last_frame", "frames"], found)
        return insert.on_conflict_do_update(
            index_elements=["run_id", "first_frame"],
            set_={"last_frame": insert.excluded.last_frame, "frames": insert.excluded.frames},
            where=insert.excluded.last_frame > run_frames.c.last_frame,
        )

    def _end(self) -> Any:
        ended = self._rows(id=Text, status=Text)
        return (
            update(runs)
            .where(runs.c.id == ended.c.id, OURS, RUNNING)
            .values(status=ended.c.status, ended_at=self._ago(), keeps_frames=runs.c.is_resumable)
        )

    def _drop_frames(self) -> Any:
        """Deletes the frames of those of these runs that keep none."""
        ended = self._rows(id=Text)
        forgotten = select(runs.c.id).where(runs.c.id == ended.c.id, ~runs.c.keeps_frames)
        return delete(run_frames).where(run_frames.c.run_id.in_(forgotten))

    def _load_frames(self) -> Any:
        """The run, beside each piece of its frames that ends past ``after``, or beside nulls if there is none."""
        wanted = and_(run_frames.c.run_id == runs.c.id, run_frames.c.last_frame > AFTER)
        joined = runs.outerjoin(run_frames, wanted)
        return (
            select(*STATE, *FRAMES).select_from(joined).where(runs.c.id == RUN, MINE).order_by(run_frames.c.first_frame)
        )

    def _latest(self) -> Any:
        whose = and_(runs.c.thread_id == THREAD, MINE, runs.c.is_resumable)
        return select(*STATE).where(whose).order_by(runs.c.sequence.desc()).limit(1)

    def _stop(self, which: ColumnElement[bool]) -> Any:
        """Returns the runs; one that has ended stays as it is."""
        requested = or_(runs.c.stop_requested, RUNNING)
        return update(runs).where(which, MINE).values(stop_requested=requested).returning(*STATE)

    def _adopt(self) -> Any:
        """Returns the runs that are the server's now; ones that somebody else is just writing are passed over.

        Asked again with the same claim it returns the same.
        """
        again = func.coalesce(runs.c.claim, "") == CLAIM
        chosen = (
            select(runs.c.sequence)
            .where(RUNNING, or_(again, runs.c.seen_at < self._ago(SECONDS)))
            .order_by(case((again, 0), else_=1), runs.c.sequence)
            .limit(LIMIT)
            .with_for_update(skip_locked=True)
            .cte("chosen")
        )
        return (
            update(runs)
            .where(runs.c.sequence.in_(select(chosen.c.sequence)))
            .values(server=SERVER, claim=CLAIM, seen_at=self._ago())
            .returning(*STATE, runs.c.sequence)
        )

    def _frames_of(self) -> Any:
        return (
            select(run_frames.c.run_id, *FRAMES)
            .where(run_frames.c.run_id.in_(THE_RUNS))
            .order_by(run_frames.c.run_id, run_frames.c.first_frame)
        )

    def _forget(self) -> Any:
        """Returns the ids of the runs whose frames are to go."""
        old = and_(ENDED_WITH_FRAMES, runs.c.ended_at <= self._ago(SECONDS))
        return update(runs).where(old).values(keeps_frames=false()).returning(runs.c.id)

    # --- what the databases do not have in common

    def given(self, rows: Sequence[Mapping[str, Any]], **others: Any) -> Any:
        """The parameters of a statement on these rows, at least one: a list a column, or on SQLite a set a row.

        SQLite takes nothing that costs less than being asked again, as it is no trip away.
        """
        if self._is_postgres:
            return others | {f"given_{name}": [row[name] for row in rows] for name in rows[0]}
        return [others | {f"given_{name}": value for name, value in row.items()} for row in rows]

    def _rows(self, **columns: type[TypeEngine[Any]]) -> FromClause:
        """The rows that ``given`` hands over, as a table: on SQLite one of one row, and the statement is repeated."""
        if self._is_postgres:
            lists = [bindparam(f"given_{name}", type_=postgresql.ARRAY(kind)) for name, kind in columns.items()]
            table = func.unnest(*lists).table_valued(*(column(name, kind) for name, kind in columns.items()))
            return table.render_derived(name="given")
        values = [bindparam(f"given_{name}", type_=kind).label(name) for name, kind in columns.items()]
        return select(*values).subquery("given")

    def _ago(self, seconds: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
        """So many seconds before now, by the database's clock, to the millisecond at least."""
        if self._is_postgres:
            now = func.clock_timestamp()
            return now if seconds is None else now - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
        shifts = [] if seconds is None else [func.printf("-%f seconds", seconds)]
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now", *shifts)
