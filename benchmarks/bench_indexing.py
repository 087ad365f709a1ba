"""What indexing costs, and what a question costs as the index grows.

    python -m benchmarks.bench_indexing [books|queries|server|all] [--pages N,…] [--chunks N,…] [--book FOLDER]

``books``: the command ``bookside index`` over books of 120, 1,000 and 10,000 pages, made by repeating a real book's
pages with changes: all of it, then after one edited page, and that once more without what the run before had read (the
baseline). ``queries``: a question over 1,000 to 200,000 chunks in the embedded engine; the smallest is the baseline.
``server``: what a question costs this process through a Qdrant server's client; the embedded engine is the baseline.
The server is a stand-in in Python, so its own time says nothing, and only the client's work is compared.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.indexing.books import edit, write_book
from benchmarks.indexing.queries import embedded, questions, server
from benchmarks.indexing.watched import in_running_process, index

HERE = Path(__file__).parent
SERVER_CHUNKS = 1_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["books", "queries", "server", "all"], default="all")
    parser.add_argument("--pages", default="120,1000,10000")
    parser.add_argument("--chunks", default="1000,10000,50000,200000")
    parser.add_argument("--book", type=Path, default=HERE.parent / "docs")
    return parser.parse_args()


def books(source: Path, sizes: list[int]) -> None:
    print(
        "| pages | chunks | all of it | pages a second | peak of the command | of its child "
        "| one edited page | in a running process | the command, all read again (baseline) | ratio |"
    )
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            book, data = Path(folder) / "book", Path(folder) / "data"
            write_book(book, source, size)
            first = index(book, data)
            edit(book)
            edited = index(book, data)
            assert edited.said["added"] == 1, edited.said
            edit(book)
            running_s = asyncio.run(in_running_process(book, data))
            edit(book)
            shutil.rmtree(data / "reading")
            again = index(book, data)
            print(
                f"| {size:,} | {first.said['added']:,} | {first.took_s:.1f} s | {size / first.took_s:.0f} "
                f"| {first.own_mb:.0f} MB | {first.child_mb:.0f} MB | {edited.took_s:.2f} s "
                f"| {running_s:.2f} s | {again.took_s:.2f} s | {edited.took_s / again.took_s:.2f} |",
                flush=True,
            )


async def queries(source: Path, asked: list[str], sizes: list[int]) -> None:
    print("| chunks | indexed in | a question, median | p95 | to the first line (baseline) |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    baseline = None
    for size in sizes:
        took, cost = await embedded(source, asked, size)
        baseline = baseline or cost.median_ms
        ratio = cost.median_ms / baseline
        print(f"| {size:,} | {took:.1f} s | {cost.median_ms:.2f} ms | {cost.p95_ms:.2f} ms | {ratio:.1f} |", flush=True)


async def clients(source: Path, asked: list[str]) -> None:
    _, own = await embedded(source, asked, SERVER_CHUNKS)
    remote = await server(source, asked, SERVER_CHUNKS)
    print("| index | CPU of this process for a question | to the embedded engine (baseline) |")
    print("| --- | ---: | ---: |")
    print(f"| embedded | {own.cpu_ms:.2f} ms | 1.0 |")
    print(f"| a Qdrant server's client | {remote.cpu_ms:.2f} ms | {remote.cpu_ms / own.cpu_ms:.1f} |")


def main() -> None:
    given = arguments()
    asked = questions(HERE / "questions" / "handbook.jsonl")
    parts = {
        "books": lambda: books(given.book, [int(size) for size in given.pages.split(",")]),
        "queries": lambda: asyncio.run(queries(given.book, asked, [int(size) for size in given.chunks.split(",")])),
        "server": lambda: asyncio.run(clients(given.book, asked)),
    }
    for name, run in parts.items():
        if given.what in (name, "all"):
            print(f"\n{name}\n", file=sys.stderr)
            run()
            print(flush=True)


if __name__ == "__main__":
    main()
