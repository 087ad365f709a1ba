"""How well the pages that answer are found: by meaning alone, by words alone, and as search is set.

    python -m benchmarks.bench_retrieval [BOOK QUESTIONS.jsonl]

Without arguments it is the handbook and ``handbook_questions.jsonl``, which were written by the same hands: a check
that nothing broke, not a yardstick. The file's form, and what the figures mean, are those of ``bookside eval``. The
baseline of the run is the dense list alone, the usual way.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bookside.book import cut, read_book
from bookside.evaluation.baselines import baselines
from bookside.evaluation.figures import figures, latency
from bookside.evaluation.questions import Question, Questions, read_questions
from bookside.evaluation.run import Find, ask_all
from bookside.http.places import Places
from bookside.index.edge import open_edge_index
from bookside.index.model import Filter
from bookside.library import STATIC_FUSION
from bookside.models.static import open_static_embedder
from bookside.models.tokens import load_token_counter
from bookside.search.find import Search
from bookside.search.fuse import Fusion

PASSAGES = 50
FUSIONS = {
    "as it is set": STATIC_FUSION,
    "all likenesses the same": Fusion(words=1, meaning=1, page_words=1, page_meaning=1),
    "without those of pages": Fusion(words=1, meaning=0.5, page_words=0, page_meaning=0),
}
"""The first is what readers get with the embedder that needs nothing."""


def asking(search: Search) -> Find:
    async def find(question: Question):
        return await search.find([question.text], limit=PASSAGES)

    return find


async def main(folder: Path, file: Path) -> None:
    embedder = open_static_embedder()
    started = time.perf_counter()
    book = read_book(folder)
    chunks = cut(book, count_tokens=load_token_counter())
    cut_s = time.perf_counter() - started
    read: Questions = read_questions(file, Places(book).page)
    for problem in read.bad:
        print(f"left out: {problem}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as data:
        index = open_edge_index(Path(data), "book", embedder)
        started = time.perf_counter()
        await index.sync(chunks)
        print(f"{len(chunks)} chunks: read and cut in {cut_s:.2f} s, indexed in {time.perf_counter() - started:.2f} s")
        ways = baselines(index, embedder, PASSAGES, lambda _: Filter())
        ways |= {name: asking(Search(index, embedder, fusion=fusion)) for name, fusion in FUSIONS.items()}
        print(
            f"{len(read.good)} questions{'':15} {'hit@1':>8} {'hit@5':>8} {'hit@5, 95 %':>17} {'MRR@10':>8} {'ms':>6}"
        )
        for name, find in ways.items():
            results = await ask_all(read.good, find)
            found = figures([result.page for result in results])
            between = f"{found['hit@5'].low:.3f} – {found['hit@5'].high:.3f}"
            median_ms = latency([result.took_ms for result in results])["median"]
            print(
                f"{name:26} {found['hit@1'].value:8.3f} {found['hit@5'].value:8.3f} {between:>17} "
                f"{found['MRR@10'].value:8.3f} {median_ms:6.1f}"
            )
        await index.close()


if __name__ == "__main__":
    if len(sys.argv) not in (1, 3):
        sys.exit((__doc__ or "").strip())
    here = Path(__file__).parent
    named = [Path(argument) for argument in sys.argv[1:]]
    book, questions = named or (here.parent / "docs", here / "handbook_questions.jsonl")
    asyncio.run(main(book, questions))
