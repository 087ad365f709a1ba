"""Reads what a stream brought, after the clock has stopped: HTTP, then server-sent events, then the text."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Dialect(StrEnum):
    """How a server tells its answer."""

    CHATKIT = "chatkit"
    RESPONSES = "responses"


FIRST_TEXT = {Dialect.CHATKIT: b"content_part.text_delta", Dialect.RESPONSES: b"response.output_text.delta"}
"""Stands in the stream as soon as there is text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader was told.

    Args:
        text: The pieces put together.
        whole: The text that the finished message has.
        thread_id: Where it was said; ``None`` where there are no threads.
        events: How many events it took.
        fault: Why it is no answer; ``None`` when it is one.
    """

    text: str = ""
    whole: str = ""
    thread_id: str | None = None
    events: int = 0
    fault: str | None = None


def read(raw: bytes, dialect: Dialect) -> Answer:
    """The answer in the bytes of a response, headers and all."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if not head:
        return Answer(fault="no response")
    status = int(head.split(b" ", 2)[1])
    if status != 200:
        return Answer(fault=f"status {status}")
    try:
        data = b"".join(chunks(body)) if b"transfer-encoding: chunked" in head.lower() else body
    except EOFError:
        return Answer(fault="cut off")
    events = list(events_of(data))
    return chatkit_answer(events) if dialect is Dialect.CHATKIT else responses_answer(events)


def chunks(body: bytes) -> Iterator[bytes]:
    """The data of a chunked body.

    Raises:
        EOFError: The last chunk is missing.
    """
    start = 0
    while True:
        end = body.find(b"\r\n", start)
        if end < 0:
            raise EOFError
        size = int(body[start:end].partition(b";")[0], 16)
        start = end + 2
        if size == 0:
            return
        if start + size + 2 > len(body):
            raise EOFError
        yield body[start : start + size]
        start += size + 2


def events_of(data: bytes) -> Iterator[dict[str, Any]]:
    """The data of each event."""
    for block in data.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
        if lines and lines != [b"[DONE]"]:
            yield json.loads(b"\n".join(lines))


def chatkit_answer(events: list[dict[str, Any]]) -> Answer:
    parts: dict[int, str] = defaultdict(str)
    whole, thread_id, fault = "", None, "no finished message"
    for event in events:
        match event:
            case {"type": "thread.created", "thread": {"id": thread_id}}:
                pass
            case {"type": "thread.item.updated", "update": {"content_index": index} as update}:
                if update["type"].endswith("content_part.added"):
                    parts[index] += update["content"]["text"]
                elif update["type"].endswith("text_delta"):
                    parts[index] += update["delta"]
            case {"type": "thread.item.done", "item": {"type": "assistant_message", "content": content}}:
                whole, fault = "".join(part["text"] for part in content), None
            case {"type": "error"}:
                return Answer(events=len(events), fault=f"error event: {event.get('message') or event.get('code')}")
            case _:
                pass
    return Answer("".join(parts[index] for index in sorted(parts)), whole, thread_id, len(events), fault)


def responses_answer(events: list[dict[str, Any]]) -> Answer:
    text = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    for event in events:
        if event["type"] == "response.completed":
            content = event["response"]["output"][0]["content"]
            return Answer(text, "".join(part["text"] for part in content), None, len(events))
    return Answer(text, events=len(events), fault="no finished message")
