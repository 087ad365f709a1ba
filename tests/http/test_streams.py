"""Streams stay awake, and a reader who leaves stops the work behind them without losing what was written."""

import asyncio
import json
import re
import socket
import time

import httpx
import pytest

from model_server import ModelServer
from serving import Served, named_events, serving, text_of, thread_id_of


def test_a_reader_who_leaves_keeps_what_was_written(written: Served, model: ModelServer) -> None:
    """The partial answer is in the thread, the thread has its title, and the model is no longer read."""
    model.says, model.gap_s = [f"word{n} " for n in range(200)], 0.05
    asked = {
        "content": [{"type": "input_text", "text": "What is a relay?"}],
        "attachments": [],
        "inference_options": {},
    }
    body = {"type": "threads.create", "params": {"input": asked}}
    seen = ""
    with httpx.stream("POST", f"{written.url}/chatkit", json=body) as response:
        for text in response.iter_text():
            seen += text
            if "word5" in seen:
                break
    found = re.search(r"thr_\w+", seen)
    assert found is not None
    thread_id = found[0]
    deadline = time.monotonic() + 10
    thread: dict[str, dict[str, list[dict[str, object]]]] = {}
    while time.monotonic() < deadline:
        thread = written.client.get(f"/assistant/thread/{thread_id}").json()
        if thread["title"]:
            break
        time.sleep(0.05)

    assert thread["title"] == "What is a relay?"
    assert "word5" in str(thread["items"]["data"][1])
    assert "word199" not in str(thread["items"]["data"][1])


def test_readers_who_leave_at_any_moment_block_nobody(written: Served, model: ModelServer) -> None:
    """After bursts of dropped connections the next question is answered, and no task is left behind."""
    model.says, model.gap_s = ["word "] * 100, 0.05
    asked = {
        "content": [{"type": "input_text", "text": "What is a relay?"}],
        "attachments": [],
        "inference_options": {},
    }
    body = json.dumps({"type": "threads.create", "params": {"input": asked}}).encode()
    head = b"POST /chatkit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
        body
    )
    host, port = written.url.removeprefix("http://").split(":")
    before = len(asyncio.all_tasks(written.loop))
    for number in range(40):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head + body)
            time.sleep(0.003 * (number % 12))
    model.says, model.gap_s = ["All well."], 0.0
    answer = written.ask("Still there?")
    deadline = time.monotonic() + 10
    while len(asyncio.all_tasks(written.loop)) > before + 5 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert text_of(answer) == "All well."
    assert len(asyncio.all_tasks(written.loop)) <= before + 5


@pytest.mark.parametrize("cut_after", [0, 2])
def test_a_model_that_breaks_off_leaves_a_retryable_error(written: Served, model: ModelServer, cut_after: int) -> None:
    """The reader is told, the question and what was written are kept, and asking on works."""
    model.says, model.cut_after, model.gap_s = ["one ", "two ", "three "], cut_after, 0.1
    answer = written.ask("What is a relay?")
    errors = [event for event in answer if event["type"] == "error"]
    items = written.chatkit("items.list", thread_id=thread_id_of(answer), order="asc").json()["data"]
    model.says, model.cut_after = ["All of it."], None
    again = written.ask("Again?", thread_id_of(answer))

    assert [error["allow_retry"] for error in errors] == [True]
    assert [item["type"] for item in items] == ["user_message", *(["assistant_message"] if cut_after else [])]
    assert not cut_after or items[1]["content"][0]["text"].strip() == "one two"
    assert "All of it." in str(again)


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_model_that_fails_is_named_without_its_words(written: Served, model: ModelServer, status: int) -> None:
    """The error says what failed and may be retried; what the provider wrote, and the key, are not shown."""
    model.status, model.error_text = status, "no quota for sk-test-never-shown"
    answer = written.ask("What is a relay?")
    error = next(event for event in answer if event["type"] == "error")

    assert f"({status})" in error["message"]
    assert error["allow_retry"] is True
    assert "sk-test" not in str(answer)
    assert "quota" not in str(answer)


def test_an_index_that_is_gone_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The reader is told that the index does not answer, and may try again; no answer is made up."""
    data = tmp_path_factory.mktemp("gone")
    with serving(data) as served:
        (data / "index").rename(data / "gone")  # in one step: the server looks for a new index now and then
        answer = served.ask("What is a relay?")
        search = served.client.get("/assistant/search?q=relay")
        health = served.client.get("/assistant/health")
    error = next(event for event in answer if event["type"] == "error")

    assert ("index" in error["message"], error["allow_retry"]) == (True, True)
    assert text_of(answer) == ""
    assert (search.status_code, health.status_code) == (503, 503)


def test_a_model_that_never_ends_is_given_up(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> None:
    """After the answer's time limit the reader gets an error; what was written stays."""
    model.says, model.gap_s = ["still ", "going "] * 100, 0.2
    data = tmp_path_factory.mktemp("slow")
    with serving(data, openai_base_url=model.url, openai_api_key="x", answer_timeout_s=1.5) as served:
        answer = served.ask("What is a relay?")
        items = served.chatkit("items.list", thread_id=thread_id_of(answer), order="asc").json()["data"]

    assert "too long" in next(event for event in answer if event["type"] == "error")["message"]
    assert items[1]["content"][0]["text"].startswith("still going")


def test_a_quiet_stream_is_kept_awake(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> None:
    """A comment goes out whenever nothing else has for a while; nothing of the answer is lost or changed."""
    model.says, model.gap_s = ["one ", "two"], 0.4
    data = tmp_path_factory.mktemp("quiet")
    with serving(data, openai_base_url=model.url, openai_api_key="x", ping_s=0.1) as served:
        body = {"query": "What is a relay?"}
        text = served.client.post("/assistant/chatkit", json=body).text

    assert ": ping\n\n" in text
    deltas = [data["delta"]["text"] for name, data in named_events(text) if name == "item.delta"]
    assert "".join(deltas) == "one two"


def test_words_that_come_together_travel_together(written: Served, model: ModelServer) -> None:
    """The first words go at once, the others a few frames later; the text is the same, character for character."""
    model.says, model.gap_s = [f"word{number} " for number in range(300)], 0.002
    answer = written.ask("What is a relay?")
    deltas = [event for event in answer if event.get("update", {}).get("type", "").endswith("text_delta")]

    assert text_of(answer) == "".join(model.says)
    assert deltas[0]["update"]["delta"].startswith("word0")
    assert len(deltas) < 150
