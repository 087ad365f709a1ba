"""The index over files: the contract, and what only files can suffer."""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from qdrant_edge import EdgeShard, Point, UpdateOperation

from bookside.errors import Unavailable
from bookside.index.builder import Builder
from bookside.index.edge import EdgeIndex, open_edge_index
from bookside.index.files import mark_files
from bookside.index.generation import FORMAT, STAMPS
from bookside.index.payload import LEXICON_ID, lexicon_payload
from bookside.index.shard import UNREADABLE
from bookside.models.embedder import Embedder
from index.contract import IndexContract, OpenIndex, ask, texts, versions
from index.embedders import HashedWords
from index.examples import TOPICS, chunks_of, page

TESTS = Path(__file__).parent.parent
CHUNKS = 200

SYNC_FOREVER = """
import asyncio, sys
from pathlib import Path
from index.contract import versions
from index.embedders import HashedWords
from bookside.index.edge import open_edge_index

async def main():
    index = open_edge_index(Path(sys.argv[1]), "book", HashedWords())
    print("ready", flush=True)
    while True:
        for word in ("second", "first"):
            await index.sync(versions(int(sys.argv[2]), word))

asyncio.run(main())
"""

READ_ONCE = """
import asyncio, sys
from pathlib import Path
from index.contract import texts
from index.embedders import HashedWords
from bookside.index.edge import open_edge_index

async def main():
    index = open_edge_index(Path(sys.argv[1]), "book", HashedWords())
    print(len(await texts(index)))
    await index.close()

asyncio.run(main())
"""

SYNC_ONCE = """
import asyncio, sys
from pathlib import Path
from index.contract import versions
from index.embedders import HashedWords
from bookside.index.edge import open_edge_index

async def main():
    index = open_edge_index(Path(sys.argv[1]), "book", HashedWords())
    await index.sync(versions(int(sys.argv[2]), "second"))
    await index.close()

asyncio.run(main())
"""


async def start(script: str, *arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


async def run(script: str, *arguments: object) -> str:
    process = await start(script, *arguments)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().strip()


@pytest.fixture
async def open_index(tmp_path: Path) -> AsyncIterator[OpenIndex]:
    opened: list[EdgeIndex] = []

    def open_one_more(embedder: Embedder) -> EdgeIndex:
        opened.append(open_edge_index(tmp_path, "book", embedder))
        return opened[-1]

    yield open_one_more
    for index in opened:
        await index.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "book"


def names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


class TestEdgeIndex(IndexContract):
    async def test_a_run_that_changes_nothing_writes_nothing(self, open_index: OpenIndex, folder: Path) -> None:
        index = open_index(HashedWords())
        chunks = chunks_of((page(), TOPICS))
        await index.sync(chunks)
        before = (folder / "CURRENT.json").stat()
        await index.sync(chunks)
        assert (folder / "CURRENT.json").stat().st_mtime_ns == before.st_mtime_ns
        assert names(folder, "gen-*") == ["gen-1"]

    async def test_the_generation_before_the_current_one_is_kept_and_older_ones_go(
        self, open_index: OpenIndex, folder: Path
    ) -> None:
        index = open_index(HashedWords())
        for count in (1, 2, 3, 4):
            await index.sync(versions(count, "first"))
        assert names(folder, "gen-*") == ["gen-3", "gen-4"]
        assert names(folder, "building-*") == []

    async def test_published_files_are_never_written(self, open_index: OpenIndex, folder: Path) -> None:
        index = open_index(HashedWords())
        await index.sync(versions(20, "first"))
        before = {path: path.stat().st_mtime_ns for path in (folder / "gen-1").rglob("*")}
        await texts(index)
        await index.sync(versions(30, "first"))
        await texts(index)
        assert {path: path.stat().st_mtime_ns for path in (folder / "gen-1").rglob("*")} == before

    async def test_another_process_reads_while_this_one_has_the_index_open(
        self, open_index: OpenIndex, tmp_path: Path
    ) -> None:
        index = open_index(HashedWords())
        await index.sync(versions(CHUNKS, "first"))
        assert len(await texts(index)) == CHUNKS
        both = await asyncio.gather(run(READ_ONCE, tmp_path), run(READ_ONCE, tmp_path))
        assert both == [str(CHUNKS), str(CHUNKS)]
        assert len(await texts(index)) == CHUNKS

    async def test_an_open_index_notices_what_another_process_publishes(
        self, open_index: OpenIndex, tmp_path: Path
    ) -> None:
        index = open_index(HashedWords())
        await index.sync(versions(3, "first"))
        assert len(await texts(index)) == 3
        await run(SYNC_ONCE, tmp_path, 7)
        assert len(await texts(index)) == 7
        assert (await index.status()).chunks == 7

    async def test_an_indexer_killed_at_any_moment_leaves_a_usable_index(
        self, open_index: OpenIndex, tmp_path: Path, folder: Path
    ) -> None:
        index = open_index(HashedWords())
        await index.sync(versions(CHUNKS, "first"))
        moments = random.Random(20)
        for _ in range(4):
            process = await start(SYNC_FOREVER, tmp_path, CHUNKS)
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
            await asyncio.sleep(moments.uniform(0.0, 0.6))
            process.send_signal(signal.SIGKILL)
            await process.wait()
            found = await texts(open_index(HashedWords()))
            assert len(found) == CHUNKS
            assert len({text.split()[-2] for text in found}) == 1
        report = await index.sync(versions(CHUNKS + 1, "third"))
        assert report.added == CHUNKS + 1
        assert names(folder, "building-*") == []
        assert len(names(folder, "gen-*")) == 2

    async def test_copies_of_dead_processes_are_removed(
        self, open_index: OpenIndex, tmp_path: Path, folder: Path
    ) -> None:
        index = open_index(HashedWords())
        await index.sync(versions(3, "first"))
        process = await start(READ_ONCE.replace("await index.close()", "import os; os._exit(0)"), tmp_path)
        await process.communicate()
        assert len(names(folder / "open", "*-*.lock")) == 1
        assert len(await texts(index)) == 3
        mine = names(folder / "open", f"{os.getpid()}-*.lock")
        assert names(folder / "open", "*-*.lock") == mine
        await index.close()
        assert names(folder / "open", "*-*") == []

    async def test_a_second_indexer_says_that_one_is_at_work(self, open_index: OpenIndex, tmp_path: Path) -> None:
        class Slow(HashedWords):
            async def embed(self, texts):
                started.set()
                await released.wait()
                return await super().embed(texts)

        started, released = asyncio.Event(), asyncio.Event()
        work = asyncio.create_task(open_index(Slow()).sync(versions(3, "first")))
        await started.wait()
        impatient = open_edge_index(tmp_path, "book", HashedWords(), lock_wait_s=0)
        with pytest.raises(Unavailable, match="another process is indexing 'book'"):
            await impatient.sync(versions(3, "first"))
        patient = asyncio.create_task(open_index(HashedWords()).sync(versions(3, "first")))
        released.set()
        assert (await work).added == 3
        assert (await patient).unchanged == 3
        await impatient.close()

    async def test_a_cancelled_sync_leaves_nothing_behind(self, open_index: OpenIndex, folder: Path) -> None:
        class Never(HashedWords):
            async def embed(self, texts):
                started.set()
                await asyncio.Event().wait()
                raise AssertionError

        started = asyncio.Event()
        index = open_index(Never())
        work = asyncio.create_task(index.sync(versions(3, "first")))
        await started.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert names(folder, "building-*") == []
        assert (await open_index(HashedWords()).sync(versions(3, "first"))).added == 3

    @pytest.mark.parametrize("damage", ["truncate", "flip", "remove", "remove-folder", "manifest"])
    async def test_a_damaged_generation_is_a_clear_error_and_the_next_sync_heals_it(
        self, open_index: OpenIndex, folder: Path, damage: str
    ) -> None:
        await open_index(HashedWords()).sync(versions(20, "first"))
        victim = next((folder / "gen-1").rglob("payload_storage/page_0.dat"))
        match damage:
            case "truncate":
                os.truncate(victim, 100)
            case "flip":
                with victim.open("r+b") as file:
                    first = file.read(1)
                    file.seek(0)
                    file.write(bytes([first[0] ^ 255]))
            case "remove":
                victim.unlink()
            case "remove-folder":
                (folder / "gen-1").rename(folder / "elsewhere")
            case _:
                (folder / "CURRENT.json").write_text('{"format": 1, "gen')
        fresh = open_index(HashedWords())
        with pytest.raises(Unavailable, match="index the book again"):
            await ask(fresh, "edition")
        with pytest.raises(Unavailable, match="index the book again"):
            await fresh.status()
        assert (await fresh.sync(versions(20, "first"))).added == 20
        assert len(await texts(open_index(HashedWords()))) == 20

    async def test_a_damaged_generation_is_healed_by_an_edited_book_too(
        self, open_index: OpenIndex, folder: Path
    ) -> None:
        index = open_index(HashedWords())
        await index.sync(versions(20, "first"))
        os.truncate(next((folder / "gen-1").rglob("payload_storage/page_0.dat")), 100)
        assert (await index.sync(versions(21, "first"))).added == 21
        assert len(await texts(open_index(HashedWords()))) == 21

    @pytest.mark.parametrize("count", [20, 21], ids=["unchanged-book", "edited-book"])
    async def test_a_generation_that_the_engine_cannot_load_is_made_anew(
        self, open_index: OpenIndex, folder: Path, count: int
    ) -> None:
        """As after an update of the engine: the files are as they were written, and of no use."""
        await open_index(HashedWords()).sync(versions(20, "first"))
        (segment,) = (folder / "gen-1").rglob("segment.json")
        segment.write_text("{}")
        manifest = json.loads((folder / "CURRENT.json").read_text())
        (folder / "CURRENT.json").write_text(json.dumps(manifest | {"files": mark_files(folder / "gen-1")}))
        fresh = open_index(HashedWords())
        with pytest.raises(Unavailable, match=r"the engine cannot load it: .*; index the book again"):
            await ask(fresh, "edition")
        assert (await fresh.sync(versions(count, "first"))).added == count
        assert len(await texts(fresh)) == count

    async def test_a_lexicon_that_cannot_be_read_is_a_clear_error_that_leaves_no_copy(
        self, open_index: OpenIndex, folder: Path
    ) -> None:
        await open_index(HashedWords()).sync(versions(20, "first"))
        shard = EdgeShard.load(str(folder / "gen-1"))
        shard.update(UpdateOperation.upsert_points([Point(LEXICON_ID, {}, lexicon_payload("ABCDE"))]))
        shard.close()
        manifest = json.loads((folder / "CURRENT.json").read_text())
        (folder / "CURRENT.json").write_text(json.dumps(manifest | {"files": mark_files(folder / "gen-1")}))
        fresh = open_index(HashedWords())
        with pytest.raises(Unavailable, match="its lexicon cannot be read"):
            await ask(fresh, "edition")
        assert names(folder / "open", "*-*") == []
        assert (await fresh.sync(versions(21, "first"))).added == 21
        assert len(await texts(fresh)) == 21

    @pytest.mark.parametrize("damage", ["flip", "remove", "none-in-the-manifest"])
    async def test_without_its_stamps_an_index_answers_and_is_made_anew(
        self, open_index: OpenIndex, folder: Path, damage: str
    ) -> None:
        """The last is how an older Bookside left it."""
        await open_index(HashedWords()).sync(versions(20, "first"))
        match damage:
            case "flip":
                (folder / "gen-1" / STAMPS).write_text("[]")
            case "remove":
                (folder / "gen-1" / STAMPS).unlink()
            case _:
                manifest = json.loads((folder / "CURRENT.json").read_text())
                del manifest["files"][STAMPS]
                (folder / "CURRENT.json").write_text(json.dumps(manifest))
        embedder = HashedWords()
        fresh = open_index(embedder)
        assert len(await texts(fresh)) == 20
        await fresh.sync(versions(21, "first"))
        assert len([text for text in embedder.embedded if "edition" in text]) == 21
        assert len(await texts(fresh)) == 21

    async def test_an_indexer_that_has_something_to_do_opens_no_copy(self, open_index: OpenIndex, folder: Path) -> None:
        index = open_index(HashedWords())
        for count in (3, 4, 2):
            await index.sync(versions(count, "first"))
        assert not (folder / "open").exists()

    async def test_runs_that_change_nothing_open_one_copy_which_searches_use(
        self, open_index: OpenIndex, folder: Path
    ) -> None:
        index = open_index(HashedWords())
        for _ in range(3):
            await index.sync(versions(3, "first"))
        (copy,) = names(folder / "open", "*-*.lock")
        assert len(await texts(index)) == 3
        assert names(folder / "open", "*-*.lock") == [copy]

    async def test_an_index_of_another_format_is_made_anew(self, open_index: OpenIndex, folder: Path) -> None:
        await open_index(HashedWords()).sync(versions(3, "first"))
        manifest = folder / "CURRENT.json"
        manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', '"format": 0'))
        fresh = open_index(HashedWords())
        assert (await fresh.status()).chunks == 0
        assert (await fresh.sync(versions(3, "first"))).added == 3

    async def test_a_collection_name_stays_below_the_folder(self, tmp_path: Path) -> None:
        index = open_edge_index(tmp_path, "../out/side", HashedWords())
        await index.sync(versions(1, "first"))
        await index.close()
        assert names(tmp_path, "*") == ["..%2Fout%2Fside"]

    async def test_a_folder_that_cannot_be_made_is_a_clear_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        index = open_edge_index(tmp_path / "file", "book", HashedWords())
        with pytest.raises(Unavailable, match="Not a directory"):
            await index.sync(versions(1, "first"))
        await index.close()


async def test_a_builder_whose_process_dies_says_so(tmp_path: Path) -> None:
    async with Builder(tmp_path / "new", 64, "english") as builder:
        await builder.start()
        os.kill(builder.pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match="ended with code -9"):
            await builder.finish()


async def test_a_builder_passes_on_the_last_words_of_its_process(tmp_path: Path) -> None:
    async with Builder(tmp_path / "new", 64, "english") as builder:
        await builder.delete(["not a UUID"])
        with pytest.raises(Unavailable, match="not a UUID"):
            await builder.finish()


async def test_a_disk_that_has_no_room_for_a_new_index_is_a_clear_error(
    tmp_path: Path, open_index: OpenIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no damage, which would be healed, and nothing is left of it; files end at 4 kB, as on a full disk."""
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nulimit -f 8\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(Unavailable, match=r"the process that builds it ended with code 1: .*File too large"):
        await open_index(HashedWords()).sync(versions(3, "first"))
    assert names(tmp_path / "book", "building-*") == []


async def test_an_index_that_cannot_be_made_anew_either_is_a_clear_error(
    tmp_path: Path, open_index: OpenIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nexit {UNREADABLE}\n")
    program.chmod(0o755)
    await open_index(HashedWords()).sync(versions(3, "first"))
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(Unavailable, match="index the book again"):
        await open_index(HashedWords()).sync(versions(4, "first"))
    assert len(await texts(open_index(HashedWords()))) == 3
