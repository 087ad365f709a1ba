"""One book kept in step: its index with its files, and what is served with its index."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from bookside.book import Book, Chunk
from bookside.errors import BookError, BooksideError
from bookside.http.images import FILES
from bookside.http.shelf import Printing, Volume
from bookside.index.model import Progress, SyncReport
from bookside.index.plan import contents_when_in_step
from bookside.library import Library

log = logging.getLogger(__name__)

FOLLOW_S = 0.5
"""How often a server looks whether its book was indexed anew, where looking costs microseconds."""
FOLLOW_SERVER_S = 2.0
"""The same, where a Qdrant server is asked."""

Phase = Callable[[str, int, int], None]
"""Told what is done now, and how much of it is done and to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of a book that was read again.

    Args:
        report: ``None`` where the index was left as it was, because of ``broken``.
        broken: Pages that could be read before, and cannot now.
    """

    book: Book
    report: SyncReport | None
    broken: tuple[BookError, ...] = ()


class Keeper:
    """Keeps one book in step, one change after the other.

    Args:
        volume: Where the server takes the book from; ``None`` where nothing is served.
    """

    def __init__(self, library: Library, volume: Volume | None = None) -> None:
        self.library = library
        self.volume = volume
        self._at_work = asyncio.Lock()
        self._pages = frozenset(page.path for page in library.book.pages) if library.book else frozenset[str]()

    async def refresh(self, phase: Phase | None = None, *, waits_for_broken: bool = False) -> Refreshed:
        """Read the book, bring the index in step, and serve what was read.

        Args:
            waits_for_broken: Whether a page that could be read before and cannot now is one that is just being saved;
                then nothing changes.

        Raises:
            BookError: The book cannot be read at all.
            Unavailable: The index or the embedder does not answer. Nothing has changed then.
        """
        told = phase or _nobody
        async with self._at_work:
            told("reading", 0, 0)
            read_at_s = time.time()
            book, chunks = await asyncio.to_thread(self.library.read_again)
            broken = tuple(problem for problem in book.problems if problem.path in self._pages)
            if broken and waits_for_broken:
                return Refreshed(book=book, report=None, broken=broken)
            told("indexing", 0, 0)
            progress: Progress = lambda done, total: told("indexing", done, total)  # noqa: E731
            report = await self.library.index.sync(chunks, progress)
            await self._serve(book, chunks, read_at_s)
            return Refreshed(book=book, report=report, broken=broken)

    async def follow(self) -> None:
        """Read the book again whenever its index holds other chunks than what is served, so that the two agree."""
        assert self.volume is not None
        every_s = FOLLOW_S if self.library.settings.qdrant_url is None else FOLLOW_SERVER_S
        seen: str | None = None
        said: str | None = None
        while True:
            try:
                generation = await self.library.index.generation()
                if generation is not None and generation.name != seen:
                    async with self._at_work:
                        if generation.contents != self.volume.printing.contents:
                            await self._read_again()
                    seen = generation.name
                said = None
            except BooksideError as error:
                if said != str(error):
                    log.warning("the book could not be read again: %s", error)
                said = str(error)
            except Exception as error:
                if said != repr(error):
                    log.exception("the book could not be read again")
                said = repr(error)
            await asyncio.sleep(every_s)

    async def _read_again(self) -> None:
        read_at_s = time.time()
        book, chunks = await asyncio.to_thread(self.library.read_again)
        await self._serve(book, chunks, read_at_s)
        log.info("the book was indexed anew, so it was read again: %d pages", len(book.pages))

    async def _serve(self, book: Book, chunks: tuple[Chunk, ...], read_at_s: float) -> None:
        self._pages = frozenset(page.path for page in book.pages)
        if self.volume is not None:
            files = self.volume.files
            collection = self.library.settings.qdrant_collection
            self.volume.printing = await asyncio.to_thread(printed, book, chunks, collection, read_at_s, files)


def printed(book: Book, chunks: tuple[Chunk, ...], collection: str, read_at_s: float, files: str = FILES) -> Printing:
    """What is served of a book that was just read and cut."""
    contents = contents_when_in_step(chunks, collection)
    return Printing.of(book, chunks, contents=contents, read_at_s=read_at_s, files=files)


def _nobody(phase: str, done: int, total: int) -> None:
    """Nobody wants to know."""
