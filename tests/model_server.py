"""A language model that says what the test tells it to: a real HTTP server that speaks OpenAI's two chat APIs.

This is the only scripted part in the tests. First it calls the tool it is offered, then it says its lines.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

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
        requests: The bodies of all requests, in order.
    """

    says: list[str] = field(default_factory=lambda: ["Relays switch", " large currents [1]."])
    gap_s: float = 0.0
    searches: dict[str, Any] | None = field(default_factory=lambda: {"queries": ["relay"]})
    status: int = 200
    error_text: str = "scripted failure"
    refuses: str | None = None
    cut_after: int | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def renew(self) -> "ModelServer":
        """Itself, with its lines as at first and no request seen."""
        self.__dict__.update(ModelServer(url=self.url).__dict__)
        return self

    async def chat_completions(self, request: Request) -> Response:
        body = await self._take(request)
        if self.status != 200:
            return JSONResponse({"error": {"message": self.error_text}}, self.status)
        has_output = body["messages"][-1]["role"] == "tool"
        return StreamingResponse(self._completion(body, has_output), media_type="text/event-stream")

    async def _completion(self, body: dict[str, Any], has_output: bool) -> AsyncIterator[bytes]:
        def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            frame = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            return f"data: {json.dumps(frame)}\n\n".encode()

        if body.get("tools") and self.searches is not None and not has_output:
            function = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps(self.searches)}
            call = {"index": 0, "id": f"call_{len(self.requests)}", "type": "function", "function": function}
            yield chunk({"role": "assistant", "tool_calls": [call]})
            yield chunk({}, "tool_calls")
        elif self.refuses is not None:
            yield chunk({"role": "assistant", "refusal": self.refuses})
            yield chunk({}, "stop")
        else:
            for place, piece in enumerate(self.says):
                if place == self.cut_after:
                    raise ConnectionResetError
                yield chunk({"role": "assistant", "content": piece})
                await asyncio.sleep(self.gap_s)
            yield chunk({}, "stop")
        yield b"data: [DONE]\n\n"

    async def responses(self, request: Request) -> Response:
        body = await self._take(request)
        if self.status != 200:
            return JSONResponse({"error": {"message": self.error_text}}, self.status)
        has_output = body["input"][-1].get("type") == "function_call_output"
        return StreamingResponse(self._response(body, has_output), media_type="text/event-stream")

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
            yield event("response.output_item.added", item=call | {"arguments": "", "status": "in_progress"})
            yield event("response.output_item.done", item=call)
            yield event("response.completed", response=response("completed", [call]))
            return
        part: dict[str, Any] = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        message = {"type": "message", "id": MESSAGE_ID, "role": "assistant", "status": "in_progress", "content": []}
        yield event("response.output_item.added", item=message)
        yield event("response.content_part.added", item_id=MESSAGE_ID, content_index=0, part=part)
        for place, piece in enumerate(self.says):
            if place == self.cut_after:
                raise ConnectionResetError
            yield event("response.output_text.delta", item_id=MESSAGE_ID, content_index=0, delta=piece, logprobs=[])
            await asyncio.sleep(self.gap_s)
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
