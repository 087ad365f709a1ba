"""A language model that says what the test tells it to: a real HTTP server that speaks OpenAI's two chat APIs.

This is the only scripted part in the tests. First it calls the tool it is offered, then it says its lines.
"""

import asyncio
import json
import threading
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

ENDLESS = [f"word{number} " for number in range(1200)]
"""Words that take a minute when there is one each twentieth of a second: longer than anything a test does meanwhile."""

MESSAGE_ID = "msg_1"
"""Every message has the same id, as with some providers."""


@dataclass
class ModelServer:
    """What the model does next; change it between questions.

    Args:
        says: Pieces of the answer's text.
        gap_s: Pause between two pieces.
        searches: Arguments of the tool call; ``None`` for no call.
        status: Anything but 200 is answered at once, with ``error_text``.
        refuses: Said as a refusal, instead of an answer.
        cut_after: Pieces after which the connection breaks off.
        just_ends: The response ends after the pieces, and nothing says so.
        preamble: Said before the tool call, in the same response.
        silent_s: Pause before the first piece.
        first_statuses: Statuses of the next requests, before ``status`` applies; each is used once.
        raw: Sent as it is with status 200, instead of an answer, as ``(body, media type)``.
        is_compressed: Whether streams are gzipped, whatever the client accepts.
        requests: The bodies of all requests, in order.
    """

    says: list[str] = field(default_factory=lambda: ["Relays switch", " large currents [1]."])
    gap_s: float = 0.0
    searches: dict[str, Any] | None = field(default_factory=lambda: {"queries": ["relay"]})
    status: int = 200
    error_text: str = "scripted failure"
    refuses: str | None = None
    cut_after: int | None = None
    just_ends: bool = False
    preamble: str | None = None
    silent_s: float = 0.0
    first_statuses: list[int] = field(default_factory=list)
    raw: tuple[bytes, str] | None = None
    is_compressed: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def renew(self) -> "ModelServer":
        """Itself, with its lines as at first and no request seen."""
        self.__dict__.update(ModelServer(url=self.url).__dict__)
        return self

    async def chat_completions(self, request: Request) -> Response:
        body = await self._take(request)
        has_output = body["messages"][-1]["role"] == "tool"
        return self._answer(self._completion(body, has_output))

    def _answer(self, events: AsyncIterator[bytes]) -> Response:
        status = self.first_statuses.pop(0) if self.first_statuses else self.status
        if status != 200:
            return JSONResponse({"error": {"message": self.error_text}}, status, {"Retry-After-Ms": "10"})
        if self.raw is not None:
            return Response(self.raw[0], media_type=self.raw[1])
        if self.is_compressed:
            headers = {"Content-Encoding": "gzip"}
            return StreamingResponse(_compressed(events), headers=headers, media_type="text/event-stream")
        return StreamingResponse(events, media_type="text/event-stream")

    async def _completion(self, body: dict[str, Any], has_output: bool) -> AsyncIterator[bytes]:
        def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            frame = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            return f"data: {json.dumps(frame)}\n\n".encode()

        if body.get("tools") and self.searches is not None and not has_output:
            function = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps(self.searches)}
            call = {"index": 0, "id": f"call_{len(self.requests)}", "type": "function", "function": function}
            if self.preamble is not None:
                yield chunk({"role": "assistant", "content": self.preamble})
            yield chunk({"role": "assistant", "tool_calls": [call]})
            yield chunk({}, "tool_calls")
        elif self.refuses is not None:
            yield chunk({"role": "assistant", "refusal": self.refuses})
            yield chunk({}, "stop")
        else:
            await asyncio.sleep(self.silent_s)
            for place, piece in enumerate(self.says):
                if place == self.cut_after:
                    raise ConnectionResetError
                yield chunk({"role": "assistant", "content": piece})
                await asyncio.sleep(self.gap_s)
            if self.just_ends:
                return
            yield chunk({}, "stop")
        if (body.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
            frame = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
            yield f"data: {json.dumps(frame | {'usage': usage})}\n\n".encode()
        yield b"data: [DONE]\n\n"

    async def responses(self, request: Request) -> Response:
        body = await self._take(request)
        has_output = body["input"][-1].get("type") == "function_call_output"
        return self._answer(self._response(body, has_output))

    async def _response(self, body: dict[str, Any], has_output: bool) -> AsyncIterator[bytes]:
        count = iter(range(1_000_000))

        def event(kind: str, **fields: Any) -> bytes:
            data = {"type": kind, "sequence_number": next(count), "output_index": 0} | fields
            return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()

        def response(status: str, output: list[Any]) -> dict[str, Any]:
            return {
                "id": "resp_1",
                "object": "response",
                "created_at": 1,
                "status": status,
                "model": "m",
                "output": output,
                "parallel_tool_calls": True,
                "tool_choice": "auto",
                "tools": [],
                "usage": {
                    "input_tokens": 5,
                    "input_tokens_details": {"cached_tokens": 0},
                    "output_tokens": 7,
                    "output_tokens_details": {"reasoning_tokens": 0},
                    "total_tokens": 12,
                },
            }

        yield event("response.created", response=response("in_progress", []))
        if body.get("tools") and self.searches is not None and not has_output:
            call = {
                "type": "function_call",
                "id": "fc_1",
                "call_id": f"call_{len(self.requests)}",
                "status": "completed",
                "name": body["tools"][0]["name"],
                "arguments": json.dumps(self.searches),
            }
            output: list[Any] = []
            if self.preamble is not None:
                text = {"type": "output_text", "text": self.preamble, "annotations": [], "logprobs": []}
                output.append({"type": "message", "id": MESSAGE_ID, "role": "assistant", "content": [text]})
                said = {"item_id": MESSAGE_ID, "content_index": 0}
                yield event("response.output_item.added", item=output[0] | {"content": []})
                yield event("response.content_part.added", **said, part=text | {"text": ""})
                yield event("response.output_text.delta", **said, delta=self.preamble, logprobs=[])
                yield event("response.output_text.done", **said, text=self.preamble, logprobs=[])
                yield event("response.output_item.done", item=output[0])
            at = len(output)
            added = call | {"arguments": "", "status": "in_progress"}
            yield event("response.output_item.added", output_index=at, item=added)
            yield event("response.output_item.done", output_index=at, item=call)
            yield event("response.completed", response=response("completed", [*output, call]))
            return
        message: dict[str, Any] = {"type": "message", "id": MESSAGE_ID, "role": "assistant", "content": []}
        yield event("response.output_item.added", item=message | {"status": "in_progress"})
        if self.refuses is not None:
            message |= {"status": "completed", "content": [{"type": "refusal", "refusal": self.refuses}]}
            yield event("response.refusal.delta", item_id=MESSAGE_ID, content_index=0, delta=self.refuses)
            yield event("response.refusal.done", item_id=MESSAGE_ID, content_index=0, refusal=self.refuses)
            yield event("response.output_item.done", item=message)
            yield event("response.completed", response=response("completed", [message]))
            return
        part: dict[str, Any] = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        yield event("response.content_part.added", item_id=MESSAGE_ID, content_index=0, part=part)
        await asyncio.sleep(self.silent_s)
        for place, piece in enumerate(self.says):
            if place == self.cut_after:
                raise ConnectionResetError
            yield event("response.output_text.delta", item_id=MESSAGE_ID, content_index=0, delta=piece, logprobs=[])
            await asyncio.sleep(self.gap_s)
        if self.just_ends:
            return
        part |= {"text": "".join(self.says)}
        yield event("response.output_text.done", item_id=MESSAGE_ID, content_index=0, text=part["text"], logprobs=[])
        message |= {"status": "completed", "content": [part]}
        yield event("response.output_item.done", item=message)
        yield event("response.completed", response=response("completed", [message]))

    async def transcriptions(self, request: Request) -> Response:
        async with request.form() as form:
            self.requests.append({"model": str(form["model"]), "file": getattr(form["file"], "filename", None)})
        return JSONResponse({"text": "what is a relay"})

    async def models(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        if self.status != 200:
            return JSONResponse({"error": {"message": self.error_text}}, self.status)
        return JSONResponse({"object": "list", "data": [{"id": "m", "object": "model"}]})

    async def _take(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        return body

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self.chat_completions, methods=["POST"]),
                Route("/v1/responses", self.responses, methods=["POST"]),
                Route("/v1/audio/transcriptions", self.transcriptions, methods=["POST"]),
                Route("/v1/models", self.models),
            ]
        )


async def _compressed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    async for piece in pieces:
        yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


@contextmanager
def running(server: uvicorn.Server) -> Iterator[str]:
    """``server`` in a thread of its own, at the address that is given."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A running model."""
    model = ModelServer()
    config = uvicorn.Config(model.app(), port=0, log_level="critical", timeout_graceful_shutdown=1)
    with running(uvicorn.Server(config)) as url:
        model.url = f"{url}/v1"
        yield model


@pytest.fixture(scope="module")
def shared_model() -> Iterator[ModelServer]:
    """A model for one module's tests."""
    with model_server() as running:
        yield running


@pytest.fixture
def model(shared_model: ModelServer) -> ModelServer:
    """A model with its lines as at first."""
    return shared_model.renew()
