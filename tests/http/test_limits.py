"""How much and how often: every limit is named where it is met."""

from pathlib import Path

import pytest

from bookside.context import HOLDER_ID, Reader
from bookside.errors import TooMany
from bookside.http.limits import Rate, RateLimit
from model_server import ModelServer
from serving import Served, serving


def test_a_question_that_is_too_long_is_refused_with_the_limit(garden: Served) -> None:
    """413 in both dialects, and nothing is stored."""
    simple = garden.client.post("/assistant/chatkit", json={"query": "x" * 2001})
    asked = {"content": [{"type": "input_text", "text": "x" * 2001}], "attachments": [], "inference_options": {}}
    native = garden.chatkit("threads.create", input=asked)

    assert (simple.status_code, native.status_code) == (413, 413)
    assert "2,000 characters" in simple.json()["detail"]
    assert garden.client.post("/assistant/chatkit", json={"query": "x" * 2000}).status_code == 200


def test_a_body_that_is_too_long_is_not_read_to_its_end(garden: Served) -> None:
    """413 with the limit in bytes."""
    refused = garden.client.post("/chatkit", content=b"x" * 1_000_001)

    assert refused.status_code == 413
    assert "1,000,000 bytes" in refused.json()["detail"]


@pytest.mark.parametrize("dialect", ["simple", "chatkit"])
def test_a_long_selection_is_cut_and_the_reader_told(written: Served, model: ModelServer, dialect: str) -> None:
    """2,000 characters reach the model; a notice names the limit."""
    selected = "a" * 2_000 + "b" * 500
    if dialect == "simple":
        answer = [data for _, data in written.simple("Why?", context={"selected_text": selected})]
    else:
        answer = written.ask("Why?", selected_text=selected)
    notices = [event for event in answer if event.get("type") == "notice"]

    assert ["2,000 characters" in notice["message"] for notice in notices] == [True]
    assert "aaa" in str(model.requests[0])
    assert "b" * 10 not in str(model.requests[0])


@pytest.mark.parametrize(
    "body",
    [
        {"query": ""},
        {"query": "  "},
        {},
        {"query": 3},
        {"query": "x", "context": {"context_mode": "everything"}},
        {"query": "x", "context": {"page_context": {"current_chapter": "three"}}},
    ],
)
def test_a_question_of_the_wrong_form_is_422(garden: Served, body: dict[str, object]) -> None:
    """The problem names the field."""
    refused = garden.client.post("/assistant/chatkit", json=body)

    assert refused.status_code == 422
    assert "query" in refused.json()["detail"] or "context" in refused.json()["detail"]


def test_asking_too_often_is_429_with_retry_after(tmp_path: Path) -> None:
    """The seed's settings limit each reader; another reader still may ask, and reading is not counted."""
    with serving(tmp_path, rate_limit_requests=2, rate_limit_window=60) as served:
        ann, bob = served.token(), served.token()
        statuses = [
            served.client.post("/assistant/chatkit", json={"query": "x"}, headers=ann).status_code for _ in "123"
        ]
        refused = served.client.post("/assistant/chatkit", json={"query": "x"}, headers=ann)

        assert statuses == [200, 200, 429]
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert served.client.post("/assistant/chatkit", json={"query": "x"}, headers=bob).status_code == 200
        assert served.chatkit("threads.list", ann).status_code == 200


async def test_new_tokens_do_not_get_around_the_limit() -> None:
    """One address may ask as much as ten readers."""
    rate = Rate(RateLimit(1, 60))
    for number in range(10):
        await rate.ask(Reader(id=f"r{number}"), "192.0.2.1")

    with pytest.raises(TooMany):
        await rate.ask(Reader(id="r11"), "192.0.2.1")
    await rate.ask(Reader(id=HOLDER_ID), "192.0.2.2")
