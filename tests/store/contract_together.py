"""The contract's part on many at once, on failure and on the schema."""

import asyncio

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bookside.errors import Rejected, Unavailable
from bookside.runs import NewRun
from bookside.store import Migration, RowNotFound, ThreadStore, migrate, open_store
from bookside.store.address import open_connections, read_address
from bookside.store.database import Database
from bookside.store.schema import MIGRATIONS, VERSION_TABLE
from bookside.store.tables import schema
from store.looking import ask_sql
from store.samples import ANN, BOB, file, message, thread


class Together:
    async def test_fifty_at_once_are_all_kept(self, store: ThreadStore) -> None:
        """Each once, and each with a place of its own."""
        await store.save_thread(thread(), ANN)
        await asyncio.gather(*(store.add_thread_item("thr_1", message(f"{n}"), ANN) for n in range(50)))

        forth = await store.load_thread_items("thr_1", None, 100, "asc", ANN)
        back = await store.load_thread_items("thr_1", None, 100, "desc", ANN)

        assert {f"{n}" for n in range(50)} == {item.id for item in forth.data}
        assert len(forth.data) == 50
        assert forth.data == back.data[::-1]

    async def test_fifty_savings_of_one_item_leave_one(self, store: ThreadStore) -> None:
        """The last one wins, whichever it is, and nothing breaks."""
        await store.save_thread(thread(), ANN)
        texts = [f"text {n}" for n in range(50)]
        await asyncio.gather(*(store.save_item("thr_1", message("a", text), ANN) for text in texts))
        page = await store.load_thread_items("thr_1", None, 100, "asc", ANN)
        assert len(page.data) == 1
        assert page.data[0].content[0].text in texts

    async def test_two_tabs_may_save_one_thread(self, store: ThreadStore, url: str) -> None:
        """Over two pools, as two processes would: the whole of the last one is there."""
        async with open_store(url) as other:
            titles = [f"title {n}" for n in range(20)]
            await asyncio.gather(
                *((store, other)[n % 2].save_thread(thread(title=title), ANN) for n, title in enumerate(titles))
            )
            assert (await store.load_thread("thr_1", ANN)).title in titles
            assert await other.load_thread("thr_1", ANN) == await store.load_thread("thr_1", ANN)

    async def test_a_new_id_is_taken_by_one_reader_only(self, store: ThreadStore) -> None:
        """When two readers save the same new id at once, one has it and the other is told it is not theirs."""
        saved = await asyncio.gather(
            *(store.save_thread(thread(), reader) for reader in (ANN, BOB)), return_exceptions=True
        )
        assert [type(None), RowNotFound] == sorted(map(type, saved), key=lambda kind: kind.__name__)

    async def test_items_added_while_their_thread_is_deleted(self, store: ThreadStore) -> None:
        """Each is kept or not found; none is left without a thread."""
        await store.save_thread(thread(), ANN)
        adding = [store.add_thread_item("thr_1", message(f"{n}"), ANN) for n in range(20)]
        said = await asyncio.gather(
            *adding[:10], store.delete_thread("thr_1", ANN), *adding[10:], return_exceptions=True
        )
        assert {type(it) for it in said} <= {type(None), RowNotFound}
        await store.save_thread(thread(), ANN)
        assert (await store.load_thread_items("thr_1", None, 50, "asc", ANN)).data == []

    async def test_a_cancelled_call_leaves_the_store_well(self, store: ThreadStore) -> None:
        """As when a reader closes the page in the midst of an answer, again and again."""
        await store.save_thread(thread(), ANN)
        for turns in range(30):
            saving = asyncio.create_task(store.save_item("thr_1", message("a", f"{turns}"), ANN))
            for _ in range(turns):
                await asyncio.sleep(0)
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)
        await store.save_item("thr_1", message("a", "last"), ANN)
        assert message("a", "last") == await store.load_item("thr_1", "a", ANN)

    async def test_a_transaction_that_fails_leaves_nothing(self, store: ThreadStore, url: str) -> None:
        """What it had done is undone, and the next statement is one of its own."""

        def fail(connection: Connection) -> None:
            connection.exec_driver_sql("DELETE FROM threads")
            raise ZeroDivisionError

        await store.save_thread(thread(), ANN)
        async with open_connections(read_address(url)) as connections:
            database = Database(connections)
            with pytest.raises(ZeroDivisionError):
                await database.transact(fail)
            await ThreadStore(database).save_thread(thread("thr_2"), ANN)
        assert [it.id for it in (await store.load_threads(5, None, "asc", ANN)).data] == ["thr_1", "thr_2"]

    async def test_what_was_saved_is_there_when_opened_again(self, url: str) -> None:
        """By another pool, after the first has closed."""
        async with open_store(url) as store:
            await store.save_thread(thread(), ANN)
            await store.save_item("thr_1", message("a"), ANN)
        async with open_store(url) as store:
            assert message("a") == await store.load_item("thr_1", "a", ANN)

    async def test_migrating_again_changes_nothing(self, url: str) -> None:
        """The second time says that there was nothing to do, and what is kept stays."""
        first = await migrate(url)
        async with open_store(url) as store:
            await store.save_thread(thread(), ANN)
        assert Migration(first.after, first.after) == await migrate(url)
        async with open_store(url) as store:
            assert thread() == await store.load_thread("thr_1", ANN)

    async def test_a_database_of_the_first_schema_is_brought_up_with_all_that_is_in_it(self, empty_url: str) -> None:
        """Threads, items, files and verdicts are as they were, and runs may begin in the threads."""

        def to_first(connection: Connection) -> None:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")

        async with open_connections(read_address(empty_url)) as connections:
            database = Database(connections)
            await database.transact(to_first)
            old = ThreadStore(database)
            await old.save_thread(thread(title="t"), ANN)
            await old.add_thread_item("thr_1", message("a"), ANN)
            await old.add_feedback("thr_1", ["a"], "positive", ANN)
            await old.save_attachment(file(thread_id="thr_1"), ANN)
            await old.save_file("atc_1", b"bytes", ANN)
            with pytest.raises(Unavailable):
                await old.runs.load("run_1", ANN)

        assert await migrate(empty_url) == Migration("0001", "0003")

        async with open_store(empty_url) as store:
            assert await store.load_conversation("thr_1", 5, ANN) == (thread(title="t"), [message("a")])
            assert await store.load_file("atc_1", ANN) == b"bytes"
            assert await ask_sql(empty_url, "SELECT item_id, kind FROM feedback") == [("a", "positive")]
            new = NewRun(id="run_1", thread_id="thr_1", reader_id="ann", dialect="chatkit", is_resumable=True)
            await store.runs.write("here", began=[new], frames=[], ended={})
            assert (await store.runs.load("run_1", ANN)).status == "running"
            await store.add_thread_item("thr_1", message("b"), ANN)
            assert [it.id for it in (await store.load_conversation("thr_1", 5, ANN))[1]] == ["a", "b"]

    async def test_many_may_migrate_at_once(self, empty_url: str) -> None:
        """Exactly one finds the database empty; the others wait for it."""
        done = await asyncio.gather(*(migrate(empty_url) for _ in range(6)))
        assert sum(migration.before is None for migration in done) == 1
        assert len({migration.after for migration in done}) == 1

    async def test_the_migrations_make_the_tables(self, url: str) -> None:
        """What the statements are written for is what the database has."""

        def differences(connection: Connection) -> list[object]:
            options = {"version_table": VERSION_TABLE, "compare_type": True}
            return list(compare_metadata(MigrationContext.configure(connection, opts=options), schema))

        await migrate(url)
        async with open_connections(read_address(url)) as connections:
            assert await Database(connections).transact(differences) == []

    async def test_a_newer_schema_is_left_alone(self, empty_url: str) -> None:
        """The message says which, and what to do."""
        url = empty_url
        await migrate(url)
        await ask_sql(url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
        with pytest.raises(Rejected, match=r"a newer Bookside wrote this database \(schema '9999'\)"):
            await migrate(url)

    async def test_somebody_elses_tables_are_left_alone(self, empty_url: str) -> None:
        """A database that has ``threads`` of another kind is not touched."""
        await ask_sql(empty_url, "CREATE TABLE threads (id VARCHAR(255) PRIMARY KEY)")
        for _ in range(2):
            with pytest.raises(Rejected, match="tables that Bookside did not make: threads"):
                await migrate(empty_url)
