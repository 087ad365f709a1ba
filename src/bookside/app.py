"""The composition root: settings become parts, and parts become an assistant that is ready to serve."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import openai
from chatkit.types import AudioInput
from fastapi import FastAPI

from bookside.book import Book
from bookside.book.address import origin
from bookside.chat.answering import Limits, ModelFor, Parts, Retrieval
from bookside.chat.attachments import Attachments
from bookside.chat.faults import model_fault
from bookside.chat.merge import TimeLimits
from bookside.chat.runs import RunLimits, Runs
from bookside.chat.server import Assistant
from bookside.context import Turn
from bookside.errors import Rejected, Unavailable
from bookside.http import attachments as attachment_routes
from bookside.http.application import application
from bookside.http.health import HealthCheck
from bookside.http.limits import Rate, RateLimit
from bookside.http.metrics import Metrics
from bookside.http.places import no_such_page
from bookside.http.readers import Readers
from bookside.http.services import HttpLimits, Services
from bookside.http.shelf import Shelf, Volume
from bookside.http.site import Site
from bookside.index.sparse import language_of, words_in
from bookside.library import NO_PAGES, Library, open_libraries
from bookside.models.chat import ChatApi, chat_model
from bookside.models.extractive import ExtractiveModel
from bookside.models.listening import ListeningClient
from bookside.models.openai_client import openai_client
from bookside.models.question_writer import QuestionWriter
from bookside.models.warm import warm
from bookside.settings import Settings, plain
from bookside.store import ThreadStore, open_store
from bookside.upkeep.books import books_at_hand
from bookside.upkeep.keeper import Keeper, printed
from bookside.upkeep.reindexing import Reindexing
from bookside.upkeep.served import ServedStatus
from bookside.upkeep.status import status_of

log = logging.getLogger(__name__)

DEFAULT_RATE = 60
DEFAULT_RUNS_PER_READER = 8
RUNS_GRACE_S = 5.0
"""Seconds that answers which nobody follows have to end when the server stops."""
MIN_SECRET_CHARS = 32
OWN_FILES = "/_bookside/books/"
"""Where the files of a book are given out, where the server has several."""
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WEB = Path(str(files("bookside"))) / "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """All parts together.

    Args:
        libraries: Every book, in order; one without a folder where none was named.
        keepers: Of those that are served.
        has_model: Whether a language model writes the answers.
        asgi: The HTTP application; ``None`` without a book.
    """

    libraries: tuple[Library, ...]
    keepers: tuple[Keeper, ...]
    store: ThreadStore
    assistant: Assistant
    shelf: Shelf | None
    has_model: bool
    asgi: FastAPI | None

    @property
    def library(self) -> Library:
        """The first book, or the only one."""
        return self.libraries[0]

    def place(self, turn: Turn, address: str | None, book: str | None) -> Turn:
        """The turn at ``address``, and in ``book``, as far as the books are known.

        Raises:
            Rejected: There is no such book, or no such page.
        """
        if self.shelf is None:
            if address is not None:
                raise Rejected(NO_PAGES)
            return turn
        volume = self.shelf.find(book, (address,))
        among = [volume] if volume else self.shelf.volumes
        places = next((one.printing.places for one in among if address and one.printing.places.page(address)), None)
        if address and places is None:
            raise no_such_page(address, (one.printing.places for one in among))
        location = places.locate(url=address) if places else turn.location
        return replace(turn, location=location, book=volume.id if volume else None)


@asynccontextmanager
async def build(settings: Settings) -> AsyncGenerator[App]:
    """Every part, put together; they are closed, the last first, with the context."""
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        libraries = await stack.enter_async_context(open_libraries(settings, observe_reranking=metrics.reranked))
        store = await stack.enter_async_context(open_store(database_url(settings)))
        keepers = await asyncio.to_thread(_keepers, libraries)
        shelf = Shelf([one.volume for one in keepers if one.volume is not None]) if keepers else None
        has_model = _has_model(settings)
        client = _client(settings, stack) if has_model else None
        readers = Readers(signing_secret(settings), timedelta(days=settings.token_days))
        attachments = _attachments(settings, store, readers) if settings.attachments else None
        assistant = Assistant(
            Parts(
                store=store,
                begin_thread=store.begin_thread,
                load_conversation=store.load_conversation,
                book_for=books_at_hand(settings, libraries[0], shelf, has_model=has_model),
                model_for=_model_for(settings, client),
                retrieval=_retrieval(settings, has_model=has_model),
                count_tokens=libraries[0].count_tokens,
                save_feedback=store.add_feedback,
                attachments=attachments,
                read_attachment=attachments.text_of if attachments else None,
                transcribe=_transcriber(client, settings) if client else None,
                tracing_key=plain(settings.openai_api_key) if settings.tracing else None,
                limits=Limits(
                    passages=settings.passages,
                    history_tokens=settings.history_tokens,
                    attachment_tokens=settings.attachment_tokens,
                    time=TimeLimits(
                        first_s=settings.first_text_timeout_s,
                        silence_s=settings.model_timeout_s,
                        whole_s=settings.answer_timeout_s,
                    ),
                    max_answer_tokens=settings.max_answer_tokens,
                    max_question_chars=settings.max_question_chars,
                ),
            )
        )
        asgi = None
        if shelf is not None:
            runs = Runs(
                store.runs,
                store,
                limits=RunLimits(
                    per_process=settings.max_runs,
                    per_reader=_limit(settings.max_runs_per_reader, DEFAULT_RUNS_PER_READER, settings),
                ),
                observer=metrics,
                is_shared=store.is_shared,
            )
            await runs.open()
            stack.push_async_callback(runs.close, grace_s=RUNS_GRACE_S)
            statuses = {id(one.volume): ServedStatus(one, one.volume) for one in keepers if one.volume is not None}
            for status in statuses.values():
                stack.push_async_callback(status.close)
            reindexing = Reindexing(keepers, store.jobs) if settings.admin_key is not None else None
            if reindexing is not None:
                stack.push_async_callback(reindexing.close)
            services = Services(
                assistant=assistant,
                runs=runs,
                attachments=attachments,
                store=store,
                shelf=shelf,
                readers=readers,
                rate=Rate(_rate(settings)),
                health=HealthCheck(
                    database=lambda: _ask_database(store),
                    index=lambda: _ask_indices(libraries),
                    model=lambda: _ask_model(client, settings),
                ),
                metrics=metrics,
                find_threads=store.find_threads,
                save_feedback=store.add_feedback,
                index_status=lambda volume: statuses[id(volume)](),
                widget=WEB / "bookside.js",
                has_model=has_model,
                reindex=reindexing,
                admin_key=plain(settings.admin_key),
                limits=HttpLimits(
                    max_request_bytes=settings.max_request_bytes,
                    max_question_chars=settings.max_question_chars,
                    max_selection_chars=settings.max_selection_chars,
                    ping_s=settings.ping_s,
                ),
            )
            asgi = application(
                services,
                Site(shelf, WEB),
                allowed_origins=_origins(settings),
                allow_loopback_origins=settings.host in LOOPBACK,
            )
            for keeper in keepers:
                stack.push_async_callback(_end, asyncio.create_task(keeper.follow()))
            warming = asyncio.create_task(_warm(libraries[0], _chat_api(settings) if has_model else None))
            stack.push_async_callback(_end, warming)
        yield App(
            libraries=libraries,
            keepers=keepers,
            store=store,
            assistant=assistant,
            shelf=shelf,
            has_model=has_model,
            asgi=asgi,
        )


def _keepers(libraries: Sequence[Library]) -> tuple[Keeper, ...]:
    """The books as they are served; none of a server without a book."""
    read_at_s = time.time()
    return tuple(Keeper(one, _volume(one, one.book, read_at_s)) for one in libraries if one.book is not None)


def _volume(library: Library, book: Book, read_at_s: float) -> Volume:
    entry, collection = library.entry, library.settings.qdrant_collection
    if entry is None:
        printing = printed(book, library.chunks, collection, read_at_s)
        return Volume(language=library.language, printing=printing, search=library.search)
    files = f"{OWN_FILES}{entry.id}/"
    return Volume(
        id=entry.id,
        book=entry.book,
        version=entry.version,
        locale=entry.locale,
        language=library.language,
        printing=printed(book, library.chunks, collection, read_at_s, files),
        search=library.search,
        files=files,
    )


async def _warm(library: Library, api: ChatApi | None) -> None:
    try:
        if library.embeds_here:
            await library.search.warm()
        if api is not None:
            await asyncio.to_thread(asyncio.run, warm(api))
    except Exception:
        log.exception("the first answer will take a second longer, as it could not be prepared for")
    try:
        if library.reranking is not None:
            await library.reranking.warm()
    except Unavailable as error:
        log.warning("%s: until it answers, passages stay as they are ranked", error)
    except Exception:
        log.exception("the re-ranker could not be loaded: as long as it fails, passages stay as they are ranked")


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def database_url(settings: Settings) -> str:
    """Where threads are kept: ``DATABASE_URL``, or a file in the data folder."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.data.resolve() / 'bookside.db'}"


def signing_secret(settings: Settings) -> str:
    """The secret that signs readers' tokens; made on first use, readable by its owner alone.

    Raises:
        Rejected: The file that should have it is empty, or too short to be a secret.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    file = settings.data / "secret"
    settings.data.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        with NamedTemporaryFile("w", dir=settings.data, prefix="secret-") as made:  # its mode is 0600
            made.write(secrets.token_urlsafe(48))
            made.flush()
            with suppress(FileExistsError):  # another process was first, and its secret is the one
                os.link(made.name, file)
    secret = file.read_text()
    if len(secret.strip()) < MIN_SECRET_CHARS:
        raise Rejected(f"{file} has no secret of {MIN_SECRET_CHARS} characters or more; delete it and start again")
    return secret


def _attachments(settings: Settings, store: ThreadStore, readers: Readers) -> Attachments:
    return Attachments(
        store,
        save_file=store.save_file,
        load_file=store.load_file,
        new_id=store.generate_attachment_id,
        upload_path=attachment_routes.PATH,
        upload_headers=readers.upload_headers,
        max_bytes=settings.max_attachment_bytes,
    )


def _has_model(settings: Settings) -> bool:
    is_configured = settings.openai_api_key is not None or settings.openai_base_url is not None
    if settings.answers == "model" and not is_configured:
        raise Rejected("BOOKSIDE_ANSWERS is model, but there is neither OPENAI_API_KEY nor OPENAI_BASE_URL")
    return is_configured and settings.answers != "extractive"


def _model_for(settings: Settings, client: ListeningClient | None) -> ModelFor:
    if client is None:
        return lambda book, sayings: ExtractiveModel(words_in(language_of(book.language)).terms, sayings)
    model = chat_model(client, settings.chat_model, _chat_api(settings), frame_s=settings.frame_ms / 1000)
    return lambda _book, _sayings: model


def _chat_api(settings: Settings) -> ChatApi:
    if settings.chat_api != "auto":
        return settings.chat_api
    return "chat_completions" if settings.openai_base_url else "responses"


def _rate(settings: Settings) -> RateLimit | None:
    requests = _limit(settings.rate_limit_requests, DEFAULT_RATE, settings)
    return RateLimit(requests, settings.rate_limit_window) if requests else None


def _limit(limit: int | None, default: int, settings: Settings) -> int | None:
    """What is set, where 0 means none; a server that only this machine reaches has none by default."""
    if limit is None:
        limit = 0 if settings.host in LOOPBACK else default
    return limit or None


def _retrieval(settings: Settings, *, has_model: bool) -> Retrieval:
    """The model that quotes the book puts its own queries together."""
    return settings.retrieval if has_model else "agentic"


def _origins(settings: Settings) -> tuple[str, ...]:
    site = origin(settings.site_base_url)
    return (*([site] if site else ()), *settings.allowed_origins)


def _transcriber(client: ListeningClient, settings: Settings) -> Callable[[AudioInput], Any]:
    async def transcribe(audio: AudioInput) -> str:
        name = f"speech.{audio.media_type.partition('/')[2] or 'webm'}"
        try:
            heard = await client.audio.transcriptions.create(
                model=settings.transcription_model, file=(name, BytesIO(audio.data), audio.media_type)
            )
        except openai.OpenAIError as error:
            raise Unavailable("speech model", model_fault(error)) from error
        return heard.text

    return transcribe


async def _ask_database(store: ThreadStore) -> dict[str, Any]:
    await store.ping()
    return {}


async def _ask_indices(libraries: Sequence[Library]) -> dict[str, Any]:
    """Facts about the only book's index; or about all, and how many passages each has."""
    found = [await status_of(library.index) for library in libraries]
    if len(found) == 1:
        return found[0]
    chunks = {str(one["collection"]): int(one["chunks"]) for one in found}
    return {"backend": found[0]["backend"], "chunks": sum(chunks.values()), "books": chunks}


async def _ask_model(client: ListeningClient | None, settings: Settings) -> dict[str, Any]:
    if client is None:
        return {"configured": False, "name": "extractive"}
    try:
        await client.with_options(max_retries=0).models.list()
    except openai.OpenAIError as error:
        raise Unavailable("language model", model_fault(error)) from error
    return {"configured": True, "name": settings.chat_model}


def _client(settings: Settings, stack: AsyncExitStack) -> ListeningClient:
    client = openai_client(
        api_key=plain(settings.openai_api_key),
        base_url=settings.openai_base_url,
        timeout_s=settings.model_timeout_s,
        max_retries=2,
    )
    stack.push_async_callback(client.close)
    return client


def question_writer(settings: Settings, stack: AsyncExitStack) -> QuestionWriter | None:
    """What writes questions with the language model, closed with ``stack``; ``None`` where no model is configured."""
    if not _has_model(settings):
        return None
    return QuestionWriter(_client(settings, stack), settings.chat_model, _chat_api(settings))
