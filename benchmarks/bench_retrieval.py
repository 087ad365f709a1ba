"""How well the pages that answer are found: by meaning alone, by words alone, and by both fused.

    python benchmarks/bench_retrieval.py [BOOK QUESTIONS.jsonl]

Without arguments it is the handbook and ``handbook_questions.jsonl``, which were written by the same hands: a check
that nothing broke, not a yardstick.

``QUESTIONS.jsonl`` has one ``{"question": …, "page": …}`` per line, the page as a path below BOOK. A page is found
where its first passage is. The baseline of the run is the dense list alone, the usual way.
"""

import asyncio
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bookside.book import cut, read_book
from bookside.index.edge import open_edge_index
from bookside.index.model import Candidates, Filter
from bookside.models.static import open_static_embedder
from bookside.models.tokens import load_token_counter
from bookside.search.find import Search
from bookside.search.fuse import Fusion, fuse, rank

CANDIDATES = 50
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    page: str


def read_questions(file: Path) -> list[Question]:
    lines = (json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip())
    return [Question(line["question"], line["page"]) for line in lines]


def place(pages: Sequence[str], wanted: str) -> int | None:
    """Place of the wanted page among the pages as they first appear, from 1."""
    distinct = list(dict.fromkeys(pages))
    return distinct.index(wanted) + 1 if wanted in distinct else None


def figures(places: Sequence[int | None]) -> str:
    def mean(value: Callable[[int], float]) -> float:
        return sum(value(place) for place in places if place is not None and place <= DEPTH) / len(places)

    hit1, hit5 = mean(lambda place: place <= 1), mean(lambda place: place <= 5)
    mrr, ndcg = mean(lambda place: 1 / place), mean(lambda place: 1 / math.log2(place + 1))
    return f"{hit1:8.3f} {hit5:8.3f} {mrr:8.3f} {ndcg:8.3f}"


def fused(fusion: Fusion) -> Callable[[Candidates], list[str]]:
    return lambda found: [scored.hit.page for scored in rank(fuse(found, fusion))]


WAYS: dict[str, Callable[[Candidates], list[str]]] = {
    "dense only (baseline)": lambda found: [hit.page for hit in found.dense],
    "BM25 only": lambda found: [hit.page for hit in found.sparse],
    **{f"fused, k={k}": fused(Fusion(k=k)) for k in (1, 2, 5, 10, 60)},
    **{f"fused, k=2, words × {weight}": fused(Fusion(sparse_weight=weight)) for weight in (1.5, 2.0, 3.0)},
}


async def main(book_folder: Path, questions: list[Question]) -> None:
    embedder = open_static_embedder()
    started = time.perf_counter()
    chunks = cut(read_book(book_folder), count_tokens=load_token_counter())
    cut_s = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        index = open_edge_index(Path(folder), "book", embedder)
        started = time.perf_counter()
        await index.sync(chunks)
        print(f"{len(chunks)} chunks: read and cut in {cut_s:.2f} s, indexed in {time.perf_counter() - started:.2f} s")
        vectors = await embedder.embed([question.text for question in questions])
        found = [
            (await index.candidates([question.text], vector[None, :], Filter(), CANDIDATES))[0]
            for question, vector in zip(questions, vectors, strict=True)
        ]
        print(f"{'':26} {'hit@1':>8} {'hit@5':>8} {'MRR@10':>8} {'nDCG@10':>8}")
        for name, pages_of in WAYS.items():
            places = [place(pages_of(one), question.page) for one, question in zip(found, questions, strict=True)]
            print(f"{name:26} {figures(places)}")

        search = Search(index, embedder)
        places, five, took_ms = [], [], []
        for question in questions:
            started = time.perf_counter()
            passages = await search.find([question.text], limit=2 * CANDIDATES)
            took_ms.append((time.perf_counter() - started) * 1_000)
            pages = [passage.page for passage in passages]
            places.append(place(pages, question.page))
            five.append(question.page in pages[:5])
        print(f"{'search as it is set':26} {figures(places)}")
        median_ms = statistics.median(took_ms)
        print(f"in the first 5 passages: {sum(five) / len(five):.3f}; median {median_ms:.1f} ms per query")
        await index.close()


if __name__ == "__main__":
    if len(sys.argv) not in (1, 3):
        sys.exit((__doc__ or "").strip())
    here = Path(__file__).parent
    book, questions = (
        map(Path, sys.argv[1:]) if sys.argv[1:] else (here.parent / "docs", here / "handbook_questions.jsonl")
    )
    asyncio.run(main(book, read_questions(questions)))
