"""Alembic's way in; ``bookside.store.schema`` gives it the connection, on which a transaction is open."""

from alembic import context

from bookside.store.tables import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema,
    version_table="bookside_schema",
)
context.run_migrations()
