"""The text of a model's answer, taken out of its provider's server-sent events before the SDKs see them.

Every delta would otherwise become several objects in the OpenAI client, the Agents SDK and ChatKit. A tap reads the
bytes once: words go to whoever listens, and every other event (tools, reasoning, usage, refusals, errors, what is not
known here) stays as it is, for the SDKs to read. They still get the whole text, once, when it is complete.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic_core import from_json

from bookside.errors import Unavailable

DATA = b"data:"
MAX_EVENT_BYTES = 32_000_000
"""An event that is longer is no model's: whole answers, and pictures in them, are a fraction of it."""


@dataclass(frozen=True, slots=True)
class TextHeard:
    """Words of the message that is being written.

    Args:
        part: Index of the content part that they belong to.
    """

    part: int
    text: str


@dataclass(frozen=True, slots=True)
class MessageHeard:
    """The message is complete.

    Args:
        texts: Its content parts, whole.
        stays: Whether the SDK gets an event of its own that says so.
    """

    texts: tuple[str, ...]
    stays: bool


Heard = TextHeard | MessageHeard
Hear = Callable[[Heard], None]


class TextTap(Protocol):
    """One response on its way: bytes go in, and the bytes that are left for the SDK come out.

    Args:
        told: How often the listener has been told of words.
    """

    told: int

    def feed(self, data: bytes) -> bytes:
        """What stays of ``data``, as soon as its events are complete."""
        ...

    def end(self) -> bytes:
        """What was held back when the response ends."""
        ...


class _Events:
    """Splits bytes into whole events, wherever they were cut."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0
        self._tail = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The events that are complete, each without the empty line behind it; a long one is read once, at its end.

        Raises:
            Unavailable: An event does not end.
        """
        fresh = self._tail + data
        self._tail = fresh[-3:]
        self._held.append(data)
        if fresh.find(b"\n\n") < 0 and fresh.find(b"\n\r\n") < 0:
            self._size += len(data)
            if self._size > MAX_EVENT_BYTES:
                raise Unavailable("language model", f"it sent {MAX_EVENT_BYTES:,} bytes without the end of an event")
            return []
        held = self.end().replace(b"\r\n", b"\n")
        whole = held.split(b"\n\n")
        self._held.append(whole.pop())
        return whole

    def end(self) -> bytes:
        """What is left of an event that was cut off."""
        held = b"".join(self._held)
        self._held.clear()
        self._size = 0
        return held


def _data_of(event: bytes) -> bytes:
    """The data of an event; its lines are joined as server-sent events have it."""
    at = event.find(DATA)
    if at == 0 or (at > 0 and event[at - 1 : at] == b"\n"):
        line = event[at + len(DATA) :]
        if b"\n" not in line:
            return line
    return b"\n".join(line[len(DATA) :].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(DATA))


def _parsed(event: bytes) -> dict[str, Any]:
    """The JSON object of an event; an empty one where it has another form, which is then the SDK's to judge."""
    text = _data_of(event)
    try:
        data = from_json(text)
    except ValueError:
        try:
            data = json.loads(text)  # takes half a surrogate pair, which the faster one does not
        except ValueError:
            return {}
    return data if isinstance(data, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _whole(text: str) -> str:
    """``text`` with a replacement character for each half of a surrogate pair, which cannot be sent on."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class ResponsesTap:
    """Taps the Responses API: of a message only the last event stays, which repeats the whole of it.

    As soon as a response holds anything but messages of text, its events stay, save those of the text itself: the
    SDKs draw conclusions from their order.
    """

    def __init__(self, hear: Hear) -> None:
        self.told = 0
        self._hear = hear
        self._events = _Events()
        self._place: tuple[Any, Any] = (-1, -1)
        self._heard: set[int] = set()
        self._words: list[str] = []
        self._is_only_text = True

    def feed(self, data: bytes) -> bytes:
        """See ``TextTap``."""
        kept = [event for event in self._events.feed(data) if self._stays(event)]
        self._tell()
        return b"".join([event + b"\n\n" for event in kept])

    def end(self) -> bytes:
        """See ``TextTap``."""
        return self._events.end()

    def _stays(self, event: bytes) -> bool:
        if event.find(b"response.output_text.delta") >= 0:  # what nearly all events are; `in` costs ten times as much
            data = _parsed(event)
            place, text = (data.get("output_index"), data.get("content_index")), data.get("delta")
            is_placed = isinstance(place[0], int) and isinstance(place[1], int)
            if is_placed and isinstance(text, str) and data.get("type") == "response.output_text.delta":
                if place != self._place:
                    self._tell()
                    self._place = place
                self._words.append(text)
                return False
        match _parsed(event):
            case {"type": "response.output_text.done" | "response.created" | "response.in_progress"}:
                return False
            case {"type": "response.content_part.added" | "response.content_part.done", "part": {"type": kind}}:
                return kind != "output_text"
            case {"type": "response.output_item.added", "item": {"type": "message", "content": []}}:
                return not self._is_only_text
            case {
                "type": "response.output_item.done",
                "output_index": int(output),
                "item": {"type": "message"} as item,
            }:
                self._tell()
                return not self._is_heard_whole(output, item) or not self._is_only_text
            case {"type": "response.output_item.added"}:
                self._is_only_text = False
                return True
            case _:
                return True

    def _tell(self) -> None:
        if self._words:
            text = _whole("".join(self._words))
            self._words.clear()
            output, part = self._place
            self._heard.add(output)
            self.told += 1
            self._hear(TextHeard(part, text))

    def _is_heard_whole(self, output: int, item: dict[str, Any]) -> bool:
        """Tell that the message is complete, if it is one of text."""
        parts: list[dict[str, Any]] = item.get("content") or []
        texts = tuple(str(part["text"]) for part in parts if part.get("type") == "output_text" and "text" in part)
        if not texts and output not in self._heard:
            return False
        self._place = (-1, -1)
        self._hear(MessageHeard(texts, stays=not self._is_only_text))
        return True


class ChatCompletionsTap:
    """Taps Chat Completions: chunks of nothing but words leave the stream, and come back as one before its end."""

    def __init__(self, hear: Hear) -> None:
        self.told = 0
        self._hear = hear
        self._events = _Events()
        self._words: list[str] = []
        self._owed: list[str] = []
        self._said: list[str] = []
        self._last: dict[str, Any] = {}

    def feed(self, data: bytes) -> bytes:
        """See ``TextTap``."""
        left = b"".join([self._left(event) for event in self._events.feed(data)])
        self._tell()
        return left

    def end(self) -> bytes:
        """See ``TextTap``."""
        self._complete()
        return self._paid() + self._events.end()

    def _left(self, event: bytes) -> bytes:
        chunk = _parsed(event)
        text, is_only_words = _words_of(chunk)
        if text:
            self._words.append(text)
        if is_only_words:
            self._owed.append(text)
            self._last = chunk
            return b""
        kept = self._paid() + event + b"\n\n"
        if self._is_end(event, chunk):
            self._complete()
        return kept

    def _complete(self) -> None:
        self._tell()
        if self._said:
            self._hear(MessageHeard(("".join(self._said),), stays=True))
            self._said.clear()

    @staticmethod
    def _is_end(event: bytes, chunk: dict[str, Any]) -> bool:
        match chunk:
            case {"choices": [{"finish_reason": str()}, *_]}:
                return True
            case _:
                return _data_of(event).strip() == b"[DONE]"

    def _tell(self) -> None:
        if self._words:
            text = _whole("".join(self._words))
            self._words.clear()
            self._said.append(text)
            self.told += 1
            self._hear(TextHeard(0, text))

    def _paid(self) -> bytes:
        """One chunk with all the words that were taken out since the last one."""
        if not self._owed:
            return b""
        self._last["choices"][0]["delta"]["content"] = "".join(self._owed)
        self._owed.clear()
        return b"data: " + json.dumps(self._last).encode() + b"\n\n"


def _words_of(chunk: dict[str, Any]) -> tuple[str, bool]:
    """The words of a chunk, and whether it holds nothing else."""
    try:
        (choice,) = chunk["choices"]
        delta = choice["delta"]
        text, index = delta["content"], choice["index"]
    except (KeyError, TypeError, ValueError):  # quicker than a pattern, for what nearly all chunks are
        return "", False
    if index != 0 or not text or not isinstance(text, str):
        return "", False
    is_only_words = (
        choice.get("finish_reason") is None
        and not choice.get("logprobs")
        and not chunk.get("usage")
        and (len(delta) == 1 or not any(value for name, value in delta.items() if name not in ("content", "role")))
        and delta.get("role", "assistant") in ("assistant", None)
    )
    return text, is_only_words
