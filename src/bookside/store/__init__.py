"""Threads, their items, attachments, runs and readers' verdicts, in SQLite or PostgreSQL: ChatKit's ``Store[Reader]``.

::

    async with open_store("sqlite:///bookside.db") as store:
        thread = await store.load_thread(thread_id, reader)
"""

from bookside.store.errors import RowNotFound
from bookside.store.jobs import JobStore
from bookside.store.opening import migrate, open_store
from bookside.store.runs import RunStore
from bookside.store.schema import Migration
from bookside.store.threads import ThreadStore

__all__ = ["JobStore", "Migration", "RowNotFound", "RunStore", "ThreadStore", "migrate", "open_store"]
