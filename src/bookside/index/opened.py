"""One generation of the embedded engine, open for reading. Synchronous; used by one thread at a time."""

from collections.abc import Sequence
from uuid import UUID

from qdrant_edge import (
    CountRequest,
    EdgeShard,
    FacetRequest,
    FieldCondition,
    MatchAny,
    MatchValue,
    Query,
    QueryBatchRequest,
    QueryRequest,
    RangeFloat,
    SparseVector,
)
from qdrant_edge import Filter as EdgeFilter

from bookside.index.generation import Manifest, OpenCopy
from bookside.index.lexicon import stored_lexicon
from bookside.index.model import Candidates, Filter, Generation, Hit, IndexedChunk, IndexStatus
from bookside.index.payload import (
    CHAPTER,
    KIND,
    LESSON,
    LEXICON_ID,
    PAGE,
    PAGE_ORDER,
    to_chunk,
)
from bookside.index.shard import DENSE, PAGE_DENSE, PAGE_SPARSE, SPARSE, EngineError, engine_errors
from bookside.index.sparse import Words
from bookside.models.embedder import Vectors

FACET_LIMIT = 1_000_000
MAX_REMEMBERED = 20_000
"""Chunks kept in memory, at about 2 kB: reading one from the engine takes longer than finding it."""

Point = tuple[int, float]
"""The number of a point's id, which is quicker to look up than the id, and its score."""


def _of_kind(*kinds: str) -> EdgeFilter:
    return EdgeFilter(must=[FieldCondition(key=KIND, match=MatchAny(list(kinds)))])


class Opened:
    """A generation, in this process's private copy. It never changes, so what was read of it once may be kept.

    Args:
        seen: What ``Generations.seen`` gave when it was opened.

    Raises:
        EngineError: The engine cannot load it.
    """

    def __init__(self, seen: tuple[int, int], manifest: Manifest, copy: OpenCopy, words: Words) -> None:
        self.seen = seen
        self.manifest = manifest
        self._copy = copy
        self._words = words
        self._chunks: dict[int, IndexedChunk] = {}
        self._pages: dict[int, str] = {}
        try:
            with engine_errors():
                self._shard = EdgeShard.load(str(copy.path))
                stored = self._shard.retrieve([LEXICON_ID], with_payload=True, with_vector=False)
        except EngineError:
            copy.remove()
            raise
        try:
            self._lexicon = stored_lexicon(stored[0].payload if stored else None)
        except EngineError:
            self.close()
            raise

    def close(self) -> None:
        """Close the shard and remove the copy."""
        try:
            with engine_errors():
                self._shard.close()
        finally:
            self._copy.remove()

    def candidates(self, questions: Sequence[str], vectors: Vectors, only: Filter, limit: int) -> list[Candidates]:
        """The nearest chunks to each question, all asked in one batch; see ``Index.candidates``."""
        condition = edge_filter(only)
        requests: list[QueryRequest] = []
        places: list[dict[str, int]] = []
        for question, vector in zip(questions, vectors, strict=True):
            weighed = self._lexicon.question(question, self._words)
            asked: dict[str, list[float] | SparseVector] = {name: vector.tolist() for name in (DENSE, PAGE_DENSE)} | {
                name: words
                for name, words in ((SPARSE, weighed["chunk"]), (PAGE_SPARSE, weighed["page"]))
                if words.indices
            }
            places.append({name: len(requests) + place for place, name in enumerate(asked)})
            requests += [
                QueryRequest(limit=limit, query=Query.Nearest(query, using=name), filter=condition)
                for name, query in asked.items()
            ]
        with engine_errors():
            asked_of = self._shard.query_batch(QueryBatchRequest(requests))
            found: list[list[Point]] = [[(_number(point.id), point.score) for point in points] for points in asked_of]
            self._remember({number for points in found for number, _ in points})

        def points(place: dict[str, int], name: str) -> Sequence[Point]:
            return found[place[name]] if name in place else ()

        return [
            Candidates(
                dense=self._hits(points(place, DENSE)),
                sparse=self._hits(points(place, SPARSE)),
                dense_pages=self._scores(points(place, PAGE_DENSE)),
                sparse_pages=self._scores(points(place, PAGE_SPARSE)),
            )
            for place in places
        ]

    def status(self, collection: str) -> IndexStatus:
        """What the engine counts."""
        with engine_errors():
            chunks = self._shard.count(CountRequest(exact=True, filter=_of_kind("chunk")))
            pages = self._shard.facet(FacetRequest(PAGE, limit=FACET_LIMIT, exact=True))
            chapters = self._shard.facet(FacetRequest(CHAPTER, limit=FACET_LIMIT, exact=True))
        return IndexStatus(
            backend="edge",
            collection=collection,
            chunks=chunks,
            pages=len(pages.hits),
            chapters=tuple(sorted(int(hit.value) for hit in chapters.hits)),
            embedder=self.manifest.embedder,
            vector_size=self.manifest.vector_size,
            indexed_at=self.manifest.indexed_at,
        )

    @property
    def generation(self) -> Generation:
        """Which one it is."""
        manifest = self.manifest
        return Generation(
            name=f"{manifest.generation} of {manifest.indexed_at}",
            indexed_at=manifest.indexed_at,
            contents=manifest.contents,
        )

    def _remember(self, numbers: set[int]) -> None:
        missing = numbers - self._chunks.keys() - self._pages.keys()
        if not missing:
            return
        if len(self._chunks) + len(missing) > MAX_REMEMBERED:
            self._chunks.clear()
            missing = numbers - self._pages.keys()
        ids = [UUID(int=number) for number in missing]
        for record in self._shard.retrieve([*ids], with_payload=True, with_vector=False):
            payload = record.payload or {}
            if payload[KIND] == "page":
                self._pages[_number(record.id)] = payload[PAGE]
            else:
                self._chunks[_number(record.id)] = to_chunk(str(record.id), payload)

    def _scores(self, points: Sequence[Point]) -> dict[str, float]:
        pages = self._pages
        return {pages[number]: score for number, score in points}

    def _hits(self, points: Sequence[Point]) -> tuple[Hit, ...]:
        chunks = self._chunks
        return tuple([Hit(chunks[number], score) for number, score in points])


def _number(id: int | str | UUID) -> int:
    """All of our ids are UUIDs."""
    assert isinstance(id, UUID)
    return id.int


def edge_filter(only: Filter) -> EdgeFilter | None:
    """The same condition for the engine; ``None`` for every chunk."""
    wanted = {CHAPTER: only.chapter_number, LESSON: only.lesson_slug}
    conditions = [
        FieldCondition(key=key, match=MatchValue(value=value)) for key, value in wanted.items() if value is not None
    ]
    if only.up_to_page is not None:
        conditions.append(FieldCondition(key=PAGE_ORDER, range=RangeFloat(lte=only.up_to_page)))
    return EdgeFilter(must=[*conditions]) if conditions else None
