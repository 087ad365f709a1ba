"""The only place that reads a database's address and makes the connections to it."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import uuid4

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import URL, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import greenlet_spawn

from bookside.errors import Rejected
from bookside.store.blocking import own_thread
from bookside.store.database import Connections, unbroken

EXPECTED = "expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
SQLITE = ("sqlite", "sqlite+aiosqlite")
POSTGRES = ("postgresql", "postgres", "postgresql+asyncpg")
MEMORY = ("", ":memory:")
UNKNOWN_TO_ASYNCPG = {"channel_binding"}

BUSY_TIMEOUT_S = 15.0
CONNECT_TIMEOUT_S = 10.0
STATEMENT_TIMEOUT_S = 30.0
POOL_SIZE = 10
SQLITE_PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON")
SQLITE_THREAD = "bookside-database"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class SQLiteFile:
    """A database file; ``None`` for one that lasts as long as it is open."""

    path: Path | None


@dataclass(frozen=True, slots=True, repr=False)
class PostgresServer:
    """A server, by the address that asyncpg takes; it may hold a password, so it has no ``repr``."""

    dsn: str


def read_address(url: str) -> SQLiteFile | PostgresServer:
    """What ``url`` names.

    Raises:
        Rejected: It is neither form; the message never repeats the address, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Rejected(f"the database's address cannot be read; {EXPECTED}") from None
    if parts.scheme in SQLITE and not parts.netloc:
        path = url.split("://", 1)[-1].removeprefix("/")
        if not url.startswith(f"{parts.scheme}://") or "?" in path or "\0" in path:
            raise Rejected("a SQLite address is sqlite:///FILE, or sqlite:////FILE for one from the root; no options")
        return SQLiteFile(None if path in MEMORY else Path(path))
    if parts.scheme in POSTGRES and "://" in url:
        kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in UNKNOWN_TO_ASYNCPG]
        return PostgresServer(urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(kept), "")))
    raise Rejected(f"the database's address is of no known form; {EXPECTED}")


@asynccontextmanager
async def open_connections(address: SQLiteFile | PostgresServer) -> AsyncGenerator[Connections]:
    """The connections to a database; they end with the context.

    Raises:
        Rejected: The folder of a SQLite file cannot be made.
    """
    if isinstance(address, PostgresServer):
        opened = _postgres(address)
    elif address.path is not None:
        opened = _sqlite(address.path)
    else:
        opened = _ephemeral()
    async with opened as connections:
        yield connections


@asynccontextmanager
async def _postgres(server: PostgresServer) -> AsyncGenerator[Connections]:
    driver: Any = asyncpg

    async def connect(**options: Any) -> Any:
        try:
            return await driver.connect(
                server.dsn, timeout=CONNECT_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S, **options
            )
        except driver.exceptions.ClientConfigurationError:
            raise Rejected(f"the database's address or one of its options is wrong; {EXPECTED}") from None

    def start(work: Callable[[], Result]) -> asyncio.Future[Result]:
        async def run() -> Result:  # one greenlet for all of it; one for each step is a fifth of a statement's cost
            return await greenlet_spawn(work)

        return asyncio.create_task(run())

    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": connect, "prepared_statement_name_func": lambda: f"bookside_{uuid4().hex}"},
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=0,
    )
    together = engine.sync_engine.execution_options(isolation_level="READ COMMITTED")
    try:
        yield Connections(alone=engine.sync_engine, together=together, start=start)
    finally:
        await engine.dispose()


@asynccontextmanager
async def _ephemeral() -> AsyncGenerator[Connections]:
    with TemporaryDirectory(prefix="bookside-") as folder:
        async with _sqlite(Path(folder) / "bookside.db") as connections:
            yield connections


@asynccontextmanager
async def _sqlite(path: Path) -> AsyncGenerator[Connections]:
    """One connection, in a thread of its own: a single writer at a time is SQLite's rule, and waiting here is fair."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Rejected(f"the folder {str(path.parent)!r} for the database cannot be made: {error.strerror}") from error
    with suppress(OSError, sqlite3.Error):  # the engine meets the same trouble, and tells
        _create(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_S},
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        pool_size=1,
        max_overflow=0,
    )
    event.listen(engine, "connect", _set_pragmas)
    with own_thread(SQLITE_THREAD) as start:
        try:
            yield Connections(alone=engine, together=engine, start=start)
        finally:
            await unbroken(start(engine.dispose))


def _create(path: Path) -> None:
    """Make the file in WAL mode, and only then give it its name.

    Two processes that change one file to WAL mode at the same time lock each other out; so none ever has to.
    """
    if path.exists():
        return
    draft = path.with_name(f"{path.name}-{uuid4().hex}")
    try:
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
