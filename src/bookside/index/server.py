"""The index in a Qdrant server: each generation is a collection, and an alias names the current one."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

import numpy as np
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from bookside.book.model import Chunk
from bookside.errors import Rejected, Unavailable
from bookside.index.collections import (
    DENSE,
    PAGE_DENSE,
    PAGE_SPARSE,
    SPARSE,
    WRITE_BATCH,
    Collections,
    Made,
)
from bookside.index.lexicon import Lexicon, written_words
from bookside.index.model import Candidates, Filter, Generation, Hit, IndexStatus, Progress, SyncReport
from bookside.index.pages import chunk_fields, page_batches
from bookside.index.payload import CHAPTER, LAYOUT, LESSON, PAGE, PAGE_ORDER, to_chunk
from bookside.index.plan import Plan, make_plan, why_not_ours
from bookside.index.shard import EngineError
from bookside.index.sparse import Words
from bookside.models.embedder import Embedder, Vectors

FACET_LIMIT = 1_000_000
BEATS = 10
"""How often an indexer shows that it is alive before it would count as killed."""

RESOLVE_EVERY_S = 5.0
"""How long a reader may go on using a generation that has been replaced but not yet deleted."""

Result = TypeVar("Result")


class ServerIndex:
    """An ``Index`` in a Qdrant server.

    Readers ask the collection behind the alias by its own name, so that the vectors they send are always of the
    embedder that it was made with; when it is gone they look the alias up again. Two indexers at once do no harm:
    each builds its own collection, and the last to finish wins.

    Args:
        client: Closed by ``close``.
        address: The server as error messages name it, without credentials.
        collection: The alias.
        stale_after_s: An unfinished collection whose indexer showed no life for so long counts as left by a killed one.
    """

    def __init__(
        self,
        client: AsyncQdrantClient,
        address: str,
        collection: str,
        embedder: Embedder,
        words: Words,
        *,
        stale_after_s: float,
    ) -> None:
        self._client = client
        self._address = address
        self._collection = collection
        self._embedder = embedder
        self._words = words
        self._stale_after_s = stale_after_s
        self._collections = Collections(client, collection, words)
        self._made: Made | None = None
        self._lexicon: tuple[str, Lexicon] | None = None
        self._newer: Made | None = None
        self._resolved_at_s = -RESOLVE_EVERY_S

    async def sync(self, chunks: Sequence[Chunk], progress: Progress | None = None) -> SyncReport:
        """Bring the index in step with ``chunks``; see ``Index.sync``. Writes nothing when it is in step already.

        A chunk whose text is the same counts as unchanged, also if its address, title or order is new. When the
        embedder has changed, every stored chunk counts as removed and every chunk as added.

        Raises:
            Rejected: The alias's name is taken by a collection that is not Bookside's.
            Unavailable: The embedder or the server did not answer. The index is then as it was.
        """
        size = await self._embedder.size()
        with self._server_errors():
            return await self._sync(chunks, size, progress)

    async def candidates(
        self, questions: Sequence[str], vectors: Vectors, only: Filter, limit: int
    ) -> list[Candidates]:
        """The nearest chunks to each question, in one round trip; see ``Index.candidates``."""

        async def ask(made: Made | None) -> list[Candidates]:
            return await self._candidates(made, questions, vectors, only, limit)

        return await self._of_current(ask)

    async def status(self) -> IndexStatus:
        """Count what the current generation holds; see ``Index.status``."""
        self._made = None
        return await self._of_current(self._status)

    async def generation(self) -> Generation | None:
        """Which generation is read; see ``Index.generation``. One request, or a few when there is a new one."""
        with self._server_errors():
            made = await self._resolve()
        if made is None:
            return None
        return Generation(name=made.name, indexed_at=made.indexed_at, contents=made.contents)

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    # Reading

    async def _of_current(self, call: Callable[[Made | None], Awaitable[Result]]) -> Result:
        """Call with the current generation, and once more if it was replaced meanwhile."""
        with self._server_errors():
            made = self._made
            if made is None or monotonic() - self._resolved_at_s >= RESOLVE_EVERY_S:
                made = await self._resolve()
            try:
                return await call(made)
            except (UnexpectedResponse, ValueError):
                again = await self._resolve()
                if again == made:
                    raise
                return await call(again)

    async def _resolve(self) -> Made | None:
        """The generation to read: the current one, or the last of our embedder while another's is the current one."""
        made = await self._collections.current()
        self._newer = None
        if made is not None and not self._fits(made):
            replaced = await self._collections.replaced(self._embedder.name, self._words.name)
            if replaced is not None:
                made, self._newer = replaced, made
        self._made = made
        self._resolved_at_s = monotonic()
        return self._made

    async def _status(self, made: Made | None) -> IndexStatus:
        if made is None:
            return IndexStatus(backend="server", collection=self._collection, chunks=0, pages=0)
        pages = await self._client.facet(made.name, PAGE, limit=FACET_LIMIT, exact=True)
        chapters = await self._client.facet(made.name, CHAPTER, limit=FACET_LIMIT, exact=True)
        return IndexStatus(
            backend="server",
            collection=self._collection,
            chunks=await self._collections.count(made.name),
            pages=len(pages.hits),
            chapters=tuple(sorted(int(hit.value) for hit in chapters.hits)),
            embedder=made.embedder,
            vector_size=made.vector_size,
            indexed_at=made.indexed_at,
            newer_embedder=self._newer.embedder if self._newer else None,
        )

    def _fits(self, made: Made) -> bool:
        return (self._embedder.name, self._words.name) == (made.embedder, made.words)

    def _mismatch(self, made: Made, size: int) -> bool:
        return not self._fits(made) or made.vector_size != size

    async def _candidates(
        self, made: Made | None, questions: Sequence[str], vectors: Vectors, only: Filter, limit: int
    ) -> list[Candidates]:
        if made is None:
            raise Unavailable("index", f"{self._collection!r} was never made; index the book first")
        if self._mismatch(made, vectors.shape[1]):
            made_with = made.embedder, made.words
            raise Unavailable("index", why_not_ours(made_with, (self._embedder.name, self._words.name)))
        lexicon = await self._lexicon_of(made)
        weighed_of = await asyncio.to_thread(lambda: [lexicon.question(one, self._words) for one in questions])
        condition = server_filter(only)
        requests: list[models.QueryRequest] = []
        places: list[dict[str, int]] = []
        for weighed, vector in zip(weighed_of, vectors, strict=True):
            dense: list[float] = np.asarray(vector).tolist()
            asked: dict[str, list[float] | models.SparseVector] = {DENSE: dense, PAGE_DENSE: dense}
            for name, words in ((SPARSE, weighed["chunk"]), (PAGE_SPARSE, weighed["page"])):
                if words.indices:
                    asked[name] = models.SparseVector(indices=words.indices, values=words.values)
            places.append({name: len(requests) + place for place, name in enumerate(asked)})
            requests += [_request(query, name, condition, limit) for name, query in asked.items()]
        answers = await self._client.query_batch_points(made.name, requests)

        def points(place: dict[str, int], name: str) -> Sequence[models.ScoredPoint]:
            return answers[place[name]].points if name in place else ()

        return [
            Candidates(
                dense=_hits(points(place, DENSE)),
                sparse=_hits(points(place, SPARSE)),
                dense_pages=_pages(points(place, PAGE_DENSE)),
                sparse_pages=_pages(points(place, PAGE_SPARSE)),
            )
            for place in places
        ]

    async def _lexicon_of(self, made: Made) -> Lexicon:
        if self._lexicon is None or self._lexicon[0] != made.name:
            self._lexicon = made.name, await self._collections.lexicon(made.name)
        return self._lexicon[1]

    # Writing

    async def _sync(self, chunks: Sequence[Chunk], size: int, progress: Progress | None) -> SyncReport:
        names = await self._collections.names()
        if self._collection in names:
            raise Rejected(
                f"{self._address} has a collection {self._collection!r} that Bookside did not make; "
                "choose another name with QDRANT_COLLECTION"
            )
        old = await self._collections.current()
        is_base = old is not None and old.layout == LAYOUT and not self._mismatch(old, size)
        base = old if is_base else None
        written: frozenset[str] = frozenset()
        if base is not None:
            try:
                written = (await self._collections.lexicon(base.name)).written
            except EngineError:  # the new generation heals it
                base = None
        stored = await self._collections.stamps(base.name) if base else {}
        plan = await asyncio.to_thread(make_plan, chunks, stored, self._collection)
        if base is not None and plan.empty and base.contents == plan.contents:
            return plan.report
        discarded = await self._collections.count(old.name) if old is not None and base is None else 0
        current = old.name if old else None
        await self._collections.remove_leftovers(names, current, stale_after_s=self._stale_after_s)
        name = self._collections.next_name(names)
        keeps_metadata = await self._collections.create(name, self._embedder.name, size)
        try:
            if not keeps_metadata:
                reason = f"the Qdrant server at {self._address} is too old; version 1.16 or newer is needed"
                raise Unavailable("index", reason)
            async with self._collections.shown_alive(name, every_s=self._stale_after_s / BEATS):
                await self._build(plan, base.name if base else None, written, name, progress)
            await self._collections.switch(name, plan.contents)
        except BaseException:
            await self._collections.give_up(name)
            raise
        finally:
            self._made = None
        report = plan.report
        return SyncReport(added=report.added, removed=report.removed + discarded, unchanged=report.unchanged)

    async def _build(
        self, plan: Plan, base: str | None, written: frozenset[str], name: str, progress: Progress | None
    ) -> None:
        if base is not None:
            await self._collections.copy(base, name, plan)
        for start in range(0, len(plan.embed), WRITE_BATCH):
            batch = plan.embed[start : start + WRITE_BATCH]
            vectors = await self._embedder.embed([chunk.indexed_text for chunk, _ in batch])
            await self._collections.add(name, batch, vectors)
            if progress is not None:
                progress(start + len(batch), len(plan.embed))
        for pages in page_batches(plan.pages.write, max_chunks=WRITE_BATCH):
            await self._collections.add_pages(name, pages)
        new = await asyncio.to_thread(lambda: {word for chunk, _ in plan.embed for word in _words_in(chunk)})
        await self._collections.add_lexicon(name, written | new)
        count = await self._collections.count(name)
        if count != plan.chunks:
            raise Unavailable("index", f"it was built with {count} chunks instead of {plan.chunks}")

    @contextmanager
    def _server_errors(self) -> Generator[None]:
        """Turn the client's errors into ours, without the server's own words: they may repeat a header."""
        try:
            yield
        except UnexpectedResponse as error:
            status = error.status_code
            reason = f"refuses the API key ({status})" if status in (401, 403) else f"answered {status}"
            raise Unavailable("index", f"the Qdrant server at {self._address} {reason}") from error
        except ResponseHandlingException as error:
            reason = f"no answer from the Qdrant server at {self._address} ({type(error.source).__name__})"
            raise Unavailable("index", reason) from error
        except QdrantException as error:
            raise Unavailable("index", f"the Qdrant server at {self._address} asks to slow down") from error
        except EngineError as error:
            raise Unavailable("index", f"{error}; index the book again") from error
        except ValueError as error:
            raise Unavailable("index", f"the Qdrant server at {self._address}: {error}") from error


def open_server_index(
    url: str,
    api_key: str | None,
    collection: str,
    embedder: Embedder,
    *,
    language: str = "english",
    timeout_s: int = 10,
    stale_after_s: float = 600.0,
) -> ServerIndex:
    """The index of ``collection`` in the server at ``url``. No request is made before the first call.

    Raises:
        Rejected: ``url`` is no address, or there is no stemmer for ``language``.
    """
    try:
        client = AsyncQdrantClient(url=url, api_key=api_key, timeout=timeout_s, check_compatibility=False)
        parts = urlsplit(url)
        address = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    except ValueError as error:
        raise Rejected("QDRANT_URL is not an address such as http://localhost:6333") from error
    return ServerIndex(client, address, collection, embedder, Words(language), stale_after_s=stale_after_s)


def server_filter(only: Filter) -> models.Filter | None:
    """The same condition for the server; ``None`` for every chunk."""
    wanted = {CHAPTER: only.chapter_number, LESSON: only.lesson_slug}
    conditions = [
        models.FieldCondition(key=key, match=models.MatchValue(value=value))
        for key, value in wanted.items()
        if value is not None
    ]
    if only.up_to_page is not None:
        conditions.append(models.FieldCondition(key=PAGE_ORDER, range=models.Range(lte=only.up_to_page)))
    return models.Filter(must=[*conditions]) if conditions else None


def _request(
    query: list[float] | models.SparseVector, using: str, condition: models.Filter | None, limit: int
) -> models.QueryRequest:
    return models.QueryRequest(query=query, using=using, filter=condition, limit=limit, with_payload=True)


def _words_in(chunk: Chunk) -> Iterator[str]:
    for text, _ in chunk_fields(chunk):
        yield from written_words(text)


def _pages(points: Sequence[models.ScoredPoint]) -> dict[str, float]:
    return {(point.payload or {})[PAGE]: point.score for point in points}


def _hits(points: Sequence[models.ScoredPoint]) -> tuple[Hit, ...]:
    return tuple(Hit(to_chunk(str(point.id), point.payload or {}), point.score) for point in points)
