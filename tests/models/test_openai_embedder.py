"""Embeddings over HTTP, against a real server that misbehaves as real ones do."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest

from bookside.errors import Unavailable
from bookside.index.edge import open_edge_index
from bookside.index.model import Filter
from bookside.models.openai_embedder import MAX_TEXT_CHARS, OpenAIEmbedder, batches
from index.contract import versions
from index.embedders import HashedWords

KEY = "sk-very-secret"
Reply = tuple[int, bytes]
"""Status and body; status 0 closes the connection without an answer."""


async def embeddings(body: dict[str, Any], *, as_base64: bool = True) -> Reply:
    rows = await HashedWords(int(body.get("dimensions") or 16)).embed(body["input"])
    data = [
        {"index": place, "embedding": base64.b64encode(row.tobytes()).decode() if as_base64 else (row * 3).tolist()}
        for place, row in enumerate(rows)
    ]
    return 200, json.dumps({"object": "list", "data": data[::-1], "model": body["model"]}).encode()


class Endpoint:
    """What the server was asked, and how it answers: ``trouble`` first, for whatever it returns a reply to."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.most_at_once = 0
        self.under_way = 0
        self.as_base64 = True
        self.trouble: Callable[[int], Reply | None] = lambda number: None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line)
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.requests.append(body)
        number = len(self.requests)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        await asyncio.sleep(0.002)
        self.under_way -= 1
        status, content = self.trouble(number) or await embeddings(body, as_base64=self.as_base64)
        if status:
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nRetry-After-Ms: 1\r\n"
                b"Connection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(content))
            )
            writer.write(content)
            await writer.drain()
        writer.close()


@pytest.fixture
async def endpoint() -> AsyncIterator[tuple[Endpoint, str]]:
    endpoint = Endpoint()
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    async with server:
        yield endpoint, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@asynccontextmanager
async def embedder(url: str, **options: Any) -> AsyncIterator[OpenAIEmbedder]:
    async with openai.AsyncOpenAI(api_key=KEY, base_url=url) as client:
        yield OpenAIEmbedder(client, "small", first_pause_s=0.001, **options)


TROUBLES: list[Reply] = [
    (429, b'{"error": {"message": "slow down"}}'),
    (500, b"oops"),
    (200, b"<html>not what you asked for</html>"),
    (200, b'{"data": []}'),
    (200, b'{"data": [{"index": 0, "embedding": "!!!!"}]}'),
    (0, b""),
]


def every_second_call() -> Callable[[int], Reply | None]:
    replies: Iterator[Reply] = iter(TROUBLES * 1_000)
    return lambda number: next(replies) if number % 2 else None


@pytest.mark.parametrize("as_base64", [True, False])
async def test_vectors_come_in_order_at_length_one_in_both_encodings(
    endpoint: tuple[Endpoint, str], as_base64: bool
) -> None:
    server, url = endpoint
    server.as_base64 = as_base64
    words = [f"word{number}" for number in range(25)]
    async with embedder(url, batch_size=10) as model:
        rows = await model.embed(words)
        assert np.allclose(rows, await HashedWords(16).embed(words), atol=1e-6)
        assert rows.dtype == np.float32
        assert sorted(len(request["input"]) for request in server.requests) == [5, 10, 10]
        assert await model.size() == 16
        assert len(server.requests) == 3


async def test_the_size_is_asked_for_once_and_dimensions_are_passed_on(endpoint: tuple[Endpoint, str]) -> None:
    server, url = endpoint
    async with embedder(url, dimensions=8) as model:
        assert (model.name, await model.size(), await model.size()) == ("openai:small:8", 8, 8)
        assert [request["dimensions"] for request in server.requests] == [8]
    async with embedder(url) as model:
        assert (model.name, await model.size()) == ("openai:small", 16)
        assert "dimensions" not in server.requests[-1]


async def test_requests_under_way_are_bounded(endpoint: tuple[Endpoint, str]) -> None:
    server, url = endpoint
    async with embedder(url, batch_size=1, max_concurrency=3) as model:
        await model.embed([f"word{number}" for number in range(20)])
    assert 1 < server.most_at_once <= 3


async def test_no_texts_and_blank_texts_do_no_harm(endpoint: tuple[Endpoint, str]) -> None:
    _, url = endpoint
    async with embedder(url) as model:
        assert (await model.embed([])).shape == (0, 16)
        assert np.isfinite(await model.embed(["", " \n"])).all()


def test_batches_keep_the_order_and_every_limit() -> None:
    given = ["a" * MAX_TEXT_CHARS * 2, "", *["b" * 7_000] * 60, *["c"] * 300]
    cut = list(batches(given, 128))
    assert [text for batch in cut for text in batch] == ["a" * MAX_TEXT_CHARS, ".", *given[2:]]
    assert all(len(batch) <= 128 and sum(map(len, batch)) <= 200_000 for batch in cut)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_fault_that_passes_is_not_seen(endpoint: tuple[Endpoint, str], trouble: Reply) -> None:
    server, url = endpoint
    server.trouble = lambda number: trouble if number <= 2 else None
    async with embedder(url) as model:
        assert (await model.embed(["word"])).shape == (1, 16)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("reply", "reason", "tries"),
    [
        ((429, b"{}"), "rate limit or quota", 3),
        ((500, b"{}"), "failed", 3),
        ((401, f'{{"error": {{"message": "Incorrect API key provided: {KEY}"}}}}'.encode()), "refuses the key", 1),
        ((404, b"{}"), "does not know this model", 1),
        ((400, b"{}"), "refuses the request", 1),
        ((200, b'{"data": []}'), "0 vectors came for 1 texts", 5),
        ((200, b"[1]"), "not a list of embeddings", 5),
        ((0, b""), "no connection", 3),
    ],
)
async def test_a_fault_that_stays_is_unavailable_and_the_key_is_not_told(
    endpoint: tuple[Endpoint, str], reply: Reply, reason: str, tries: int
) -> None:
    server, url = endpoint
    server.trouble = lambda number: reply
    async with embedder(url, max_retries=2) as model:
        with pytest.raises(Unavailable, match=reason) as caught:
            await model.embed(["word"])
    assert caught.value.part == "embedding model"
    assert KEY not in str(caught.value)
    assert len(server.requests) == tries


async def test_indexing_through_an_endpoint_that_fails_half_the_time_loses_nothing(
    endpoint: tuple[Endpoint, str], tmp_path: Path
) -> None:
    server, url = endpoint
    server.trouble = every_second_call()
    chunks = versions(600, "first")
    async with embedder(url, batch_size=32) as model:
        index = open_edge_index(tmp_path, "book", model)
        assert (await index.sync(chunks)).added == 600
        assert (await index.status()).chunks == 600
        found = await index.candidates(["edition"], await model.embed(["edition"]), Filter(), 1_000)
        assert sorted(hit.chunk.text for hit in found[0].dense) == sorted(chunk.text for chunk in chunks)
        await index.close()


async def test_an_endpoint_that_stops_answering_leaves_the_old_index(
    endpoint: tuple[Endpoint, str], tmp_path: Path
) -> None:
    server, url = endpoint
    async with embedder(url, max_retries=1, batch_size=32) as model:
        index = open_edge_index(tmp_path, "book", model)
        await index.sync(versions(10, "first"))
        done = len(server.requests)
        server.trouble = lambda number: (503, b"") if number > done + 5 else None
        with pytest.raises(Unavailable, match="embedding model is unavailable: small: the endpoint failed"):
            await index.sync(versions(600, "second"))
        server.trouble = lambda number: None
        found = await index.candidates(["edition"], await model.embed(["edition"]), Filter(), 1_000)
        assert len(found[0].dense) == 10
        assert (await index.sync(versions(10, "first"))).unchanged == 10
        await index.close()
