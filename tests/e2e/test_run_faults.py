"""Answers outlive the death of their server, a restart of the database, and a reader who moves to another server."""

import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.processes import Process, bookside
from model_server import ENDLESS, ModelServer
from postgres import PostgresServer
from serving import GARDEN, done_items, events, frames_of, question, read_until, text_of, thread_in, wait_until

GAP_S = 0.05
"""Such an answer takes a minute: longer than anything that a test does meanwhile."""
LOST_WORDS = 20
"""What half a second of such an answer is at most, and as much again on a slow machine."""
SECRET = "a secret that all servers of a test share"


@pytest.fixture
def model(shared_model: ModelServer) -> ModelServer:
    """A model that writes until it is stopped."""
    return endless(shared_model)


def endless(model: ModelServer) -> ModelServer:
    model.renew()
    model.says, model.gap_s = ENDLESS, GAP_S
    return model


@dataclass
class Asked:
    """An answer that is being read.

    Args:
        read: Its bytes so far.
    """

    run_id: str | None
    stream: Iterator[bytes]
    read: bytes = b""
    thread_id: str = ""

    def read_on(self) -> bytes:
        """All that comes until the end, or until the connection is cut; all its bytes."""
        try:
            for piece in self.stream:
                self.read += piece
        except httpx.TransportError:
            pass
        return self.read

    @property
    def text(self) -> str:
        """The words of the whole frames so far."""
        return text_of(events(b"".join(frames_of(self.read)).decode()))


@contextmanager
def asking(url: str, body: dict[str, Any], until: bytes = b"word6") -> Iterator[Asked]:
    """A question whose answer has come as far as ``until``."""
    with httpx.stream("POST", f"{url}/chatkit", json=body, timeout=60) as response:
        assert response.status_code == 200, response.read()
        asked = Asked(response.headers.get("bookside-run"), response.iter_raw())
        asked.read = read_until(asked.stream, until)
        asked.thread_id = thread_in(asked.read)
        yield asked


def thread_of(url: str, thread_id: str) -> Any:
    return httpx.get(f"{url}/assistant/thread/{thread_id}", timeout=30).json()


def items_of(url: str, thread_id: str) -> list[tuple[str, str]]:
    """Who said what, in order."""
    items = thread_of(url, thread_id)["items"]["data"]
    return [(item["type"].split("_")[0], item["content"][0]["text"]) for item in items]


def status_of(url: str, thread_id: str) -> str | None:
    return (thread_of(url, thread_id)["run"] or {}).get("status")


def events_of(url: str, run_id: str | None, after: int = 0) -> bytes:
    return httpx.get(f"{url}/assistant/runs/{run_id}/events", params={"after": after}, timeout=60).content


def ask(url: str, text: str, thread_id: str) -> list[dict[str, Any]]:
    answer = httpx.post(f"{url}/chatkit", json=question(text, thread_id), timeout=60)
    assert answer.status_code == 200, answer.text
    return events(answer.text)


def number_of(frame: bytes) -> int:
    return int(frame.split(b"\n")[0].removeprefix(b"id: "))


def is_closed(whole: bytes, begun: bytes) -> bool:
    """Whether a run's events are those that a reader had so far, and then its end: what was kept, and an error.

    The end has numbers that the reader cannot have had, as some of what was sent may not have been saved.
    """
    frames, had = frames_of(whole), frames_of(begun)
    told = events(whole.decode())
    numbers = [number_of(frame) for frame in frames]
    common = min(len(had), len(frames) - 2)
    return (
        frames[:common] == had[:common]
        and numbers[:-2] == [*range(1, len(frames) - 1)]
        and len(had) < numbers[-2] == numbers[-1] - 1
        and [event["type"] for event in told[-2:]] == ["thread.item.done", "error"]
        and told[-1]["allow_retry"] is True
        and told[-2]["item"]["content"][0]["text"] == text_of(told)
    )


# --- kill -9, and the same data folder again


@dataclass
class Killed:
    """Three answers whose server was killed, and the server that came after it."""

    process: Process | None = None
    url: str = ""
    resumable: Asked | None = None
    plain: Asked | None = None
    asked_on: Asked | None = None
    answer: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Killed]:
    """A server on the data of one that was killed in the middle of three answers; one reader asks on at once."""
    folder, model, facts = tmp_path_factory.mktemp("killed"), endless(shared_model), Killed()
    with bookside(folder, "serve", GARDEN, "--port", "0", OPENAI_BASE_URL=model.url) as process, ExitStack() as streams:
        url = process.address()
        facts.resumable = streams.enter_context(asking(url, question("First?", resumable=True)))
        facts.plain = streams.enter_context(asking(url, question("First?")))
        facts.asked_on = streams.enter_context(asking(url, question("First?", resumable=True)))
        answers = [facts.resumable, facts.plain, facts.asked_on]
        for answer in answers:
            answer.read += read_until(answer.stream, b"word20")
        process.kill()
        for answer in answers:
            answer.read_on()
    model.says, model.gap_s = ["All of it."], 0.0
    with bookside(folder, "serve", GARDEN, "--port", "0", OPENAI_BASE_URL=model.url) as process:
        facts.process, facts.url = process, process.address()
        facts.answer = ask(facts.url, "Second?", facts.asked_on.thread_id)
        yield facts


@pytest.mark.parametrize("which", ["resumable", "plain"])
def test_a_killed_servers_answers_are_kept_as_far_as_they_were_written(killed: Killed, which: str) -> None:
    """Soon after its next start, with half a second's words less at most; asking again works."""
    asked: Asked = getattr(killed, which)
    wait_until(lambda: len(items_of(killed.url, asked.thread_id)) > 1)
    (_, first), (who, text) = items_of(killed.url, asked.thread_id)

    assert (first, who) == ("First?", "assistant")
    assert "".join(ENDLESS).startswith(text)
    assert len(text.split()) >= len(asked.text.split()) - LOST_WORDS
    assert status_of(killed.url, asked.thread_id) == ("interrupted" if which == "resumable" else None)


def test_a_killed_servers_answer_can_be_taken_up_to_its_end(killed: Killed) -> None:
    """Its frames are those that the reader had; then the message as it is kept, and an error that may be retried."""
    asked = killed.resumable
    assert asked is not None
    wait_until(lambda: status_of(killed.url, asked.thread_id) == "interrupted")
    whole = events_of(killed.url, asked.run_id)

    assert is_closed(whole, asked.read), whole
    assert text_of(events(whole.decode())) == items_of(killed.url, asked.thread_id)[1][1]
    assert events_of(killed.url, asked.run_id, after=5) == b"".join(frames_of(whole)[5:])
    had = len(frames_of(asked.read))
    news = [frame for frame in frames_of(whole) if number_of(frame) > had]
    assert events_of(killed.url, asked.run_id, after=had) == b"".join(news)


def test_a_reader_who_asks_on_at_once_finds_everything_in_order(killed: Killed) -> None:
    """The part of the first answer stands behind its question, not behind the next one."""
    asked = killed.asked_on
    assert asked is not None
    wait_until(lambda: len(items_of(killed.url, asked.thread_id)) > 3)
    items = items_of(killed.url, asked.thread_id)

    assert text_of(killed.answer) == "All of it."
    assert [who for who, _ in items] == ["user", "assistant", "user", "assistant"]
    assert [text for _, text in items[::2]] == ["First?", "Second?"]
    assert "".join(ENDLESS).startswith(items[1][1])
    assert items[3][1] == "All of it."


# --- two servers, one PostgreSQL


@dataclass(frozen=True, slots=True)
class Pair:
    """Two servers that share a database."""

    first: str
    second: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory,
    shared_model: ModelServer,
    postgres_server: PostgresServer,
    postgres_template: str,
) -> Iterator[Pair]:
    name = postgres_server.take(postgres_template)
    environment = {
        "OPENAI_BASE_URL": shared_model.url,
        "DATABASE_URL": postgres_server.url(name),
        "BOOKSIDE_SECRET": SECRET,
    }
    with (
        bookside(tmp_path_factory.mktemp("first"), "serve", GARDEN, "--port", "0", **environment) as first,
        bookside(tmp_path_factory.mktemp("second"), "serve", GARDEN, "--port", "0", **environment) as second,
    ):
        yield Pair(first.address(), second.address(), environment)
    postgres_server.give_back(name)


def test_a_reader_may_go_on_at_another_server(pair: Pair, model: ModelServer) -> None:
    """While the first one writes, the second gives the same bytes, from the first frame or from any other."""
    model.says = ENDLESS[:40]
    with asking(pair.first, question("What is a relay?", resumable=True), b"word3") as asked:
        number = len(frames_of(asked.read))
        while_it_runs = status_of(pair.second, asked.thread_id)
        rest = events_of(pair.second, asked.run_id, after=number)
        whole = events_of(pair.second, asked.run_id)
        uncut = asked.read_on()

    assert while_it_runs == "running"
    assert b"word39" in uncut
    assert whole == uncut
    assert rest == b"".join(frames_of(uncut)[number:])


def test_an_answer_may_be_stopped_from_another_server(pair: Pair, model: ModelServer) -> None:
    """The stream of the first ends with what was written, which both have."""
    with asking(pair.first, question("What is a relay?", resumable=True)) as asked:
        stopping = httpx.post(f"{pair.second}/assistant/runs/{asked.run_id}/stop")
        answer = events(asked.read_on().decode())
    wait_until(lambda: status_of(pair.second, asked.thread_id) == "stopped")
    again = httpx.post(f"{pair.second}/assistant/runs/{asked.run_id}/stop")

    assert (stopping.status_code, stopping.json()) == (202, {"id": asked.run_id, "status": "running"})
    assert (again.status_code, again.json()) == (200, {"id": asked.run_id, "status": "stopped"})
    assert answer[-1]["type"] == "thread.item.done"
    assert items_of(pair.second, asked.thread_id)[1] == ("assistant", text_of(answer))


@pytest.mark.parametrize("resumable", [True, False])
def test_a_question_at_another_server_stops_the_answer_to_the_one_before(
    pair: Pair, model: ModelServer, resumable: bool
) -> None:
    """Question, part of an answer, question, answer: in this order, wherever they were asked."""
    with asking(pair.first, question("First?", resumable=resumable)) as asked:
        model.says = ["All of it."]
        second = ask(pair.second, "Second?", asked.thread_id)
        first = events(asked.read_on().decode())
    items = items_of(pair.second, asked.thread_id)

    assert text_of(second) == "All of it."
    assert items == [
        ("user", "First?"),
        ("assistant", text_of(first)),
        ("user", "Second?"),
        ("assistant", "All of it."),
    ]


@pytest.mark.parametrize("bad", ["-1", "x", "2147483648", "99999999999999999999999"])
def test_a_number_that_is_none_is_no_fault_of_the_servers(pair: Pair, model: ModelServer, bad: str) -> None:
    """Refused with 422, or nothing is behind it."""
    model.says = ["All of it."]
    with asking(pair.first, question("What is a relay?", resumable=True), b"All") as asked:
        asked.read_on()
    wait_until(lambda: status_of(pair.second, asked.thread_id) == "completed")
    answer = httpx.get(f"{pair.second}/assistant/runs/{asked.run_id}/events", params={"after": bad})

    assert (answer.status_code, answer.content) == (200, b"") or answer.status_code == 422


def test_a_database_that_restarts_interrupts_no_answer(
    pair: Pair, model: ModelServer, postgres_server: PostgresServer
) -> None:
    """The stream goes on, all of it is stored in the end, and the other server gives the same."""
    model.says = ENDLESS[:40]
    with asking(pair.first, question("What is a relay?", resumable=True)) as asked:
        postgres_server.restart()
        uncut = asked.read_on()
    wait_until(lambda: status_of(pair.second, asked.thread_id) == "completed")

    assert text_of(events(uncut.decode())).strip() == "".join(ENDLESS[:40]).strip()
    assert items_of(pair.second, asked.thread_id)[1] == ("assistant", text_of(events(uncut.decode())))
    assert events_of(pair.second, asked.run_id) == uncut
    assert events_of(pair.first, asked.run_id) == uncut


def test_a_follower_elsewhere_survives_the_restart_too(
    pair: Pair, model: ModelServer, postgres_server: PostgresServer
) -> None:
    """Its stream goes on, or is cut; taken up again, it is whole."""
    model.says = ENDLESS[:40]
    with asking(pair.first, question("What is a relay?", resumable=True)) as asked:
        url = f"{pair.second}/assistant/runs/{asked.run_id}/events"
        with httpx.stream("GET", url, timeout=60) as response:
            follower = Asked(asked.run_id, response.iter_raw())
            follower.read = read_until(follower.stream, b"word3")
            postgres_server.restart()
            follower.read_on()
        uncut = asked.read_on()
    frames = frames_of(follower.read)
    rest = events_of(pair.second, asked.run_id, after=len(frames))

    assert b"".join(frames) + rest == uncut


def test_a_follower_hears_how_a_killed_servers_answer_ends(pair: Pair, model: ModelServer, tmp_path: Path) -> None:
    """Another server closes it: the message as far as it was written, and an error that may be retried."""
    with (
        bookside(tmp_path, "serve", GARDEN, "--port", "0", **pair.environment) as third,
        asking(third.address(), question("First?", resumable=True)) as asked,
        httpx.stream("GET", f"{pair.second}/assistant/runs/{asked.run_id}/events", timeout=60) as response,
    ):
        follower = Asked(asked.run_id, response.iter_raw())
        follower.read = read_until(follower.stream, b"word15")
        third.kill()
        whole = follower.read_on()
        had = asked.read_on()

    assert is_closed(whole, had), whole
    assert status_of(pair.first, asked.thread_id) == "interrupted"
    assert items_of(pair.first, asked.thread_id)[1] == ("assistant", text_of(events(whole.decode())))
    assert len(text_of(events(whole.decode())).split()) >= len(asked.text.split()) - LOST_WORDS


# --- a server that is stopped


def test_a_stopped_server_ends_its_answers_or_keeps_their_parts(tmp_path: Path, model: ModelServer) -> None:
    """Within its time of grace answers come to their end, followed or not; of longer ones the part so far is kept."""
    asked: dict[str, Asked] = {}
    with ExitStack() as streams, bookside(tmp_path, "serve", GARDEN, "--port", "0", OPENAI_BASE_URL=model.url) as first:
        url = first.address()
        with asking(url, question("Left?", resumable=True)) as asked["left"]:
            pass
        asked["followed"] = streams.enter_context(asking(url, question("Followed?", resumable=True)))
        model.says = ENDLESS[:60]
        with asking(url, question("Short, left?", resumable=True)) as asked["short, left"]:
            pass
        asked["short"] = streams.enter_context(asking(url, question("Short?", resumable=True)))
        first.process.send_signal(signal.SIGTERM)
        short = asked["short"].read_on()
        status = first.ended()
        asked["followed"].read_on()
        errors = first.err
    with bookside(tmp_path, "serve", GARDEN, "--port", "0", OPENAI_BASE_URL=model.url) as again:
        url = again.address()
        statuses = {name: status_of(url, one.thread_id) for name, one in asked.items()}
        texts = {name: items_of(url, one.thread_id)[1][1] for name, one in asked.items()}
        ends = {name: events_of(url, one.run_id) for name, one in asked.items()}

    assert status == 0
    assert "Traceback" not in errors
    assert statuses == {
        "left": "interrupted",
        "followed": "interrupted",
        "short, left": "completed",
        "short": "completed",
    }
    assert texts["short"] == texts["short, left"] == text_of(events(short.decode()))
    assert ends["short"] == short
    for name in ("left", "followed"):
        assert is_closed(ends[name], asked[name].read), ends[name]
        assert len(texts[name].split()) >= len(asked[name].text.split())
    assert done_items(events(short.decode()))
    assert re.search(r"word59", texts["short"])
