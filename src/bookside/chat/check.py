"""What is wrong with a request, found before its stream begins: once it has, an error can only be an event."""

from dataclasses import dataclass

from chatkit.store import Store
from chatkit.types import (
    ChatKitReq,
    StructuredInputItem,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsRetryAfterItemReq,
    UserMessageInput,
    UserMessageItem,
)
from pydantic import TypeAdapter, ValidationError

from bookside.context import Reader
from bookside.errors import Rejected, TooLarge

MAX_ATTACHMENTS = 10
"""Files that one question may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A request that can be answered.

    Args:
        thread_id: Of the thread that it is about, which is the reader's; ``None`` for a new one or none.
    """

    request: ChatKitReq
    thread_id: str | None


_REQUEST: TypeAdapter[ChatKitReq] = TypeAdapter(ChatKitReq)


async def check_request(
    body: bytes,
    reader: Reader,
    store: Store[Reader],
    *,
    max_question_chars: int,
    can_attach: bool,
    can_transcribe: bool,
) -> Checked:
    """The request in ``body``, if ChatKit's server can answer it for ``reader``.

    Raises:
        Rejected: The body is no ChatKit request, or asks for what this server does not offer.
        TooLarge: The question is too long, or has too many files.
        NotFound: The reader has no such thread, or no such item or attachment. A question's thread is looked for
            only when its items are read.
    """
    request = _read(body)
    match request.type:
        case "threads.create" | "threads.add_user_message":
            await _check_question(request.params.input, reader, store, max_question_chars)
        case "input.transcribe" if not can_transcribe:
            raise Rejected("speech cannot be turned into text here: no model is configured for it")
        case "attachments.create" | "attachments.delete" if not can_attach:
            raise Rejected("files cannot be attached here")
        case "threads.sync_custom_action":
            await store.load_thread(request.params.thread_id, context=reader)
            raise Rejected(f"there is no action {request.params.action.type!r} that answers at once")
        case _:
            pass
    thread_id: str | None = getattr(request.params, "thread_id", None)
    if thread_id is not None and not isinstance(request, ThreadsAddUserMessageReq):  # which is read with its items
        await store.load_thread(thread_id, context=reader)
        await _check_item(request, thread_id, reader, store)
    return Checked(request=request, thread_id=thread_id)


def _read(body: bytes) -> ChatKitReq:
    try:
        return _REQUEST.validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in fault["loc"])
        raise Rejected(f"not a ChatKit request: {place or 'body'}: {fault['msg']}") from error


async def _check_question(question: UserMessageInput, reader: Reader, store: Store[Reader], max_chars: int) -> None:
    chars = sum(len(part.text) for part in question.content)
    if chars > max_chars:
        raise TooLarge("the question", max_chars, "characters")
    if not any(part.text.strip() for part in question.content) and not question.attachments:
        raise Rejected("the question is empty")
    if len(question.attachments) > MAX_ATTACHMENTS:
        raise TooLarge("the list of attachments", MAX_ATTACHMENTS, "files")
    for attachment_id in question.attachments:
        await store.load_attachment(attachment_id, context=reader)


async def _check_item(request: ChatKitReq, thread_id: str, reader: Reader, store: Store[Reader]) -> None:
    item_id: str | None = getattr(request.params, "item_id", None)
    item = await store.load_item(thread_id, item_id, context=reader) if item_id is not None else None
    match request:
        case ThreadsRetryAfterItemReq() if not isinstance(item, UserMessageItem):
            raise Rejected(f"item {item_id!r} is not a question, so there is nothing to ask again")
        case ThreadsAddStructuredInputReq() if not (isinstance(item, StructuredInputItem) and item.status == "pending"):
            raise Rejected(f"item {item_id!r} does not wait for an answer")
        case ThreadsAddClientToolOutputReq():
            latest = await store.load_thread_items(thread_id, after=None, limit=1, order="desc", context=reader)
            if not latest.data or getattr(latest.data[0], "status", None) != "pending":
                raise Rejected(f"thread {thread_id!r} does not wait for a client's tool")
        case _:
            pass
