"""The edge to the drivers: each statement is asked here, and their errors become Bookside's here."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Executable, RowMapping, text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bookside.errors import Unavailable

PART = "database"
RETRY_WAITS_S = (0.0, 0.1, 0.3, 0.6, 1.0, 2.0)
PASSING = ("08", "57P", "40001", "40P01")
"""SQLSTATEs of lost connections, of shutdowns and starts, and of the two conflicts that a second try settles."""
REFUSALS = ("28", "3D", "53300")
"""SQLSTATEs of a wrong user or password, of a database that is not there, and of a server that is full."""
FIRST = {"sqlite": "BEGIN IMMEDIATE", "postgresql": ""}
"""What begins a transaction that writes: on SQLite the lock that it would else have to ask for in its midst."""

PING = text("SELECT 1")

Result = TypeVar("Result")


class Start(Protocol):
    """Begins work that asks a database in plain functions."""

    def __call__(self, work: Callable[[], Result], /) -> asyncio.Future[Result]:
        """What will have the result of ``work``; it is to be waited for to its end, as ``unbroken`` does."""
        ...


@dataclass(frozen=True, slots=True)
class Connections:
    """How a database is reached; ``open_connections`` makes it.

    Args:
        alone: On its connections each statement is a transaction of its own.
        together: The same connections, for several statements in one transaction.
        start: Where alone the engines may be used: the work is done there as one, and their waiting keeps nobody else.
    """

    alone: Engine
    together: Engine
    start: Start


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database said.

    Args:
        rows: In the statement's order; none for a statement that returns none.
        repeated: The statement may have run once before, on a connection that was lost.
    """

    rows: Sequence[RowMapping]
    repeated: bool


class Database:
    """A pool of connections on which every statement is a transaction and one round trip.

    A statement whose connection is lost is asked again, so each statement has to be one that may run twice.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._connections.alone.dialect.name

    async def ask(self, statement: Executable, parameters: Mapping[str, Any]) -> Answer:
        """Run one statement.

        Raises:
            IntegrityError: A row that this one needs is gone; the caller knows which.
            Unavailable: The database does not answer, also after some seconds' patience.
        """

        def once() -> Sequence[RowMapping]:
            with self._connections.alone.connect() as connection:
                result = connection.execute(statement, parameters)
                return result.mappings().all() if result.returns_rows else ()

        rows, repeated = await self._patiently(once)
        return Answer(rows, repeated)

    async def ping(self) -> None:
        """Ask the database for an answer, once.

        Raises:
            Unavailable: It gave none.
        """

        def once() -> None:
            with self._connections.alone.connect() as connection:
                connection.execute(PING).all()

        await self._translated(once)

    async def transact(
        self,
        work: Callable[[Connection], Result],
        *,
        first: str | None = None,
        patient: bool = False,
    ) -> Result:
        """Do ``work`` in one transaction; what it raises undoes it.

        Args:
            work: Asks the connection in a plain function, and reads all rows of each answer; what it did is kept when
                it returns.
            first: A statement that takes the right lock; by default the one for writing rows.
            patient: Whether a lost connection, or a conflict with another transaction, begins it all anew.

        Raises:
            Unavailable: The database does not answer.
        """
        begin = FIRST[self.dialect] if first is None else first

        def once() -> Result:
            with self._connections.together.connect() as connection:
                if begin:
                    connection.exec_driver_sql(begin)
                result = work(connection)
                connection.commit()
                return result

        return (await self._patiently(once))[0] if patient else await self._translated(once)

    async def _patiently(self, once: Callable[[], Result]) -> tuple[Result, bool]:
        """The result, and whether ``once`` may have been done before, on a connection that was lost."""
        for attempt, wait_s in enumerate(RETRY_WAITS_S):
            try:
                return await self._translated(once), attempt > 0
            except Lost:
                await asyncio.sleep(wait_s)
        return await self._translated(once), True

    async def _translated(self, work: Callable[[], Result]) -> Result:
        """``work``'s result; a driver's errors become ``Unavailable``, which tells no address and no row.

        Raises:
            IntegrityError: As the driver raised it.
            Lost: The connection went, or the server is starting.
            Unavailable: Any other failure of the database.
        """
        try:
            return await unbroken(self._connections.start(work))
        except IntegrityError:
            raise
        except PoolTimeout as error:
            raise Unavailable(PART, "all connections are in use") from error
        except DBAPIError as error:
            raise _from_driver(error) from error
        except SQLAlchemyError as error:
            raise Unavailable(PART, f"a statement failed ({type(error).__name__})") from error
        except OSError as error:  # while connecting, for which SQLAlchemy has no error of its own
            raise Lost(PART, f"it cannot be reached ({type(error).__name__})") from error


class Lost(Unavailable):
    """The connection went while the database may be well; asking again may do."""


async def unbroken(work: asyncio.Future[Result]) -> Result:
    """The result of work that was started; being cancelled waits for its end first.

    A statement that is broken off leaves its connection in a state that no driver promises to mend, and a SQLite file
    has only one.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        if not work.cancelled():
            work.exception()  # nobody is left to be told
        raise


def _from_driver(error: DBAPIError) -> Unavailable:
    cause = error.orig.__cause__ if error.orig is not None and error.orig.__cause__ is not None else error.orig
    if error.connection_invalidated or _passes(cause):
        return Lost(PART, f"the connection was lost ({type(cause).__name__})")
    if type(cause).__module__ == "sqlite3":
        return Unavailable(PART, str(cause))
    refused = _sqlstate(cause).startswith(REFUSALS)
    return Unavailable(
        PART, f"{'it refuses a connection' if refused else 'a statement failed'} ({type(cause).__name__})"
    )


def _passes(error: BaseException | None) -> bool:
    return _sqlstate(error).startswith(PASSING)


def _sqlstate(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or "")
