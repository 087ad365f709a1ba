"""How often each method waits for PostgreSQL, counted on the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from bookside.runs import Frames, NewRun
from bookside.store import ThreadStore, open_store
from store.samples import ANN, file, message, thread


class Wire:
    """A relay to the server that counts how often the client speaks after having listened."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listened = True
        self.round_trips = 0

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        answers, questions = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._pass(reader, questions, asked=True), self._pass(answers, writer, asked=False))

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, asked: bool) -> None:
        while chunk := await source.read(1 << 16):
            self.round_trips += asked and self._listened
            self._listened = not asked
            sink.write(chunk)
        sink.close()


@pytest.fixture
async def wire(postgres_url: str) -> AsyncIterator[tuple[ThreadStore, Wire]]:
    parts = urlsplit(postgres_url)
    assert parts.port is not None
    wire = Wire(parts.port)
    server = await asyncio.start_server(wire.relay, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with open_store(postgres_url.replace(f":{parts.port}/", f":{port}/")) as store:
        yield store, wire
    server.close()


METHODS: dict[str, Callable[[ThreadStore], Awaitable[object]]] = {
    "save_thread": lambda store: store.save_thread(thread(), ANN),
    "load_thread": lambda store: store.load_thread("thr_1", ANN),
    "begin_thread": lambda store: store.begin_thread(thread(), message("a"), ANN),
    "load_conversation": lambda store: store.load_conversation("thr_1", 5, ANN),
    "load_threads": lambda store: store.load_threads(5, None, "desc", ANN),
    "load_threads after one": lambda store: store.load_threads(5, "thr_0", "asc", ANN),
    "add_thread_item": lambda store: store.add_thread_item("thr_1", message("b"), ANN),
    "save_item": lambda store: store.save_item("thr_1", message("a"), ANN),
    "load_item": lambda store: store.load_item("thr_1", "a", ANN),
    "load_thread_items": lambda store: store.load_thread_items("thr_1", None, 5, "desc", ANN),
    "load_thread_items after one": lambda store: store.load_thread_items("thr_1", "a", 5, "asc", ANN),
    "add_feedback": lambda store: store.add_feedback("thr_1", ["a", "b"], "positive", ANN),
    "save_attachment": lambda store: store.save_attachment(file(thread_id="thr_1"), ANN),
    "load_attachment": lambda store: store.load_attachment("atc_1", ANN),
    "save_file": lambda store: store.save_file("atc_1", b"x", ANN),
    "load_file": lambda store: store.load_file("atc_1", ANN),
    "delete_attachment": lambda store: store.delete_attachment("none", ANN),
    "delete_thread_item": lambda store: store.delete_thread_item("thr_1", "none", ANN),
    "expire_thread": lambda store: store.expire_thread("thr_1", None, ANN),
    "ping": lambda store: store.ping(),
    "runs.write with nothing new": lambda store: store.runs.write("here", began=[], frames=[], ended={}),
    "runs.load": lambda store: store.runs.load("run_1", ANN),
    "runs.load_frames": lambda store: store.runs.load_frames("run_1", 0, ANN),
    "runs.latest": lambda store: store.runs.latest("thr_1", ANN),
    "runs.request_stop": lambda store: store.runs.request_stop("run_1", ANN),
    "runs.request_stop_of_thread": lambda store: store.runs.request_stop_of_thread("thr_1", ANN),
    "runs.adopt with none to adopt": lambda store: store.runs.adopt("heir", unseen_s=3600, limit=9),
}


async def write_runs(store: ThreadStore, name: str, count: int) -> None:
    """So many runs that begin, others that speak and others that end."""
    runs = [
        NewRun(id=f"{name}_{n}", thread_id="thr_1", reader_id="ann", dialect="chatkit", is_resumable=True)
        for n in range(count)
    ]
    frames = [Frames(run_id=run.id, first=1, last=2, text="{}\n{}") for run in runs]
    await store.runs.write("here", began=runs, frames=frames, ended={run.id: "completed" for run in runs})


async def test_each_method_asks_once(wire: tuple[ThreadStore, Wire]) -> None:
    """After a connection has met the statement: no BEGIN, no ping, no asking first whose a thread is."""
    store, counted = wire
    await store.save_thread(thread("thr_0"), ANN)
    await store.save_thread(thread(), ANN)
    await store.save_item("thr_1", message("a"), ANN)
    await write_runs(store, "run", 2)
    for method in METHODS.values():
        await method(store)

    trips: dict[str, int] = {}
    for name, method in METHODS.items():
        before = counted.round_trips
        await method(store)
        trips[name] = counted.round_trips - before

    assert trips == dict.fromkeys(METHODS, 1)


async def test_only_an_empty_page_asks_twice(wire: tuple[ThreadStore, Wire]) -> None:
    """Past the last item it must be known whether that item is there at all."""
    store, counted = wire
    await store.save_thread(thread(), ANN)
    await store.save_item("thr_1", message("a"), ANN)
    for _ in range(2):
        before = counted.round_trips
        await store.load_thread_items("thr_1", "a", 5, "asc", ANN)
    assert counted.round_trips - before == 2


async def test_a_process_asks_as_often_for_one_run_as_for_hundreds(wire: tuple[ThreadStore, Wire]) -> None:
    """BEGIN, runs, frames, ends, dropped frames, life sign, COMMIT; what there is nothing of is not asked."""
    store, counted = wire
    await store.save_thread(thread(), ANN)
    await write_runs(store, "first", 3)

    trips: list[int] = []
    for n, count in enumerate((1, 300)):
        before = counted.round_trips
        await write_runs(store, f"more_{n}", count)
        trips.append(counted.round_trips - before)
    before = counted.round_trips
    await store.runs.write("here", began=[], frames=[Frames(run_id="first_0", first=3, last=3, text="{}")], ended={})
    trips.append(counted.round_trips - before)

    assert trips == [7, 7, 4]
