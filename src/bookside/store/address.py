"""The only place that reads a database's address and makes an engine for it."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import uuid4

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bookside.errors import Rejected

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
async def open_engine(address: SQLiteFile | PostgresServer) -> AsyncGenerator[AsyncEngine]:
    """An engine in which every statement is a transaction of its own; its connections end with the context.

    Raises:
        Rejected: The folder of a SQLite file cannot be made.
    """
    if isinstance(address, PostgresServer):
        engine = _postgres(address)
    elif address.path is None:
        with TemporaryDirectory(prefix="bookside-") as folder:
            async with open_engine(SQLiteFile(Path(folder) / "bookside.db")) as engine:
                yield engine
        return
    else:
        engine = _sqlite(address.path)
    try:
        yield engine
    finally:
        await engine.dispose()


def _postgres(server: PostgresServer) -> AsyncEngine:
    driver: Any = asyncpg

    async def connect(**options: Any) -> Any:
        try:
            return await driver.connect(
                server.dsn, timeout=CONNECT_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S, **options
            )
        except driver.exceptions.ClientConfigurationError:
            raise Rejected(f"the database's address or one of its options is wrong; {EXPECTED}") from None

    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": connect, "prepared_statement_name_func": lambda: f"bookside_{uuid4().hex}"},
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=0,
    )


def _sqlite(path: Path) -> AsyncEngine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Rejected(f"the folder {str(path.parent)!r} for the database cannot be made: {error.strerror}") from error
    with suppress(OSError, sqlite3.Error):  # the engine meets the same trouble, and tells
        _create(path)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_S},
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        hide_parameters=True,
        pool_size=1,  # one writer at a time is SQLite's rule; waiting here is fair, waiting in SQLite is not
        max_overflow=0,
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


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
