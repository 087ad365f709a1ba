"""The contract's part on runs: what is written of them, who may read it, and who takes them on."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bookside.context import Reader
from bookside.errors import NotFound, Rejected
from bookside.runs import Frames, NewRun, RunState
from bookside.store import RowNotFound, ThreadStore, open_store
from store.looking import ask_sql, on_one_connection
from store.samples import ANN, BOB, HOLDER, message, thread

LONG_AGO = "'2001-02-03 04:05:06.789000+00:00'"
ODD_TEXT = (
    "\n".join(map(json.dumps, ["\0", "\ud83d", "\\u0000 \\", "\"'", "\n\r"])) + '\n"né 😀 \u2028 $.id :rows %s $1"'
)


def run(id: str = "run_1", thread_id: str = "thr_1", reader: Reader = ANN, *, is_resumable: bool = True) -> NewRun:
    return NewRun(id=id, thread_id=thread_id, reader_id=reader.id, dialect="chatkit", is_resumable=is_resumable)


def state(id: str = "run_1", thread_id: str = "thr_1", reader: Reader = ANN, **fields: object) -> RunState:
    basics = {"id": id, "thread_id": thread_id, "reader_id": reader.id, "dialect": "chatkit", "is_resumable": True}
    return RunState(**{**basics, "status": "running", **fields})


def piece(first: int = 1, last: int | None = None, text: str | None = None, run_id: str = "run_1") -> Frames:
    numbers = range(first, (last or first) + 1)
    lines = "\n".join(f'{{"n":{n}}}' for n in numbers)
    return Frames(run_id=run_id, first=first, last=last or first, text=lines if text is None else text)


async def write(
    store: ThreadStore,
    began: Sequence[NewRun] = (),
    frames: Sequence[Frames] = (),
    ended: dict[str, str] | None = None,
    server: str = "here",
) -> set[str]:
    return await store.runs.write(server, began=began, frames=frames, ended=ended or {})


async def fall_silent(url: str, server: str = "here") -> None:
    """Let the server have been silent for years."""
    await ask_sql(url, f"UPDATE runs SET seen_at = {LONG_AGO} WHERE server = '{server}' RETURNING id")


ON_A_RUN: dict[str, Callable[[ThreadStore, str, Reader], Awaitable[object]]] = {
    "load": lambda store, id, reader: store.runs.load(id, reader),
    "load_frames": lambda store, id, reader: store.runs.load_frames(id, 0, reader),
    "request_stop": lambda store, id, reader: store.runs.request_stop(id, reader),
}
"""All that says it found nothing."""

RUNS = "SELECT id, owner, status, server, keeps_frames = (1 = 1) FROM runs ORDER BY sequence"
FRAMES = "SELECT run_id, first_frame FROM run_frames ORDER BY run_id, first_frame"


class Runs:
    # --- writing and reading

    async def test_a_run_is_read_as_it_was_written(self, store: ThreadStore) -> None:
        """Its state and its frames, of either dialect, resumable or not."""
        await store.save_thread(thread(), ANN)
        simple = NewRun(id="run_2", thread_id="thr_1", reader_id="ann", dialect="simple", is_resumable=False)
        assert await write(store, [run(), simple], [piece(1, 2), piece(1, run_id="run_2")]) == set()

        assert await store.runs.load("run_1", ANN) == state()
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(), [piece(1, 2)])
        other = state("run_2", dialect="simple", is_resumable=False)
        assert await store.runs.load_frames("run_2", 0, ANN) == (other, [piece(1, run_id="run_2")])

    async def test_frames_come_back_character_for_character(self, store: ThreadStore) -> None:
        """Whatever JSON may hold, also what looks like SQL, and a megabyte of it."""
        await store.save_thread(thread(), ANN)
        large = json.dumps({"text": "é\\" * 500_000}, ensure_ascii=False)
        await write(store, [run()], [piece(1, 6, ODD_TEXT), piece(7, 7, large)])
        _, frames = await store.runs.load_frames("run_1", 0, ANN)
        assert [ODD_TEXT, large] == [frame.text for frame in frames]

    async def test_what_no_database_takes_spoils_no_batch(self, store: ThreadStore) -> None:
        """A bare U+0000 or half a letter is replaced, where it stands; the rest is kept."""
        await store.save_thread(thread(), ANN)
        odd = [run("odd_1", "thr\0"), run("odd_2", "\ud800"), run("odd_3", reader=Reader(id="\0"))]
        await write(store, [*odd, run()], [piece(1, 1, "a\0\ud800b"), piece(2)], {"\0": "failed"})
        assert (await store.runs.load_frames("run_1", 0, ANN))[1] == [piece(1, 1, "a\ufffd?b"), piece(2)]
        with pytest.raises(Rejected, match="run's id"):
            await write(store, [run("x" * 256)])

    async def test_frames_are_in_order_and_none_is_missing(self, store: ThreadStore) -> None:
        """In however many pieces they came; a piece in which the wanted ones begin is whole."""
        await store.save_thread(thread(), ANN)
        await write(store, [run(), run("run_2")], [piece(1, run_id="run_2")])
        pieces = [piece(1), piece(2, 9), piece(10, 11), piece(12, 120), piece(121)]
        for some in ([pieces[0]], [], [pieces[2], pieces[1]], pieces[3:]):
            await write(store, frames=some)

        for after, first_piece in (
            (0, 0),
            (1, 1),
            (2, 1),
            (8, 1),
            (9, 2),
            (11, 3),
            (119, 3),
            (120, 4),
            (121, 5),
            (10**6, 5),
        ):
            assert await store.runs.load_frames("run_1", after, ANN) == (state(), pieces[first_piece:])

    async def test_a_call_that_is_repeated_changes_nothing(self, store: ThreadStore, url: str) -> None:
        """As when the connection went before the answer came: at once, or after more has happened."""
        await store.save_thread(thread(), ANN)
        calls = [
            ([run(), run("run_2", is_resumable=False)], [piece(1, 2), piece(1, run_id="run_2")], {}),
            ([], [piece(3, 4)], {"run_1": "completed", "run_2": "failed"}),
        ]
        for call in (calls[0], calls[0], calls[1], calls[1], calls[0], calls[1]):
            await write(store, *call)

        assert await ask_sql(url, RUNS) == [
            ("run_1", "ann", "completed", "here", True),
            ("run_2", "ann", "failed", "here", False),
        ]
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(status="completed"), [piece(1, 2), piece(3, 4)])
        assert await store.runs.load_frames("run_2", 0, ANN) == (
            state("run_2", is_resumable=False, status="failed", keeps_frames=False),
            [],
        )

    async def test_frames_sent_again_with_more_of_them_lose_none(self, store: ThreadStore) -> None:
        """After a call that failed, and had been kept all the same, the next one may bring old and new in one piece."""
        await store.save_thread(thread(), ANN)
        await write(store, [run()], [piece(1, 2)])
        await write(store, frames=[piece(1, 2), piece(1, 5), piece(1, 3)])
        await write(store, frames=[piece(1, 4)])
        assert (await store.runs.load_frames("run_1", 0, ANN))[1] == [piece(1, 5)]

    async def test_a_run_ends_once(self, store: ThreadStore, url: str) -> None:
        """The first end counts; the last frames may come with it or after it."""
        await store.save_thread(thread(), ANN)
        await write(store, [run()], [piece(1)], {"run_1": "stopped"})
        await write(store, frames=[piece(2)], ended={"run_1": "completed", "unknown": "failed"})
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(status="stopped"), [piece(1), piece(2)])
        assert await ask_sql(url, "SELECT count(*) FROM runs WHERE ended_at >= created_at") == [(1,)]

    async def test_only_resumable_runs_keep_their_frames(self, store: ThreadStore, url: str) -> None:
        """The others have them while they are running, and lose them when they end."""
        await store.save_thread(thread(), ANN)
        runs = [run(f"run_{n}", is_resumable=n == 2) for n in (1, 2, 3)]
        await write(store, runs, [piece(1, run_id=it.id) for it in runs])
        assert await ask_sql(url, FRAMES) == [("run_1", 1), ("run_2", 1), ("run_3", 1)]
        last = [piece(2, run_id="run_1"), piece(2, run_id="run_2")]
        await write(store, frames=last, ended={"run_1": "completed", "run_2": "completed"})
        await write(store, frames=[piece(3, run_id="run_1")])
        assert await ask_sql(url, FRAMES) == [("run_2", 1), ("run_2", 2), ("run_3", 1)]

    async def test_hundreds_of_runs_are_one_call(self, store: ThreadStore) -> None:
        """They begin, speak and end together."""
        for n in range(3):
            await store.save_thread(thread(f"thr_{n}"), ANN)
        runs = [run(f"run_{n}", f"thr_{n % 3}") for n in range(400)]
        await write(store, runs, [piece(1, 20, run_id=it.id) for it in runs], {it.id: "completed" for it in runs[:399]})
        assert (await store.runs.load("run_0", ANN)).status == "completed"
        assert (await store.runs.load_frames("run_399", 5, ANN))[1] == [piece(1, 20, run_id="run_399")]
        assert await store.runs.latest("thr_2", ANN) == state("run_398", "thr_2", status="completed")

    # --- threads that go

    async def test_runs_go_with_their_thread(self, store: ThreadStore, url: str) -> None:
        """With their frames; those of other threads stay."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
        await write(store, [run(), run("run_2", "thr_2")], [piece(1), piece(1, run_id="run_2")])
        await store.delete_thread("thr_1", ANN)
        with pytest.raises(RowNotFound):
            await store.runs.load("run_1", ANN)
        assert await ask_sql(url, FRAMES) == [("run_2", 1)]

    async def test_what_is_written_of_a_deleted_thread_is_passed_over(self, store: ThreadStore, url: str) -> None:
        """Whether it went before its run was written or after it; all else of the batch is kept."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
        await write(store, [run()])
        await store.delete_thread("thr_1", ANN)
        began = [run("never", "thr_none"), run("late"), run("run_2", "thr_2")]
        frames = [piece(1, run_id=id) for id in ("run_1", "never", "late", "run_2")]
        await write(store, began, frames, {"run_1": "completed", "late": "failed"})
        assert await ask_sql(url, RUNS) == [("run_2", "ann", "running", "here", True)]
        assert await ask_sql(url, FRAMES) == [("run_2", 1)]

    @pytest.mark.parametrize("is_known", [False, True], ids=["its run is new", "its run is known"])
    async def test_a_thread_deleted_in_the_midst_of_a_batch_spoils_nothing(
        self, store: ThreadStore, url: str, *, is_known: bool
    ) -> None:
        """Another process has deleted it, and not yet committed, when the batch comes to its rows."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
        if is_known:
            await write(store, [run()])
        async with on_one_connection(url) as run_sql:
            await run_sql("BEGIN IMMEDIATE" if url.startswith("sqlite") else "BEGIN")
            await run_sql("DELETE FROM threads WHERE id = 'thr_1'")
            began = [run("run_2", "thr_2"), *([] if is_known else [run()]), run("run_3", "thr_2")]
            frames = [piece(1, run_id=id) for id in ("run_1", "run_2", "run_3")]
            writing = asyncio.create_task(write(store, began, frames, {"run_3": "completed"}))
            await asyncio.sleep(0.2)
            assert not writing.done()
            await run_sql("COMMIT")
            assert await writing == set()
        assert await ask_sql(url, RUNS) == [
            ("run_2", "ann", "running", "here", True),
            ("run_3", "ann", "completed", "here", True),
        ]
        assert await ask_sql(url, FRAMES) == [("run_2", 1), ("run_3", 1)]

    async def test_batches_and_deletions_at_once(self, store: ThreadStore, url: str) -> None:
        """Each batch is kept but for what was deleted, and no call fails."""
        async with open_store(url) as other:
            for n in range(20):
                await store.save_thread(thread(f"thr_{n}"), ANN)

            async def write_all(its: ThreadStore, server: str) -> None:
                for turn in range(6):
                    began = [run(f"{server}_{turn}_{n}", f"thr_{n}") for n in range(20)]
                    frames = [piece(1, run_id=it.id) for it in began]
                    await write(its, began, frames, {began[n].id: "completed" for n in range(0, 20, 2)}, server)

            async def delete_some() -> None:
                for n in range(0, 20, 2):
                    await store.runs.request_stop_of_thread(f"thr_{n + 1}", ANN)
                    await other.delete_thread(f"thr_{n}", ANN)

            await asyncio.gather(write_all(store, "a"), write_all(other, "b"), delete_some())
        kept = await ask_sql(url, "SELECT count(*), count(DISTINCT thread_id) FROM runs")
        assert kept == [(2 * 6 * 10, 10)]

    # --- owners

    async def test_another_readers_run_is_as_one_that_is_not(self, store: ThreadStore) -> None:
        """The same error in the same words, and nothing of it changes."""
        await store.save_thread(thread(), ANN)
        await write(store, [run()], [piece(1)])

        for name, ask in ON_A_RUN.items():
            for reader in (BOB, HOLDER):
                with pytest.raises(RowNotFound) as foreign:
                    await ask(store, "run_1", reader)
                with pytest.raises(RowNotFound) as unknown:
                    await ask(store, "run_0", reader)
                assert str(unknown.value) == str(foreign.value).replace("run_1", "run_0"), name
                assert isinstance(foreign.value, NotFound)
        for reader in (BOB, HOLDER):
            for id in ("thr_1", "thr_0", "\0", "x" * 256):
                assert await store.runs.latest(id, reader) is None
                assert await store.runs.request_stop_of_thread(id, reader) == []

        assert await write(store) == set()
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(), [piece(1)])

    async def test_an_id_that_cannot_be_is_no_runs(self, store: ThreadStore) -> None:
        """Whatever is typed into an address is looked for, and breaks nothing."""
        for id in ("\0", "\ud800", "x" * 256, ""):
            for ask in ON_A_RUN.values():
                with pytest.raises(RowNotFound, match=r"^Run .* not found$"):
                    await ask(store, id, ANN)

    async def test_nobody_begins_a_run_in_another_readers_thread(self, store: ThreadStore, url: str) -> None:
        """It is passed over, as is one whose id is taken."""
        await store.save_thread(thread(), ANN)
        await store.save_thread(thread("thr_2"), BOB)
        await write(store, [run("stolen", reader=BOB), run("held", reader=HOLDER), run()])
        await write(store, [run("run_1", "thr_2", BOB)], [piece(1)], server="there")
        assert await ask_sql(url, RUNS) == [("run_1", "ann", "running", "here", True)]
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(), [])

    async def test_a_holders_run_is_whose_threads_id_it_is(self, store: ThreadStore) -> None:
        """Whoever has the ids may read and stop it, whoever began it."""
        await store.save_thread(thread(), HOLDER)
        await write(store, [run("by_holder", reader=HOLDER), run("by_ann")], [piece(1, run_id="by_ann")])
        held = state("by_ann", reader=HOLDER)
        for reader in (HOLDER, ANN, BOB):
            assert await store.runs.load_frames("by_ann", 0, reader) == (held, [piece(1, run_id="by_ann")])
            assert await store.runs.latest("thr_1", reader) == held
        assert await store.runs.request_stop("by_ann", BOB) == held
        assert await write(store) == {"by_ann"}
        stopped = await store.runs.request_stop_of_thread("thr_1", BOB)
        assert {it.id for it in stopped} == {"by_ann", "by_holder"}

    # --- the latest, and stopping

    async def test_the_latest_run_is_the_resumable_one_that_began_last(self, store: ThreadStore) -> None:
        """By the order in which they began, also within one call; not by their ends."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
        assert await store.runs.latest("thr_1", ANN) is None
        await write(store, [run(id) for id in ("z", "m", "a")])
        await write(store, [run("once", is_resumable=False), run("other", "thr_2")], ended={"a": "failed"})
        assert await store.runs.latest("thr_1", ANN) == state("a", status="failed")
        assert await store.runs.latest("thr_2", ANN) == state("other", "thr_2")

    async def test_a_server_hears_which_of_its_runs_to_stop(self, store: ThreadStore, url: str) -> None:
        """With each call until the run has ended; no other server hears of it."""
        await store.save_thread(thread(), ANN)
        await write(store, [run(), run("run_2")])
        await write(store, [run("run_3")], server="there")

        assert await store.runs.request_stop("run_1", ANN) == state()
        assert await store.runs.request_stop("run_1", ANN) == state()
        assert await write(store) == {"run_1"}
        assert await write(store, frames=[piece(1)]) == {"run_1"}
        assert await write(store, server="there") == set()
        assert await write(store, ended={"run_1": "stopped"}) == set()
        assert await store.runs.request_stop("run_1", ANN) == state(status="stopped")
        assert await write(store) == set()

        await write(store, ended={"run_2": "completed"})
        assert (await store.runs.request_stop("run_2", ANN)).status == "completed"
        assert await ask_sql(url, "SELECT id FROM runs WHERE stop_requested = (1 = 1)") == [("run_1",)]

    async def test_all_of_a_threads_runs_are_stopped(self, store: ThreadStore) -> None:
        """On whichever server they are; ended ones and those of other threads are not named."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
        await write(store, [run(), run("ended"), run("other", "thr_2")], ended={"ended": "completed"})
        await write(store, [run("run_2", is_resumable=False)], server="there")
        stopped = await store.runs.request_stop_of_thread("thr_1", ANN)
        assert sorted(stopped, key=lambda it: it.id) == [state(), state("run_2", is_resumable=False)]
        assert (await write(store), await write(store, server="there")) == ({"run_1"}, {"run_2"})

    # --- servers that die

    async def test_a_silent_servers_runs_are_adopted_with_their_frames(self, store: ThreadStore, url: str) -> None:
        """The oldest first, as many as are wanted, each once; ended runs and live servers' are left alone."""
        await store.save_thread(thread(), ANN)
        runs = [run("c"), run("b", is_resumable=False), run("a"), run("ended")]
        frames = [piece(1, 2, run_id="c"), piece(3, run_id="c"), piece(1, run_id="a"), piece(1, run_id="ended")]
        await write(store, runs, frames, {"ended": "completed"})
        assert await store.runs.adopt("heir", unseen_s=60, limit=9) == []
        await fall_silent(url)
        await write(store, [run("live")], server="there")

        taken = await store.runs.adopt("heir", unseen_s=60, limit=2)
        more = await store.runs.adopt("heir", unseen_s=60, limit=2)

        assert [it.state for it in taken] == [state("c"), state("b", is_resumable=False)]
        assert [it.frames for it in taken] == [frames[:2], []]
        assert [(it.state, it.frames) for it in more] == [(state("a"), [frames[2]])]
        assert await store.runs.adopt("heir", unseen_s=60, limit=2) == []

    async def test_an_adopted_run_is_its_heirs_to_end(self, store: ThreadStore, url: str) -> None:
        """What the former server still writes of it, having only been slow, is nothing; and it hears of no stop."""
        await store.save_thread(thread(), ANN)
        await write(store, [run()], [piece(1)])
        await fall_silent(url)
        await store.runs.adopt("heir", unseen_s=60, limit=1)
        await store.runs.request_stop("run_1", ANN)

        assert await write(store, [run()], [piece(1, 3), piece(2, 3)], {"run_1": "completed"}) == set()
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(), [piece(1)])

        last = piece(2, 2, '{"type":"error"}')
        assert await write(store, server="heir") == {"run_1"}
        await write(store, frames=[last], ended={"run_1": "interrupted"}, server="heir")
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(status="interrupted"), [piece(1), last])

    async def test_every_call_says_that_the_servers_runs_are_alive(self, store: ThreadStore, url: str) -> None:
        """Also one with nothing in it; an ended run is not said to be."""
        await store.save_thread(thread(), ANN)
        await write(store, [run(), run("ended")], ended={"ended": "completed"})
        for call in ({}, {"frames": [piece(1)]}, {"began": [run("run_2")]}, {"ended": {"none": "failed"}}):
            await fall_silent(url)
            await write(store, **call)
            assert await store.runs.adopt("heir", unseen_s=60, limit=9) == []
        assert await ask_sql(url, f"SELECT id FROM runs WHERE seen_at = {LONG_AGO}") == [("ended",)]
        await fall_silent(url)
        await write(store, server="there")
        assert len(await store.runs.adopt("heir", unseen_s=60, limit=9)) == 2

    async def test_silence_is_measured_in_parts_of_a_second(self, store: ThreadStore) -> None:
        """By the database's own clock."""
        await store.save_thread(thread(), ANN)
        await write(store, [run()])
        assert await store.runs.adopt("heir", unseen_s=3600.5, limit=9) == []
        await asyncio.sleep(0.05)
        assert len(await store.runs.adopt("heir", unseen_s=0.01, limit=9)) == 1

    async def test_no_run_is_adopted_twice(self, store: ThreadStore, url: str) -> None:
        """Four processes ask at once, again and again; each run is one's, with all its frames."""
        await store.save_thread(thread(), ANN)
        runs = [run(f"run_{n:02}") for n in range(60)]
        await write(store, runs, [piece(1, run_id=it.id) for it in runs])
        await fall_silent(url)

        async def take(server: str) -> list[str]:
            async with open_store(url) as own:
                taken: list[str] = []
                for _ in range(12):
                    orphans = await own.runs.adopt(server, unseen_s=60, limit=3)
                    assert all(it.frames == [piece(1, run_id=it.state.id)] for it in orphans)
                    taken += [it.state.id for it in orphans]
                return taken

        servers = [f"heir {n}" for n in range(4)]
        taken = dict(zip(servers, await asyncio.gather(*map(take, servers)), strict=True))
        left = await take("the last")

        every = [id for ids in [*taken.values(), left] for id in ids]
        assert sorted(every) == [it.id for it in runs]
        owners = {str(row[0]): row[3] for row in await ask_sql(url, RUNS)}
        assert all(owners[id] == server for server, ids in taken.items() for id in ids)

    async def test_a_run_that_is_just_being_written_is_not_adopted(self, store: ThreadStore, url: str) -> None:
        """Its server lives after all: either it keeps the run, or the heir has its last frames, too."""
        await store.save_thread(thread(), ANN)
        runs = [run(f"run_{n}") for n in range(20)]
        await write(store, runs)
        for turn in range(1, 6):
            await fall_silent(url)
            pieces = [piece(turn, run_id=it.id) for it in runs]
            async with open_store(url) as other:
                orphans, _ = await asyncio.gather(
                    other.runs.adopt("heir", unseen_s=60, limit=20), write(store, frames=pieces)
                )
            for orphan in orphans:
                assert (await store.runs.load_frames(orphan.state.id, 0, ANN))[1] == orphan.frames
            await ask_sql(url, "UPDATE runs SET server = 'here' RETURNING id")

    # --- forgetting

    async def test_frames_are_forgotten_when_their_run_has_long_ended(self, store: ThreadStore, url: str) -> None:
        """The run stays, and says that it has none; running ones and those that ended just now keep theirs."""
        await store.save_thread(thread(), ANN)
        runs = [run("old"), run("fresh"), run("live"), run("silent", is_resumable=False)]
        ended = {"old": "completed", "fresh": "completed", "silent": "completed"}
        await write(store, runs, [piece(1, run_id=it.id) for it in runs], ended)
        await ask_sql(url, f"UPDATE runs SET ended_at = {LONG_AGO} WHERE id IN ('old', 'silent') RETURNING id")

        assert await store.runs.forget(ended_s=600) == 1
        assert await store.runs.forget(ended_s=600) == 0

        assert await ask_sql(url, FRAMES) == [("fresh", 1), ("live", 1)]
        gone = state("old", status="completed", keeps_frames=False)
        assert await store.runs.load_frames("old", 0, ANN) == (gone, [])
        assert (await store.runs.load("fresh", ANN)).keeps_frames
        await write(store, frames=[piece(1, run_id="old")])
        assert await ask_sql(url, FRAMES) == [("fresh", 1), ("live", 1)]
        assert await store.runs.forget(ended_s=0) == 1

    async def test_a_thread_with_runs_is_a_thread_like_any_other(self, store: ThreadStore) -> None:
        """Saving it and adding to it leave its runs alone."""
        await store.save_thread(thread(), ANN)
        await write(store, [run()], [piece(1)])
        await store.save_thread(thread(title="new"), ANN)
        await store.add_thread_item("thr_1", message("a"), ANN)
        assert await store.runs.load_frames("run_1", 0, ANN) == (state(), [piece(1)])
