"""Looking into a database with SQL, past the store."""

from bookside.store.address import open_engine, read_address


async def ask_sql(url: str, statement: str) -> list[tuple[object, ...]]:
    """The rows of a statement, as tuples."""
    async with open_engine(read_address(url)) as engine, engine.connect() as connection:
        return [tuple(row) for row in await connection.exec_driver_sql(statement)]
