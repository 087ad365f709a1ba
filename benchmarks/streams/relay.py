"""The limit: the model's two calls are made, and the bytes of the second one passed on. Nothing is parsed or stored.

    OPENAI_BASE_URL=… python -m benchmarks.streams.relay --port 8103

It wants the package ``aiohttp``.
"""

import argparse
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvicorn
from benchmarks.streams.script import model_calls

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Relay:
    """An ASGI application that takes ``{"question"}`` on any path."""

    def __init__(self, responses_url: str) -> None:
        self._url = responses_url
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        search, text = model_calls(json.loads(body)["question"])
        async with self._call(search) as response:
            await response.read()
        headers = [(b"content-type", b"text/event-stream")]
        async with self._call(text) as response:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            async for data in response.content.iter_any():
                await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    @asynccontextmanager
    async def _call(self, body: Message) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:  # made where the loop runs
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with self._session.post(self._url, json=body) as response:
            yield response


def main() -> None:
    parser = argparse.ArgumentParser(description="A relay of bytes.")
    parser.add_argument("--port", type=int, required=True)
    relay = Relay(os.environ["OPENAI_BASE_URL"] + "/responses")
    uvicorn.run(relay, port=parser.parse_args().port, log_level="warning", access_log=False, lifespan="off")


if __name__ == "__main__":
    main()
