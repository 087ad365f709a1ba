"""An embedding API that fails when the test tells it to: a real HTTP server that speaks OpenAI's protocol."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from model_server import running


@dataclass
class EmbeddingServer:
    """Vectors made of a text's letters.

    Args:
        fails: Whether to fail the request of this number; the first is 1.
    """

    fails: Callable[[int], bool] = lambda number: False
    requests: int = 0
    url: str = ""

    async def embeddings(self, request: Request) -> Response:
        body: dict[str, Any] = await request.json()
        self.requests += 1
        if self.fails(self.requests):
            message = f"overloaded; your key is {request.headers['authorization']}"
            return JSONResponse({"error": {"message": message}}, 500, {"retry-after-ms": "5"})
        rows = [
            {"index": index, "object": "embedding", "embedding": [byte - 127.5 for byte in digest(text)]}
            for index, text in enumerate(body["input"])
        ]
        return JSONResponse({"object": "list", "data": rows, "model": "m", "usage": {}})


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@contextmanager
def embedding_server() -> Iterator[EmbeddingServer]:
    """A running embedding API."""
    server = EmbeddingServer()
    app = Starlette(routes=[Route("/v1/embeddings", server.embeddings, methods=["POST"])])
    with running(uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))) as url:
        server.url = f"{url}/v1"
        yield server
