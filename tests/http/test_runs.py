"""Answers that belong to the server: readers leave them, come back to them, stop them, and nothing is lost."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import httpx
import pytest
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter

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

WORDS = [f"wörd{number} " for number in range(24)]
GAP_S = 0.05
"""An answer of all these words takes more than a second."""

SIMPLE = "/assistant/chatkit"
NATIVE = "/chatkit"
BODIES: dict[str, dict[str, Any]] = {
    NATIVE: question("What is a relay?", resumable=True),
    SIMPLE: {"query": "What is a relay?", "metadata": {"resumable": True}},
}


@contextmanager
def followed(served: Served, run_id: str, **more: Any) -> Iterator[Iterator[bytes]]:
    """A run's events, as they come."""
    url = f"{served.url}/assistant/runs/{run_id}/events"
    with httpx.stream("GET", url, timeout=30, **more) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["bookside-run"] == run_id
        yield response.iter_raw()


def all_of(served: Served, run_id: str, **more: Any) -> bytes:
    with followed(served, run_id, **more) as stream:
        return b"".join(stream)


def items_of(served: Served, thread_id: str, headers: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Who said what, in order."""
    thread = served.client.get(f"/assistant/thread/{thread_id}", headers=headers).json()
    return [(item["type"].split("_")[0], item["content"][0]["text"]) for item in thread["items"]["data"]]


def run_of(served: Served, thread_id: str, headers: dict[str, str] | None = None) -> Any:
    return served.client.get(f"/assistant/thread/{thread_id}", headers=headers).json()["run"]


@pytest.mark.parametrize("path", [NATIVE, SIMPLE])
def test_a_resumable_answer_has_a_name_and_its_frames_have_numbers(
    written: Served, model: ModelServer, path: str
) -> None:
    """The header names the run, to foreign sites as well; each frame has the next number, and nothing else is new."""
    with written.opened(BODIES[path], path, {"Origin": "http://localhost:3000"}) as (response, stream):
        sent = b"".join(stream)
    frames = frames_of(sent)

    assert re.fullmatch(r"run_[0-9a-f]+", response.headers["bookside-run"])
    assert "Bookside-Run" in response.headers["access-control-expose-headers"]
    assert b"".join(frames) == sent
    assert [frame.split(b"\n")[0] for frame in frames] == [b"id: %d" % (at + 1) for at in range(len(frames))]
    assert {len(frame.split(b"\n")) for frame in frames} == {4 if path == NATIVE else 5}


def test_any_other_answer_is_as_chatkit_writes_it(written: Served, model: ModelServer) -> None:
    """No name, no numbers: the very bytes of ChatKit's own server for the same events."""
    with written.opened(question("What is a relay?")) as (response, stream):
        sent = b"".join(stream)
    read = TypeAdapter[ThreadStreamEvent](ThreadStreamEvent)
    again = [written.app.assistant._serialize(read.validate_json(frame[len(b"data: ") :])) for frame in frames_of(sent)]

    assert "bookside-run" not in response.headers
    assert sent == b"".join(b"data: " + event + b"\n\n" for event in again)
    assert run_of(written, thread_in(sent)) is None


def cut(stream: Iterator[bytes], frames: int, more_bytes: int) -> tuple[bytes, bool]:
    """What comes of a stream that is cut so many bytes behind so many frames, and whether it had ended before that."""
    read = b""
    for piece in stream:
        read += piece
        place = len(b"".join(frames_of(read)[:frames])) + more_bytes
        if len(frames_of(read)) >= frames and len(read) > place:
            return read[:place], False
    return read, True


@pytest.mark.parametrize("path", [NATIVE, SIMPLE])
def test_a_cut_stream_is_taken_up_byte_for_byte(written: Served, model: ModelServer, path: str) -> None:
    """Cut again and again while it is written, behind a frame and within one: the whole is what an uncut reader got.

    Another reader comes late, and gets the same.
    """
    model.says, model.gap_s = WORDS, GAP_S
    places = cycle([(1, 0), (1, 1), (2, 30), (1, 0), (1, 300), (3, 7)])
    with written.opened(BODIES[path], path) as (response, stream):
        run_id = response.headers["bookside-run"]
        got: list[bytes] = []
        cuts, is_over = 0, False
        while not is_over:
            number = str(len(got))
            how = {"headers": {"Last-Event-ID": number}} if cuts % 2 else {"params": {"after": number}}
            with followed(written, run_id, **how) as resumed:
                read, is_over = cut(resumed, *next(places))
            got += frames_of(read)
            cuts += 1
        late = all_of(written, run_id)
        uncut = b"".join(stream)

    assert "wörd23" in uncut.decode()
    assert b"".join(got) == uncut
    assert late == uncut
    assert cuts > 10


@pytest.mark.parametrize("path", [NATIVE, SIMPLE])
def test_an_answer_that_has_ended_is_given_again_from_any_frame(
    shared_model: ModelServer, path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """From memory, from the database, and by the server's next process; also when nothing is left to give."""
    model = shared_model.renew()
    data = tmp_path_factory.mktemp("again")
    with serving(data, openai_base_url=model.url) as served:
        with served.opened(BODIES[path], path) as (response, stream):
            frames = frames_of(b"".join(stream))
        run_id = response.headers["bookside-run"]
        rests = {after: b"".join(frames[after:]) for after in range(len(frames) + 1)}
        at_once = {after: all_of(served, run_id, params={"after": after}) for after in rests}
        wait_until(lambda: served.live_runs == 0)
        from_store = {after: all_of(served, run_id, params={"after": after}) for after in rests}
    with serving(data, openai_base_url=model.url) as served:
        by_next = {after: all_of(served, run_id, params={"after": after}) for after in rests}

    assert at_once == rests
    assert from_store == rests
    assert by_next == rests


def test_what_is_not_yours_is_as_if_it_were_not(written: Served, model: ModelServer) -> None:
    """A run of another reader and one that never was have the same answer, for its events and for its stop."""
    model.says, model.gap_s = WORDS, GAP_S
    ann, bob = written.token(), written.token()
    with written.opened(BODIES[NATIVE], headers=ann) as (response, stream):
        run_id = response.headers["bookside-run"]
        events_ = written.client.get(f"/assistant/runs/{run_id}/events", headers=bob)
        stopped = written.client.post(f"/assistant/runs/{run_id}/stop", headers=bob)
        thread_id = thread_in(read_until(stream, "wörd2".encode()))
        intruding = written.client.post(NATIVE, json=question("Mine now?", thread_id, resumable=True), headers=bob)
        status = run_of(written, thread_id, ann)
        rest = b"".join(stream)
    unknown = "run_" + "0" * 32
    no_events = written.client.get(f"/assistant/runs/{unknown}/events", headers=bob)
    no_run = written.client.post(f"/assistant/runs/{unknown}/stop", headers=bob)

    assert [r.status_code for r in (events_, stopped, intruding, no_events, no_run)] == [404] * 5
    assert events_.text.replace(run_id, unknown) == no_events.text
    assert stopped.text.replace(run_id, unknown) == no_run.text
    assert status == {"id": run_id, "status": "running"}
    assert "wörd23" in rest.decode()


def test_a_plain_answer_cannot_be_taken_up(written: Served, model: ModelServer) -> None:
    """Its run has no name that anybody was told; the database has none of its frames once it is over."""
    model.says, model.gap_s = WORDS, GAP_S
    assert written.app.asgi is not None
    with written.opened(question("What is a relay?")) as (_, stream):
        read_until(stream, "wörd2".encode())
        names = list(written.app.asgi.state.services.runs._runs)
        while_it_runs = [written.client.get(f"/assistant/runs/{name}/events").status_code for name in names]
        list(stream)
    wait_until(lambda: written.live_runs == 0)

    assert names
    assert {*while_it_runs} == {404}
    assert {written.client.get(f"/assistant/runs/{name}/events").status_code for name in names} == {404}


@pytest.mark.parametrize("bad", ["-1", "x", "1.5", "99999999999999999999999", "2147483648", "9223372036854775808"])
def test_a_number_that_is_none_is_refused(written: Served, model: ModelServer, bad: str) -> None:
    """422 with a problem document, however it was sent; one that is merely too large has nothing behind it."""
    with written.opened(BODIES[NATIVE]) as (response, stream):
        list(stream)
    url = f"/assistant/runs/{response.headers['bookside-run']}/events"
    fresh = [written.client.get(url, params={"after": bad}), written.client.get(url, headers={"Last-Event-ID": bad})]
    wait_until(lambda: written.live_runs == 0)
    old = [written.client.get(url, params={"after": bad}), written.client.get(url, headers={"Last-Event-ID": bad})]

    for answer in [*fresh, *old]:
        is_empty = answer.status_code == 200 and answer.content == b"" and bad.isdigit()
        is_refused = answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"
        assert is_empty or is_refused, (answer.status_code, answer.text)


@pytest.mark.parametrize("path", [NATIVE, SIMPLE])
def test_a_stopped_answer_ends_with_what_was_written(written: Served, model: ModelServer, path: str) -> None:
    """202, and the stream ends with the partial message, which is in the thread; stopping again is 200 and nothing."""
    model.says, model.gap_s = ENDLESS, GAP_S
    with written.opened(BODIES[path], path) as (response, stream):
        run_id = response.headers["bookside-run"]
        read = read_until(stream, b"word3")
        stopping = written.client.post(f"/assistant/runs/{run_id}/stop")
        read += b"".join(stream)
    again = [written.client.post(f"/assistant/runs/{run_id}/stop")]
    wait_until(lambda: written.live_runs == 0)
    again.append(written.client.post(f"/assistant/runs/{run_id}/stop"))
    seen = [event for event in events(read.decode()) if event]
    asked, answered = items_of(written, thread_in(read))
    done = next(event for event in reversed(seen) if event["type"] in ("thread.item.done", "item.done"))

    assert (stopping.status_code, stopping.json()) == (202, {"id": run_id, "status": "running"})
    assert [(r.status_code, r.json()) for r in again] == [(200, {"id": run_id, "status": "stopped"})] * 2
    assert done is seen[-1]
    assert done["item"]["content"][0]["text"] == answered[1]
    assert answered[1].startswith("word0 word1 word2 word3")
    assert "word1199" not in answered[1]
    assert asked == ("user", "What is a relay?")
    assert run_of(written, thread_in(read)) == {"id": run_id, "status": "stopped"}
    if path == NATIVE:
        assert text_of(seen) == answered[1]


def test_an_answer_that_nobody_follows_goes_on(written: Served, model: ModelServer) -> None:
    """Its reader leaves in the middle: all of it is written, kept, and given to whoever comes back."""
    model.says, model.gap_s = WORDS, GAP_S
    with written.opened(BODIES[NATIVE]) as (response, stream):
        read = read_until(stream, "wörd3".encode())
    thread_id, run_id = thread_in(read), response.headers["bookside-run"]
    while_it_runs = run_of(written, thread_id)
    wait_until(lambda: run_of(written, thread_id)["status"] == "completed")
    whole = all_of(written, run_id)

    assert while_it_runs == {"id": run_id, "status": "running"}
    assert items_of(written, thread_id)[1][1].strip() == "".join(WORDS).strip()
    assert whole.startswith(frames_of(read)[0])
    assert text_of(events(whole.decode())).strip() == "".join(WORDS).strip()


def test_a_plain_answer_that_nobody_follows_stops(written: Served, model: ModelServer) -> None:
    """Its reader leaves: what was written is kept, the model is left alone, and there is no run to come back to."""
    model.says, model.gap_s = ENDLESS, GAP_S
    with written.opened(question("What is a relay?")) as (_, stream):
        read = read_until(stream, b"word3")
    wait_until(lambda: written.live_runs == 0)
    thread_id = thread_in(read)
    _, (who, text) = items_of(written, thread_id)

    assert who == "assistant"
    assert text.startswith(text_of(events(b"".join(frames_of(read)).decode())).strip())
    assert len(text.split()) < 100
    assert run_of(written, thread_id) is None


@pytest.mark.parametrize("resumable", [True, False])
def test_a_second_question_stops_the_answer_to_the_first(written: Served, model: ModelServer, resumable: bool) -> None:
    """What it has is kept in its place: question, part of an answer, question, answer."""
    model.says, model.gap_s = ENDLESS, GAP_S
    with written.opened(question("First?", resumable=resumable)) as (_, stream):
        read = read_until(stream, b"word3")
        thread_id = thread_in(read)
        model.says = ["All of it."]
        second = written.ask("Second?", thread_id)
        first = events((read + b"".join(stream)).decode())
    items = items_of(written, thread_id)

    assert [item[0] for item in items] == ["user", "assistant", "user", "assistant"]
    assert items[0][1] == "First?"
    assert items[1][1] == text_of(first)
    assert "word3" in items[1][1]
    assert items[2:] == [("user", "Second?"), ("assistant", "All of it.")]
    assert done_items(first)[-1]["content"][0]["text"] == items[1][1]
    assert text_of(second) == "All of it."
    if resumable:
        assert run_of(written, thread_id)["status"] == "stopped"


def test_of_questions_at_once_one_is_answered_at_a_time(written: Served, model: ModelServer) -> None:
    """Three come while an answer is written: two answers never run beside each other in one thread."""
    model.says, model.gap_s = ENDLESS, GAP_S
    together = threading.Barrier(3)
    with written.opened(question("First?", resumable=True)) as (_, stream):
        thread_id = thread_in(read_until(stream, b"word3"))
        model.says = WORDS

        def ask(name: str) -> str:
            together.wait()
            return text_of(written.ask(name, thread_id, resumable=True))

        with ThreadPoolExecutor() as pool:
            answers = [*pool.map(ask, ["Second?", "Third?", "Fourth?"])]
    wait_until(lambda: written.live_runs == 0)
    items = items_of(written, thread_id)

    assert sum("wörd23" in answer for answer in answers) == 1, items
    assert items[-1][0] == "assistant"
    assert "wörd23" in items[-1][1]


def test_a_retry_stops_the_answer_and_takes_its_place(written: Served, model: ModelServer) -> None:
    """The stopped stream ends with its part; then the new answer begins, and the part is gone."""
    model.says, model.gap_s = ENDLESS, GAP_S
    with written.opened(question("First?", resumable=True)) as (response, stream):
        read = read_until(stream, b"word3")
        thread_id = thread_in(read)
        thread = written.client.get(f"/assistant/thread/{thread_id}").json()
        model.says = ["All of it."]
        retried = written.chatkit(
            "threads.retry_after_item", thread_id=thread_id, item_id=thread["items"]["data"][0]["id"]
        )
        first = events((read + b"".join(stream)).decode())

    assert done_items(first)[-1]["content"][0]["text"] == text_of(first)
    assert text_of(events(retried.text)) == "All of it."
    assert items_of(written, thread_id) == [("user", "First?"), ("assistant", "All of it.")]
    assert run_of(written, thread_id) == {"id": response.headers["bookside-run"], "status": "stopped"}


@pytest.mark.parametrize("resumable", [True, False])
def test_a_retry_that_fails_before_its_first_word_deletes_nothing(
    written: Served, model: ModelServer, resumable: bool
) -> None:
    """The old answer is still there, and the error may be retried."""
    answer = written.ask("First?")
    thread_id = thread_id_of(answer)
    before = items_of(written, thread_id)
    model.status = 500
    question_id = done_items(answer, "user_message")[0]["id"]
    metadata = {"resumable": resumable}
    retried = written.chatkit("threads.retry_after_item", thread_id=thread_id, item_id=question_id, metadata=metadata)

    assert [event["allow_retry"] for event in events(retried.text) if event["type"] == "error"] == [True]
    assert items_of(written, thread_id) == before


def test_a_thread_tells_of_its_latest_run(written: Served, model: ModelServer) -> None:
    """None, then each resumable answer's by turns with how it ended; a plain one changes nothing."""
    thread_id = thread_id_of(written.ask("Plain?"))
    told = [run_of(written, thread_id)]
    for status in (200, 500):
        model.status = status
        with written.opened(question("Again?", thread_id, resumable=True)) as (response, stream):
            list(stream)
        told.append(run_of(written, thread_id))
        assert told[-1]["id"] == response.headers["bookside-run"]
    model.status = 200
    written.ask("Plain?", thread_id)
    wait_until(lambda: written.live_runs == 0)
    told.append(run_of(written, thread_id))

    assert told[0] is None
    assert [run["status"] for run in told[1:]] == ["completed", "failed", "failed"]


def test_a_deleted_threads_run_is_gone(written: Served, model: ModelServer) -> None:
    """Deleted in mid-answer: the run ends, its events and its thread are not there any more, and nothing is stuck."""
    model.says, model.gap_s = WORDS, GAP_S
    with written.opened(BODIES[NATIVE]) as (response, stream):
        thread_id = thread_in(read_until(stream, "wörd2".encode()))
        deleted = written.client.delete(f"/assistant/thread/{thread_id}")
        list(stream)
    wait_until(lambda: written.live_runs == 0)

    assert deleted.status_code == 204
    assert written.client.get(f"/assistant/thread/{thread_id}").status_code == 404
    assert written.client.get(f"/assistant/runs/{response.headers['bookside-run']}/events").status_code == 404
