"""Real processes that are killed, stopped, cut off and run side by side: nothing is lost, nothing is corrupt."""

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.embedding_server import embedding_server
from e2e.processes import Process, bookside
from model_server import ModelServer
from serving import GARDEN, Served, done_items, events, serving, text_of, thread_id_of

SLOW = [f"word{n} " for n in range(600)]
SLOW_GAP_S = 0.1
"""A slow answer takes a minute: longer than anything that a test does meanwhile."""

ASKED = {"content": [{"type": "input_text", "text": "What is a relay?"}], "attachments": [], "inference_options": {}}
QUESTION = {"type": "threads.create", "params": {"input": ASKED}}


def in_mid_answer(process: Process, url: str, until: str = "word3") -> Iterator[str]:
    """Ask, and give the thread's id when the answer has come as far as ``until``; then what the end looked like."""
    seen = ""
    ending = "closed"
    try:
        with httpx.stream("POST", f"{url}/chatkit", json=QUESTION, timeout=60) as response:
            for text in response.iter_text():
                before, seen = seen, seen + text
                if until in seen and until not in before:
                    yield re.findall(r"thr_\w+", seen)[0]
    except httpx.TransportError:
        ending = "cut"
    yield ending


def test_a_killed_server_has_lost_no_question(tmp_path: Path, model: ModelServer) -> None:
    """After kill -9 in mid-answer the same data folder serves the thread, and it can be asked on."""
    model.says, model.gap_s = SLOW, SLOW_GAP_S
    data = tmp_path / ".bookside"
    with bookside(tmp_path, "serve", GARDEN, "--port", "0", OPENAI_BASE_URL=model.url) as process:
        answer = in_mid_answer(process, process.address())
        thread_id = next(answer)
        process.kill()
        assert next(answer) == "cut"
    model.says, model.gap_s = ["All is well [1]."], 0.0
    with serving(data, openai_base_url=model.url) as again:
        thread = again.client.get(f"/assistant/thread/{thread_id}").json()
        retried = again.chatkit(
            "threads.retry_after_item", thread_id=thread_id, item_id=thread["items"]["data"][0]["id"]
        )
        asked_on = again.ask("And now?", thread_id)
        health = again.client.get("/assistant/health").json()

    assert thread["items"]["data"][0]["content"][0]["text"] == "What is a relay?"
    assert retried.status_code == 200
    assert text_of(asked_on) == "All is well."
    assert health["status"] == "ok"


def test_a_stopped_server_keeps_the_words_so_far(tmp_path: Path, model: ModelServer) -> None:
    """SIGTERM in mid-answer ends the process within its time of grace; the partial answer is in the thread."""
    model.says, model.gap_s = SLOW, SLOW_GAP_S
    with bookside(tmp_path, "serve", GARDEN, "--port", "0", OPENAI_BASE_URL=model.url) as process:
        answer = in_mid_answer(process, process.address())
        thread_id = next(answer)
        status = process.ended(signal.SIGTERM)
        errors = process.err
    with serving(tmp_path / ".bookside", openai_base_url=model.url) as again:
        items = again.client.get(f"/assistant/thread/{thread_id}").json()["items"]["data"]

    assert status == 0
    assert "Traceback" not in errors
    assert [item["type"] for item in items] == ["user_message", "assistant_message"]
    assert "word3" in items[1]["content"][0]["text"]
    assert "word599" not in items[1]["content"][0]["text"]


def test_ctrl_c_and_a_port_in_use(tmp_path: Path) -> None:
    """A second server on the port says so in one line; Ctrl-C ends the first one without a traceback."""
    with bookside(tmp_path / "a", "serve", GARDEN, "--port", "0") as first:
        port = first.address().rpartition(":")[2]
        with bookside(tmp_path / "b", "serve", GARDEN, "--port", port) as second:
            assert second.ended() == 1
            assert (
                second.err == f"bookside: port {port} on 127.0.0.1 is in use; choose another one with --port or PORT\n"
            )
            assert second.out == ""
        status = first.ended(signal.SIGINT)

        assert status == 0
        assert "Traceback" not in first.err
        assert "Aborted" not in first.err


def a_bigger_book(folder: Path, pages: int) -> Path:
    """A book of so many pages, each with words of its own."""
    folder.mkdir()
    for number in range(pages):
        sections = "\n\n".join(
            f"## Section {at}\n\nHere is word w{number}x{at}. " + "Soil is soil. " * 60 for at in range(12)
        )
        (folder / f"{number:04}-page.md").write_text(f"# Page {number}\n\nThis is page p{number}.\n\n{sections}\n")
    return folder


def test_a_killed_indexer_is_healed_by_the_next(tmp_path: Path) -> None:
    """kill -9 while passages are written leaves an index that the next run completes and a server serves."""
    book = a_bigger_book(tmp_path / "book", 150)
    folder = tmp_path / ".bookside" / "index" / "book"
    with bookside(tmp_path, "index", book) as process:
        process.wait_for(lambda: [*folder.glob("building-*/*")])
        process.kill()
        assert process.out == ""
    assert not (folder / "CURRENT.json").exists()
    with serving(tmp_path / ".bookside", book=book) as served:
        chunks = len(served.app.library.chunks)
        found = served.client.get("/assistant/search", params={"q": "w77x3"}).json()
        status = served.client.get("/assistant/index/status").json()

    assert found[0]["page"] == "0077-page.md"
    assert (status["chunks"], status["pages"]) == (chunks, 150)
    assert [*folder.glob("building-*")] == []


def test_two_processes_share_an_index(tmp_path: Path) -> None:
    """While one serves, another searches; when the book has changed and is indexed again, the server follows."""
    book = tmp_path / "book"
    book.mkdir()
    (book / "README.md").write_text("# Old\n\nThe barometer hangs in the hall.\n")
    (book / "same.md").write_text("# Same\n\nThe kettle is in the kitchen.\n")
    with serving(tmp_path / ".bookside", book=book) as served:

        def found(question: str) -> str:
            return served.client.get("/assistant/search", params={"q": question}).json()[0]["text"]

        assert found("barometer") == "The barometer hangs in the hall."
        with bookside(tmp_path, "search", "kettle", "--json", "-n", "1") as searching:
            assert searching.ended() == 0, searching.err
            assert json.loads(searching.out)[0]["page"] == "same.md"
        (book / "README.md").write_text("# New\n\nThe barometer was moved to the attic.\n")
        with bookside(tmp_path, "index", book) as indexing:
            assert indexing.ended() == 0, indexing.err
            assert indexing.out == "1 added, 1 removed, 1 unchanged\n"

        assert found("barometer") == "The barometer was moved to the attic."
        assert found("kettle") == "The kettle is in the kitchen."


@pytest.fixture
def written(tmp_path: Path, model: ModelServer, postgres_url: str) -> Iterator[Served]:
    """A server whose threads are in PostgreSQL."""
    with serving(tmp_path, openai_base_url=model.url, database_url=postgres_url) as served:
        yield served


def test_a_database_that_restarts_loses_nothing(written: Served, model: ModelServer, postgres_server: Any) -> None:
    """Restarted between two answers, and again during one: all items are there, in order, and asking on works."""
    first = written.ask("What is a relay?")
    thread_id = thread_id_of(first)
    postgres_server.restart()
    second = written.ask("And wiring?", thread_id)
    model.says, model.gap_s = SLOW[:20], SLOW_GAP_S
    body = {"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": ASKED}}
    seen = ""
    with httpx.stream("POST", f"{written.url}/chatkit", json=body, timeout=60) as response:
        for text in response.iter_text():
            before, seen = seen, seen + text
            if "word3" in seen and "word3" not in before:
                postgres_server.restart()
    model.says, model.gap_s = ["Last."], 0.0
    fourth = written.ask("Still there?", thread_id)
    items = written.chatkit("items.list", thread_id=thread_id, order="asc", limit=50).json()["data"]

    assert done_items(first)
    assert done_items(second)
    assert "error" not in {event["type"] for event in fourth}
    assert [item["type"] for item in items] == ["user_message", "assistant_message"] * 4
    assert items[5]["content"][0]["text"].split() == "".join(SLOW[:20]).split()
    assert items[7]["content"][0]["text"] == "Last."


def test_a_database_that_is_down_is_said_to_be(written: Served, postgres_server: Any, postgres_url: str) -> None:
    """503 with a problem that tells no address; health names the database; all is well when it is back."""
    thread_id = thread_id_of(written.ask("What is a relay?"))
    postgres_server.stop()
    try:
        thread = written.client.get(f"/assistant/thread/{thread_id}")
        asked = written.client.post("/chatkit", json={"type": "threads.get_by_id", "params": {"thread_id": thread_id}})
        on = {"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": ASKED}}
        answer = written.client.post("/chatkit", json=on)
        new = written.client.post("/chatkit", json=QUESTION)
        health = written.client.get("/assistant/health")
        ready = written.client.get("/readyz")
        alive = written.client.get("/healthz")
        search = written.client.get("/assistant/search", params={"q": "relay"})
    finally:
        postgres_server.start()
    again = written.client.get(f"/assistant/thread/{thread_id}")

    assert [response.status_code for response in (thread, asked, answer, new, health, ready)] == [503] * 6
    assert thread.headers["content-type"] == "application/problem+json"
    assert health.json()["checks"]["database"]["status"] == "unavailable"
    assert health.json()["checks"]["index"]["status"] == "ok"
    assert (alive.status_code, search.status_code) == (200, 200)
    port = str(postgres_server.port)
    for response in (thread, asked, answer, new, health, ready):
        assert not re.search(rf"postgresql:|{port}|127\.0\.0\.1|password|postgres@", response.text), response.text
    assert again.status_code == 200


def test_a_database_that_stays_away_ends_an_answer_in_words(
    written: Served, model: ModelServer, postgres_server: Any
) -> None:
    """Gone in mid-answer: the reader gets an error event that may be retried, and the question is kept."""
    model.says, model.gap_s = SLOW[:10], SLOW_GAP_S
    seen = ""
    try:
        with httpx.stream("POST", f"{written.url}/chatkit", json=QUESTION, timeout=60) as response:
            for text in response.iter_text():
                before, seen = seen, seen + text
                if "word3" in seen and "word3" not in before:
                    postgres_server.stop()
    finally:
        postgres_server.start()
    answer = events(seen)
    items = written.chatkit("items.list", thread_id=thread_id_of(answer), order="asc").json()["data"]
    errors = [event for event in answer if event["type"] == "error"]

    assert [error["allow_retry"] for error in errors] == [True]
    assert "postgresql:" not in seen
    assert items[0]["type"] == "user_message"


def test_an_embedding_api_that_fails_half_the_time(tmp_path: Path) -> None:
    """Indexing comes to its end all the same."""
    book = a_bigger_book(tmp_path / "book", 40)
    with embedding_server() as api:
        api.fails = lambda number: number % 2 == 1
        settings = {"OPENAI_BASE_URL": api.url, "OPENAI_API_KEY": "sk-never-shown", "BOOKSIDE_EMBEDDER": "openai"}
        with bookside(tmp_path, "index", book, **settings) as indexing:
            assert indexing.ended() == 0, indexing.err
            assert re.fullmatch(r"[1-9]\d* added, 0 removed, 0 unchanged\n", indexing.out)
        assert api.requests > 2


def test_an_embedding_api_that_always_fails(tmp_path: Path) -> None:
    """One line without the key, status 1, and the index from before still answers."""
    book = a_bigger_book(tmp_path / "book", 2)
    with embedding_server() as api:
        settings = {"embedder": "openai", "openai_base_url": api.url, "openai_api_key": "sk-never-shown"}
        with serving(tmp_path / ".bookside", book=book, answers="extractive", **settings) as served:
            before = served.client.get("/assistant/index/status").json()
            (book / "0002-page.md").write_text("# New\n\nA new page.\n")
            api.fails = lambda number: True
            environment = {name.upper(): value for name, value in settings.items() if name != "embedder"}
            with bookside(tmp_path, "index", book, BOOKSIDE_EMBEDDER="openai", **environment) as indexing:
                assert indexing.ended() == 1
                assert indexing.out == ""
                assert re.fullmatch(r"bookside: [^\n]*embedding model[^\n]*\n", indexing.err), indexing.err
                assert "never-shown" not in indexing.err
            api.fails = lambda number: False
            found = served.client.get("/assistant/search", params={"q": "w1x3"}).json()
            after = served.client.get("/assistant/index/status").json()

    assert "w1x3" in found[0]["text"]
    (new,) = after.pop("left_out")
    assert (new["page"], new["reason"]) == ("0002-page.md", "it is new since the book was read")
    assert (after.pop("left_out_count"), before.pop("left_out_count"), before.pop("left_out")) == (1, 0, [])
    assert after == before
