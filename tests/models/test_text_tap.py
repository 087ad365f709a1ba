"""Words leave a model's stream as they come, the rest stays as it is; where the network cuts the bytes is no matter."""

import json
from itertools import groupby, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.errors import Unavailable
from bookside.models.text_tap import MAX_EVENT_BYTES, ChatCompletionsTap, Heard, MessageHeard, ResponsesTap, TextHeard

Kind = type[ResponsesTap] | type[ChatCompletionsTap]


def sse(*events: dict[str, Any] | str) -> bytes:
    """Events as the APIs send them; a string stands as it is."""
    frames: list[str] = []
    for event in events:
        if isinstance(event, str):
            frames.append(event)
        else:
            name = f"event: {event['type']}\n" if "type" in event else ""
            frames.append(f"{name}data: {json.dumps(event, ensure_ascii=False)}")
    return "".join(frame + "\n\n" for frame in frames).encode()


def joined(heard: list[Heard]) -> list[Heard]:
    """What was heard, with words that follow each other in one part told as one."""
    whole: list[Heard] = []
    for part, pieces in groupby(heard, lambda one: one.part if isinstance(one, TextHeard) else None):
        if part is None:
            whole += pieces
        else:
            whole.append(TextHeard(part, "".join(piece.text for piece in pieces if isinstance(piece, TextHeard))))
    return whole


def tapped(kind: Kind, *pieces: bytes) -> tuple[bytes, list[Heard]]:
    """The bytes that are left of ``pieces``, and what was heard."""
    heard: list[Heard] = []
    tap = kind(heard.append)
    left = b"".join([tap.feed(piece) for piece in pieces]) + tap.end()
    return left, joined(heard)


# --- Responses

PART = {"type": "output_text", "annotations": [], "logprobs": []}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": []}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "search_book", "arguments": '{"q": 1}'}


def delta(text: str, output: int = 0, part: int = 0) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta",
        "output_index": output,
        "content_index": part,
        "item_id": "msg_1",
        "delta": text,
        "logprobs": [],
    }


def part_event(what: str, text: str, output: int = 0, part: int = 0) -> dict[str, Any]:
    place = {"output_index": output, "content_index": part, "item_id": "msg_1"}
    return {"type": f"response.content_part.{what}", **place, "part": PART | {"text": text}}


def text_done(text: str, output: int = 0, part: int = 0) -> dict[str, Any]:
    place = {"output_index": output, "content_index": part, "item_id": "msg_1"}
    return {"type": "response.output_text.done", **place, "text": text}


def item(what: str, item: dict[str, Any], output: int = 0) -> dict[str, Any]:
    return {"type": f"response.output_item.{what}", "output_index": output, "item": item}


def message(*texts: str) -> dict[str, Any]:
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": [PART | {"text": text} for text in texts]}


def response(kind: str, *output: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "response": {"id": "resp_1", "output": [*output], **more}}


def said(*pieces: str, output: int = 0, part: int = 0) -> list[dict[str, Any]]:
    """One content part, as it comes."""
    text = "".join(pieces)
    return [
        part_event("added", "", output, part),
        *(delta(piece, output, part) for piece in pieces),
        text_done(text, output, part),
        part_event("done", text, output, part),
    ]


ONLY_TEXT = [
    response("created"),
    response("in_progress"),
    item("added", message()),
    *said("Ein ", "Relais – ☂", " schaltet."),
    *said("Zwei."[:2], "ei.", part=1),
    item("done", message("Ein Relais – ☂ schaltet.", "Zwei.")),
    response("completed", message("Ein Relais – ☂ schaltet.", "Zwei."), usage={"output_tokens": 7}),
]
WITH_CALL = [
    response("created"),
    item("added", REASONING),
    {"type": "response.reasoning_summary_text.delta", "output_index": 0, "delta": "Hm.", "summary_index": 0},
    item("done", REASONING),
    item("added", message(), output=1),
    *said("Let me ", "look.", output=1),
    item("done", message("Let me look."), output=1),
    item("added", CALL | {"arguments": ""}, output=2),
    {"type": "response.function_call_arguments.delta", "output_index": 2, "item_id": "fc_1", "delta": '{"q": 1}'},
    item("done", CALL, output=2),
    response("completed", REASONING, message("Let me look."), CALL),
]


def test_of_a_text_only_its_end_is_left() -> None:
    """The words are heard part by part, then the whole message; the SDK gets the event that repeats all of it."""
    left, heard = tapped(ResponsesTap, sse(*ONLY_TEXT))

    assert left == sse(ONLY_TEXT[-1])
    assert heard == [
        TextHeard(0, "Ein Relais – ☂ schaltet."),
        TextHeard(1, "Zwei."),
        MessageHeard(("Ein Relais – ☂ schaltet.", "Zwei."), stays=False),
    ]


def test_beside_calls_and_reasoning_only_the_deltas_leave() -> None:
    """Everything else stays, byte for byte and in order, and the message is told to stay as well."""
    left, heard = tapped(ResponsesTap, sse(*WITH_CALL))
    gone = ("response.created", "response.output_text", "response.content_part")

    assert left == sse(*(event for event in WITH_CALL if not event["type"].startswith(gone)))
    assert heard == [TextHeard(0, "Let me look."), MessageHeard(("Let me look.",), stays=True)]


def test_two_messages_are_told_as_two() -> None:
    """Each with its own words, although both have the same id."""
    events = [
        item("added", message()),
        *said("One."),
        item("done", message("One.")),
        item("added", message(), output=1),
        *said("Two.", output=1),
        item("done", message("Two."), output=1),
        response("completed", message("One."), message("Two.")),
    ]
    left, heard = tapped(ResponsesTap, sse(*events))

    assert left == sse(events[-1])
    assert heard == [
        TextHeard(0, "One."),
        MessageHeard(("One.",), stays=False),
        TextHeard(0, "Two."),
        MessageHeard(("Two.",), stays=False),
    ]


REFUSED = {"type": "message", "id": "msg_1", "content": [{"type": "refusal", "refusal": "I will not."}]}
STRANGE: list[dict[str, Any] | str] = [
    item("done", REFUSED),
    {"type": "response.refusal.delta", "output_index": 0, "content_index": 0, "delta": "I will"},
    {"type": "response.refusal.done", "output_index": 0, "content_index": 0, "refusal": "I will not."},
    {"type": "response.content_part.added", "content_index": 0, "part": {"type": "refusal", "refusal": ""}},
    {"type": "response.output_text.annotation.added", "output_index": 0, "annotation": {"type": "url_citation"}},
    {"type": "error", "code": "server_error", "message": "no"},
    {"type": "response.failed", "response": {"error": {"code": "server_error"}}},
    {"type": "response.incomplete", "response": {"incomplete_details": {"reason": "max_output_tokens"}}},
    {"type": "response.unheard_of", "fields": [1, {"a": None}]},
    ": a comment",
    ":",
    "retry: 3000",
    "event: response.output_text.delta",
    "data:",
    "data: [DONE]",
    "data: not JSON at all response.output_text.delta",
    'data: ["response.output_text.delta"]',
    'data: {"type": "response.output_text.delta", "delta": 5}',
    'data: {"type": "response.output_item.done", "output_index": 0, "item": null}',
    "id: 7\nevent: thing\ndata: {}",
]


@pytest.mark.parametrize("event", STRANGE, ids=str)
def test_what_is_not_text_stays_byte_for_byte(event: dict[str, Any] | str) -> None:
    """Refusals, errors, comments, what is cut short and what nobody knows are the SDK's to judge."""
    left, heard = tapped(ResponsesTap, sse(event))

    assert (left, heard) == (sse(event), [])


@pytest.mark.parametrize("words", ["response.created", "response.in_progress"])
def test_words_that_are_named_as_events_are_only_words(words: str) -> None:
    """An answer about the API itself comes to its end, and so does a call that looks it up."""
    text = f"First comes the {words} event."
    call = CALL | {"arguments": json.dumps({"queries": [words]})}
    events = [
        item("added", message()),
        *said(text),
        item("done", message(text)),
        item("added", CALL | {"arguments": ""}, output=1),
        {"type": "response.function_call_arguments.done", "output_index": 1, "arguments": call["arguments"]},
        item("done", call, output=1),
        response("completed", message(text), call),
    ]
    left, heard = tapped(ResponsesTap, sse(*events))

    assert left == sse(*events[-4:])
    assert heard[-1] == MessageHeard((text,), stays=False)


# --- Chat Completions


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}


def words(text: str) -> dict[str, Any]:
    return chunk({"content": text})


DONE = "data: [DONE]"
USAGE = chunk(usage={"total_tokens": 9})
COMPLETION: list[dict[str, Any] | str] = [
    ": OPENROUTER PROCESSING",
    chunk({"role": "assistant", "content": ""}),
    words("Ein "),
    chunk({"role": "assistant", "content": "Relais – ☂"}),
    words(" schaltet."),
    chunk({}, "stop"),
    USAGE,
    DONE,
]


def contents(left: bytes) -> list[str]:
    """The words of the chunks that are left."""
    found: list[str] = []
    for frame in left.decode().split("\n\n"):
        if frame.startswith("data: {"):
            for choice in json.loads(frame[6:])["choices"]:
                found += [choice["delta"]["content"]] if choice["delta"].get("content") else []
    return found


def test_a_completion_gives_the_sdk_its_text_once() -> None:
    """One chunk has all the words, before the chunk that ends them; the others stay as they were."""
    left, heard = tapped(ChatCompletionsTap, sse(*COMPLETION))

    assert contents(left) == ["Ein Relais – ☂ schaltet."]
    assert left.startswith(sse(*COMPLETION[:2]))
    assert left.endswith(sse(*COMPLETION[5:]))
    assert left.count(b"data: {") == 4
    assert heard == [
        TextHeard(0, "Ein Relais – ☂ schaltet."),
        MessageHeard(("Ein Relais – ☂ schaltet.",), stays=True),
    ]


def test_words_may_come_with_the_reason_why_they_end() -> None:
    """A chunk with both is heard, and stays as it is behind the words before it."""
    last = chunk({"content": "end."}, "stop")
    left, heard = tapped(ChatCompletionsTap, sse(words("The "), last, DONE))

    assert contents(left) == ["The ", "end."]
    assert left.endswith(sse(last, DONE))
    assert heard == [TextHeard(0, "The end."), MessageHeard(("The end.",), stays=True)]


def test_words_before_a_call_are_a_message_and_the_call_stays() -> None:
    """So are the pieces of the call's arguments, each as it was."""
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "search_book", "arguments": ""}}
    rest = [
        chunk({"tool_calls": [call]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"q":'}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": " 1}"}}]}),
        chunk({}, "tool_calls"),
        DONE,
    ]
    left, heard = tapped(ChatCompletionsTap, sse(words("Let me "), words("look."), *rest))

    assert contents(left) == ["Let me look."]
    assert left.endswith(sse(*rest))
    assert heard == [TextHeard(0, "Let me look."), MessageHeard(("Let me look.",), stays=True)]


STRANGE_CHUNKS: list[dict[str, Any] | str] = [
    chunk({"role": "assistant", "refusal": "I will not."}),
    chunk({"reasoning_content": "Hm."}),
    chunk({"role": "assistant", "content": None}),
    USAGE,
    {"error": {"message": "no", "code": 500}},
    {"choices": None},
    {"choices": [None]},
    {"choices": [{"index": 0, "delta": None}]},
    {"choices": [{"index": 1, "delta": {"content": "another choice"}}]},
    ": ping",
    "data: not JSON",
    "data: null",
    "data: 7",
    "event: message",
]


@pytest.mark.parametrize("event", STRANGE_CHUNKS, ids=str)
def test_what_is_no_chunk_of_words_stays_byte_for_byte(event: dict[str, Any] | str) -> None:
    """Refusals, reasoning, usage, errors and what nobody knows."""
    left, heard = tapped(ChatCompletionsTap, sse(event))

    assert (left, heard) == (sse(event), [])


@pytest.mark.parametrize(
    "with_more",
    [
        chunk({"content": "word", "reasoning_content": "Hm."}),
        chunk({"content": "word"}, usage={"total_tokens": 1}),
        {**chunk(), "choices": [{"index": 0, "delta": {"content": "word"}, "logprobs": {"content": [1]}}]},
    ],
    ids=["reasoning", "usage", "logprobs"],
)
def test_words_with_something_beside_them_are_heard_and_stay(with_more: dict[str, Any]) -> None:
    """The SDK gets what is beside them, and the words once."""
    left, heard = tapped(ChatCompletionsTap, sse(words("One "), with_more, chunk({}, "stop"), DONE))

    assert contents(left) == ["One ", "word"]
    assert sse(with_more) in left
    assert heard == [TextHeard(0, "One word"), MessageHeard(("One word",), stays=True)]


def test_a_stream_that_just_ends_has_said_its_message() -> None:
    """Some servers send neither a reason nor [DONE]; the SDK takes that for the end, and so does the listener."""
    left, heard = tapped(ChatCompletionsTap, sse(words("All "), words("of it.")))

    assert contents(left) == ["All of it."]
    assert heard == [TextHeard(0, "All of it."), MessageHeard(("All of it.",), stays=True)]


# --- both, however the bytes come

STREAMS: list[tuple[Kind, bytes]] = [
    (ResponsesTap, sse(*ONLY_TEXT)),
    (ResponsesTap, sse(*WITH_CALL)),
    (ChatCompletionsTap, sse(*COMPLETION)),
]
ids = ["text", "call", "completion"]


@pytest.mark.parametrize(("kind", "stream"), STREAMS, ids=ids)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_it_is_no_matter_where_the_bytes_are_cut(kind: Kind, stream: bytes, line_end: bytes) -> None:
    """Cut at every byte there is: in the middle of a letter, of a line's end, of an event's end."""
    whole = tapped(kind, stream)
    sent = stream.replace(b"\n", line_end)
    parted: dict[int, tuple[bytes, list[Heard]]] = {}
    for place in range(len(sent) + 1):
        left, heard = tapped(kind, sent[:place], sent[place:])
        if (left, heard) != whole:
            parted[place] = left, heard

    assert parted == {}
    assert tapped(kind, *(sent[place : place + 1] for place in range(len(sent)))) == whole


@given(which=st.sampled_from(STREAMS), cuts=st.lists(st.integers(0, 4_000), max_size=12), is_crlf=st.booleans())
def test_it_is_no_matter_into_how_many_pieces(which: tuple[Kind, bytes], cuts: list[int], is_crlf: bool) -> None:
    """The same words and the same bytes for any pieces."""
    kind, stream = which
    sent = stream.replace(b"\n", b"\r\n") if is_crlf else stream
    places = [0, *sorted(cuts), len(sent)]
    pieces = [sent[start:end] for start, end in pairwise(places)]

    assert tapped(kind, *pieces) == tapped(kind, stream)


@given(texts=st.lists(st.text(min_size=1), min_size=1, max_size=8))
def test_any_words_are_heard_as_they_are(texts: list[str]) -> None:
    """Whatever they say, quotes, line ends and braces included."""
    whole = "".join(texts)
    spoken = sse(item("added", message()), *said(*texts), item("done", message(whole)), response("completed"))
    completed = sse(*(words(text) for text in texts), chunk({}, "stop"), DONE)

    assert tapped(ResponsesTap, spoken)[1] == [TextHeard(0, whole), MessageHeard((whole,), stays=False)]
    left, heard = tapped(ChatCompletionsTap, completed)
    assert heard == [TextHeard(0, whole), MessageHeard((whole,), stays=True)]
    assert contents(left) == [whole]


@pytest.mark.parametrize("kind", [ResponsesTap, ChatCompletionsTap])
def test_what_is_cut_off_is_left_as_it_came(kind: Kind) -> None:
    """An event without an end, or a body that is no stream at all, reaches the SDK."""
    for body in (b'{"error": {"message": "no"}}', b"<html>\n\n<p>Bad gateway</p>\n\n</html>", b'data: {"choi', b""):
        assert tapped(kind, body) == (body, [])


@pytest.mark.parametrize("kind", [ResponsesTap, ChatCompletionsTap])
def test_an_event_that_does_not_end_is_not_gathered_for_ever(kind: Kind) -> None:
    """Long events pass, however many follow each other; one beyond all measure breaks the answer off."""
    tap = kind(lambda _: None)
    piece = b"x" * (MAX_EVENT_BYTES // 2)
    for _ in range(3):
        assert tap.feed(piece) + tap.feed(b"\n\n")
    with pytest.raises(Unavailable, match="without the end"):
        for _ in range(4):
            tap.feed(piece)
