"""Spares the first reader the second or so in which the SDKs prepare their types for the first answer."""

import json
from typing import Any

import httpx2
from agents import ModelSettings, ModelTracing

from bookside.models.chat import ChatApi, chat_model
from bookside.models.listening import ListeningClient

TEXT = "Ready."


async def warm(api: ChatApi) -> None:
    """Read a short answer that no server sent; nothing goes over the network."""
    answer = _response() if api == "responses" else _completion()

    def answered(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=answer)

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answered), trust_env=False)
    async with ListeningClient(api_key="none", base_url="http://localhost/v1", http_client=http) as client:
        model = chat_model(client, "none", api, frame_s=0.0).listening(lambda _: None)
        async for _ in model.stream_response(
            None,
            "Ready?",
            ModelSettings(),
            [],
            None,
            [],
            ModelTracing.DISABLED,
            previous_response_id=None,
            conversation_id=None,
            prompt=None,
        ):
            pass


def _events(*events: dict[str, Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def _response() -> bytes:
    part: dict[str, Any] = {"type": "output_text", "text": TEXT, "annotations": []}
    message: dict[str, Any] = {
        "type": "message",
        "id": "msg",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }
    usage = {
        "input_tokens": 1,
        "output_tokens": 1,
        "total_tokens": 2,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    response: dict[str, Any] = {
        "id": "resp",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "none",
        "output": [message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }
    return _events({"type": "response.completed", "sequence_number": 1, "response": response})


def _completion() -> bytes:
    def chunk(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "none", "choices": [choice]}

    return _events(chunk({"role": "assistant", "content": TEXT}, None), chunk({}, "stop")) + b"data: [DONE]\n\n"
