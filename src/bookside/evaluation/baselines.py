"""The usual ways to search, to hold a run against: by meaning alone, and by words alone."""

from collections.abc import Callable

from bookside.evaluation.questions import Question
from bookside.evaluation.run import Find
from bookside.index.model import Candidates, Filter, Hit, Index, IndexedChunk
from bookside.models.embedder import Embedder

DENSE = "dense only"
WORDS = "BM25 only"


def baselines(index: Index, embedder: Embedder, limit: int, only: Callable[[Question], Filter]) -> dict[str, Find]:
    """Each way by its name, over the same index and the same part of it."""
    return {
        DENSE: _way(index, embedder, limit, only, lambda found: found.dense),
        WORDS: _way(index, embedder, limit, only, lambda found: found.sparse),
    }


def _way(
    index: Index,
    embedder: Embedder,
    limit: int,
    only: Callable[[Question], Filter],
    take: Callable[[Candidates], tuple[Hit, ...]],
) -> Find:
    async def find(question: Question) -> list[IndexedChunk]:
        vectors = await embedder.embed([question.text])
        hits = take((await index.candidates([question.text], vectors, only(question), limit))[0])
        return [hit.chunk for hit in hits]

    return find
