"""Alembic's folder: the steps from one schema to the next, run by ``bookside.store.schema``."""
