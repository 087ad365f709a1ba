"""The store on PostgreSQL."""

import asyncio

import pytest

from bookside.errors import Unavailable
from bookside.runs import NewRun
from bookside.store import ThreadStore, open_store
from bookside.store.address import open_connections, read_address
from bookside.store.database import Database
from bookside.store.run_statements import RunStatements
from postgres import PostgresServer
from store.contract import StoreContract
from store.looking import ask_sql, on_one_connection
from store.samples import ANN, message, thread


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url

    @pytest.fixture
    def empty_url(self, empty_postgres_url: str) -> str:
        return empty_postgres_url


@pytest.fixture
async def store(postgres_url: str):
    async with open_store(postgres_url) as store:
        yield store


async def test_a_restart_loses_nothing(store: ThreadStore, postgres_server: PostgresServer) -> None:
    """Items are added without a pause while the server is restarted twice; the store heals by itself."""
    await store.save_thread(thread(), ANN)
    stopped = asyncio.Event()

    async def write(writer: int) -> list[str]:
        added: list[str] = []
        while not stopped.is_set():
            added.append(f"{writer}-{len(added)}")
            await store.add_thread_item("thr_1", message(added[-1]), ANN)
        return added

    async with asyncio.TaskGroup() as group:
        writers = [group.create_task(write(n)) for n in range(4)]
        for _ in range(2):
            await asyncio.sleep(0.1)
            await asyncio.to_thread(postgres_server.restart)
        await asyncio.sleep(0.1)
        stopped.set()

    added = [id for writer in writers for id in writer.result()]
    page = await store.load_thread_items("thr_1", None, 10_000, "asc", ANN)
    assert sorted(added) == sorted(item.id for item in page.data)
    assert all(len(writer.result()) > 3 for writer in writers)


async def test_connections_that_died_unnoticed_are_replaced(
    store: ThreadStore, postgres_server: PostgresServer
) -> None:
    """After a restart while nobody asked, every method works at its first call."""
    await store.save_thread(thread(), ANN)
    await asyncio.gather(*(store.add_thread_item("thr_1", message(f"{n}"), ANN) for n in range(20)))
    await asyncio.to_thread(postgres_server.restart)
    await asyncio.gather(*(store.load_item("thr_1", f"{n}", ANN) for n in range(20)))
    await asyncio.to_thread(postgres_server.restart)
    await store.delete_thread("thr_1", ANN)


async def test_a_server_that_is_down_is_unavailable(
    store: ThreadStore, postgres_server: PostgresServer, postgres_url: str
) -> None:
    """For every method, for a ping and on opening; not a word of the address; and all is well when it is back."""
    await store.save_thread(thread(), ANN)
    await asyncio.to_thread(postgres_server.stop)
    try:
        url = postgres_url.replace("postgres@", "postgres:hunter2@")
        for work in (
            store.load_thread("thr_1", ANN),
            store.save_item("thr_1", message("a"), ANN),
            store.load_threads(5, None, "asc", ANN),
            store.ping(),
            open_store(url).__aenter__(),
        ):
            with pytest.raises(Unavailable, match="database is unavailable") as caught:
                await work
            assert not [secret for secret in ("hunter2", "127.0.0.1", "5432", "test_") if secret in str(caught.value)]
            assert caught.value.__cause__ is not None
    finally:
        await asyncio.to_thread(postgres_server.start)
    await store.ping()
    assert thread() == await store.load_thread("thr_1", ANN)


async def test_a_database_that_is_not_there_is_unavailable(postgres_url: str) -> None:
    """Whoever runs it sees the kind of refusal, and no more."""
    with pytest.raises(Unavailable, match=r"it refuses a connection \(InvalidCatalogNameError\)$"):
        await open_store(f"{postgres_url}_not").__aenter__()


@pytest.mark.parametrize(
    "options",
    [
        "?sslmode=prefer&channel_binding=prefer",
        "?sslmode=disable&application_name=book",
        "?options=-c%20work_mem%3D8MB",
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_the_addresses_that_hosts_give_work(postgres_url: str, scheme: str, options: str) -> None:
    """With the options that libpq knows, as they are copied from a console."""
    async with open_store(f"{scheme}{postgres_url.removeprefix('postgresql')}{options}") as store:
        await store.ping()


async def test_required_encryption_is_required(postgres_url: str) -> None:
    """The test server has none, so an address that asks for it gets no connection."""
    with pytest.raises(Unavailable):
        await open_store(f"{postgres_url}?sslmode=require").__aenter__()


async def test_a_batch_that_is_caught_in_a_deadlock_is_written_all_the_same(
    store: ThreadStore, postgres_url: str
) -> None:
    """Somebody deletes two threads in the opposite order; the server undoes the batch, and it is done anew."""
    for id in ("a", "b", "c"):
        await store.save_thread(thread(id), ANN)
    began = [
        NewRun(id=f"run_{id}", thread_id=id, reader_id="ann", dialect="chatkit", is_resumable=True) for id in "bac"
    ]
    async with on_one_connection(postgres_url) as run_sql:
        await run_sql("SET deadlock_timeout = '1min'")  # so that the batch is what is undone
        await run_sql("BEGIN")
        await run_sql("DELETE FROM threads WHERE id = 'a'")
        writing = asyncio.create_task(store.runs.write("here", began=began, frames=[], ended={}))
        await asyncio.sleep(0.2)
        await run_sql("DELETE FROM threads WHERE id = 'b'")
        await run_sql("COMMIT")
        await writing
    assert await ask_sql(postgres_url, "SELECT id FROM runs") == [("run_c",)]


async def test_an_adoption_whose_answer_was_lost_is_not_lost(store: ThreadStore, postgres_url: str) -> None:
    """Asked again with its claim, the database names the same runs again, and the oldest others after them."""
    await store.save_thread(thread(), ANN)
    began = [NewRun(id=id, thread_id="thr_1", reader_id="ann", dialect="chatkit", is_resumable=True) for id in "abcd"]
    await store.runs.write("gone", began=began, frames=[], ended={})
    adopt = RunStatements("postgresql").adopt
    async with open_connections(read_address(postgres_url)) as connections:
        asked = {"the_server": "heir", "the_claim": "1", "seconds": 3600, "at_most": 2}
        silent = "UPDATE runs SET seen_at = '2001-02-03' WHERE id IN ({}) RETURNING id"
        await ask_sql(postgres_url, silent.format("'c', 'd'"))
        first = (await Database(connections).ask(adopt, asked)).rows
        await ask_sql(postgres_url, silent.format("'a', 'b'"))
        again = (await Database(connections).ask(adopt, asked)).rows
        other = (await Database(connections).ask(adopt, {**asked, "the_claim": "2"})).rows
    assert [{row["id"] for row in rows} for rows in (first, again, other)] == [{"c", "d"}, {"c", "d"}, {"a", "b"}]
