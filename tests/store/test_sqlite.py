"""The store on SQLite."""

import asyncio
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from bookside.errors import Rejected, Unavailable
from bookside.store import address, migrate, open_store
from bookside.store.run_statements import RunStatements
from store.contract import StoreContract
from store.samples import ANN, message, thread


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "below" / "book%20side.db"


class TestSQLiteStore(StoreContract):
    @pytest.fixture
    def url(self, file: Path) -> str:
        return f"sqlite:///{file}"

    @pytest.fixture
    def empty_url(self, url: str) -> str:
        return url


def test_the_folders_are_made(file: Path) -> None:
    """The path is taken as it is written, below the root or below where the process stands."""
    asyncio.run(migrate(f"sqlite:///{file}"))
    assert file.is_file()


def test_a_relative_path_is_below_where_the_process_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes, then the path."""
    monkeypatch.chdir(tmp_path)
    asyncio.run(migrate("sqlite:///data/a.db"))
    assert (tmp_path / "data" / "a.db").is_file()


async def test_a_store_without_a_file_lasts_while_it_is_open() -> None:
    """Each one is empty, and works as any other."""
    for url in ("sqlite://", "sqlite:///:memory:"):
        async with open_store(url) as store:
            assert (await store.load_threads(5, None, "asc", ANN)).data == []
            await store.save_thread(thread(), ANN)
            assert thread() == await store.load_thread("thr_1", ANN)


async def test_a_file_in_the_way_of_a_folder_is_rejected(tmp_path: Path) -> None:
    """The message names the folder."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(Rejected, match=r"the folder '.*taken/below' for the database cannot be made"):
        await migrate(f"sqlite:///{tmp_path}/taken/below/a.db")


async def test_a_file_of_another_kind_is_unavailable(tmp_path: Path) -> None:
    """It is not overwritten."""
    (tmp_path / "a.txt").write_text("This is a letter. " * 100)
    with pytest.raises(Unavailable, match="file is not a database"):
        await migrate(f"sqlite:///{tmp_path}/a.txt")
    assert (tmp_path / "a.txt").read_text().startswith("This is a letter.")


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """SQLite cannot open it, and the store says so."""
    with pytest.raises(Unavailable, match="unable to open database file"):
        await migrate(f"sqlite:///{tmp_path}")


async def test_a_file_that_somebody_keeps_locked_is_unavailable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To whoever writes, after some patience; reading goes on, and writing as soon as the lock is given up."""
    monkeypatch.setattr(address, "BUSY_TIMEOUT_S", 0.05)
    async with open_store(f"sqlite:///{file}") as store:
        await store.save_thread(thread(), ANN)
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN IMMEDIATE")
            for work in (store.save_thread(thread(), ANN), store.begin_thread(thread("thr_2"), message("a"), ANN)):
                with pytest.raises(Unavailable, match="database is unavailable: database is locked"):
                    await work
            assert thread() == await store.load_thread("thr_1", ANN)
        await store.begin_thread(thread("thr_2"), message("a"), ANN)


async def test_the_event_loop_is_free_while_sqlite_waits(file: Path) -> None:
    """Whoever holds the lock may be in the same process."""
    async with open_store(f"sqlite:///{file}") as store:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            saving = asyncio.create_task(store.save_thread(thread(), ANN))
            assert not (await asyncio.wait({saving}, timeout=0.1))[0]
            other.execute("COMMIT")
        await saving


async def test_the_connection_and_its_thread_end_with_the_store(file: Path) -> None:
    """Of several stores in one process too; the last to close leaves the one file."""
    before = threading.active_count()
    async with open_store(f"sqlite:///{file}") as store, open_store(f"sqlite:///{file}") as other:
        await asyncio.gather(store.save_thread(thread(), ANN), other.ping())
        assert threading.active_count() == before + 2
    assert threading.active_count() == before
    assert [it.name for it in file.parent.iterdir()] == [file.name]


async def test_a_life_sign_reads_no_run_that_has_ended(file: Path) -> None:
    """Nor does adopting or forgetting, however many there are: each has an index of the few that it is about."""
    await migrate(f"sqlite:///{file}")
    statements = RunStatements("sqlite")
    asked = {"the_server": "here", "the_claim": "1", "seconds": 1.0, "at_most": 9}
    plans: list[str] = []
    with sqlite3.connect(file) as connection:
        for statement in (statements.beat, statements.adopt, statements.forget):
            compiled = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
            plan = connection.execute(f"EXPLAIN QUERY PLAN {compiled}", {**compiled.params, **asked})
            plans.append(" ".join(row[3] for row in plan))
    for plan, index in zip(plans, ("idx_runs_running", "idx_runs_running", "idx_runs_ended_at"), strict=True):
        assert f"USING INDEX {index}" in plan
        assert "SCAN runs " not in plan.replace(f"SCAN runs USING INDEX {index}", "")


WRITER = """
import asyncio, sys
from bookside.store import open_store
from store.samples import ANN, message, thread

async def write(url):
    async with open_store(url) as store:
        await store.save_thread(thread(), ANN)
        for n in range(1_000_000):
            await store.save_item("thr_1", message(f"{n}", "word " * 2000), ANN)
            print(n, flush=True)

asyncio.run(write(sys.argv[1]))
"""


async def test_a_process_killed_while_it_writes_leaves_all_that_it_had_saved(file: Path) -> None:
    """SIGKILL in the midst of writing: the file is whole, and each item that was reported as saved is in it."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", WRITER, f"sqlite:///{file}",
        stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert writer.stdout is not None
    for _ in range(40):
        last = int(await writer.stdout.readline())
    writer.kill()
    last = [last, *map(int, (await writer.stdout.read()).split(b"\n")[:-1])][-1]
    await writer.wait()

    async with open_store(f"sqlite:///{file}") as store:
        page = await store.load_thread_items("thr_1", None, 10_000, "asc", ANN)
        await store.save_item("thr_1", message("after"), ANN)
        assert message("after") == await store.load_item("thr_1", "after", ANN)

    assert [str(n) for n in range(last + 1)] == [item.id for item in page.data][: last + 1]
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
