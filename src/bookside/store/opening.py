"""Opens a store from its address: connections, newest schema, statements."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bookside.store.address import open_connections, read_address
from bookside.store.database import Database
from bookside.store.schema import Migration, bring_up
from bookside.store.threads import ThreadStore


@asynccontextmanager
async def open_store(url: str) -> AsyncGenerator[ThreadStore]:
    """A store with the newest schema; its connections are closed with the context.

    Args:
        url: ``sqlite:///bookside.db`` (its folders are made), ``sqlite://`` for a store that lasts as long as it is
            open, or ``postgresql://USER:PASSWORD@HOST/DATABASE`` with libpq's options (``?sslmode=require``).

    Raises:
        Rejected: The address is of no known form, or the database is not one for this version of Bookside.
        Unavailable: The database does not answer.
    """
    async with open_connections(read_address(url)) as connections:
        database = Database(connections)
        await bring_up(database)
        yield ThreadStore(database)


async def migrate(url: str) -> Migration:
    """Bring the database to the newest schema; says from which revision to which.

    Raises:
        Rejected: As for ``open_store``.
        Unavailable: The database does not answer.
    """
    async with open_connections(read_address(url)) as connections:
        return await bring_up(Database(connections))
