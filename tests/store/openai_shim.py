"""What OpenAI's own tests of a ChatKit store import, made of Bookside's store.

Their tests name a store by the path of a database, make it before there is an event loop, and never close it. So each
path is a database of its own here, opened by the first method that needs it and closed by ``close_all``.
"""

import asyncio
import hashlib
import os
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bookside.context import Reader
from bookside.store import ThreadStore, migrate
from bookside.store.address import PostgresServer, open_connections, read_address
from bookside.store.database import Answer, Database
from bookside.store.schema import bring_up
from store.looking import ask_sql

WHERE = "TEST_STORE_URL"
"""Environment variable: ``sqlite:///FOLDER``, or the address of an empty PostgreSQL database."""

_opened: list["LateDatabase"] = []


class RequestContext(Reader):
    """Who asks, as those tests name it."""

    def __init__(self, user_id: str) -> None:
        super().__init__(id=user_id)

    @property
    def user_id(self) -> str:
        """The same as ``id``."""
        return self.id


class LateDatabase(Database):
    """A database that is opened, and brought to the newest schema, when it is first asked."""

    def __init__(self, name: str) -> None:
        self._name = f"s{hashlib.sha256(name.encode()).hexdigest()[:20]}"
        self._server = read_address(os.environ[WHERE])
        self._opening = asyncio.Lock()
        self.stack: AsyncExitStack | None = None

    @property
    def dialect(self) -> str:
        return "postgresql" if isinstance(self._server, PostgresServer) else "sqlite"

    async def ask(self, statement: Any, parameters: Any) -> Answer:
        async with self._opening:
            if self.stack is None:
                await self._open()
        return await super().ask(statement, parameters)

    async def _open(self) -> None:
        self.stack = AsyncExitStack()
        _opened.append(self)
        if isinstance(self._server, PostgresServer):
            await ask_sql(self._server.dsn, f"CREATE SCHEMA IF NOT EXISTS {self._name}")
            address = read_address(f"{self._server.dsn}?options=-csearch_path%3D{self._name}")
        else:
            address = read_address(f"sqlite:///{await _copy(Path(str(self._server.path)), self._name)}")
        super().__init__(await self.stack.enter_async_context(open_connections(address)))
        if isinstance(address, PostgresServer):
            await bring_up(self)


async def _copy(folder: Path, name: str) -> Path:
    """A copy of an empty database, which is quicker than another one; the one of this name if there is one."""
    empty, copy = folder / "empty.db", folder / f"{name}.db"
    if not os.path.exists(empty):  # noqa: ASYNC240
        await migrate(f"sqlite:///{empty}")
    if not os.path.exists(copy):  # noqa: ASYNC240
        shutil.copyfile(empty, copy)
    return copy


class SQLiteStore(ThreadStore):
    """The store by the name that those tests import, whatever the database is."""

    def __init__(self, db_path: str) -> None:
        super().__init__(LateDatabase(db_path))
        self.db_path = db_path


async def close_all() -> None:
    """Close what a test has opened."""
    while _opened:
        database = _opened.pop()
        if database.stack is not None:
            await database.stack.aclose()
