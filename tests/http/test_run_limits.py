"""Answers have limits: how many at once, how long, how much memory; what is over them is refused or ended in words."""

import asyncio
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from model_server import ENDLESS, ModelServer
from serving import (
    Served,
    done_items,
    events,
    frames_of,
    question,
    read_until,
    serving,
    text_of,
    thread_id_of,
    thread_in,
    wait_until,
)

GAP_S = 0.05


# --- how many


@pytest.fixture
def few(tmp_path: Path, model: ModelServer) -> Iterator[Served]:
    """A server that writes three answers at once, and two for one reader."""
    model.says, model.gap_s = ENDLESS, GAP_S
    with serving(tmp_path, openai_base_url=model.url, max_runs=3, max_runs_per_reader=2) as served:
        yield served


def test_too_many_answers_at_once_are_refused(few: Served) -> None:
    """429 for the reader who has two, 503 when the server has three, each with Retry-After and nothing begun."""
    ann, bob = few.token(), few.token()
    with ExitStack() as streams:
        _, first = streams.enter_context(few.opened(question("One?"), headers=ann))
        thread_id = thread_in(read_until(first, b"word1"))
        two, _ = streams.enter_context(few.opened(question("Two?", resumable=True), headers=ann))
        own = few.client.post("/chatkit", json=question("Three?"), headers=ann)
        streams.enter_context(few.opened(question("Mine?"), headers=bob))
        all_ = few.client.post("/chatkit", json=question("And mine?"), headers=few.token())
        few.client.post(f"/assistant/runs/{two.headers['bookside-run']}/stop", headers=ann)
        threads = few.chatkit("threads.list", ann).json()["data"]
        metrics = few.client.get("/metrics").text

    assert (own.status_code, all_.status_code) == (429, 503)
    for refused in (own, all_):
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) > 0
    assert thread_id in [thread["id"] for thread in threads]
    assert len(threads) == 2
    assert 'bookside_refused_total{why="reader"} 1.0' in metrics
    assert 'bookside_refused_total{why="process"} 1.0' in metrics


def test_a_place_is_free_again_when_an_answer_has_ended(few: Served, model: ModelServer) -> None:
    """Stopped, left or finished: none of them goes on counting."""
    ann = few.token()
    for _ in range(3):
        with few.opened(question("One?"), headers=ann) as (_, one):
            read_until(one, b"word1")
        with few.opened(question("Two?", resumable=True), headers=ann) as (two, stream):
            read_until(stream, b"word1")
        assert few.client.post(f"/assistant/runs/{two.headers['bookside-run']}/stop", headers=ann).is_success
        wait_until(lambda: few.live_runs == 0)
    model.says = ["All of it."]

    assert text_of(few.ask("Three?", None, ann)) == "All of it."


def test_a_reader_at_the_limit_may_ask_on_in_the_same_thread(few: Served, model: ModelServer) -> None:
    """The answer that the new question stops is not counted against it."""
    ann = few.token()
    with few.opened(question("One?"), headers=ann) as (_, one), few.opened(question("Two?"), headers=ann) as (_, two):
        thread_id = thread_in(read_until(one, b"word1"))
        read_until(two, b"word1")
        model.says = ["All of it."]
        asked_on = few.client.post("/chatkit", json=question("And?", thread_id), headers=ann)

    assert asked_on.status_code == 200, asked_on.text
    assert text_of(events(asked_on.text)) == "All of it."


# --- how long, and what a model may do


@pytest.fixture(scope="module", params=["chat_completions", "responses"])
def impatient(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer
) -> Iterator[Served]:
    """A server that gives up soon."""
    data = tmp_path_factory.mktemp("impatient")
    limits = {"first_text_timeout_s": 0.8, "answer_timeout_s": 1.5, "model_timeout_s": 30.0}
    with serving(data, openai_base_url=shared_model.url, chat_api=request.param, **limits) as served:
        yield served


FAILURES: dict[str, dict[str, Any]] = {
    "silent from the first": {"silent_s": 30.0},
    "silent in the middle": {"says": ["one ", "two "], "gap_s": 30.0},
    "endless": {"says": ENDLESS, "gap_s": 0.1},
    "429": {"status": 429},
    "500": {"status": 500},
    "cut off at once": {"cut_after": 0},
    "cut off in the middle": {"says": ["one ", "two ", "three "], "cut_after": 2, "gap_s": 0.1},
    "JSON": {"raw": (b'{"id": "c", "object": "chat.completion", "choices": []}', "application/json")},
    "HTML": {"raw": (b"<html>\n\n<p>Welcome to the proxy</p>\n\n</html>", "text/html")},
    "no JSON": {"raw": (b"data: not JSON\n\n", "text/event-stream")},
    "garbage": {"raw": (b"\xff\xfe\x00\x01" * 1000, "text/event-stream")},
    "nothing": {"raw": (b"", "text/event-stream")},
    "an error": {"raw": (b'data: {"error": {"message": "no", "code": 500}}\n\n', "text/event-stream")},
}
WRITTEN = {"silent in the middle": "one", "endless": "word0 word1", "cut off in the middle": "one two"}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_model_that_fails_leaves_one_error_that_may_be_retried(
    impatient: Served, model: ModelServer, failure: str, request: pytest.FixtureRequest
) -> None:
    """The question is kept, and what was written; the error is the last event, and asking on works."""
    resumable = "responses" in request.node.callspec.id  # one of each, to save time
    model.searches = None
    model.__dict__.update(FAILURES[failure])
    answer = impatient.ask("What is a relay?", resumable=resumable)
    thread_id = thread_id_of(answer)
    items = impatient.chatkit("items.list", thread_id=thread_id, order="asc").json()["data"]
    shown = impatient.client.get(f"/assistant/thread/{thread_id}").json()["run"]
    model.renew().searches = None
    model.says = ["All of it."]
    again = impatient.ask("Again?", thread_id, resumable=resumable)

    errors = [event for event in answer if event["type"] == "error"]
    assert [(event["allow_retry"], event["message"][-1:]) for event in errors] == [(True, ".")]
    assert answer[-1] == errors[0]
    assert [item["type"] for item in items] == ["user_message"] + ["assistant_message"] * (failure in WRITTEN)
    for item in items[1:]:
        assert item["content"][0]["text"].startswith(WRITTEN[failure])
        assert done_items(answer)[-1]["content"][0]["text"] == item["content"][0]["text"]
    assert (shown or {}).get("status") == ("failed" if resumable else None)
    assert text_of(again) == "All of it."


@pytest.mark.parametrize("status", [429, 500])
def test_a_model_that_fails_for_a_moment_is_asked_again(impatient: Served, model: ModelServer, status: int) -> None:
    """The reader notices nothing."""
    model.first_statuses, model.searches = [status, status], None
    answer = impatient.ask("What is a relay?")

    assert "error" not in {event["type"] for event in answer}
    assert text_of(answer).startswith("Relays switch")


def test_a_stream_that_just_ends_is_one_message(impatient: Served, model: ModelServer) -> None:
    """A server that ends its stream without a word: its text is shown once, and it is kept or an error is told."""
    model.says, model.just_ends, model.searches = ["All ", "of it."], True, None
    answer = impatient.ask("What is a relay?")
    items = impatient.chatkit("items.list", thread_id=thread_id_of(answer), order="asc").json()["data"]

    assert [item["type"] for item in items] == ["user_message", "assistant_message"]
    assert items[1]["content"][0]["text"] == text_of(answer) == "All of it."
    assert len(done_items(answer)) == 1
    assert {event["item"]["id"] for event in answer if event["type"] == "thread.item.added"} == {items[1]["id"]}


def test_words_before_a_search_are_shown_once(impatient: Served, model: ModelServer) -> None:
    """A model that says what it is about to do, and then searches, has written two messages."""
    model.preamble = "Let me look."
    first = impatient.ask("What is a relay?")
    model.gap_s = 0.01
    second = impatient.ask("And now?", thread_id_of(first))
    said = [item["content"][0]["text"] for item in done_items(second)]
    items = impatient.chatkit("items.list", thread_id=thread_id_of(first), order="asc").json()["data"]

    assert said == ["Let me look.", "Relays switch large currents."]
    assert text_of(second) == "".join(said)
    assert [item["content"][0]["text"] for item in items[-2:]] == said


@pytest.mark.parametrize("words", ["response.created", "response.in_progress"])
def test_an_answer_may_name_the_apis_own_events(impatient: Served, model: ModelServer, words: str) -> None:
    """They are words like any others."""
    model.says, model.searches = ["It begins with ", words, "."], None
    answer = impatient.ask("How does a stream begin?")

    assert "error" not in {event["type"] for event in answer}
    assert text_of(answer) == f"It begins with {words}."


def test_a_silent_model_is_given_up_by_itself(tmp_path: Path, model: ModelServer) -> None:
    """Silence in the middle of an answer, longer than a model may keep it: an error, before the answer's own limit."""
    model.says, model.gap_s, model.searches = ["one ", "two "], 30.0, None
    with serving(tmp_path, openai_base_url=model.url, model_timeout_s=0.4) as served:
        answer = served.ask("What is a relay?")

    assert [event["allow_retry"] for event in answer if event["type"] == "error"] == [True]
    assert done_items(answer)[-1]["content"][0]["text"].strip() == "one"


# --- how much memory


def asked(served: Served, body: dict[str, Any]) -> socket.socket:
    """A connection on which a question was sent, and of which nothing has been read; little of it waits unread."""
    host, port = served.url.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    connection.connect((host, int(port)))
    data = json.dumps(body).encode()
    head = "POST /chatkit HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    return connection


def transports(served: Served) -> list[Any]:
    """All connections of the server's process, as its event loop has them."""
    return [*getattr(served.loop, "_transports").values()]  # noqa: B009 - no name of ours


def test_a_slow_reader_gets_everything_and_costs_nothing(tmp_path: Path, model: ModelServer) -> None:
    """One who reads nothing, and then byte by byte, gets what a quick one got; what waits for it is bounded."""
    model.says, model.gap_s = [f"word{number:04} " * 20 for number in range(600)], 0.001
    body = question("What is a relay?", resumable=True)
    with serving(tmp_path, openai_base_url=model.url, frame_ms=0) as served, asked(served, body) as slow:
        sent = slow.recv(5)
        for transport in transports(served):  # as little as possible waits in the kernel
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        wait_until(lambda: served.live_runs == 0)
        waiting = max(transport.get_write_buffer_size() for transport in transports(served))
        while b"\r\n\r\n" not in sent:
            sent += slow.recv(1)
        run_id = re.findall(r"run_\w+", sent.decode())[0]
        quick = served.client.get(f"/assistant/runs/{run_id}/events").content
        pieces = [slow.recv(1) for _ in range(3_000)]
        while piece := slow.recv(65_536):
            pieces.append(piece)
    chunked, got = b"".join(pieces), b""
    while chunked:
        size, _, chunked = chunked.partition(b"\r\n")
        got, chunked = got + chunked[: int(size, 16)], chunked[int(size, 16) + 2 :]

    assert len(frames_of(quick)) > 200
    assert got == quick
    assert text_of(events(got.decode())).split() == "".join(model.says).split()
    assert 0 < waiting < 150_000 < len(got) / 2


@pytest.mark.parametrize("frame_ms", [0, 50])
def test_an_answer_without_end_is_broken_off(
    tmp_path: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch, frame_ms: int
) -> None:
    """Past the limit of what is kept of a run, it ends in an error that says so, and what was written is kept."""
    monkeypatch.setattr("bookside.chat.run.MAX_RUN_BYTES", 20_000)
    model.says, model.gap_s = [f"word{number} " for number in range(20_000)], 0.001
    with serving(tmp_path, openai_base_url=model.url, frame_ms=frame_ms) as served:
        answer = served.ask("What is a relay?")
        thread = served.client.get(f"/assistant/thread/{thread_id_of(answer)}").json()

    assert "longer than the limit" in answer[-1]["message"]
    kept = thread["items"]["data"][-1]["content"][0]["text"]
    assert kept
    assert "".join(model.says).startswith(kept)
    assert 500 < len(kept) < 30_000


def server_sockets(served: Served) -> int:
    """Connections to the server that are not closed on its side."""
    port = f":{int(served.url.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    established, close_wait = "01", "08"
    return sum(row[1].endswith(port) and row[3] in (established, close_wait) for row in rows)


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="sockets are counted in /proc")
def test_a_thousand_drops_leave_nothing_behind(tmp_path: Path, model: ModelServer) -> None:
    """Readers who come and go, plain and resumable, asking and following: no task, no run, no connection stays."""
    model.says, model.gap_s, model.searches = ["word "] * 10, 0.02, None
    with serving(tmp_path, openai_base_url=model.url) as served:

        def drop(number: int) -> None:
            with asked(served, question("What is a relay?", resumable=number % 4 == 0)):
                time.sleep(0.002 * (number % 10))

        def is_quiet() -> bool:
            return served.live_runs == 0 and server_sockets(served) <= 1

        for number in range(50):
            drop(number)
        wait_until(is_quiet)
        tasks, memory = len(asyncio.all_tasks(served.loop)), resident_bytes()
        for number in range(350):
            drop(number)
        wait_until(is_quiet)
        model.says, model.gap_s = ENDLESS, GAP_S
        host, port = served.url.removeprefix("http://").split(":")
        body = question("What is a relay?", resumable=True)
        with httpx.stream("POST", f"{served.url}/chatkit", json=body, timeout=30) as response:
            stream = response.iter_raw()
            read_until(stream, b"word1")
            run_id = response.headers["bookside-run"]
            get = f"GET /assistant/runs/{run_id}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            for number in range(650):
                with socket.create_connection((host, int(port))) as connection:
                    connection.sendall(get)
                    if number % 3 == 0:
                        connection.recv(100)
            served.client.post(f"/assistant/runs/{run_id}/stop")
            rest = b"".join(stream)
        wait_until(is_quiet)
        wait_until(lambda: len(asyncio.all_tasks(served.loop)) <= tasks + 3)
        grown = resident_bytes() - memory
        model.says, model.gap_s = ["All well."], 0.0
        live = re.findall(r"^bookside_streams_live (\S+)", served.client.get("/metrics").text, re.M)

        assert b"thread.item.done" in rest
        assert text_of(served.ask("Still there?")) == "All well."
        assert live == ["0.0"]
        assert grown < 64_000_000
