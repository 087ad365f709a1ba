"""Bookside as its readers meet it: the whole server, over real HTTP, in a thread of the test process."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from bookside.app import App, build
from bookside.settings import read_settings

GARDEN = Path(__file__).parent / "fixtures" / "garden"
MARKS = Path(__file__).parent / "fixtures" / "marks"
HANDBOOK = Path(__file__).parents[1] / "docs"


@dataclass
class Served:
    """A running server.

    Args:
        data: The folder of its data.
        loop: The server's own event loop.
    """

    url: str
    data: Path
    app: App
    loop: asyncio.AbstractEventLoop
    client: httpx.Client

    def token(self) -> dict[str, str]:
        """Headers of a new reader."""
        return {"Authorization": f"Bearer {self.client.post('/assistant/session').json()['token']}"}

    def chatkit(self, type_: str, headers: dict[str, str] | None = None, /, **params: Any) -> httpx.Response:
        """One ChatKit request; ``metadata`` may stand among the parameters."""
        metadata = params.pop("metadata", {})
        return self.client.post(
            "/chatkit", json={"type": type_, "params": params, "metadata": metadata}, headers=headers
        )

    def ask(
        self, question: str, thread_id: str | None = None, headers: dict[str, str] | None = None, **metadata: Any
    ) -> list[dict[str, Any]]:
        """A question, natively; the events of its answer."""
        asked = {"content": [{"type": "input_text", "text": question}], "attachments": [], "inference_options": {}}
        if thread_id is None:
            response = self.chatkit("threads.create", headers, input=asked, metadata=metadata)
        else:
            response = self.chatkit(
                "threads.add_user_message", headers, thread_id=thread_id, input=asked, metadata=metadata
            )
        assert response.status_code == 200, response.text
        return events(response.text)

    @contextmanager
    def opened(
        self, body: dict[str, Any], path: str = "/chatkit", headers: dict[str, str] | None = None
    ) -> Iterator[tuple[httpx.Response, Iterator[bytes]]]:
        """A question's response, and its bytes as they come; the connection is closed with the context."""
        with httpx.stream("POST", f"{self.url}{path}", json=body, headers=headers, timeout=30) as response:
            assert response.status_code == 200, response.read()
            yield response, response.iter_raw()

    @property
    def live_runs(self) -> int:
        """Runs that the server still has in its memory."""
        assert self.app.asgi is not None
        return len(self.app.asgi.state.services.runs._runs)

    def simple(
        self, query: str, headers: dict[str, str] | None = None, **more: Any
    ) -> list[tuple[str, dict[str, Any]]]:
        """A question in the simple dialect; names and data of its events."""
        response = self.client.post("/assistant/chatkit", json={"query": query} | more, headers=headers)
        assert response.status_code == 200, response.text
        return named_events(response.text)


def question(text: str, thread_id: str | None = None, **metadata: Any) -> dict[str, Any]:
    """The body of a native request that asks ``text``, in a new thread or in one that is there."""
    asked = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
    if thread_id is None:
        return {"type": "threads.create", "params": {"input": asked}, "metadata": metadata}
    params = {"thread_id": thread_id, "input": asked}
    return {"type": "threads.add_user_message", "params": params, "metadata": metadata}


def read_until(stream: Iterator[bytes], seen: bytes) -> bytes:
    """What comes of a stream up to the piece with which ``seen`` has come."""
    read = b""
    while seen not in read:
        piece = next(stream, None)
        assert piece is not None, read
        read += piece
    return read


def thread_in(stream: bytes) -> str:
    """The id of the thread that a stream speaks of first."""
    return re.findall(rb"thr_\w+", stream)[0].decode()


def frames_of(stream: bytes) -> list[bytes]:
    """The frames that are whole, each with the empty line behind it; comments are none."""
    whole = stream.split(b"\n\n")[:-1]
    return [frame + b"\n\n" for frame in whole if not frame.startswith(b":")]


def wait_until(holds: Callable[[], Any], *, patience_s: float = 30.0) -> None:
    """Wait for a state to come about."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def events(text: str) -> list[dict[str, Any]]:
    """The data of each frame."""
    return [data for _, data in named_events(text)]


def named_events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The name (``message`` where none is given) and data of each frame."""
    found: list[tuple[str, dict[str, Any]]] = []
    for frame in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields.get("event", "message"), json.loads(fields["data"])))
    return found


def text_of(answer: list[dict[str, Any]]) -> str:
    """The text that the deltas of an answer add up to."""
    updates = [event["update"] for event in answer if event["type"] == "thread.item.updated"]
    return "".join(update["delta"] for update in updates if update["type"].endswith("text_delta"))


def thread_id_of(answer: list[dict[str, Any]]) -> str:
    """The id of the thread that an answer began."""
    return next(event["thread"]["id"] for event in answer if event["type"] == "thread.created")


def done_items(answer: list[dict[str, Any]], kind: str = "assistant_message") -> list[dict[str, Any]]:
    """The items of a kind that an answer completed."""
    return [e["item"] for e in answer if e["type"] == "thread.item.done" and e["item"]["type"] == kind]


@contextmanager
def serving(data: Path, **changes: Any) -> Iterator[Served]:
    """A server of the garden book (or ``book=``), its data in ``data``; ``changes`` are settings."""
    settings = read_settings(**{"book": GARDEN, "data": data, "log_level": "error"} | changes)
    ready: list[tuple[App, uvicorn.Server, asyncio.AbstractEventLoop]] = []
    failed: list[BaseException] = []

    async def run() -> None:
        async with build(settings) as app:
            for library in app.libraries:
                await library.sync()
            assert app.asgi is not None
            config = uvicorn.Config(app.asgi, port=0, log_level="error", access_log=False, timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            ready.append((app, server, asyncio.get_running_loop()))
            await server.serve()

    def target() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    while not (ready and ready[0][1].started):
        thread.join(0.02)
        if not thread.is_alive():
            raise failed[0]
    app, server, loop = ready[0]
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Served(url, data, app, loop, client)
    finally:
        server.should_exit = True
        thread.join(30)
