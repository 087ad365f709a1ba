"""Looking into a database with SQL, past the store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection

from bookside.store.address import open_connections, read_address

Row = tuple[Any, ...]


@asynccontextmanager
async def on_one_connection(url: str) -> AsyncIterator[Callable[[str], Awaitable[list[Row]]]]:
    """What runs SQL, always on the same connection, with no transaction but the ones that it is told to begin."""
    async with open_connections(read_address(url)) as connections:
        connection = await connections.start(connections.alone.connect)

        async def run(statement: str) -> list[Row]:
            return await connections.start(lambda: run_sql(connection, statement))

        try:
            yield run
        finally:
            await connections.start(connection.close)


async def ask_sql(url: str, statement: str) -> list[Row]:
    """The rows of a statement, as tuples; none of one that has none."""
    async with on_one_connection(url) as run:
        return await run(statement)


def run_sql(connection: Connection, statement: str) -> list[Row]:
    """The same, in a plain function."""
    result = connection.exec_driver_sql(statement)
    return [tuple(row) for row in result] if result.returns_rows else []
