"""The model's events become the reader's: our item ids, citations in place of marks, no address of the model's own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import ClassVar

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    URLSource,
)
from pydantic_core import to_json

from bookside.chat.citations import CitedText, Mark, Words
from bookside.chat.evidence import quote_for
from bookside.chat.turn import Consulted
from bookside.models.text_tap import Heard, MessageHeard, TextHeard
from bookside.search.model import Passage


@dataclass(frozen=True, slots=True)
class TextShown:
    """Words for the reader: ChatKit's event of a text delta, without the checks, of which an answer needs hundreds.

    Args:
        item_id: Of the message.
        part: Index of its content part.
    """

    item_id: str
    part: int
    text: str

    type: ClassVar[str] = "thread.item.updated"

    def as_json(self) -> bytes:
        """The line that ChatKit's server writes for the event, byte for byte."""
        return (
            b'{"type":"thread.item.updated","item_id":"%b",'
            b'"update":{"type":"assistant_message.content_part.text_delta","content_index":%d,"delta":%b}}'
            % (self.item_id.encode(), self.part, to_json(self.text))
        )


Shown = ThreadStreamEvent | TextShown


class Answer:
    """One assistant message while it is written."""

    def __init__(self, item: AssistantMessageItem, new_text: Callable[[], CitedText]) -> None:
        self.item = item
        self._new_text = new_text
        self._open: CitedText | None = None

    def open_part(self) -> AssistantMessageContentPartAdded:
        """Begin the next content part."""
        self._open = self._new_text()
        self.item.content.append(AssistantMessageContent(text="", annotations=[]))
        return AssistantMessageContentPartAdded(
            content_index=len(self.item.content) - 1, content=AssistantMessageContent(text="", annotations=[])
        )

    @property
    def is_open(self) -> bool:
        """Whether a content part is being written."""
        return self._open is not None

    def feed(self, delta: str) -> list[Words | Mark]:
        """What ``delta`` decides."""
        return self._open.feed(delta) if self._open else []

    def finish(self) -> list[Words | Mark]:
        """What was held back in the open part."""
        parts = self._open.finish() if self._open else []
        self._open = None
        return parts


class AnswerStream:
    """Rewrites one run's events; everything that is not an assistant message passes unchanged.

    A message comes in one of two ways: heard from the model directly, as ``TextHeard`` and ``MessageHeard``, and then
    the SDK's own events of it are left out, which always come later; or by the SDK's events alone.

    Providers name messages as they like, some all of them alike, so every message is an item of ours.

    ``has_answered`` tells whether any item was completed, ``last_text`` what the last complete message says.

    Args:
        new_item: Makes an empty assistant message.
        listens: Whether messages are heard from the model; one that was not heard is then shown once it is complete.
        consulted: The passages that the run's tool calls have given the model.
        is_known_link: Whether the book contains an address.
        is_known_image: Whether an image of the book has an address.
        is_citable: Whether a passage stands in the book as it is now; no other is cited.
        attribution: Whose words a passage is, as its source shows it.
    """

    def __init__(
        self,
        *,
        new_item: Callable[[], AssistantMessageItem],
        listens: bool,
        consulted: Consulted,
        is_known_link: Callable[[str], bool],
        is_known_image: Callable[[str], bool],
        is_citable: Callable[[Passage], bool],
        attribution: Callable[[Passage], str],
    ) -> None:
        self._new_item = new_item
        self._listens = listens
        self._consulted = consulted
        self._is_known_link = is_known_link
        self._is_known_image = is_known_image
        self._is_citable = is_citable
        self._attribution = attribution
        self._answers: dict[str, Answer] = {}
        self._heard: Answer | None = None
        self._heard_whole = 0
        self.has_answered = False
        self.last_text = ""

    async def rewrite(self, events: AsyncIterator[ThreadStreamEvent | Heard]) -> AsyncGenerator[Shown]:
        """What the reader gets for ``events``; when these fail or are cancelled, what was written is still kept."""
        try:
            async for event in events:
                for rewritten in self._rewritten(event):
                    self._note(rewritten)
                    yield rewritten
        except (Exception, asyncio.CancelledError):
            for answer in [*self._answers.values(), *([self._heard] if self._heard else [])]:
                for update in self._close(answer):
                    yield update
                if any(content.text.strip() for content in answer.item.content):
                    yield ThreadItemDoneEvent(item=answer.item)
                else:
                    yield ThreadItemRemovedEvent(item_id=answer.item.id)
            raise

    def _note(self, shown: Shown) -> None:
        match shown:
            case ThreadItemDoneEvent(item=AssistantMessageItem(content=content)):
                self.has_answered, self.last_text = True, "".join(part.text for part in content)
            case ThreadItemDoneEvent():
                self.has_answered = True
            case _:
                pass

    def show_at_once(self, heard: Heard, show: Callable[[Shown], None]) -> bool:
        """Show words of a message that is being written already; ``False`` for all else, which waits for its turn."""
        answer = self._heard
        if answer is None or not isinstance(heard, TextHeard) or heard.part != len(answer.item.content) - 1:
            return False
        for shown in self._show(answer, answer.feed(heard.text)):
            show(shown)
        return True

    def whole(self, item: AssistantMessageItem) -> list[Shown]:
        """The events of a message that comes all at once."""
        return self._done(item)

    def _rewritten(self, event: ThreadStreamEvent | Heard) -> list[Shown]:
        match event:
            case TextHeard():
                return self._heard_text(event)
            case MessageHeard():
                return self._heard_message(event)
            case ThreadItemAddedEvent(item=AssistantMessageItem() as item):
                return [] if self._listens else [self._added(item)]
            case ThreadItemUpdatedEvent() if event.item_id in self._answers:
                return self._updated(self._answers[event.item_id], event.update)
            case ThreadItemUpdatedEvent(update=update) if self._listens and update.type.startswith("assistant_message"):
                return []
            case ThreadItemDoneEvent(item=AssistantMessageItem() as item):
                if self._heard_whole:
                    self._heard_whole -= 1
                    return []
                return self._done(item)
            case _:
                return [event]

    def _heard_text(self, heard: TextHeard) -> list[Shown]:
        events: list[Shown] = []
        if self._heard is None:
            self._heard = self._new_answer(self._new_item())
            events.append(ThreadItemAddedEvent(item=self._heard.item.model_copy(deep=True)))
        answer = self._heard
        while heard.part >= len(answer.item.content):
            events += [*self._close(answer), self._update(answer, answer.open_part())]
        return [*events, *self._show(answer, answer.feed(heard.text))]

    def _heard_message(self, heard: MessageHeard) -> list[Shown]:
        self._heard_whole += heard.stays
        begun = len(self._heard.item.content) if self._heard else 0
        events: list[Shown] = []
        for part, text in enumerate(heard.texts):
            if part >= begun:
                events += self._heard_text(TextHeard(part, text))
        if self._heard is None:
            return events
        answer, self._heard = self._heard, None
        return [*events, *self._close(answer), ThreadItemDoneEvent(item=answer.item)]

    def _new_answer(self, item: AssistantMessageItem) -> Answer:
        return Answer(item, lambda: CitedText(self._may_cite, self._is_known_link, self._is_known_image))

    def _added(self, item: AssistantMessageItem) -> ThreadItemAddedEvent:
        ours = self._new_item()
        self._answers[item.id] = self._new_answer(ours)
        return ThreadItemAddedEvent(item=ours.model_copy(deep=True))

    def _may_cite(self, number: int) -> bool:
        return number in self._consulted and self._is_citable(self._consulted[number])

    def _updated(self, answer: Answer, update: object) -> list[Shown]:
        match update:
            case AssistantMessageContentPartAdded():
                return [*self._close(answer), self._update(answer, answer.open_part())]
            case AssistantMessageContentPartTextDelta(delta=delta):
                opened = [] if answer.is_open else [self._update(answer, answer.open_part())]
                return [*opened, *self._show(answer, answer.feed(delta))]
            case AssistantMessageContentPartDone():
                return self._close(answer)
            case _:  # a provider's own annotations point outside the book
                return []

    def _done(self, item: AssistantMessageItem) -> list[Shown]:
        answer = self._answers.pop(item.id, None)
        if answer is None:  # never announced: some providers send the whole message at once
            added = self._added(item)
            answer = self._answers.pop(item.id)
            events: list[Shown] = [added]
        else:
            events = self._close(answer)
        for content in item.content[len(answer.item.content) :]:
            events.append(self._update(answer, answer.open_part()))
            events += self._show(answer, answer.feed(content.text))
            events += self._close(answer)
        return [*events, ThreadItemDoneEvent(item=answer.item)]

    def _close(self, answer: Answer) -> list[Shown]:
        if not answer.is_open:
            return []
        events = self._show(answer, answer.finish())
        index = len(answer.item.content) - 1
        done = AssistantMessageContentPartDone(content_index=index, content=answer.item.content[index])
        return [*events, self._update(answer, done)]

    def _show(self, answer: Answer, parts: list[Words | Mark]) -> list[Shown]:
        events: list[Shown] = []
        index = len(answer.item.content) - 1
        content = answer.item.content[index]
        for part in parts:
            if isinstance(part, Words):
                content.text += part.text
                events.append(TextShown(answer.item.id, index, part.text))
                continue
            passage = self._consulted[part.number]
            annotation = citation(passage, claim=content.text, book=self._attribution(passage))
            content.annotations.append(annotation)
            update = AssistantMessageContentPartAnnotationAdded(
                content_index=index, annotation_index=len(content.annotations) - 1, annotation=annotation
            )
            events.append(self._update(answer, update))
        return events

    @staticmethod
    def _update(
        answer: Answer,
        update: AssistantMessageContentPartAdded
        | AssistantMessageContentPartAnnotationAdded
        | AssistantMessageContentPartDone,
    ) -> ThreadItemUpdatedEvent:
        return ThreadItemUpdatedEvent(item_id=answer.item.id, update=update)


def citation(passage: Passage, *, claim: str, book: str) -> Annotation:
    """ChatKit's annotation for ``passage`` at the end of ``claim``, its index in code points.

    The title is the section's path, the description those of the passage's own words that the claim rests on.
    """
    source = URLSource(
        title=" › ".join(passage.path),
        url=passage.url,
        description=quote_for(claim, passage.text),
        attribution=book,
    )
    return Annotation(source=source, index=len(claim))
