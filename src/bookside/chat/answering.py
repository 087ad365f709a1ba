"""How a question is answered: the thread becomes the agent's input, the agent searches and writes, events come out."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from agents import Agent, Model, ModelRefusalError, ModelSettings, RunConfig, RunContextWrapper, Runner
from chatkit.store import AttachmentStore, Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    AudioInput,
    FeedbackKind,
    NoticeEvent,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
)

from bookside.chat.at_hand import BOOK, BookAtHand
from bookside.chat.early import EarlySearch, as_call
from bookside.chat.files import each_once, read_files
from bookside.chat.history import HistoryConverter, latest_items, reader_context, text_part
from bookside.chat.merge import Line, TimeLimits
from bookside.chat.stream import AnswerStream, Shown
from bookside.chat.title import words_of
from bookside.chat.tools import search_tool, searching_event
from bookside.chat.turn import Consulted, RecentItems, TurnContext
from bookside.context import Reader, Turn
from bookside.errors import Unavailable
from bookside.models.listening import ListenedModel
from bookside.sayings import Sayings, sayings_for

MAX_TURNS = 8
"""Calls of the model in one answer: searches, and the answer itself."""

Show = Callable[[Shown], None]
ModelFor = Callable[[BookAtHand, Sayings], Model | ListenedModel]
Retrieval = Literal["agentic", "prefetch", "auto"]
SaveFeedback = Callable[[str, list[str], FeedbackKind, Reader], Awaitable[None]]
Transcribe = Callable[[AudioInput], Awaitable[str]]
ReadAttachment = Callable[[Attachment, Reader], Awaitable[str]]
BeginThread = Callable[[ThreadMetadata, ThreadItem, Reader], Awaitable[None]]
LoadConversation = Callable[[str, int, Reader], Awaitable[tuple[ThreadMetadata, list[ThreadItem]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one turn may take."""

    passages: int = 6
    history_tokens: int = 6_000
    attachment_tokens: int = 6_000
    time: TimeLimits = field(default_factory=TimeLimits)
    max_answer_tokens: int | None = None
    max_question_chars: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the assistant is put together from.

    Args:
        begin_thread: Saves a new thread together with its first item.
        load_conversation: A thread and its latest items, oldest first; raises ``NotFound``.
        book_for: The book of a turn, by its id; the first, or the only one, for ``None`` and for one that is gone.
        model_for: What writes the answers about a book, to a reader of a certain language.
        retrieval: Whether the model asks for passages (``agentic``), or those for the reader's own words are given
            with its first call (``prefetch``); ``auto`` gives them with a thread's first question, which stands by
            itself, unless it is in another language than the book.
        tracing_key: Key under which the Agents SDK may export traces; ``None`` for no tracing.
        save_feedback: Keeps a reader's verdict on answers; raises ``NotFound`` for items that are not theirs.
        transcribe: Turns speech into text; ``None`` when no model does.
        read_attachment: The text of an attached file, or a note for the model that it cannot be read.
    """

    store: Store[Reader]
    begin_thread: BeginThread
    load_conversation: LoadConversation
    book_for: Callable[[str | None], BookAtHand]
    model_for: ModelFor
    retrieval: Retrieval = "agentic"
    count_tokens: Callable[[str], int]
    save_feedback: SaveFeedback
    attachments: AttachmentStore[Reader] | None = None
    read_attachment: ReadAttachment | None = None
    transcribe: Transcribe | None = None
    tracing_key: str | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be answered.

    Args:
        question: ``None`` to go on with the thread, after a tool's output or a form.
        items: Of the thread, oldest first; the question may be among them.
        early: Passages for the reader's own words, on their way; ``None`` to let the model ask.
        show: Takes events that leave nothing to be kept, beside those that ``answer`` gives; ``None`` where all go
            one way.
    """

    thread: ThreadMetadata
    question: UserMessageItem | None
    turn: Turn
    items: Sequence[ThreadItem]
    early: EarlySearch | None = None
    show: Show | None = None


class Answering:
    """The agent, and what surrounds it in every turn."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._agent: Agent[TurnContext] = Agent(
            name="Bookside",
            instructions=_instructions,
            tools=[search_tool(passages=parts.limits.passages)],
            model_settings=ModelSettings(max_tokens=parts.limits.max_answer_tokens),
        )

    def book_of(self, thread: ThreadMetadata | None, turn: Turn) -> BookAtHand:
        """The book of the reader's page, or the one that the thread is about."""
        id = turn.book or (thread.metadata.get(BOOK) if thread else None)
        return self._parts.book_for(str(id) if id else None)

    async def answer(self, asked: Asked) -> AsyncGenerator[Shown]:
        """The events of the answer."""
        parts, turn, thread = self._parts, asked.turn, asked.thread
        book = self.book_of(thread, turn)
        question = words_of(asked.question) if asked.question else None
        sayings = sayings_for(question, turn.location.language, book.language)
        if turn.selection_was_cut:
            chars = len(turn.selected_text or "")
            yield NoticeEvent(level="info", message=sayings.selection_cut.format(chars=chars))
        if asked.early is not None:
            yield searching_event(sayings)
        consulted = Consulted()
        store: Any = RecentItems(parts.store, asked.items)
        context = TurnContext(
            thread=thread,
            store=store,
            request_context=turn,
            turn=turn,
            consulted=consulted,
            book=book,
            sayings=sayings,
        )
        items = await self._agent_input(asked, context)
        model = parts.model_for(book, sayings)
        stream = AnswerStream(
            new_item=lambda: self._message(thread, turn),
            listens=isinstance(model, ListenedModel),
            consulted=consulted,
            is_known_link=book.is_known_link,
            is_known_image=book.is_known_image,
            is_citable=book.is_citable,
            attribution=book.attribution,
        )
        show = asked.show
        line = Line(parts.limits.time, at_once=lambda heard: show is not None and stream.show_at_once(heard, show))
        run = Runner.run_streamed(
            self._agent,
            items,
            context=context,
            max_turns=MAX_TURNS,
            run_config=RunConfig(
                model=model.listening(line.hear) if isinstance(model, ListenedModel) else model,
                tracing_disabled=parts.tracing_key is None,
                tracing={"api_key": parts.tracing_key} if parts.tracing_key else None,
                trace_include_sensitive_data=False,
            ),
        )
        try:
            async with aclosing(line.follow(run, context)) as events, aclosing(stream.rewrite(events)) as shown:
                async for event in shown:
                    yield event
            if not stream.has_answered:
                raise Unavailable("language model", "it ended without an answer")
        except ModelRefusalError as refusal:
            if stream.last_text == refusal.refusal:  # the SDK has told of it by a message as well
                return
            for event in stream.whole(self._message(thread, turn, refusal.refusal)):
                yield event

    def _message(self, thread: ThreadMetadata, reader: Reader, text: str | None = None) -> AssistantMessageItem:
        return AssistantMessageItem(
            id=self._parts.store.generate_item_id("message", thread, reader),
            thread_id=thread.id,
            created_at=datetime.now(),  # naive, as the SDK's own items are
            content=[] if text is None else [AssistantMessageContent(text=text)],
        )

    async def _agent_input(self, asked: Asked, context: TurnContext) -> list[Any]:
        parts, turn = self._parts, asked.turn
        kept = latest_items(
            asked.items,
            upto=asked.question,
            max_tokens=parts.limits.history_tokens,
            count_tokens=parts.count_tokens,
        )
        without_quote: list[ThreadItem] = [
            item.model_copy(update={"quoted_text": None}) if isinstance(item, UserMessageItem) else item
            for item in each_once(kept)
        ]
        texts = await read_files(
            without_quote,
            lambda attachment: self._text_of(attachment, turn),
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
        if asked.early is not None:
            converted += await as_call(asked.early, context)
        return converted

    async def _text_of(self, attachment: Attachment, reader: Reader) -> str:
        if self._parts.read_attachment is None:
            return "(this file cannot be read)"
        return await self._parts.read_attachment(attachment, reader)


def _instructions(context: RunContextWrapper[TurnContext], _: Agent[TurnContext]) -> str:
    return context.context.book.instructions
