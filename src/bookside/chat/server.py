"""The assistant as a ChatKit server: what each request does to its thread, and the events that the reader gets."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from datetime import datetime
from typing import Any, cast

from chatkit.actions import Action
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.server import ChatKitServer
from chatkit.types import (
    AudioInput,
    ErrorEvent,
    FeedbackKind,
    InferenceOptions,
    StreamingReq,
    StreamOptionsEvent,
    SyncCustomActionResponse,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    TranscriptionResult,
    UserMessageInput,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)
from pydantic import BaseModel

from bookside.chat.answering import Answering, Asked, Parts, Show
from bookside.chat.at_hand import BOOK, BookAtHand
from bookside.chat.check import Checked, check_request
from bookside.chat.early import EarlySearch, searching
from bookside.chat.faults import told
from bookside.chat.history import MAX_ITEMS
from bookside.chat.keeping import Keeper
from bookside.chat.run import Say
from bookside.chat.stream import Shown, TextShown
from bookside.chat.title import title_for, words_of
from bookside.chat.turn import turn_of
from bookside.context import Reader, Turn
from bookside.errors import BooksideError, Rejected
from bookside.sayings import is_foreign

log = logging.getLogger(__name__)

ASK_ACTION = "bookside.ask"
"""A widget's action that asks ``payload["question"]`` as if the reader had typed it."""


class Assistant(ChatKitServer[Reader]):
    """Answers readers' questions from one book, over the ChatKit protocol."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.store, parts.attachments)
        self._parts = parts
        self._answering = Answering(parts)

    @property
    def can_transcribe(self) -> bool:
        """Whether speech can be turned into text."""
        return self._parts.transcribe is not None

    async def check(self, body: bytes, reader: Reader) -> Checked:
        """The request in ``body``, or its refusal before anything is sent; see ``check_request``."""
        return await check_request(
            body,
            reader,
            self.store,
            max_question_chars=self._parts.limits.max_question_chars,
            can_attach=self.attachment_store is not None,
            can_transcribe=self.can_transcribe,
        )

    async def frames(self, request: StreamingReq, reader: Reader, say: Say) -> AsyncGenerator[bytes]:
        """The events that answer ``request``, each as a line of JSON, as ChatKit's server writes them.

        Args:
            say: Takes further ones, each behind the last that was given: words while a message is written.
        """
        async with aclosing(self._events(request, reader, lambda shown: say(self._serialize(shown)))) as events:
            async for event in events:
                yield self._serialize(event)

    def _serialize(self, obj: BaseModel | Shown) -> bytes:
        return obj.as_json() if isinstance(obj, TextShown) else super()._serialize(obj)

    def _process_streaming_impl(self, request: StreamingReq, context: Reader) -> AsyncGenerator[ThreadStreamEvent]:
        return self._events(request, context, None)

    def _events(self, request: StreamingReq, reader: Reader, show: Show | None) -> AsyncGenerator[ThreadStreamEvent]:
        match request:
            case ThreadsCreateReq(params=params):
                return self._create(params.input, turn_of(reader), show)
            case ThreadsAddUserMessageReq(params=params):
                return self._add(params.thread_id, params.input, turn_of(reader), show)
            case ThreadsRetryAfterItemReq(params=params):
                return self._retry(params.thread_id, params.item_id, turn_of(reader), show)
            case _:
                return super()._process_streaming_impl(request, reader)

    async def _create(
        self, asked: UserMessageInput, turn: Turn, show: Show | None
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Begin a thread with a question."""
        thread = ThreadMetadata(
            id=self.store.generate_thread_id(turn),
            created_at=datetime.now(),  # naive, as the SDK's own threads are
        )
        question = await self._build_user_message_item(asked, thread, turn)
        thread.title = title_for(question)
        book = self._answering.book_of(None, turn)
        if book.id is not None:
            thread.metadata[BOOK] = book.id
        async with self._early(question, turn, book, ()) as early:
            await self._parts.begin_thread(thread, question, turn)
            for attachment in question.attachments:
                await self.store.save_attachment(attachment, context=turn)
            yield ThreadCreatedEvent(thread=self._to_thread_response(thread))
            yield ThreadItemDoneEvent(item=question)
            async with aclosing(self._answer(thread, question, turn, [question], early, show)) as events:
                async for event in events:
                    yield event

    async def _add(
        self, thread_id: str, asked: UserMessageInput, turn: Turn, show: Show | None
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Add a question to a thread."""
        thread, items = await self._parts.load_conversation(thread_id, MAX_ITEMS, turn)
        question = await self._build_user_message_item(asked, thread, turn)
        book = self._answering.book_of(thread, turn)
        async with self._early(question, turn, book, items) as early:
            for attachment in question.attachments:
                await self.store.save_attachment(attachment, context=turn)
            await self.store.add_thread_item(thread.id, question, context=turn)
            yield ThreadItemDoneEvent(item=question)
            async with aclosing(self._answer(thread, question, turn, [*items, question], early, show)) as events:
                async for event in events:
                    yield event

    async def _retry(
        self, thread_id: str, item_id: str, turn: Turn, show: Show | None
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Answer a question again; what followed it goes only once the new answer has begun (the SDK deletes first)."""
        thread = await self.store.load_thread(thread_id, context=turn)
        later: list[ThreadItem] = []
        earlier: list[ThreadItem] = []
        question: UserMessageItem | None = None
        async for item in self._paginate_thread_items_reverse(thread_id, turn):
            if question is not None:
                earlier.append(item)
                if len(earlier) == MAX_ITEMS:
                    break
            elif item.id == item_id and isinstance(item, UserMessageItem):
                question = item
            else:
                later.append(item)
        if question is None:
            return
        items = [*earlier[::-1], question]
        async with (
            self._early(question, turn, self._answering.book_of(thread, turn), items[:-1]) as early,
            aclosing(self._answer(thread, question, turn, items, early, show)) as events,
        ):
            async for event in events:
                if event.type in ("thread.item.added", "thread.item.done"):
                    for old in later:
                        await self.store.delete_thread_item(thread_id, old.id, context=turn)
                    later = []
                yield event

    def _early(
        self, question: UserMessageItem, turn: Turn, book: BookAtHand, earlier: Sequence[ThreadItem]
    ) -> AbstractAsyncContextManager[EarlySearch | None]:
        parts = self._parts
        stands_by_itself = not earlier and not is_foreign(words_of(question), book.language)
        if not (parts.retrieval == "prefetch" or (parts.retrieval == "auto" and stands_by_itself)):
            return nullcontext()
        questions = [words_of(item) for item in (*earlier, question) if isinstance(item, UserMessageItem)]
        return searching(book, questions, turn, passages=parts.limits.passages)

    def _answer(
        self,
        thread: ThreadMetadata,
        question: UserMessageItem,
        turn: Turn,
        items: list[ThreadItem],
        early: EarlySearch | None,
        show: Show | None,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        asked = Asked(thread=thread, question=question, turn=turn, items=items, early=early, show=show)
        return self._process_events(thread, turn, lambda: self._respond(asked))

    async def _process_events(
        self, thread: ThreadMetadata, context: Reader, stream: Callable[[], AsyncIterator[ThreadStreamEvent]]
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """The events of ``stream``, kept as they pass; a failure is an event as well, as the response has begun."""
        keeper = Keeper(self.store, thread, context)
        yield StreamOptionsEvent(stream_options=self.get_stream_options(thread, context))
        failed: CustomStreamError | StreamError | None = None
        try:
            async with aclosing(cast(AsyncGenerator[ThreadStreamEvent], stream())) as events:  # ChatKit's all are
                async for event in events:
                    if await keeper.keep(event):
                        yield event
                    if event.type != "thread.item.updated" and await keeper.keep_thread():
                        yield ThreadUpdatedEvent(thread=self._to_thread_response(thread))
        except asyncio.CancelledError:
            await self.handle_stream_cancelled(thread, [], context)
            await keeper.keep_thread()
            raise
        except (CustomStreamError, StreamError) as error:
            failed = error
        except BooksideError as error:
            failed = told(error)
        except Exception:
            log.exception("an answer failed")
            failed = StreamError(ErrorCode.STREAM_ERROR, allow_retry=True)
        if isinstance(failed, CustomStreamError):
            yield ErrorEvent(code="custom", message=failed.message, allow_retry=failed.allow_retry)
        elif failed is not None:
            yield ErrorEvent(code=failed.code, allow_retry=failed.allow_retry)
        if await keeper.keep_thread():
            yield ThreadUpdatedEvent(thread=self._to_thread_response(thread))

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Reader
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Answer ``input_user_message``, or go on with the thread after a tool's output or a form."""
        _, items = await self._parts.load_conversation(thread.id, MAX_ITEMS, context)
        asked = Asked(thread=thread, question=input_user_message, turn=turn_of(context), items=items)
        async for event in self._respond(asked):
            yield event

    async def _respond(self, asked: Asked) -> AsyncGenerator[ThreadStreamEvent]:
        try:
            async with aclosing(self._answering.answer(asked)) as events:
                async for event in events:
                    yield cast(ThreadStreamEvent, event)  # `Keeper` and `_serialize` know the one that is none
        except Exception as error:
            failed = told(error)
            if failed is None:
                raise
            raise failed from error
        finally:
            if asked.thread.title is None and asked.question is not None:
                asked.thread.title = title_for(asked.question)

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
