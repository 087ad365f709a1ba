"""A stand-in for OpenAI's API that costs little, so that the server before it is what is measured.

    python -m benchmarks.streams.upstream --port 8101 [--deltas 400] [--gap 0.02]

It streams the Responses API and Chat Completions. A question is first answered with one call of the tool that has
"search" in its name; once the tool's output is there, with DELTAS pieces of text, one every GAP seconds by a schedule
that is fixed when the answer begins: a piece that is late does not make the next ones late. ``POST /pace`` with
``{"deltas", "gap_s"}`` changes both for the answers that begin afterwards.

Every message has the id ``msg_1``, as with some providers.
"""

import argparse
import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import uvloop
from benchmarks.streams.script import CALL_ID, answer, number_of, pieces, words

MESSAGE_ID = "msg_1"
BATCH = 10
"""Pieces that are written together when there is no gap between them."""

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
BACKLOG = 4096
MAX_HEAD_BYTES = 1 << 20

Json = dict[str, Any]


@dataclass
class Pace:
    """How long answers are, and how fast they come."""

    deltas: int
    gap_s: float


@dataclass(frozen=True, slots=True)
class Script:
    """One answer as bytes: what is sent at once, what is paced, and what closes it."""

    head: bytes
    paced: Sequence[bytes] = ()
    tail: bytes = b""


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def frame(data: Json) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def filled(schema: Json, asked: str) -> Any:
    """A value that the JSON schema of a tool's parameter allows; the question, where text is wanted."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if choices:
        return None if len(choices) < len(schema["anyOf"]) else filled(choices[0], asked)
    if "enum" in schema:
        return "full_book" if "full_book" in schema["enum"] else schema["enum"][0]
    match schema.get("type"):
        case "array":
            return [filled(schema.get("items", {}), asked)]
        case "string":
            return schema.get("default", asked)
        case "integer":
            return schema.get("default", 3)
        case "boolean":
            return False
        case _:
            return schema.get("default")


def arguments(parameters: Json, asked: str) -> str:
    properties: Json = parameters.get("properties", {})
    required = parameters.get("required", list(properties))
    return json.dumps({name: filled(properties[name], asked) for name in required}, ensure_ascii=False)


def text_of(content: Any) -> str:
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content or ())


def asked_in(messages: Sequence[Json]) -> tuple[str, bool]:
    """The last question, and whether a tool's output follows it."""
    has_output = False
    for message in reversed(messages):
        if message.get("role") == "user":
            return text_of(message.get("content")), has_output
        has_output = has_output or message.get("type") == "function_call_output" or message.get("role") == "tool"
    return "", has_output


def search_first(tools: Iterable[tuple[str, Json]]) -> tuple[str, Json] | None:
    """Name and parameters of the tool to call."""
    return min(tools, key=lambda tool: "search" not in tool[0], default=None)


class Responses:
    """The Responses API, streamed."""

    def script(self, body: Json, deltas: int) -> Script:
        items = body.get("input", [])
        messages = [{"role": "user", "content": items}] if isinstance(items, str) else items
        asked, has_output = asked_in(messages)
        offered = [tool for tool in body.get("tools") or () if tool.get("type") == "function"]
        tool = search_first((one["name"], one.get("parameters") or {}) for one in offered)
        model = body.get("model", "")
        if tool is not None and not has_output:
            return self._tool_call(tool[0], arguments(tool[1], asked), model)
        return self._text(deltas, number_of(asked), model)

    def _tool_call(self, name: str, given: str, model: str) -> Script:
        call = {"type": "function_call", "id": "fc_1", "call_id": CALL_ID, "name": name}
        begun = call | {"arguments": "", "status": "in_progress"}
        done = call | {"arguments": given, "status": "completed"}
        of_call = {"item_id": "fc_1", "output_index": 0}
        return Script(
            self._numbered(
                0,
                {"type": "response.created", "response": self._response(model)},
                {"type": "response.output_item.added", "output_index": 0, "item": begun},
                {"type": "response.function_call_arguments.delta", **of_call, "delta": given},
                {"type": "response.function_call_arguments.done", **of_call, "name": name, "arguments": given},
                {"type": "response.output_item.done", "output_index": 0, "item": done},
                {"type": "response.completed", "response": self._response(model, done)},
            )
        )

    def _text(self, deltas: int, number: int, model: str) -> Script:
        message = {"type": "message", "id": MESSAGE_ID, "role": "assistant"}
        begun = message | {"status": "in_progress", "content": []}
        part: Json = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        of_part = {"item_id": MESSAGE_ID, "output_index": 0, "content_index": 0}
        head = self._numbered(
            0,
            {"type": "response.created", "response": self._response(model)},
            {"type": "response.output_item.added", "output_index": 0, "item": begun},
            {"type": "response.content_part.added", **of_part, "part": part},
        )
        text = answer(deltas, number)
        part = part | {"text": text}
        done = message | {"status": "completed", "content": [part]}
        tail = self._numbered(
            3 + deltas,
            {"type": "response.output_text.done", **of_part, "text": text, "logprobs": []},
            {"type": "response.content_part.done", **of_part, "part": part},
            {"type": "response.output_item.done", "output_index": 0, "item": done},
            {"type": "response.completed", "response": self._response(model, done)},
        )
        return Script(head, [self._delta(3, pieces(1, number)[0]), *self._later(deltas)], tail)

    @lru_cache  # noqa: B019 - one object for the life of the process
    def _later(self, deltas: int) -> list[bytes]:
        """The pieces but the first, which are the same in each answer."""
        return [self._delta(4 + place, word) for place, word in enumerate(words(deltas - 1))]

    def _delta(self, sequence_number: int, text: str) -> bytes:
        of_part = {"item_id": MESSAGE_ID, "output_index": 0, "content_index": 0}
        event = {"type": "response.output_text.delta", **of_part, "delta": text, "logprobs": []}
        return self._numbered(sequence_number, event)

    def _numbered(self, first: int, *events: Json) -> bytes:
        frames = (frame(event | {"sequence_number": first + place}) for place, event in enumerate(events))
        named = (f"event: {event['type']}\n".encode() + data for event, data in zip(events, frames, strict=True))
        return b"".join(named)

    def _response(self, model: str, *output: Json) -> Json:
        usage = {
            "input_tokens": 10,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 10,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 20,
        }
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "status": "completed" if output else "in_progress",
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "model": model,
            "output": list(output),
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "usage": usage if output else None,
        }


class Completions:
    """Chat Completions, streamed."""

    def script(self, body: Json, deltas: int) -> Script:
        asked, has_output = asked_in(body.get("messages", []))
        offered = [tool["function"] for tool in body.get("tools") or ()]
        tool = search_first((one["name"], one.get("parameters") or {}) for one in offered)
        model = body.get("model", "")
        if tool is not None and not has_output:
            function = {"name": tool[0], "arguments": arguments(tool[1], asked)}
            call = {"index": 0, "id": CALL_ID, "type": "function", "function": function}
            begun = self._chunk(model, {"role": "assistant", "content": None, "tool_calls": [call]})
            return Script(begun + self._end(model, "tool_calls"))
        first = self._chunk(model, {"role": "assistant", "content": pieces(1, number_of(asked))[0]})
        return Script(b"", [first, *self._later(model, deltas)], self._end(model, "stop"))

    @lru_cache  # noqa: B019 - one object for the life of the process
    def _later(self, model: str, deltas: int) -> list[bytes]:
        return [self._chunk(model, {"content": word}) for word in words(deltas - 1)]

    def _end(self, model: str, reason: str) -> bytes:
        return self._chunk(model, {}, reason) + b"data: [DONE]\n\n"

    def _chunk(self, model: str, delta: Json, reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        both = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}
        return frame(both | {"choices": [choice]})


class StandIn:
    """The server: one task a connection, which is kept alive between calls."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._apis = {"/v1/responses": Responses(), "/v1/chat/completions": Completions()}

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked has gone
        finally:
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ", 2)[1].partition("?")[0]
        lines = (line.partition(":") for line in head.split("\r\n")[1:])
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = json.loads(await reader.readexactly(int(headers.get("content-length", 0))) or b"{}")
        api = self._apis.get(path)
        if path == "/pace":
            self._pace = Pace(**body)
            self._plain(writer, "200 OK", {})
        elif api is None or not body.get("stream"):
            self._plain(writer, "404 Not Found", {"error": {"message": "only streamed answers are given here"}})
        else:
            await self._stream(writer, api.script(body, self._pace.deltas), self._pace.gap_s)
        await writer.drain()
        return headers.get("connection", "").lower() != "close"

    def _plain(self, writer: asyncio.StreamWriter, status: str, body: Json) -> None:
        data = json.dumps(body).encode()
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        writer.write(head.encode() + data)

    async def _stream(self, writer: asyncio.StreamWriter, script: Script, gap_s: float) -> None:
        writer.write(HEAD + (chunk(script.head) if script.head else b""))
        if gap_s:
            await self._paced(writer, script.paced, gap_s)
        else:
            for start in range(0, len(script.paced), BATCH):
                writer.write(chunk(b"".join(script.paced[start : start + BATCH])))
                await writer.drain()
        writer.write((chunk(script.tail) if script.tail else b"") + END)

    async def _paced(self, writer: asyncio.StreamWriter, paced: Sequence[bytes], gap_s: float) -> None:
        now = asyncio.get_running_loop().time
        due = now()
        for piece in paced:
            wait_s = due - now()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            writer.write(chunk(piece))
            await writer.drain()
            due += gap_s


async def serve(port: int, pace: Pace) -> None:
    stand_in = StandIn(pace)
    server = await asyncio.start_server(stand_in.connected, "127.0.0.1", port, backlog=BACKLOG, limit=MAX_HEAD_BYTES)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for OpenAI's API.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--deltas", type=int, default=400, help="pieces of text in an answer (400)")
    parser.add_argument("--gap", type=float, default=0.02, help="seconds between two of them (0.02)")
    given = parser.parse_args()
    uvloop.run(serve(given.port, Pace(given.deltas, given.gap)))


if __name__ == "__main__":
    main()
