"""Input that nobody means to send: it is refused in words, and never an unexpected error."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving import Served, serving, thread_id_of

MILLION = 1_000_000


def sent(served: Served, path: str, method: str = "GET") -> httpx.Response:
    """A request for a target exactly as it is spelt."""
    url = httpx.URL(served.url)
    return served.client.send(httpx.Request(method, url.copy_with(raw_path=path.encode())))


@pytest.mark.parametrize("url", ["http://[x", "//[x", "http://x]"])
def test_an_address_that_is_none_is_an_unknown_page(garden: Served, url: str) -> None:
    """The question is answered without a place in the book."""
    assert garden.simple("What is a relay?", context={"page_context": {"url": url}})[-1][0] == "done"
    assert sent(garden, "//[foo").status_code == 404


@pytest.mark.parametrize("path", ["/chatkit", "/assistant/chatkit", "/assistant/feedback"])
def test_a_body_nested_too_deeply_is_422(garden: Served, path: str) -> None:
    """As is one that is no JSON at all."""
    deep = garden.client.post(path, content=b"[" * 200_000)

    assert deep.status_code == 422
    assert "nested" in deep.json()["detail"]
    assert garden.client.post(path, content=b"{").status_code == 422


@pytest.mark.parametrize("chapter", [-1, MILLION + 1, 10**30])
def test_a_chapter_that_no_book_has_is_422(garden: Served, chapter: int) -> None:
    """In a search, in both places of a question's context, and in ChatKit's metadata."""
    search = garden.client.get("/assistant/search", params={"q": "x", "chapter": chapter})
    flat: dict[str, Any] = {"current_chapter": chapter}
    contexts = [flat, {"page_context": flat}]
    simple = [garden.client.post("/assistant/chatkit", json={"query": "x", "context": c}) for c in contexts]
    native = [garden.chatkit("threads.list", metadata=c) for c in contexts]

    assert [refused.status_code for refused in (search, *simple, *native)] == [422] * 5
    assert all("chapter" in refused.json()["detail"] for refused in (search, *simple, *native))


@pytest.mark.parametrize("chapter", [0, MILLION])
def test_the_bounds_of_chapters_are_allowed(garden: Served, chapter: int) -> None:
    """Such a chapter is only not in the book."""
    found = garden.client.get("/assistant/search", params={"q": "x", "chapter": chapter, "scope": "current_chapter"})
    assert (found.status_code, found.json()) == (200, [])


@pytest.mark.parametrize("body", [{}, {"query": "What is a relay?"}])
def test_a_simple_question_at_the_wrong_address_is_told_the_right_one(garden: Served, body: dict[str, str]) -> None:
    """/chatkit wants a type."""
    refused = garden.client.post("/chatkit", json=body)

    assert refused.status_code == 422
    assert '"type"' in refused.json()["detail"]
    assert "/assistant/chatkit" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (r'{"query": "\ud800"}', "query"),
        (r'{"query": "x", "thread_id": "\ud800"}', "thread_id"),
        (r'{"query": "x", "context": {"selected_text": "\ud800"}}', "context.selected_text"),
        (r'{"query": "x", "context": {"page_context": {"title": "\udfff"}}}', "context.page_context.title"),
    ],
)
def test_half_of_a_character_is_422_and_its_field_named(garden: Served, body: str, field: str) -> None:
    """A whole one, written as two escapes, is text like any other."""
    refused = garden.client.post("/assistant/chatkit", content=body)

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(f"{field}: half of a surrogate pair")
    assert garden.client.post("/assistant/chatkit", content=r'{"query": "\ud83c\udf31"}').status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 204),
        ({"reason": "x" * 2_000}, 204),
        ({"reason": "x" * 2_001}, 422),
        ({"item_ids": ["x" * 301]}, 422),
        ({"item_ids": ["x"] * 101}, 422),
        ({"message_id": "x" * 301}, 422),
        ({"thread_id": "x" * 301}, 422),
        ({"reason": "x" * MILLION}, 413),
        ({"kind": "splendid"}, 422),
        ({"thread_id": None}, 422),
    ],
)
def test_feedback_is_bounded(garden: Served, change: dict[str, Any], status: int) -> None:
    """Its reason, its ids and how many there are, and the body as a whole; the problem names the field."""
    answer = garden.ask("What is a relay?")
    item_id = next(event["item"]["id"] for event in answer if event["type"] == "thread.item.done")
    verdict = {"thread_id": thread_id_of(answer), "item_ids": [item_id], "kind": "positive"} | change
    given = garden.client.post("/assistant/feedback", json=verdict)

    assert given.status_code == status, given.text
    if status == 422:
        assert next(iter(change)) in given.json()["detail"]


def test_a_search_is_no_longer_than_a_question(garden: Served) -> None:
    """413 with the limit."""
    refused = garden.client.get("/assistant/search", params={"q": "x" * 2_001})

    assert refused.status_code == 413
    assert "2,000 characters" in refused.json()["detail"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda served: served.client.get("/assistant/search?q=relay"),
        lambda served: served.client.post("/assistant/feedback", json={}),
    ],
    ids=["search", "feedback"],
)
def test_searches_and_verdicts_are_counted_by_address(tmp_path: Path, ask: Callable[[Served], httpx.Response]) -> None:
    """Ten times what one reader may ask; neither takes from the questions."""
    with serving(tmp_path, rate_limit_requests=1, rate_limit_window=60) as served:
        statuses = [ask(served).status_code for _ in range(11)]

        assert 429 not in statuses[:10]
        assert statuses[10] == 429
        assert served.client.post("/assistant/chatkit", json={"query": "x"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/bookside.js"])
def test_probes_may_ask_for_the_head_alone(garden: Served, path: str) -> None:
    """As for the whole, without the body."""
    head, whole = garden.client.head(path), garden.client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize("path", ["/chatkit", "/assistant/chatkit", "/assistant/session", "/assistant/feedback"])
def test_an_address_to_post_to_says_so(garden: Served, path: str) -> None:
    """405 with the method that is taken."""
    refused = garden.client.get(path)

    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_page_of_the_book_wins_over_an_address_to_post_to(tmp_path: Path) -> None:
    """A book may have a page /chatkit, and one below /assistant."""
    book = tmp_path / "book"
    (book / "assistant").mkdir(parents=True)
    (book / "README.md").write_text("# Hi\n")
    (book / "chatkit.md").write_text("# All about kits\n")
    (book / "assistant" / "help.md").write_text("# Help of one's own\n")
    with serving(tmp_path / "data", book=book) as served:
        assert "All about kits" in served.client.get("/chatkit").text
        assert "Help of one" in served.client.get("/assistant/help").text
        assert served.client.get("/assistant/nothing").status_code == 404


@pytest.mark.parametrize(
    "path", ["/assistant/nothing", "/assistant/", "/_bookside/", "/_bookside/files/none.png", "/_bookside/static/none"]
)
def test_an_unknown_address_of_the_assistant_is_no_page(garden: Served, path: str) -> None:
    """A program that asks gets a problem document."""
    refused = garden.client.get(path)

    assert refused.status_code == 404
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/chatkit", "/assistant/feedback", "/assistant/attachments/atc_1"])
def test_a_client_that_leaves_while_it_sends_is_no_error_of_ours(
    garden: Served, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """Nothing is logged or raised."""
    pieces = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    answered: list[Any] = []

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json")],
        "client": ("192.0.2.1", 1),
        "server": ("192.0.2.2", 80),
    }
    asgi = garden.app.asgi
    assert asgi is not None

    async def call() -> None:
        await asgi(scope, receive, send)

    with caplog.at_level(logging.WARNING):
        asyncio.run_coroutine_threadsafe(call(), garden.loop).result(30)

    assert answered[0]["status"] == 400
    assert not caplog.records
