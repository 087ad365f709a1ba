"""The edge to the drivers: each statement is asked here, and their errors become Bookside's here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Executable, RowMapping, text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bookside.errors import Unavailable

PART = "database"
RETRY_WAITS_S = (0.0, 0.1, 0.3, 0.6, 1.0, 2.0)
PASSING = ("08", "57P", "40001", "40P01")
"""SQLSTATEs of lost connections, of shutdowns and starts, and of the two conflicts that a second try settles."""
REFUSALS = ("28", "3D", "53300")
"""SQLSTATEs of a wrong user or password, of a database that is not there, and of a server that is full."""

Result = TypeVar("Result")


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

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    async def ask(self, statement: Executable, parameters: Mapping[str, Any]) -> Answer:
        """Run one statement.

        Raises:
            IntegrityError: A row that this one needs is gone; the caller knows which.
            Unavailable: The database does not answer, also after some seconds' patience.
        """

        async def once() -> Sequence[RowMapping]:
            async with self._engine.connect() as connection:
                result = await connection.execute(statement, parameters)
                return result.mappings().all() if result.returns_rows else ()

        for attempt, wait_s in enumerate(RETRY_WAITS_S):
            try:
                return Answer(await translated(once), repeated=attempt > 0)
            except Lost:
                await asyncio.sleep(wait_s)
        return Answer(await translated(once), repeated=True)

    async def ping(self) -> None:
        """Ask the database for an answer, once.

        Raises:
            Unavailable: It gave none.
        """

        async def once() -> None:
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))

        await translated(once)

    async def transact(self, work: Callable[[AsyncConnection], Awaitable[Result]], *, first: str) -> Result:
        """Do ``work`` in one transaction, which ``first``, a statement that takes the right lock, begins.

        Raises:
            Unavailable: The database does not answer.
        """

        async def once() -> Result:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level=self._engine.dialect.default_isolation_level)
                await connection.exec_driver_sql(first)
                result = await work(connection)
                await connection.commit()
                return result

        return await translated(once)


class Lost(Unavailable):
    """The connection went while the database may be well; asking again may do."""


async def translated(work: Callable[[], Awaitable[Result]]) -> Result:
    """``work``'s result; a driver's errors become ``Unavailable``, which tells no address and no row.

    Raises:
        IntegrityError: As the driver raised it.
        Lost: The connection went, or the server is starting.
        Unavailable: Any other failure of the database.
    """
    try:
        return await unbroken(work)
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


async def unbroken(work: Callable[[], Awaitable[Result]]) -> Result:
    """``work``'s result; being cancelled waits for its end first.

    A statement that is broken off leaves its connection in a state that no driver promises to mend, and the pool of a
    SQLite file has only one.
    """

    async def run() -> Result:
        return await work()

    task = asyncio.create_task(run())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # nobody is left to be told
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
