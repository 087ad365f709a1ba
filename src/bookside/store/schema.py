"""Brings a database to the newest schema, however many processes try at once."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bookside.errors import Rejected
from bookside.store.database import Database
from bookside.store.tables import schema

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x626F6F6B73696465
VERSION_TABLE = "bookside_schema"
FIRST = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"SELECT pg_advisory_xact_lock({LOCK_KEY})",
}
"""The statement that makes every other migrating process wait until this one has ended."""


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration did.

    Args:
        before: The revision found; ``None`` for an empty database.
        after: The newest revision, which the database now has.
    """

    before: str | None
    after: str


async def bring_up(database: Database) -> Migration:
    """Run the migrations that the database lacks, in one transaction.

    Raises:
        Rejected: A newer Bookside wrote the database, or its tables are not Bookside's.
        Unavailable: The database does not answer.
    """
    return await database.transact(_upgrade, first=FIRST[database.dialect])


def _upgrade(connection: Connection) -> Migration:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    after = script.get_current_head()
    if after is None:
        raise AssertionError(f"no migrations in {MIGRATIONS}")
    if before is None:
        _check_empty(connection)
    elif before not in {revision.revision for revision in script.walk_revisions()}:
        raise Rejected(f"a newer Bookside wrote this database (schema {before!r}); run that version or a later one")
    if before != after:
        command.upgrade(config, "head")
    return Migration(before, after)


def _check_empty(connection: Connection) -> None:
    taken = sorted(set(inspect(connection).get_table_names()) & set(schema.tables))
    if taken:
        raise Rejected(
            f"this database has tables that Bookside did not make: {', '.join(taken)}; give it a database of its own"
        )
