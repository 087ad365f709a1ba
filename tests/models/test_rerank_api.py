"""Re-ranking over HTTP, against a real server that answers as such servers do, and misbehaves as they do."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from bookside.errors import Rejected, Unavailable
from bookside.models.rerank_api import RerankApi
from cross_encoders import pairs
from rerank_server import Reply, RerankServer, rerank_server, results

KEY = "rk-very-secret"
PASSAGES = ["about the weather", "a relay and a pump", "the relay"]


@pytest.fixture
def server() -> Iterator[RerankServer]:
    with rerank_server() as running:
        yield running


async def test_numbers_are_in_the_order_of_the_passages_though_the_best_comes_first(server: RerankServer) -> None:
    """The question, the documents, how many, the model and the key are sent as the API wants them."""
    api = RerankApi(server.url, model="small", key=KEY)
    assert await api.relevance(pairs("relay pump", PASSAGES)) == [0.0, 0.2, 0.1]
    assert server.requests == [
        {"path": "/v1/rerank", "model": "small", "query": "relay pump", "documents": PASSAGES, "top_n": 3}
    ]
    assert server.keys == [f"Bearer {KEY}"]
    assert api.name == "small"
    await api.close()


async def test_without_a_model_and_a_key_none_is_sent(server: RerankServer) -> None:
    api = RerankApi(server.url)
    await api.relevance(pairs("relay", PASSAGES))
    assert "model" not in server.requests[0]
    assert server.keys == [None]
    assert api.name == "127.0.0.1"
    await api.close()


async def test_where_one_question_fails_the_others_are_given_up(server: RerankServer) -> None:
    """Nothing goes on that nobody waits for; and questions that take turns have each their own passages' numbers."""
    api, both = RerankApi(server.url), threading.Barrier(2)
    mixed = [("relay", "the relay"), ("pump", "the relay"), ("relay", "a pump"), ("pump", "a pump")]
    assert await api.relevance(mixed) == [0.1, 0.0, 0.0, 0.1]

    def reply(body: dict[str, Any]) -> Reply:
        both.wait(60)
        if body["query"] == "pump":
            return 503, b""
        server.let_go.wait()
        return results(body)

    server.reply = reply
    with pytest.raises(Unavailable, match="the endpoint failed"):
        await api.relevance(mixed)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await api.close()


TROUBLES: list[tuple[Reply, str]] = [
    ((401, b'{"message": "bad key rk-very-secret"}'), r"refuses the key \(401\)"),
    ((404, b""), r"does not know this model, or its address is wrong \(404\)"),
    ((429, b""), r"rate limit or quota \(429\)"),
    ((503, b"oops"), r"the endpoint failed \(503\)"),
    ((422, b"rk-very-secret"), r"refuses the request \(422\)"),
    ((307, b""), r"refuses the request \(307\)"),
    ((200, b"<html>"), "no list of results"),
    ((200, b'[{"index": 0, "score": 0.5}]'), "no list of results"),
    ((200, b'{"results": [{"index": 0, "relevance_score": 1}]}'), "1 results came for 2 passages"),
    ((200, b'{"results": [{"index": 0, "relevance_score": 1}, {"index": 0, "relevance_score": 1}]}'), "2 results"),
    ((200, b'{"results": [{"index": 1, "relevance_score": 1}, {"index": 2, "relevance_score": 1}]}'), "2 results"),
    ((200, b'{"results": [{"index": 0, "relevance_score": 1e999}, {"index": 1, "relevance_score": 1}]}'), "not finite"),
    ((0, b""), "no connection"),
]


@pytest.mark.parametrize(("reply", "says"), TROUBLES)
async def test_an_answer_that_is_none_is_named_and_never_repeated(
    server: RerankServer, reply: Reply, says: str
) -> None:
    """What the endpoint says may hold the key, so its own words are nowhere."""
    server.reply = lambda _: reply
    api = RerankApi(server.url, key=KEY)
    with pytest.raises(Unavailable, match=says) as raised:
        await api.relevance(pairs("relay", PASSAGES[:2]))
    assert raised.value.part == "re-ranker"
    assert KEY not in str(raised.value)
    assert len(server.requests) == 1
    await api.close()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("ftp://host/rerank", None),
        ("http://", None),
        ("http://host/\n", None),
        ("http://me:rk-very-secret/x@host", None),
        ("http://host", "schlüssel"),
    ],
)
def test_an_address_or_a_key_that_cannot_be_used_is_refused_at_once(url: str, key: str | None) -> None:
    with pytest.raises(Rejected, match="the re-ranker's") as raised:
        RerankApi(url, key=key)
    assert KEY not in str(raised.value)
