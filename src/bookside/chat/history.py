"""A thread as the model reads it: the latest items that fit a budget of tokens, each once, oldest first."""

import json
from collections.abc import Callable, Sequence

from agents import TResponseInputItem
from chatkit.agents import ThreadItemConverter
from chatkit.types import (
    AssistantMessageItem,
    Attachment,
    HiddenContextItem,
    ThreadItem,
    UserMessageItem,
    UserMessageTagContent,
)
from openai.types.responses import EasyInputMessageParam, ResponseInputTextParam
from openai.types.responses.response_input_item_param import Message

from bookside.context import Turn

MAX_ITEMS = 60
"""Items that are read back at most, however short they are."""


def text_part(text: str) -> ResponseInputTextParam:
    """A piece of a user's message."""
    return ResponseInputTextParam(type="input_text", text=text)


class HistoryConverter(ThreadItemConverter):
    """The SDK's conversion, with a place for the kinds of content that it leaves to us."""

    def __init__(self, read_attachment: "Callable[[Attachment], str]") -> None:
        self._read_attachment = read_attachment

    async def attachment_to_message_content(self, attachment: Attachment) -> ResponseInputTextParam:
        """The attached text, or a note that the file cannot be read; one bad file never stops a thread."""
        return text_part(as_data("attachment", {"name": attachment.name, "text": self._read_attachment(attachment)}))

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputTextParam:
        """A tag as data."""
        return text_part(as_data("tag", {"id": tag.id, "text": tag.text, "data": tag.data}))

    async def assistant_message_to_input(self, item: AssistantMessageItem) -> TResponseInputItem:
        """An answer as plain text: the one form that both of OpenAI's APIs take."""
        return EasyInputMessageParam(role="assistant", content="\n\n".join(part.text for part in item.content))

    async def hidden_context_to_input(self, item: HiddenContextItem) -> TResponseInputItem:
        """Hidden context of any form, as data."""
        return Message(type="message", role="user", content=[text_part(as_data("hidden_context", item.content))])


def as_data(tag: str, value: object) -> str:
    """``value`` as JSON between tags that its own text cannot close."""
    text = json.dumps(value, ensure_ascii=False, default=str).replace("</", "<\\/")
    return f"<{tag}>\n{text}\n</{tag}>"


def reader_context(turn: Turn) -> str | None:
    """The reader's page and selection as data for the model; ``None`` when neither is known."""
    place = turn.location
    page = {
        "title": place.title,
        "chapter": place.chapter,
        "lesson": place.lesson,
        "address": place.url,
        "visible_section": place.section,
        "language": place.language,
    }
    known: dict[str, object] = {}
    if any(value is not None for value in page.values()):
        known["page"] = {name: value for name, value in page.items() if value is not None}
    if turn.selected_text:
        known["selected_text"] = turn.selected_text
    if turn.context_mode != "full_book":
        known["answer_only_from"] = turn.context_mode
    return as_data("reader_context", known) if known else None


def latest_items(
    items: Sequence[ThreadItem],
    *,
    upto: UserMessageItem | None,
    max_tokens: int,
    count_tokens: Callable[[str], int],
) -> list[ThreadItem]:
    """The latest of a thread's ``items``, both oldest first, ending with ``upto``.

    The newest item is always there; earlier ones follow while they fit into ``max_tokens``. The first one kept is a
    user's message where there is one, so that no answer stands without its question.
    """
    newest_first = list(reversed(items))
    if upto is not None:
        place = next((index for index, item in enumerate(newest_first) if item.id == upto.id), None)
        newest_first = [upto, *newest_first[place + 1 :]] if place is not None else [upto, *newest_first]
    kept: list[ThreadItem] = newest_first[:1]
    left = max_tokens
    for item in newest_first[1:]:
        left -= count_tokens(_text(item))
        if left < 0:
            break
        kept.append(item)
    while len(kept) > 1 and not isinstance(kept[-1], UserMessageItem):
        kept.pop()
    return kept[::-1]


def _text(item: ThreadItem) -> str:
    content: Sequence[object] = getattr(item, "content", ())
    texts = [str(getattr(part, "text", "")) for part in content] if isinstance(content, list) else []
    return "\n".join(texts) or item.model_dump_json(exclude={"id", "thread_id", "created_at"}, exclude_none=True)
