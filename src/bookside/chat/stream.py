"""The model's events become the reader's: our item ids, citations in place of marks, no address of the model's own."""

from collections.abc import AsyncIterator, Callable

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

from bookside.chat.citations import CitedText, Mark, Words
from bookside.chat.turn import Consulted
from bookside.search.model import Passage

QUOTE_CHARS = 400
"""How much of a passage a citation quotes."""


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

    Providers name messages as they like, some all of them alike, so every message gets an id of ours.

    Args:
        new_id: Makes the id of an assistant message.
        consulted: The passages that the run's tool calls have given the model.
        is_known_link: Whether the book contains an address.
        is_citable: Whether a passage stands in the book as it is now; no other is cited.
        book: The book's title, shown as the source's attribution.
    """

    def __init__(
        self,
        *,
        new_id: Callable[[], str],
        consulted: Consulted,
        is_known_link: Callable[[str], bool],
        is_citable: Callable[[Passage], bool],
        book: str,
    ) -> None:
        self._new_id = new_id
        self._consulted = consulted
        self._is_known_link = is_known_link
        self._is_citable = is_citable
        self._book = book
        self._answers: dict[str, Answer] = {}

    async def rewrite(self, events: AsyncIterator[ThreadStreamEvent]) -> AsyncIterator[ThreadStreamEvent]:
        """The events that the reader gets for ``events``; when these fail, what was written is still kept."""
        try:
            async for event in events:
                for rewritten in self._rewritten(event):
                    yield rewritten
        except Exception:
            for answer in self._answers.values():
                for update in self._close(answer):
                    yield update
                if any(content.text.strip() for content in answer.item.content):
                    yield ThreadItemDoneEvent(item=answer.item)
                else:
                    yield ThreadItemRemovedEvent(item_id=answer.item.id)
            raise

    def whole(self, item: AssistantMessageItem) -> list[ThreadStreamEvent]:
        """The events of a message that comes all at once."""
        return self._done(item)

    def _rewritten(self, event: ThreadStreamEvent) -> list[ThreadStreamEvent]:
        match event:
            case ThreadItemAddedEvent(item=AssistantMessageItem() as item):
                return [self._added(item)]
            case ThreadItemUpdatedEvent() if event.item_id in self._answers:
                return self._updated(self._answers[event.item_id], event)
            case ThreadItemDoneEvent(item=AssistantMessageItem() as item):
                return self._done(item)
            case _:
                return [event]

    def _added(self, item: AssistantMessageItem) -> ThreadItemAddedEvent:
        ours = item.model_copy(update={"id": self._new_id(), "content": []})
        self._answers[item.id] = Answer(ours, lambda: CitedText(self._may_cite, self._is_known_link))
        return ThreadItemAddedEvent(item=ours.model_copy(deep=True))

    def _may_cite(self, number: int) -> bool:
        return number in self._consulted and self._is_citable(self._consulted[number])

    def _updated(self, answer: Answer, event: ThreadItemUpdatedEvent) -> list[ThreadStreamEvent]:
        match event.update:
            case AssistantMessageContentPartAdded():
                return [*self._close(answer), self._update(answer, answer.open_part())]
            case AssistantMessageContentPartTextDelta(delta=delta):
                opened = [] if answer.is_open else [self._update(answer, answer.open_part())]
                return [*opened, *self._show(answer, answer.feed(delta))]
            case AssistantMessageContentPartDone():
                return self._close(answer)
            case _:  # a provider's own annotations point outside the book
                return []

    def _done(self, item: AssistantMessageItem) -> list[ThreadStreamEvent]:
        answer = self._answers.pop(item.id, None)
        if answer is None:  # never announced: some providers send the whole message at once
            added = self._added(item)
            answer = self._answers.pop(item.id)
            events: list[ThreadStreamEvent] = [added]
        else:
            events = self._close(answer)
        for content in item.content[len(answer.item.content) :]:
            events.append(self._update(answer, answer.open_part()))
            events += self._show(answer, answer.feed(content.text))
            events += self._close(answer)
        return [*events, ThreadItemDoneEvent(item=answer.item)]

    def _close(self, answer: Answer) -> list[ThreadStreamEvent]:
        if not answer.is_open:
            return []
        events = self._show(answer, answer.finish())
        index = len(answer.item.content) - 1
        done = AssistantMessageContentPartDone(content_index=index, content=answer.item.content[index])
        return [*events, self._update(answer, done)]

    def _show(self, answer: Answer, parts: list[Words | Mark]) -> list[ThreadStreamEvent]:
        events: list[ThreadStreamEvent] = []
        index = len(answer.item.content) - 1
        content = answer.item.content[index]
        for part in parts:
            if isinstance(part, Words):
                content.text += part.text
                update = AssistantMessageContentPartTextDelta(content_index=index, delta=part.text)
            else:
                annotation = citation(self._consulted[part.number], place=len(content.text), book=self._book)
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
        | AssistantMessageContentPartTextDelta
        | AssistantMessageContentPartAnnotationAdded
        | AssistantMessageContentPartDone,
    ) -> ThreadItemUpdatedEvent:
        return ThreadItemUpdatedEvent(item_id=answer.item.id, update=update)


def citation(passage: Passage, *, place: int, book: str) -> Annotation:
    """ChatKit's annotation for ``passage`` at character ``place`` (in code points) of the text.

    The title is the section's path, the description the passage's own words, cut to ``QUOTE_CHARS``.
    """
    text = passage.text.strip()
    quote = text if len(text) <= QUOTE_CHARS else text[:QUOTE_CHARS].rsplit(" ", 1)[0].rstrip() + " …"
    source = URLSource(title=" › ".join(passage.path), url=passage.url, description=quote, attribution=book)
    return Annotation(source=source, index=place)
