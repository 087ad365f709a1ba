"""The generations of one alias in a Qdrant server, each a collection ``<alias>-<n>``.

A collection's metadata says what it was made with. The client's errors pass through; ``server.py`` turns them into
ours.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence, Set
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from bookside.book.model import Chunk
from bookside.index.lexicon import Count, Kind, Lexicon, stored_lexicon
from bookside.index.pages import PageEntry, chunk_fields, mean_vectors
from bookside.index.payload import (
    CHAPTER,
    CONTENT_HASH,
    KIND,
    LAYOUT,
    LESSON,
    LEXICON_ID,
    PAGE,
    PAGE_ORDER,
    TEXT_HASH,
    Payload,
    Stamp,
    lexicon_payload,
    stamp,
)
from bookside.index.plan import Plan
from bookside.index.sparse import CHUNK_WORDS, PAGE_WORDS, Field, Words
from bookside.models.embedder import Vectors

DENSE = "dense"
SPARSE = "bm25"
PAGE_DENSE = "page_dense"
PAGE_SPARSE = "page_bm25"
FIELD_INDICES = {
    KIND: models.PayloadSchemaType.KEYWORD,
    CHAPTER: models.PayloadSchemaType.INTEGER,
    LESSON: models.PayloadSchemaType.KEYWORD,
    PAGE: models.PayloadSchemaType.KEYWORD,
    PAGE_ORDER: models.PayloadSchemaType.INTEGER,
}
WRITE_BATCH = 256
"""Points in one request: 5 MB of JSON at 1,536 dimensions; the server's limit is 32 MB."""

SCROLL_BATCH = 1_000

ALIVE_AT = "alive_at"
REPLACED_AT = "replaced_at"
KEPT = timedelta(days=1)
"""How long a generation is kept after another embedder's took its place: time to restart the servers that use it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished generation: its collection, and what the collection's metadata says."""

    name: str
    embedder: str
    vector_size: int
    words: str
    indexed_at: str
    contents: str
    layout: int

    @classmethod
    def of(cls, name: str, metadata: Mapping[str, Any]) -> "Made":
        """The generation that the collection ``name`` holds."""
        return cls(
            name=name,
            embedder=str(metadata.get("embedder")),
            vector_size=int(metadata.get("vector_size", 0)),
            words=str(metadata.get("words")),
            indexed_at=str(metadata.get("indexed_at")),
            contents=str(metadata.get("contents", "")),
            layout=int(metadata.get("layout", 0)),
        )


class Collections:
    """What is done with the collections of one alias, one request or a few per method."""

    def __init__(self, client: AsyncQdrantClient, alias: str, words: Words) -> None:
        self._client = client
        self._alias = alias
        self._words = words

    async def names(self) -> set[str]:
        """Every collection in the server, ours or not; aliases are not among them."""
        return {collection.name for collection in (await self._client.get_collections()).collections}

    async def current(self) -> Made | None:
        """The generation behind the alias; ``None`` when there is no alias."""
        while (name := await self._target()) is not None:
            try:
                metadata = await self._metadata(name)
            except (UnexpectedResponse, ValueError):
                if await self._target() == name:
                    raise
                continue  # replaced and deleted between the two requests
            return Made.of(name, metadata)
        return None

    async def replaced(self, embedder: str, words: str) -> Made | None:
        """The generation of this embedder that made way for another embedder's, while it is kept."""
        for number in sorted(self._numbers(await self.names()), reverse=True):
            name = f"{self._alias}-{number}"
            try:
                metadata = await self._metadata(name)
            except (UnexpectedResponse, ValueError):
                continue  # deleted between the two requests
            made = Made.of(name, metadata)
            if metadata.get(REPLACED_AT) and (made.embedder, made.words) == (embedder, words):
                return made
        return None

    async def count(self, name: str) -> int:
        """Chunks in the collection, counted."""
        return (await self._client.count(name, count_filter=_of_kind("chunk"), exact=True)).count

    async def stamps(self, name: str) -> dict[str, Stamp]:
        """The stamp of every chunk and page, by its id."""
        stamps: dict[str, Stamp] = {}
        offset = None
        while True:
            records, offset = await self._client.scroll(
                name,
                scroll_filter=_of_kind("chunk", "page"),
                limit=SCROLL_BATCH,
                offset=offset,
                with_payload=[TEXT_HASH, CONTENT_HASH, KIND],
                with_vectors=False,
            )
            stamps.update((str(record.id), stamp(record.payload or {})) for record in records)
            if offset is None:
                return stamps

    def next_name(self, names: set[str]) -> str:
        """A name past every generation there is."""
        return f"{self._alias}-{max([0, *self._numbers(names)]) + 1}"

    async def remove_leftovers(self, names: set[str], current: str | None, *, stale_after_s: float) -> None:
        """Delete replaced collections of ours, and unfinished ones whose indexer has shown no life for too long."""
        now = datetime.now(UTC)
        oldest = now - timedelta(seconds=stale_after_s)
        for number in self._numbers(names):
            name = f"{self._alias}-{number}"
            if name == current:
                continue
            metadata = await self._metadata(name)
            ours = metadata.get("bookside_alias") == self._alias
            if not ours:
                continue
            replaced_at = metadata.get(REPLACED_AT)
            if replaced_at is not None:
                is_old = datetime.fromisoformat(str(replaced_at)) <= now - KEPT
            else:
                alive_at = metadata.get(ALIVE_AT) or metadata["started_at"]
                is_old = datetime.fromisoformat(str(alive_at)) <= oldest
            if is_old:
                await self._client.delete_collection(name)

    async def create(self, name: str, embedder: str, vector_size: int) -> bool:
        """Make an empty collection; ``False`` when the server is too old to keep its metadata."""
        metadata = {
            "bookside_alias": self._alias,
            "embedder": embedder,
            "vector_size": vector_size,
            "words": self._words.name,
            "layout": LAYOUT,
            "started_at": datetime.now(UTC).isoformat(),
        }
        await self._client.create_collection(
            name,
            vectors_config={
                name: models.VectorParams(size=vector_size, distance=models.Distance.COSINE)
                for name in (DENSE, PAGE_DENSE)
            },
            sparse_vectors_config={name: models.SparseVectorParams() for name in (SPARSE, PAGE_SPARSE)},
            metadata=metadata,
        )
        for field, schema in FIELD_INDICES.items():
            await self._client.create_payload_index(name, field, field_schema=schema)
        return (await self._metadata(name)).get("embedder") == embedder

    async def copy(self, source: str, target: str, plan: Plan) -> None:
        """Copy what stays, with its vectors; rewritten payloads take the place of the old ones."""
        rewritten = dict([*plan.rewrite, *plan.pages.rewrite])
        kept = rewritten.keys() | {*plan.same, *plan.pages.same}
        offset = None
        while True:
            records, offset = await self._client.scroll(
                source, limit=WRITE_BATCH, offset=offset, with_payload=True, with_vectors=True
            )
            points = [
                models.PointStruct(
                    id=record.id,
                    vector=record.vector or {},  # pyright: ignore[reportArgumentType] - what comes out goes in
                    payload=rewritten.get(str(record.id), record.payload),
                )
                for record in records
                if str(record.id) in kept
            ]
            if points:
                await self._client.upsert(target, points, wait=True)
            if offset is None:
                return

    async def add(self, name: str, chunks: Sequence[tuple[Chunk, Payload]], vectors: Vectors) -> None:
        """Add these chunks with the rows of ``vectors``."""

        def made() -> list[models.PointStruct]:
            return [self._point(*row, vector.tolist()) for row, vector in zip(chunks, vectors, strict=True)]

        await self._client.upsert(name, await asyncio.to_thread(made), wait=True)

    async def add_pages(self, name: str, entries: Sequence[PageEntry]) -> None:
        """Add these pages; their chunks must be there."""
        ids = [id for entry in entries for id in entry.chunk_ids]
        vectors: dict[str, Vectors] = {}
        for start in range(0, len(ids), WRITE_BATCH):
            records = await self._client.retrieve(
                name, ids[start : start + WRITE_BATCH], with_payload=False, with_vectors=[DENSE]
            )
            for record in records:
                vectors[str(record.id)] = np.array(_named(record.vector)[DENSE], dtype=np.float32)

        def made() -> list[models.PointStruct]:
            return [
                models.PointStruct(
                    id=entry.id,
                    vector={PAGE_DENSE: mean.tolist(), PAGE_SPARSE: self._sparse(entry.fields, PAGE_WORDS)},
                    payload=dict(entry.payload),
                )
                for entry, mean in zip(entries, mean_vectors(entries, vectors), strict=True)
            ]

        await self._client.upsert(name, await asyncio.to_thread(made), wait=True)

    async def lexicon(self, name: str) -> Lexicon:
        """The lexicon of the collection.

        Raises:
            EngineError: It has none that can be read.
        """
        records = await self._client.retrieve(name, [LEXICON_ID], with_payload=True)
        return await asyncio.to_thread(stored_lexicon, records[0].payload if records else None)

    async def add_lexicon(self, name: str, written: Set[str]) -> None:
        """Count the words of every chunk and page, and store how rare they are.

        Args:
            written: Words as the book writes them.
        """
        count = Count(written)
        kinds: dict[str, Kind] = {SPARSE: "chunk", PAGE_SPARSE: "page"}

        def add(records: Sequence[models.Record]) -> None:
            for record in records:
                for vector_name, vector in _named(record.vector).items():
                    count.add(kinds[vector_name], vector.indices)

        offset = None
        while True:
            records, offset = await self._client.scroll(
                name, limit=SCROLL_BATCH, offset=offset, with_payload=False, with_vectors=list(kinds)
            )
            await asyncio.to_thread(add, records)
            if offset is None:
                break
        payload = dict(lexicon_payload(await asyncio.to_thread(lambda: count.lexicon().as_text())))
        await self._client.upsert(name, [models.PointStruct(id=LEXICON_ID, vector={}, payload=payload)], wait=True)

    @asynccontextmanager
    async def shown_alive(self, name: str, *, every_s: float) -> AsyncGenerator[None]:
        """Meanwhile, the unfinished collection says that its indexer is at work, so that no other deletes it.

        A request that fails is of no account: the next one says the same.
        """

        async def beat() -> None:
            while True:
                await asyncio.sleep(every_s)
                with suppress(UnexpectedResponse, ResponseHandlingException, QdrantException, ValueError):
                    await self._client.update_collection(name, metadata={ALIVE_AT: datetime.now(UTC).isoformat()})

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])

    async def switch(self, name: str, contents: str) -> None:
        """Make ``name`` the current generation in one step, then delete the one before it.

        One of another embedder is kept for a while: servers that were started with it go on with it.
        """
        indexed_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        await self._client.update_collection(name, metadata={"indexed_at": indexed_at, "contents": contents})
        replaced = await self._target()
        create = models.CreateAlias(collection_name=name, alias_name=self._alias)
        operations: list[models.CreateAliasOperation | models.DeleteAliasOperation] = [
            models.CreateAliasOperation(create_alias=create)
        ]
        if replaced is not None:
            delete = models.DeleteAlias(alias_name=self._alias)
            operations.insert(0, models.DeleteAliasOperation(delete_alias=delete))
        await self._client.update_collection_aliases(operations)
        if replaced is not None:
            with suppress(UnexpectedResponse, ResponseHandlingException):  # the next sync deletes it
                await self._retire(replaced, name)

    async def _retire(self, replaced: str, by: str) -> None:
        old, new = Made.of(replaced, await self._metadata(replaced)), Made.of(by, await self._metadata(by))
        if (old.embedder, old.words) == (new.embedder, new.words):
            await self._client.delete_collection(replaced)
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        await self._client.update_collection(replaced, metadata={REPLACED_AT: now})

    async def give_up(self, name: str) -> None:
        """Delete a collection that was not finished, if the server answers; never the current one."""
        with suppress(UnexpectedResponse, ResponseHandlingException, ValueError):
            if await self._target() != name:
                await self._client.delete_collection(name)

    async def _target(self) -> str | None:
        aliases = (await self._client.get_aliases()).aliases
        return next((alias.collection_name for alias in aliases if alias.alias_name == self._alias), None)

    async def _metadata(self, name: str) -> dict[str, Any]:
        return (await self._client.get_collection(name)).config.metadata or {}

    def _numbers(self, names: set[str]) -> list[int]:
        found = (re.fullmatch(re.escape(self._alias) + r"-(\d+)", name) for name in names)
        return [int(name[1]) for name in found if name]

    def _point(self, chunk: Chunk, payload: Payload, vector: list[float]) -> models.PointStruct:
        sparse = self._sparse(chunk_fields(chunk), CHUNK_WORDS)
        return models.PointStruct(id=chunk.id, vector={DENSE: vector, SPARSE: sparse}, payload=dict(payload))

    def _sparse(self, fields: Sequence[Field], usual_words: float) -> models.SparseVector:
        words = self._words.document(fields, usual_words=usual_words)
        return models.SparseVector(indices=words.indices, values=words.values)


def _of_kind(*kinds: str) -> models.Filter:
    return models.Filter(must=[models.FieldCondition(key=KIND, match=models.MatchAny(any=list(kinds)))])


def _named(vector: object) -> dict[str, Any]:
    """A record's vectors by their names; none for a point that has none."""
    return cast("dict[str, Any]", vector) if isinstance(vector, dict) else {}
