"""The index in this process: Qdrant's engine over files, read from a private copy of the current generation."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from filelock import FileLock, Timeout

from bookside.book.model import Chunk
from bookside.errors import Unavailable
from bookside.index.builder import Builder
from bookside.index.files import DamagedFilesError
from bookside.index.generation import FORMAT, Generations, Manifest
from bookside.index.model import Candidates, Filter, Generation, IndexStatus, Progress, SyncReport
from bookside.index.opened import Opened
from bookside.index.pages import page_batches
from bookside.index.payload import LAYOUT, Stamp
from bookside.index.plan import Plan, make_plan, why_not_ours
from bookside.index.shard import EngineError
from bookside.index.sparse import Words
from bookside.models.embedder import Embedder, Vectors

EMBED_BATCH = 512
"""Chunks embedded at once: bounds the memory, and is how often progress is told."""

REWRITE_BATCH = 2_000
OPEN_ATTEMPTS = 5
LOCK_POLL_S = 0.1

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Base:
    """The generation that the next one is made of, and the stamps of what is in it."""

    manifest: Manifest
    stamps: Mapping[str, Stamp]


class EdgeIndex:
    """An ``Index`` over a folder.

    Every call to the engine is made by one thread of this object, which also switches to a new generation between
    two calls: so a query never sees half of a switch, and the event loop is never blocked by the engine's work.

    Args:
        generations: Where the collection lies.
        lock_wait_s: How long ``sync`` waits for another indexer of the same collection.
    """

    def __init__(
        self, generations: Generations, collection: str, embedder: Embedder, words: Words, *, lock_wait_s: float
    ) -> None:
        self._generations = generations
        self._collection = collection
        self._embedder = embedder
        self._words = words
        self._lock_wait_s = lock_wait_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bookside-index")
        self._opened: Opened | None = None
        self._passed_over: tuple[tuple[int, int], Manifest] | None = None
        self._closed = False

    async def sync(self, chunks: Sequence[Chunk], progress: Progress | None = None) -> SyncReport:
        """Bring the index in step with ``chunks``; see ``Index.sync``. Writes nothing when it is in step already.

        A chunk whose text is the same counts as unchanged, also if its address, title or order is new. When the
        embedder has changed, every stored chunk counts as removed and every chunk as added.

        Raises:
            Unavailable: The embedder did not answer, another indexer is at work, or the disk refuses. The index is
                then as it was.
        """
        size = await self._embedder.size()
        lock = await self._lock_indexing()
        try:
            return await self._sync(chunks, size, progress)
        except OSError as error:
            raise Unavailable("index", f"{self._generations.folder}: {error.strerror or error}") from error
        except DamagedFilesError as error:
            raise self._generations.damaged(str(error)) from error
        finally:
            lock.release()

    async def candidates(
        self, questions: Sequence[str], vectors: Vectors, only: Filter, limit: int
    ) -> list[Candidates]:
        """The nearest chunks to each question, all asked of the engine at once; see ``Index.candidates``."""
        return await self._run(lambda: self._candidates(questions, vectors, only, limit))

    async def status(self) -> IndexStatus:
        """Count what the current generation holds; see ``Index.status``."""
        return await self._run(self._status)

    async def generation(self) -> Generation | None:
        """Which generation is read; see ``Index.generation``. Costs microseconds, unless there is a new one to open."""
        opened = await self._run(self._current)
        return None if opened is None else opened.generation

    async def close(self) -> None:
        """Close the shard and remove this process's copy; closing twice does no harm."""
        if not self._closed:
            await self._run(self._close_opened)
            self._closed = True
            self._thread.shutdown()

    async def _run(self, call: Callable[[], Result]) -> Result:
        if self._closed:
            raise Unavailable("index", "it has been closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, call)
        except EngineError as error:
            raise Unavailable("index", str(error)) from error
        except OSError as error:
            raise Unavailable("index", f"{error.filename or self._generations.folder}: {error.strerror}") from error

    # Writing: in the event loop, with the engine in a child process

    async def _lock_indexing(self) -> FileLock:
        deadline = asyncio.get_running_loop().time() + self._lock_wait_s
        try:
            lock = self._generations.indexing_lock()
            while True:
                try:
                    lock.acquire(blocking=False)
                    return lock
                except Timeout as error:
                    if asyncio.get_running_loop().time() >= deadline:
                        reason = f"another process is indexing {self._collection!r}; try again when it is done"
                        raise Unavailable("index", reason) from error
                    await asyncio.sleep(LOCK_POLL_S)
        except OSError as error:
            raise Unavailable("index", f"{self._generations.folder}: {error.strerror or error}") from error

    async def _sync(self, chunks: Sequence[Chunk], size: int, progress: Progress | None) -> SyncReport:
        base = await asyncio.to_thread(self._base, size)
        try:
            return await self._sync_from(base, chunks, size, progress)
        except DamagedFilesError:  # the new generation heals it
            return await self._sync_from(None, chunks, size, progress)

    async def _sync_from(
        self, base: Base | None, chunks: Sequence[Chunk], size: int, progress: Progress | None
    ) -> SyncReport:
        folder = self._generations.new_folder()
        try:
            async with Builder(folder, size, self._words.language) as builder:
                plan = await self._plan(base, chunks, builder)
                if base is not None and plan.empty and base.manifest.contents == plan.contents:
                    await asyncio.to_thread(self._generations.check, base.manifest)
                    await self._run(lambda: self._keep_open(base.manifest))
                    return plan.report
                discarded = 0 if base is not None else await asyncio.to_thread(self._count)
                await asyncio.to_thread(self._generations.remove_leftovers, base.manifest.generation if base else None)
                if base is not None:
                    await asyncio.to_thread(self._generations.copy_current, base.manifest, folder)
                manifest = await self._build(plan, builder, folder, size, progress)
            await asyncio.to_thread(self._generations.publish, folder, manifest)
        finally:
            await asyncio.to_thread(self._generations.remove_building, folder)
        report = plan.report
        return SyncReport(added=report.added, removed=report.removed + discarded, unchanged=report.unchanged)

    async def _plan(self, base: Base | None, chunks: Sequence[Chunk], builder: Builder) -> Plan:
        """What must change; the builder, which takes as long to start, is started meanwhile if it is surely needed."""
        stored: Mapping[str, Stamp] = base.stamps if base else {}
        if any(chunk.id not in stored for chunk in chunks):
            await builder.start()
        return await asyncio.to_thread(make_plan, chunks, stored, self._collection)

    async def _build(
        self, plan: Plan, builder: Builder, folder: Path, size: int, progress: Progress | None
    ) -> Manifest:
        await builder.delete([*plan.remove, *plan.pages.remove])
        rewrite = [*plan.rewrite, *plan.pages.rewrite]
        for start in range(0, len(rewrite), REWRITE_BATCH):
            await builder.rewrite(rewrite[start : start + REWRITE_BATCH])
        for start in range(0, len(plan.embed), EMBED_BATCH):
            batch = plan.embed[start : start + EMBED_BATCH]
            vectors = await self._embedder.embed([chunk.indexed_text for chunk, _ in batch])
            await builder.upsert(batch, vectors)
            if progress is not None:
                progress(start + len(batch), len(plan.embed))
        for pages in page_batches(plan.pages.write, max_chunks=EMBED_BATCH):
            await builder.pages(pages)
        built = await builder.finish()
        if built.chunks != plan.chunks:
            raise Unavailable("index", f"it was built with {built.chunks} chunks instead of {plan.chunks}")
        stamps = await asyncio.to_thread(self._generations.write_stamps, folder, plan.stamps)
        return Manifest(
            format=FORMAT,
            generation=self._generations.next_number(),
            embedder=self._embedder.name,
            vector_size=size,
            words=self._words.name,
            chunks=built.chunks,
            indexed_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            files=built.files | stamps,
            contents=plan.contents,
            layout=LAYOUT,
        )

    # Reading: everything below runs in the one thread

    def _current(self) -> Opened | None:
        """The generation to read, opened; ``None`` when none was ever published.

        The current one; or the one that is open, while the current one was made with another embedder.
        """
        for _ in range(OPEN_ATTEMPTS):
            seen = self._generations.seen()
            if seen is None:
                return None
            if self._opened is not None and (self._opened.seen == seen or self._passes_over(seen)):
                return self._opened
            manifest = self._generations.manifest()
            if manifest is None:
                return None
            if self._opened is not None and self._fits(self._opened.manifest) and not self._fits(manifest):
                self._passed_over = seen, manifest
                return self._opened
            try:
                return self._open(seen, manifest)
            except DamagedFilesError as error:
                if self._generations.seen() != seen:  # replaced while it was copied
                    continue
                raise self._generations.damaged(str(error)) from error
        raise Unavailable("index", "it is being replaced again and again; try again")

    def _keep_open(self, manifest: Manifest) -> None:
        """Open the current generation, unless it is; searches of this process find it open.

        Raises:
            DamagedFilesError: It is not what was published, or the engine cannot load it.
        """
        seen = self._generations.seen()
        if seen is not None and (self._opened is None or self._opened.seen != seen):
            self._open(seen, manifest)

    def _open(self, seen: tuple[int, int], manifest: Manifest) -> Opened:
        try:
            copy = self._generations.open_copy(manifest)
        except OSError as error:
            reason = f"{error.filename or self._generations.folder}: {error.strerror or error}"
            raise Unavailable("index", f"it cannot be opened: {reason}") from error
        try:
            opened = Opened(seen, manifest, copy, self._words)
        except EngineError as error:
            raise DamagedFilesError(f"the engine cannot load it: {error}") from error
        self._close_opened()
        self._opened = opened
        return opened

    def _close_opened(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _base(self, size: int) -> Base | None:
        """The generation to go on from; ``None`` when the next one must be made from nothing."""
        try:
            manifest = self._generations.manifest()
            if manifest is None or manifest.layout != LAYOUT or self._mismatch(manifest, size):
                return None
            return Base(manifest, self._generations.stamps(manifest))
        except (Unavailable, DamagedFilesError):  # the new generation heals it
            return None

    def _count(self) -> int:
        """Chunks of the current generation, whoever made it; none of a damaged one."""
        try:
            manifest = self._generations.manifest()
        except Unavailable:
            return 0
        return manifest.chunks if manifest and self._generations.is_whole(manifest) else 0

    def _fits(self, manifest: Manifest) -> bool:
        return (self._embedder.name, self._words.name) == (manifest.embedder, manifest.words)

    def _mismatch(self, manifest: Manifest, size: int) -> bool:
        return not self._fits(manifest) or manifest.vector_size != size

    def _passes_over(self, seen: tuple[int, int]) -> bool:
        return self._passed_over is not None and self._passed_over[0] == seen

    def _candidates(self, questions: Sequence[str], vectors: Vectors, only: Filter, limit: int) -> list[Candidates]:
        opened = self._current()
        if opened is None:
            raise Unavailable("index", f"{self._collection!r} was never made; index the book first")
        if self._mismatch(opened.manifest, vectors.shape[1]):
            made_with = opened.manifest.embedder, opened.manifest.words
            raise Unavailable("index", why_not_ours(made_with, (self._embedder.name, self._words.name)))
        return opened.candidates(questions, vectors, only, limit)

    def _status(self) -> IndexStatus:
        opened = self._current()
        if opened is None:
            return IndexStatus(backend="edge", collection=self._collection, chunks=0, pages=0)
        status = opened.status(self._collection)
        if self._passed_over is not None and self._passed_over[0] == self._generations.seen() != opened.seen:
            return replace(status, newer_embedder=self._passed_over[1].embedder)
        return status


def open_edge_index(
    folder: Path, collection: str, embedder: Embedder, *, language: str = "english", lock_wait_s: float = 600.0
) -> EdgeIndex:
    """The index of ``collection`` below ``folder``. Nothing is read or written before the first call.

    Raises:
        Rejected: There is no stemmer for ``language``.
    """
    generations = Generations(folder / quote(collection, safe=""))
    return EdgeIndex(generations, collection, embedder, Words(language), lock_wait_s=lock_wait_s)
