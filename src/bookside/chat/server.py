"""The assistant as a ChatKit server: a question comes in, the agent searches and answers, events go out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import openai
from agents import (
    Agent,
    AgentsException,
    Model,
    ModelRefusalError,
    ModelSettings,
    RunConfig,
    Runner,
    RunResultStreaming,
)
from chatkit.actions import Action
from chatkit.agents import stream_agent_response  # pyright: ignore[reportUnknownVariableType]
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    AudioInput,
    FeedbackKind,
    InferenceOptions,
    NoticeEvent,
    StreamingReq,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)

from bookside.chat.check import check_request
from bookside.chat.faults import told
from bookside.chat.files import each_once, read_files
from bookside.chat.history import HistoryConverter, latest_items, reader_context, text_part
from bookside.chat.stream import AnswerStream
from bookside.chat.title import title_for
from bookside.chat.tools import search_tool
from bookside.chat.turn import Consulted, TurnContext, turn_of
from bookside.context import Reader
from bookside.errors import BooksideError, Rejected
from bookside.search.find import Search
from bookside.search.model import Passage

MAX_TURNS = 8
"""Calls of the model in one answer: searches, and the answer itself."""

ASK_ACTION = "bookside.ask"
"""A widget's action that asks ``payload["question"]`` as if the reader had typed it."""

SaveFeedback = Callable[[str, list[str], FeedbackKind, Reader], Awaitable[None]]
Transcribe = Callable[[AudioInput], Awaitable[str]]
ReadAttachment = Callable[[Attachment, Reader], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one turn may take."""

    passages: int = 6
    history_tokens: int = 6_000
    attachment_tokens: int = 6_000
    answer_timeout_s: float = 120.0
    max_answer_tokens: int | None = None
    max_question_chars: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the assistant is put together from.

    Args:
        model: Writes the answers.
        instructions: Of the agent, with the book's title in place.
        is_known_link: Whether the book contains an address.
        is_citable: Whether a passage stands in the book as it is now.
        tracing_key: Key under which the Agents SDK may export traces; ``None`` for no tracing.
        save_feedback: Keeps a reader's verdict on answers; raises ``NotFound`` for items that are not theirs.
        transcribe: Turns speech into text; ``None`` when no model does.
        read_attachment: The text of an attached file, or a note for the model that it cannot be read.
    """

    store: Store[Reader]
    search: Search
    model: Model
    book: str
    instructions: str
    is_known_link: Callable[[str], bool]
    is_citable: Callable[[Passage], bool]
    count_tokens: Callable[[str], int]
    save_feedback: SaveFeedback
    attachments: AttachmentStore[Reader] | None = None
    read_attachment: ReadAttachment | None = None
    transcribe: Transcribe | None = None
    tracing_key: str | None = None
    limits: Limits = field(default_factory=Limits)


class Assistant(ChatKitServer[Reader]):
    """Answers readers' questions from one book, over the ChatKit protocol."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.store, parts.attachments)
        self._parts = parts
        self._agent: Agent[TurnContext] = Agent(
            name="Bookside",
            instructions=parts.instructions,
            tools=[search_tool(parts.search, passages=parts.limits.passages)],
            model=parts.model,
            model_settings=ModelSettings(max_tokens=parts.limits.max_answer_tokens),
        )

    async def check(self, body: bytes, reader: Reader) -> None:
        """Refuse a request before anything is sent; see ``check_request``."""
        await check_request(
            body,
            reader,
            self.store,
            max_question_chars=self._parts.limits.max_question_chars,
            can_attach=self.attachment_store is not None,
            can_transcribe=self._parts.transcribe is not None,
        )

    async def _process_streaming_impl(
        self, request: StreamingReq, context: Reader
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        if isinstance(request, ThreadsRetryAfterItemReq):
            events = self._retry(request.params.thread_id, request.params.item_id, context)
        else:
            events = super()._process_streaming_impl(request, context)
        async with aclosing(events):
            async for event in events:
                yield event

    async def _retry(self, thread_id: str, item_id: str, reader: Reader) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Answer a question again; what followed it goes only once the new answer has begun (the SDK deletes first)."""
        thread = await self.store.load_thread(thread_id, context=reader)
        later: list[ThreadItem] = []
        async for item in self._paginate_thread_items_reverse(thread_id, reader):
            if item.id == item_id:
                break
            later.append(item)
        else:
            return
        question = item if isinstance(item, UserMessageItem) else None
        events = self._process_events(thread, reader, lambda: self.respond(thread, question, reader))
        async for event in events:
            if event.type in ("thread.item.added", "thread.item.done"):
                for old in later:
                    await self.store.delete_thread_item(thread_id, old.id, context=reader)
                later = []
            yield event

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Reader
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Answer ``input_user_message``, or go on with the thread after a tool's output or a form."""
        try:
            async for event in self._answer(thread, input_user_message, context):
                yield event
        except (BooksideError, openai.OpenAIError, AgentsException, TimeoutError) as error:
            raise told(error) from error
        finally:
            if thread.title is None and input_user_message is not None:
                thread.title = title_for(input_user_message)

    async def _answer(
        self, thread: ThreadMetadata, question: UserMessageItem | None, reader: Reader
    ) -> AsyncIterator[ThreadStreamEvent]:
        parts, turn = self._parts, turn_of(reader)
        if turn.selection_was_cut:
            yield NoticeEvent(
                level="info",
                message=f"Only the first {len(turn.selected_text or ''):,} characters of the selection are used.",
            )
        consulted = Consulted()
        context = TurnContext(thread=thread, store=self.store, request_context=reader, turn=turn, consulted=consulted)
        run = Runner.run_streamed(
            self._agent,
            await self._agent_input(thread, question, reader),
            context=context,
            max_turns=MAX_TURNS,
            run_config=RunConfig(
                tracing_disabled=parts.tracing_key is None,
                tracing={"api_key": parts.tracing_key} if parts.tracing_key else None,
                trace_include_sensitive_data=False,
            ),
        )
        answer = AnswerStream(
            new_id=lambda: self.store.generate_item_id("message", thread, reader),
            consulted=consulted,
            is_known_link=parts.is_known_link,
            is_citable=parts.is_citable,
            book=parts.book,
        )
        try:
            async for event in answer.rewrite(_in_time(run, context, parts.limits.answer_timeout_s)):
                yield event
        except ModelRefusalError as refusal:
            for event in answer.whole(self._message(thread, reader, refusal.refusal)):
                yield event
        finally:
            run.cancel()

    def _message(self, thread: ThreadMetadata, reader: Reader, text: str) -> AssistantMessageItem:
        return AssistantMessageItem(
            id=self.store.generate_item_id("message", thread, reader),
            thread_id=thread.id,
            created_at=datetime.now(),  # naive, as the SDK's own items are
            content=[AssistantMessageContent(text=text)],
        )

    async def _agent_input(self, thread: ThreadMetadata, question: UserMessageItem | None, reader: Reader) -> list[Any]:
        parts, turn = self._parts, turn_of(reader)
        items = await latest_items(
            self.store,
            thread,
            reader,
            upto=question,
            max_tokens=parts.limits.history_tokens,
            count_tokens=parts.count_tokens,
        )
        without_quote: list[ThreadItem] = [
            item.model_copy(update={"quoted_text": None}) if isinstance(item, UserMessageItem) else item
            for item in each_once(items)
        ]
        texts = await read_files(
            without_quote,
            lambda attachment: self._text_of(attachment, reader),
            max_tokens=parts.limits.attachment_tokens,
            count_tokens=parts.count_tokens,
        )
        converted: list[Any] = await HistoryConverter(lambda attachment: texts[attachment.id]).to_agent_input(
            without_quote
        )
        place = reader_context(turn)
        if place is not None:
            for message in reversed(converted):
                if message.get("role") == "user":
                    message["content"] = [text_part(place), *message["content"]]
                    break
        return converted

    async def _text_of(self, attachment: Attachment, reader: Reader) -> str:
        if self._parts.read_attachment is None:
            return "(this file cannot be read)"
        return await self._parts.read_attachment(attachment, reader)

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Reader
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Ask the question of a ``bookside.ask`` action; any other action is an error event."""
        match action:
            case Action(type=kind, payload={"question": str(question)}) if kind == ASK_ACTION and question.strip():
                pass
            case _:
                raise CustomStreamError(f"There is no action {action.type!r} here.", allow_retry=False)
        message = UserMessageItem(
            id=self.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=datetime.now(),  # naive, as the SDK's own items are
            content=[UserMessageTextContent(text=question[: self._parts.limits.max_question_chars])],
            inference_options=InferenceOptions(),
        )
        yield ThreadItemDoneEvent(item=message)
        async for event in self.respond(thread, message, context):
            yield event

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Reader
    ) -> SyncCustomActionResponse:
        """No action answers at once: ``check`` refuses them all."""
        raise Rejected(f"there is no action {action.type!r} that answers at once")

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: Reader) -> None:
        """Keep the reader's verdict."""
        await self._parts.save_feedback(thread_id, item_ids, feedback, context)

    async def transcribe(self, audio_input: AudioInput, context: Reader) -> TranscriptionResult:
        """Speech to text, by the model that is configured for it."""
        if self._parts.transcribe is None:
            raise Rejected("speech cannot be turned into text here: no model is configured for it")
        return TranscriptionResult(text=await self._parts.transcribe(audio_input))

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: Reader
    ) -> None:
        """Keep what was written, and the thread's title."""
        await super().handle_stream_cancelled(thread, pending_items, context)
        await self.store.save_thread(thread, context=context)


async def _in_time(run: RunResultStreaming, context: TurnContext, timeout_s: float) -> AsyncIterator[ThreadStreamEvent]:
    """The run's events; when time is up the run stops, what it gave still passes, and ``TimeoutError`` is raised."""
    is_late = False

    def stop() -> None:
        nonlocal is_late
        is_late = True
        run.cancel()

    timer = asyncio.get_running_loop().call_later(timeout_s, stop)
    try:
        async for event in stream_agent_response(context, run):
            yield event
    finally:
        timer.cancel()
        context.end()
    if is_late:
        raise TimeoutError
