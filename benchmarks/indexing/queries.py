"""What a question costs: over more and more chunks in the embedded engine, and through a Qdrant server's client."""

import dataclasses
import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.indexing.books import changed

from bookside.book import Chunk, cut, read_book
from bookside.index.edge import open_edge_index
from bookside.index.model import Index
from bookside.index.server import open_server_index
from bookside.models.static import open_static_embedder
from bookside.models.tokens import load_token_counter
from bookside.search.find import Search

ROOT = Path(__file__).parents[2]
ROUNDS = 3
SERVER = """
import sys, time
sys.path[:0] = [{tests!r}, {root!r}]
from e2e.qdrant_server import qdrant_server
with qdrant_server() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Cost:
    """Of one question, in milliseconds: of the clock, and of this process's own work."""

    median_ms: float
    p95_ms: float
    cpu_ms: float


def chunks(source: Path, count: int) -> list[Chunk]:
    """So many chunks: those of ``source``, repeated with changes."""
    own = cut(read_book(source), count_tokens=load_token_counter())
    made: list[Chunk] = []
    for number in range(count):
        part, place = divmod(number, len(own))
        chunk = own[place]
        text = changed(chunk.text, part) + (f"\n\n{part} {number}" if part else "")
        id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{chunk.id} {part}"))
        made.append(dataclasses.replace(chunk, id=id, text=text, order=number))
    return made


def questions(file: Path) -> list[str]:
    return [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines() if line.strip()]


async def embedded(source: Path, asked: Sequence[str], count: int) -> tuple[float, Cost]:
    """Seconds to index ``count`` chunks, and the cost of a question over them."""
    with tempfile.TemporaryDirectory() as folder:
        embedder = open_static_embedder()
        index = open_edge_index(Path(folder), "book", embedder)
        made = chunks(source, count)
        started = time.perf_counter()
        await index.sync(made)
        took = time.perf_counter() - started
        cost = await cost_of(index, asked)
        await index.close()
        return took, cost


async def server(source: Path, asked: Sequence[str], count: int) -> Cost:
    """The cost of a question through the client, before the stand-in for a server, which is a process of its own."""
    with stand_in() as url:
        index = open_server_index(url, None, "book", open_static_embedder(), timeout_s=60)
        await index.sync(chunks(source, count))
        cost = await cost_of(index, asked)
        await index.close()
        return cost


async def cost_of(index: Index, asked: Sequence[str]) -> Cost:
    """Every question is asked once before, and then ``ROUNDS`` times."""
    search = Search(index, open_static_embedder())
    for question in asked:
        await search.find([question], limit=6)
    took: list[float] = []
    cpu = time.process_time()
    for _ in range(ROUNDS):
        for question in asked:
            started = time.perf_counter()
            await search.find([question], limit=6)
            took.append((time.perf_counter() - started) * 1_000)
    cpu_ms = (time.process_time() - cpu) * 1_000 / len(took)
    return Cost(statistics.median(took), sorted(took)[int(0.95 * len(took))], cpu_ms)


@contextmanager
def stand_in() -> Iterator[str]:
    """The address of a stand-in that speaks a Qdrant server's REST; it ends with the context."""
    code = SERVER.format(tests=str(ROOT / "tests"), root=str(ROOT))
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(timeout=30)
