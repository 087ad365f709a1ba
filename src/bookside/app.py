"""The composition root: settings become parts, and parts become an assistant that is ready to serve."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import openai
from agents import Model
from chatkit.types import AudioInput
from fastapi import FastAPI

from bookside.chat.answering import Limits, Parts, Retrieval
from bookside.chat.attachments import Attachments
from bookside.chat.faults import model_fault
from bookside.chat.instructions import read_instructions
from bookside.chat.merge import TimeLimits
from bookside.chat.runs import RunLimits, Runs
from bookside.chat.server import Assistant
from bookside.context import Location
from bookside.errors import BooksideError, Rejected, Unavailable
from bookside.http import attachments as attachment_routes
from bookside.http.application import application
from bookside.http.health import HealthCheck
from bookside.http.limits import Rate, RateLimit
from bookside.http.metrics import Metrics
from bookside.http.readers import Readers
from bookside.http.services import HttpLimits, Services
from bookside.http.shelf import Edition, Shelf
from bookside.http.site import Site
from bookside.index.model import Index
from bookside.index.sparse import Words
from bookside.library import Library, open_library
from bookside.models.chat import ChatApi, chat_model
from bookside.models.extractive import ExtractiveModel
from bookside.models.listening import ListenedModel, ListeningClient
from bookside.models.openai_client import openai_client
from bookside.models.question_writer import QuestionWriter
from bookside.models.warm import warm
from bookside.settings import Settings, plain
from bookside.store import ThreadStore, open_store

log = logging.getLogger(__name__)

DEFAULT_RATE = 60
DEFAULT_RUNS_PER_READER = 8
RUNS_GRACE_S = 5.0
"""Seconds that answers which nobody follows have to end when the server stops."""
MIN_SECRET_CHARS = 32
KEEP_UP_S = 2.0
"""How often a server looks whether its book was indexed anew."""
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WEB = Path(str(files("bookside"))) / "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """All parts together.

    Args:
        has_model: Whether a language model writes the answers.
        asgi: The HTTP application; ``None`` without a book.
    """

    library: Library
    store: ThreadStore
    assistant: Assistant
    shelf: Shelf | None
    has_model: bool
    asgi: FastAPI | None

    def locate(self, address: str) -> Location:
        """The page at ``address``, as far as the book is known."""
        if self.shelf is None:
            return Location(url=address)
        return self.shelf.edition.places.locate(url=address)


@asynccontextmanager
async def build(settings: Settings) -> AsyncGenerator[App]:
    """Every part, put together; they are closed, the last first, with the context."""
    async with AsyncExitStack() as stack:
        library = await stack.enter_async_context(open_library(settings))
        store = await stack.enter_async_context(open_store(database_url(settings)))
        book = library.book
        shelf = await asyncio.to_thread(_shelf, library)
        has_model = _has_model(settings)
        client = _client(settings, stack) if has_model else None
        readers = Readers(signing_secret(settings), timedelta(days=settings.token_days))
        attachments = _attachments(settings, store, readers) if settings.attachments else None
        assistant = Assistant(
            Parts(
                store=store,
                begin_thread=store.begin_thread,
                load_conversation=store.load_conversation,
                search=library.search,
                model=_model(settings, client),
                retrieval=_retrieval(settings, has_model=has_model),
                book=book.title if book else "the book",
                instructions=read_instructions(settings.instructions, book.title if book else "the book"),
                is_known_link=lambda address: shelf is not None and shelf.edition.places.contains(address),
                is_known_image=lambda address: shelf is not None and shelf.edition.places.has_image(address),
                is_citable=lambda passage: shelf is None or passage.id in shelf.edition.chunk_ids,
                count_tokens=library.count_tokens,
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
            metrics = Metrics()
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
            services = Services(
                assistant=assistant,
                runs=runs,
                attachments=attachments,
                store=store,
                search=library.search,
                shelf=shelf,
                readers=readers,
                rate=Rate(_rate(settings)),
                health=HealthCheck(
                    database=lambda: _ask_database(store),
                    index=lambda: _ask_index(library.index),
                    model=lambda: _ask_model(client, settings),
                ),
                metrics=metrics,
                find_threads=store.find_threads,
                save_feedback=store.add_feedback,
                index_status=lambda: _ask_index(library.index),
                widget=WEB / "bookside.js",
                has_model=has_model,
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
            keeping_up = asyncio.create_task(_keep_up(library, shelf, settings))
            stack.push_async_callback(_end, keeping_up)
            warming = asyncio.create_task(_warm(library, _chat_api(settings) if has_model else None))
            stack.push_async_callback(_end, warming)
        yield App(library=library, store=store, assistant=assistant, shelf=shelf, has_model=has_model, asgi=asgi)


def _shelf(library: Library) -> Shelf | None:
    if library.book is None:
        return None
    return Shelf(Edition.of(library.book, (chunk.id for chunk in library.chunks)))


async def _keep_up(library: Library, shelf: Shelf, settings: Settings) -> None:
    """Read the book again whenever its index was brought in step by another process, so that the two agree."""
    seen: str | None = None
    said: str | None = None
    while True:
        try:
            generation = await library.index.generation()
            indexed_at = generation.name if generation else None
            if indexed_at != seen and not (seen is None and await _holds(library.index, shelf.edition)):
                book, chunks = await asyncio.to_thread(library.read_again, settings)
                shelf.edition = await asyncio.to_thread(Edition.of, book, [chunk.id for chunk in chunks])
                log.info("the book was indexed anew, so it was read again: %d pages", len(book.pages))
            seen, said = indexed_at, None
        except BooksideError as error:
            if said != str(error):
                log.warning("the book could not be read again: %s", error)
            said = str(error)
        await asyncio.sleep(KEEP_UP_S)


async def _holds(index: Index, edition: Edition) -> bool:
    return (await index.status()).chunks == len(edition.chunk_ids)


async def _warm(library: Library, api: ChatApi | None) -> None:
    try:
        if library.embeds_here:
            await library.search.warm()
        if api is not None:
            await asyncio.to_thread(asyncio.run, warm(api))
    except Exception:
        log.exception("the first answer will take a second longer, as it could not be prepared for")


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


def _model(settings: Settings, client: ListeningClient | None) -> Model | ListenedModel:
    if client is None:
        return ExtractiveModel(Words().terms)
    return chat_model(client, settings.chat_model, _chat_api(settings), frame_s=settings.frame_ms / 1000)


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
    site = urlsplit(settings.site_base_url or "")
    own = (f"{site.scheme}://{site.netloc}",) if site.netloc else ()
    return (*own, *settings.allowed_origins)


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


async def _ask_index(index: Index) -> dict[str, Any]:
    return asdict(await index.status())


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
