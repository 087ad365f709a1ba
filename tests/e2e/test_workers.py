"""Several server processes behind one socket: they share the work, and no death of one of them is felt for long."""

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from bookside.cli import cli
from bookside.errors import Rejected, Unavailable
from bookside.http.workers import STARTS, supervise
from e2e.processes import PATIENCE_S, Process, bookside
from e2e.qdrant_server import qdrant_server
from e2e.worker_parts import ends_before_it_serves
from model_server import ModelServer
from serving import GARDEN, done_items, events, serving, thread_id_of

WORDS = [f"word{n} " for n in range(600)]
GAP_S = 0.1
SECRET_KEY = "sk-test-never-shown"
ASKED = {"content": [{"type": "input_text", "text": "What is a relay?"}], "attachments": [], "inference_options": {}}
QUESTION = {"type": "threads.create", "params": {"input": ASKED}}

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked at in /proc")


def state(pid: int) -> str:
    """The letter that the kernel has for a process: T while it is stopped, Z or nothing once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Workers:
    """A server of two workers."""

    process: Process
    url: str
    database_url: str

    def pids(self) -> dict[int, int]:
        """Each worker's process by the worker's number, from the log."""
        return {int(n): int(pid) for n, pid in re.findall(r"worker (\d+) is process (\d+)", self.process.err)}

    @contextmanager
    def only(self, pid: int) -> Iterator[None]:
        """While the others are held up, whoever connects is answered by this process."""
        others = [other for other in self.pids().values() if other != pid]
        for other in others:
            os.kill(other, signal.SIGSTOP)
        try:
            wait_until(lambda: all(state(other) == "T" for other in others))
            yield
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)

    def answers(self, pid: int) -> bool:
        """Whether this process answers questions."""
        with self.only(pid):
            return httpx.get(f"{self.url}/readyz", timeout=30).status_code == 200

    def metrics(self, pid: int) -> dict[str, float]:
        """What this process says of all."""
        with self.only(pid):
            text = httpx.get(f"{self.url}/metrics", timeout=30).text
        rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in rows}

    def all_answer(self) -> None:
        """Wait until each worker does, also one that was only just started."""
        for number in (1, 2):
            self.process.wait_for(lambda n=number: n in self.pids() and self.answers(self.pids()[n]))


class Answer:
    """An answer that is being read, in a thread of the test process."""

    def __init__(self, url: str) -> None:
        self.text = ""
        self.was_cut = False
        self._thread = threading.Thread(target=self._read, args=(url,), daemon=True)
        self._thread.start()

    def _read(self, url: str) -> None:
        try:
            with httpx.stream("POST", f"{url}/chatkit", json=QUESTION, timeout=60) as response:
                for text in response.iter_text():
                    self.text += text
        except httpx.TransportError:
            self.was_cut = True

    def reached(self, word: str) -> "Answer":
        """Itself, as soon as it has come so far."""
        wait_until(lambda: word in self.text)
        return self

    def ended(self) -> list[dict[str, Any]]:
        """Its events, once no more will come."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return events(self.text)

    @property
    def thread_id(self) -> str:
        return re.findall(r"thr_\w+", self.text)[0]


@pytest.fixture(scope="module")
def qdrant_url() -> Iterator[str]:
    with qdrant_server() as url:
        yield url


@contextmanager
def two_workers(folder: Path, model: ModelServer, database_url: str, qdrant_url: str) -> Iterator[Process]:
    settings = {"DATABASE_URL": database_url, "QDRANT_URL": qdrant_url}
    model_settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": SECRET_KEY}
    with bookside(folder, "serve", GARDEN, "--port", "0", "--workers", "2", **settings, **model_settings) as process:
        yield process


@pytest.fixture(scope="module")
def starting(
    shared_model: ModelServer,
    qdrant_url: str,
    postgres_server: Any,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], Workers]]:
    """Gives two workers: the same ones to test after test, and new ones when a test has ended them."""
    database = postgres_server.take(postgres_template)
    running: list[Workers] = []
    with ExitStack() as stack:

        def start() -> Workers:
            if not running or running[-1].process.process.poll() is not None:
                url = postgres_server.url(database)
                process = stack.enter_context(
                    two_workers(tmp_path_factory.mktemp("workers"), shared_model, url, qdrant_url)
                )
                running.append(Workers(process, process.address(), url))
                running[-1].all_answer()
            return running[-1]

        yield start
    postgres_server.give_back(database)


@pytest.fixture
def workers(starting: Callable[[], Workers]) -> Workers:
    return starting()


def test_two_workers_share_a_port(workers: Workers) -> None:
    """Each answers at the one address, from the one index; no setting is on a command line for all to read."""
    first, second = workers.pids().values()
    found: list[str] = []
    for pid in (first, second):
        with workers.only(pid):
            found += [httpx.get(f"{workers.url}/assistant/search", params={"q": "relay"}).json()[0]["page"]]
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in (first, second)]

    assert first != second
    assert found == ["2-water/1-relay.md"] * 2
    assert not re.search(rf"postgresql|{SECRET_KEY}|garden", "".join(lines)), lines


def test_a_thread_begun_with_one_worker_goes_on_with_the_other(workers: Workers, model: ModelServer) -> None:
    """A reader's token holds with both, and so does the thread."""
    first, second = workers.pids().values()
    with workers.only(first):
        token = httpx.post(f"{workers.url}/assistant/session").json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        asked = httpx.post(f"{workers.url}/chatkit", json=QUESTION, headers=headers, timeout=30)
    thread_id = thread_id_of(events(asked.text))
    with workers.only(second):
        on = {"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": ASKED}}
        again = httpx.post(f"{workers.url}/chatkit", json=on, headers=headers, timeout=30)
        thread = httpx.get(f"{workers.url}/assistant/thread/{thread_id}", headers=headers, timeout=30).json()

    assert done_items(events(again.text))
    assert len(thread["items"]["data"]) == 4


def test_metrics_add_up(workers: Workers, model: ModelServer) -> None:
    """Whichever worker is asked gives the sum over both."""
    first, second = workers.pids().values()
    completed, timed = 'bookside_answers_total{outcome="completed"}', "bookside_first_text_seconds_count"
    before = workers.metrics(first)
    for pid, questions in ((first, 1), (second, 2)):
        for _ in range(questions):
            with workers.only(pid):
                answer = httpx.post(f"{workers.url}/chatkit", json=QUESTION, timeout=30)
            assert done_items(events(answer.text))
    after = [workers.metrics(pid) for pid in (first, second)]

    assert [metrics[completed] - before.get(completed, 0) for metrics in after] == [3, 3]
    assert [metrics[timed] - before[timed] for metrics in after] == [3, 3]
    assert [metrics["bookside_streams_live"] for metrics in after] == [0, 0]


def test_a_killed_worker_is_replaced(workers: Workers, model: ModelServer) -> None:
    """kill -9 cuts its own answers only; the log says so, a new process takes its place, and no count falls."""
    model.says, model.gap_s = WORDS[:40], GAP_S
    before = workers.pids()
    with workers.only(before[1]):
        cut = Answer(workers.url).reached("word3")
    with workers.only(before[2]):
        whole = Answer(workers.url).reached("word3")
    live = workers.metrics(before[2])
    os.kill(before[1], signal.SIGKILL)
    finished = whole.ended()
    cut.ended()
    workers.process.wait_for(lambda: workers.pids()[1] != before[1])
    workers.all_answer()
    now = [workers.metrics(pid) for pid in workers.pids().values()]
    name = 'bookside_answers_total{outcome="completed"}'

    assert cut.was_cut
    assert "word39" in done_items(finished)[0]["content"][0]["text"]
    assert workers.pids()[2] == before[2]
    assert f"worker 1 (process {before[1]}) was ended by SIGKILL; another takes its place" in workers.process.err
    assert live["bookside_streams_live"] == 2
    assert [metrics["bookside_streams_live"] for metrics in now] == [0, 0]
    assert [metrics[name] for metrics in now] == [live.get(name, 0) + 1] * 2


def test_stopped_workers_keep_the_words_so_far(tmp_path: Path, workers: Workers, model: ModelServer) -> None:
    """SIGTERM to the parent ends both within the time of grace; what each was writing is in its thread."""
    model.says, model.gap_s = WORDS, GAP_S
    pids = [*workers.pids().values()]
    answers: list[Answer] = []
    for pid in pids:
        with workers.only(pid):
            answers.append(Answer(workers.url).reached("word3"))
    status = workers.process.ended(signal.SIGTERM)
    left = [state(pid) for pid in pids]
    with serving(tmp_path, database_url=workers.database_url) as again:
        threads = [again.client.get(f"/assistant/thread/{answer.thread_id}").json() for answer in answers]

    assert status == 0
    assert left == ["", ""]
    assert "Traceback" not in workers.process.err
    for thread in threads:
        question, answer = thread["items"]["data"]
        assert (question["type"], answer["type"]) == ("user_message", "assistant_message")
        assert "word3" in answer["content"][0]["text"]
        assert "word599" not in answer["content"][0]["text"]


def test_workers_do_not_outlive_their_parent(workers: Workers, model: ModelServer) -> None:
    """After kill -9 of the parent each worker ends what it was writing, and then itself; the port is free again."""
    model.says, model.gap_s = WORDS[:20], GAP_S
    pids = [*workers.pids().values()]
    answer = Answer(workers.url).reached("word3")
    workers.process.kill()
    finished = answer.ended()
    wait_until(lambda: all(state(pid) in ("", "Z") for pid in pids))

    assert "word19" in done_items(finished)[0]["content"][0]["text"]
    with socket.create_server(("127.0.0.1", int(workers.url.rpartition(":")[2]))):
        pass


def test_ctrl_c_while_workers_start(tmp_path: Path, model: ModelServer, postgres_url: str, qdrant_url: str) -> None:
    """A terminal sends it to every process: the parent alone obeys, ends them, and nobody prints a traceback."""
    with two_workers(tmp_path, model, postgres_url, qdrant_url) as process:
        process.wait_for(lambda: "worker 2 is process" in process.err)
        pids = [*Workers(process, "", postgres_url).pids().values()]
        for pid in pids:  # Python is up, and importing
            process.wait_for(lambda pid=pid: "pydantic_core" in Path(f"/proc/{pid}/maps").read_text())
            os.kill(pid, signal.SIGINT)
        process.wait_for(lambda: all(f"Started server process [{pid}]" in process.err for pid in pids))
        for pid in pids:
            os.kill(pid, signal.SIGINT)
        assert process.ended(signal.SIGINT) == 0
        assert [state(pid) for pid in pids] == ["", ""]
        assert "Traceback" not in process.err
        assert "takes its place" not in process.err


def test_workers_that_end_before_they_serve_are_given_up(tmp_path: Path) -> None:
    """They are started again a few times, and then the parent says that it is no use."""
    starts = tmp_path / "starts"
    ended: list[int] = []
    with pytest.raises(Unavailable, match=rf"worker 1 ended with status 3, {STARTS} times before it could serve"):
        supervise(partial(ends_before_it_serves, starts), 1, forget=ended.append, pause_s=0)

    assert starts.read_text() == "1\n" * STARTS
    assert ended == [1] * (STARTS - 1)


SHARED_DATABASE = {"DATABASE_URL": "postgresql://bookside@127.0.0.1:9/bookside"}
SHARED_INDEX = {"QDRANT_URL": "http://127.0.0.1:9"}
NO_DATABASE = "SQLite serves one process, so set DATABASE_URL to a PostgreSQL address, as in postgresql://…"
NO_INDEX = "the index in the data folder serves one process, so set QDRANT_URL to a Qdrant server's address"


@pytest.mark.parametrize(
    ("settings", "lacks"),
    [
        (SHARED_INDEX, NO_DATABASE),
        (SHARED_INDEX | {"DATABASE_URL": "sqlite:///threads.db"}, NO_DATABASE),
        (SHARED_DATABASE, NO_INDEX),
        ({}, f"{NO_DATABASE}; {NO_INDEX}"),
    ],
)
def test_what_serves_one_process_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], lacks: str
) -> None:
    """SQLite and the index in the data folder; one line says what to set, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Rejected) as refused:
        cli(["serve", str(GARDEN), "--port", "0", "--workers", "2"], standalone_mode=False)

    assert str(refused.value) == f"2 workers cannot share what is configured: {lacks}"
    assert [*tmp_path.iterdir()] == []


def test_workers_may_be_set_in_the_environment(tmp_path: Path) -> None:
    """BOOKSIDE_WORKERS means the same as --workers, and the command says what it refuses in one line."""
    with bookside(tmp_path, "serve", GARDEN, BOOKSIDE_WORKERS="3") as process:
        assert process.ended() == 1
        assert process.err == f"bookside: 3 workers cannot share what is configured: {NO_DATABASE}; {NO_INDEX}\n"
    assert not (tmp_path / ".bookside").exists()


def test_a_port_in_use_is_told_once(tmp_path: Path, model: ModelServer, postgres_url: str, qdrant_url: str) -> None:
    """By the parent, before there is any worker."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {"DATABASE_URL": postgres_url, "QDRANT_URL": qdrant_url, "PORT": port}
        with bookside(tmp_path, "serve", GARDEN, "--workers", "2", **settings) as process:
            assert process.ended() == 1
            assert (
                process.err == f"bookside: port {port} on 127.0.0.1 is in use; choose another one with --port or PORT\n"
            )
