"""``bookside eval``: measured over the real index, compared, judged, and drafted."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from command import Run, one_line
from cross_encoders import write_cross_encoder
from model_server import ModelServer, model_server
from rerank_server import rerank_server
from serving import GARDEN

QUESTIONS = [
    {"question": "What is a relay?", "page": "2-water/1-relay.md"},
    {"question": "How is the pump connected?", "page": "2-water/1-relay.md", "section": "Wiring"},
    {"question": "What do roots drink?", "page": "1-soil/2-roots.md", "on": "1-soil/2-roots.md"},
    {"question": "What is a relay?", "page": "1-soil/README.md"},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return written(tmp_path / "questions.jsonl", QUESTIONS)


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


def written(file: Path, lines: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def test_figures_and_misses(bookside: Run, questions: Path) -> None:
    """Each figure with its interval; the question that was not answered first, with what came instead."""
    ended = bookside("eval", questions, GARDEN, "--baselines")

    assert (ended.status, ended.err) == (0, "")
    assert "The Garden Machine: 4 questions, scope full_book" in ended.out
    assert "hit@1                      0.750" in ended.out
    assert "by section (1 questions)" in ended.out
    assert "dense only, by page" in ended.out
    assert "BM25 only, by page" in ended.out
    misses = ended.out.partition("were not first")[2]
    assert "What is a relay?\n      wanted /1-soil\n      first  /2-water/1-relay#the-relay" in misses
    assert "roots" not in misses


def test_everything_as_json(bookside: Run, questions: Path, tmp_path: Path) -> None:
    """To a file beside the tables, or alone on stdout; and what search finds is what is measured."""
    shown = bookside("eval", questions, GARDEN, "--json", tmp_path / "run.json", "--baselines")
    alone = json.loads(bookside("eval", questions, GARDEN, "--json", "-").out)
    report = json.loads((tmp_path / "run.json").read_text())

    assert "hit@1" in shown.out
    assert (report["questions"], report["n"], report["scope"]) == (4, 50, "full_book")
    assert set(report["baselines"]) == {"dense only", "BM25 only"}
    assert alone["by_page"] == report["by_page"]
    assert report["by_page"]["hit@1"]["value"] == 0.75
    assert 0 < report["latency_ms"]["median"] <= report["latency_ms"]["p95"]
    passages = json.loads(bookside("search", "How is the pump connected?", "-n", "50", "--json").out)
    places = list(dict.fromkeys(passage["url"] for passage in passages))
    result = report["results"][1]
    assert result["first"] == passages[0]["url"]
    assert result["section"]["places"] == [places.index("/2-water/1-relay#wiring") + 1]


def test_bad_lines_are_named_and_left_out(bookside: Run, questions: Path) -> None:
    """On stderr with their number; drafts are counted; in CI a line that names no page fails the run."""
    with questions.open("a") as file:
        file.write(
            '{"question": "Why?", "page": "gone.md"}\n{"question": "Why?", "page": "README.md", "draft": true}\n'
        )
    ended = bookside("eval", questions, GARDEN)
    judged = bookside("eval", questions, GARDEN, "--fail-under", "hit@1=0.1")

    assert ended.status == 0
    assert "questions.jsonl:5: no page of the book is 'gone.md'" in ended.err
    assert "1 of 5 questions are drafts" in ended.err
    assert judged.status == 1
    assert "1 lines were left out" in judged.err


@pytest.mark.parametrize(
    ("least", "status"),
    [("hit@5=0.75", 0), ("HIT@1=0.75", 0), ("hit@1=0.76", 1), ("section.mrr@10=0.1", 0), ("passage@5=0.75", 0)],
)
def test_a_figure_that_is_too_low_is_status_1(bookside: Run, questions: Path, least: str, status: int) -> None:
    """The tables are printed all the same, and stderr says which figure it was."""
    ended = bookside("eval", questions, GARDEN, "--fail-under", least)

    assert ended.status == status
    assert "hit@10" in ended.out
    assert ("hit@1 is 0.750, under 0.76" in ended.err) is (status == 1)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "which questions?"),
        (["questions.jsonl"], "set BOOK"),
        (["none.jsonl", GARDEN], "none.jsonl cannot be read"),
        (["questions.jsonl", GARDEN, "--fail-under", "hit@5"], "hit@5=0.85"),
        (["questions.jsonl", GARDEN, "--scope", "chapter"], "--scope must be"),
        (["--make"], "set BOOK"),
        (["--make", GARDEN, "--out", "questions.jsonl"], "is there already"),
        (["--compare", "questions.jsonl", "questions.jsonl"], "is no report"),
        (["--compare", "none.json", "none.json"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    bookside: Run, questions: Path, arguments: list[str | Path], reason: str
) -> None:
    """With what to do instead; nothing is overwritten."""
    assert reason in one_line(bookside("eval", *arguments))
    assert len(questions.read_text().splitlines()) == 4


def test_a_figure_that_there_is_not(bookside: Run, questions: Path) -> None:
    """The names that there are stand in the line."""
    ended = bookside("eval", questions, GARDEN, "--fail-under", "recall=0.5")

    assert ended.status == 1
    assert "no figure 'recall'; there are hit@1" in ended.err


def test_a_narrow_scope_is_measured_from_the_readers_page(bookside: Run, questions: Path) -> None:
    """Only lines that say where the reader is can be asked; the others are named."""
    ended = bookside("eval", questions, GARDEN, "--scope", "current_page", "--json", "-", "--baselines")
    report = json.loads(ended.out)

    assert [result["question"] for result in report["results"]] == ["What do roots drink?"]
    assert report["baselines"]["dense only"]["hit@1"]["value"] == 1.0
    assert ended.err.count("needs `on`") == 3


def test_two_runs_are_compared(bookside: Run, questions: Path, tmp_path: Path) -> None:
    """A run with fewer passages loses the question that it no longer reaches."""
    bookside("eval", questions, GARDEN, "--json", tmp_path / "old.json")
    bookside("eval", questions, GARDEN, "-n", "1", "--json", tmp_path / "new.json")
    shown = bookside("eval", "--compare", tmp_path / "old.json", tmp_path / "new.json")
    plain = json.loads(bookside("eval", "--compare", tmp_path / "old.json", tmp_path / "new.json", "--json", "-").out)

    assert (shown.status, shown.err) == (0, "")
    assert "4 questions in both runs" in shown.out
    assert "0 won" in shown.out
    assert "1 lost" in shown.out
    assert plain["lost"] == [{"question": "What is a relay?", "old": plain["lost"][0]["old"], "new": None}]
    assert plain["by_page"]["hit@1"]["gain"] == {"value": 0.0, "low": 0.0, "high": 0.0, "p": 1.0}
    assert plain["by_page"]["MRR@10"]["gain"]["value"] < 0


def test_drafts_can_be_measured_as_they_are(bookside: Run, tmp_path: Path) -> None:
    """What --make writes is a file of questions whose every line stands in the book."""
    made = bookside("eval", "--make", GARDEN, "-n", "6", "--out", tmp_path / "drafts.jsonl")
    measured = bookside("eval", tmp_path / "drafts.jsonl", GARDEN)

    assert (made.status, made.out) == (0, "")
    assert "6 drafts." in made.err
    assert measured.status == 0
    assert "6 questions" in measured.out
    assert "6 of 6 questions are drafts" in measured.err


def use_model(monkeypatch: pytest.MonkeyPatch, model: ModelServer, api: str = "chat_completions") -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-never-shown")
    monkeypatch.setenv("BOOKSIDE_CHAT_API", api)


def completion(content: str) -> tuple[bytes, str]:
    message = {"role": "assistant", "content": content}
    choices = [{"index": 0, "finish_reason": "stop", "message": message}]
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": choices}
    return json.dumps(body).encode(), "application/json"


def response(content: str) -> tuple[bytes, str]:
    text = {"type": "output_text", "text": content, "annotations": []}
    output = [{"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [text]}]
    body = {"id": "r", "object": "response", "created_at": 1, "model": "m", "status": "completed", "output": output}
    return json.dumps(
        body | {"parallel_tool_calls": True, "tools": [], "tool_choice": "auto"}
    ).encode(), "application/json"


@pytest.fixture
def long_book(tmp_path: Path) -> Path:
    """Two pages with enough to ask about, and one with too little."""
    book = tmp_path / "long"
    book.mkdir()
    for name in ("pumps", "valves"):
        (book / f"{name}.md").write_text(
            f"# About {name}\n\n## Care\n\n{'Clean them in spring and in autumn. ' * 10}\n"
        )
    (book / "short.md").write_text("# Short\n\nNothing.\n")
    return book


@pytest.mark.parametrize(("api", "says"), [("chat_completions", completion), ("responses", response)])
def test_a_language_model_writes_the_drafts(
    bookside: Run, monkeypatch: pytest.MonkeyPatch, model: ModelServer, long_book: Path, api: str, says: Any
) -> None:
    """From the passages, in a form that it is told; the book's words go along as data."""
    use_model(monkeypatch, model, api)
    model.raw = says('{"question": "When is it cleaned?"}')
    ended = bookside("eval", "--make", long_book)
    assert ended.err.count("left out") == 0, ended.err
    lines = [json.loads(line) for line in ended.out.splitlines()]

    assert lines == [
        {"question": "When is it cleaned?", "page": f"{name}.md", "section": "care", "kind": "model", "draft": True}
        for name in ("pumps", "valves")
    ]
    assert "Clean them in spring" in str(model.requests)
    assert "json_schema" in str(model.requests[0].get("response_format") or model.requests[0].get("text"))


def test_a_model_that_fails_is_not_passed_over(
    bookside: Run, monkeypatch: pytest.MonkeyPatch, model: ModelServer, long_book: Path
) -> None:
    """One passage that fails is named and left out; where all fail there are no drafts."""
    use_model(monkeypatch, model)
    model.raw = completion("I think one might ask …")
    ended = bookside("eval", "--make", long_book)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.splitlines()[-1].startswith("bookside: language model is unavailable: ")
    assert "did not keep to the form" in ended.err
    assert "never-shown" not in ended.err
    model.raw, model.status = None, 401
    assert "answered 401" in bookside("eval", "--make", long_book).err


def test_nothing_worth_asking(
    bookside: Run, monkeypatch: pytest.MonkeyPatch, model: ModelServer, long_book: Path
) -> None:
    """An empty question is no draft."""
    use_model(monkeypatch, model)
    model.raw = completion('{"question": " "}')

    assert "write some by hand" in one_line(bookside("eval", "--make", long_book))


def test_the_command_starts_without_what_it_does_not_need() -> None:
    """The agent, the server and OpenAI's client take seconds to import."""
    code = "import bookside.cli, sys; print(sorted({'openai', 'agents', 'chatkit', 'fastapi'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_re_ranker_is_measured_and_compared(
    bookside: Run, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report names it, and comparing with a run without it shows what it moved."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    bookside("eval", questions, GARDEN, "--json", before)
    network = write_cross_encoder(tmp_path / "upside-down", ("relay", "pump", "roots"), weight=-1.0)
    monkeypatch.setenv("BOOKSIDE_RERANKER", str(network))
    ended = bookside("eval", questions, GARDEN, "--json", after)

    assert (ended.status, ended.err) == (0, "")
    assert json.loads(before.read_text())["reranker"] is None
    report = json.loads(after.read_text())
    assert report["reranker"] == "upside-down"
    passages = json.loads(bookside("search", "What is a relay?", "-n", "50", "--json").out)
    assert report["results"][0]["first"] == passages[0]["url"] != "/2-water/1-relay#the-relay"
    assert "lost" in bookside("eval", "--compare", before, after).out


def test_there_are_no_figures_of_a_re_ranker_that_did_not_answer(
    bookside: Run, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where it never answers, nor where some searches had to do without: those would not be its figures."""
    with rerank_server() as server:
        monkeypatch.setenv("BOOKSIDE_RERANKER", server.url)
        answer = server.reply
        server.reply = lambda _: (401, b"")
        assert "the endpoint refuses the key (401)" in one_line(bookside("eval", questions, GARDEN))
        server.reply = lambda body: (503, b"") if "roots" in body["query"] else answer(body)
        ended = bookside("eval", questions, GARDEN)
    assert (ended.status, ended.out) == (1, "")
    assert "re-ranker is unavailable: it missed 1 of the searches" in ended.err


def test_a_re_ranker_that_is_none_is_refused_at_once(
    bookside: Run, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, says in ((str(tmp_path), "no re-ranker in"), ("ftp://host", "the re-ranker's address must be like")):
        monkeypatch.setenv("BOOKSIDE_RERANKER", place)
        assert says in one_line(bookside("eval", questions, GARDEN))
