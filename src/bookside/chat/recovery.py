"""What is left of a run whose server was killed: the events that were saved become its items and its end."""

import logging
from collections.abc import Iterator, Sequence

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ErrorEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)
from pydantic import TypeAdapter, ValidationError

from bookside.chat.run import INTERRUPTED, error_event
from bookside.runs import Status

log = logging.getLogger(__name__)

_EVENT: TypeAdapter[ThreadStreamEvent] = TypeAdapter(ThreadStreamEvent)


def closing_events(lines: Sequence[bytes]) -> tuple[Status, list[AssistantMessageItem], list[bytes]]:
    """How a run ends that said ``lines`` and no more: its status, the messages to keep, and the events to add.

    A run that had said all it had to say is complete, although nobody noted so.
    """
    begun: dict[str, AssistantMessageItem] = {}
    is_answered = False
    for event in _events(lines):
        is_answered = is_answered and isinstance(event, ThreadUpdatedEvent)
        match event:
            case ThreadItemAddedEvent(item=AssistantMessageItem() as item):
                begun[item.id] = item
            case ThreadItemUpdatedEvent(item_id=item_id, update=update) if item_id in begun:
                _apply(begun[item_id], update)
            case ThreadItemDoneEvent(item=AssistantMessageItem() as item):
                begun.pop(item.id, None)
                is_answered = True
            case ThreadItemRemovedEvent(item_id=item_id):
                begun.pop(item_id, None)
            case ErrorEvent():
                return "failed", [], []
            case _:
                pass
    if is_answered and not begun:
        return "completed", [], []
    kept = [item for item in begun.values() if any(part.text.strip() for part in item.content)]
    events: list[ThreadStreamEvent] = [
        ThreadItemDoneEvent(item=item) if item in kept else ThreadItemRemovedEvent(item_id=item.id)
        for item in begun.values()
    ]
    closing = [event.model_dump_json(by_alias=True, exclude_none=True).encode() for event in events]
    return "interrupted", kept, [*closing, error_event(INTERRUPTED, allow_retry=True)]


def _events(lines: Sequence[bytes]) -> Iterator[ThreadStreamEvent]:
    """The events that can be read; another version of Bookside may have written others."""
    for line in lines:
        try:
            yield _EVENT.validate_json(line)
        except ValidationError as error:
            log.warning("an event of a run without a server cannot be read: %s", error.errors(include_input=False)[0])


def _apply(item: AssistantMessageItem, update: object) -> None:
    """Write an update into the message that it is for."""
    match update:
        case AssistantMessageContentPartAdded(content_index=index, content=content):
            _part(item, index)
            item.content[index] = content
        case AssistantMessageContentPartTextDelta(content_index=index, delta=delta):
            _part(item, index).text += delta
        case AssistantMessageContentPartAnnotationAdded(content_index=index, annotation=annotation):
            _part(item, index).annotations.append(annotation)
        case AssistantMessageContentPartDone(content_index=index, content=content):
            _part(item, index)
            item.content[index] = content
        case _:
            pass


def _part(item: AssistantMessageItem, index: int) -> AssistantMessageContent:
    while len(item.content) <= index:
        item.content.append(AssistantMessageContent(text="", annotations=[]))
    return item.content[index]
