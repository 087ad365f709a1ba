"""What the model gets to answer from, and by which words it was looked for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from model_server import ModelServer
from serving import Served, done_items, serving, thread_id_of

SENTENCES = {
    "filling": "Fill the housing with water before the first start of the season.",
    "venting": "A centrifugal impeller cannot move air, and so the chamber is vented.",
    "sealing": "Grease on the rubber ring keeps the lid of the strainer tight.",
    "draining": "In autumn the plug at the bottom lets all of it out again.",
}
"""One for each paragraph; the first words of a paragraph name it."""


def write_book(folder: Path) -> Path:
    """One section so long that search has it in four pieces."""
    paragraphs = [f"{sentence} {name} step. " * 14 for name, sentence in SENTENCES.items()]
    folder.mkdir()
    (folder / "README.md").write_text("# Pumps\n\n" + "A pump moves water.\n")
    (folder / "priming.md").write_text("# Care\n\n## Priming\n\n" + "\n\n".join(paragraphs) + "\n")
    return folder


@contextmanager
def pumps_served(folder: Path, model: ModelServer, **more: Any) -> Iterator[Served]:
    changes: dict[str, Any] = {"openai_base_url": model.url, "passages": 1, "passage_tokens": 1_000} | more
    with serving(folder / "data", book=write_book(folder / "book"), book_language="en", **changes) as served:
        yield served


@pytest.fixture(scope="module")
def pumps(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Served]:
    """A server whose model searches by itself, but for a thread's first question."""
    with pumps_served(tmp_path_factory.mktemp("pumps"), shared_model, retrieval="auto") as served:
        yield served


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Served]:
    """A server that always looks for the reader's own words first, however long they are."""
    changes = {"retrieval": "prefetch", "max_question_chars": 9_000}
    with pumps_served(tmp_path_factory.mktemp("fetched"), shared_model, **changes) as served:
        yield served


def given(model: ModelServer) -> list[dict[str, Any]]:
    """The outputs of the search tool, as the model got them with its last call."""
    return [json.loads(one["content"]) for one in model.requests[-1]["messages"] if one["role"] == "tool"]


def test_the_model_reads_on_in_the_section_and_cites_what_it_read(pumps: Served, model: ModelServer) -> None:
    """What was found is one piece of four; a citation quotes the words of another, and leads to their section."""
    model.says = ["Keep the lid tight with grease on the rubber ring of the strainer [1]."]
    answer = pumps.ask("Why is air a problem for an impeller?")
    passages = given(model)[0]["passages"]
    source = done_items(answer)[0]["content"][0]["annotations"][0]["source"]

    assert [passage["section"] for passage in passages] == ["Care › Priming"]
    assert all(passages[0]["text"].count(sentence) == 14 for sentence in list(SENTENCES.values())[1:3])
    assert source["url"] == "/priming#priming"
    assert SENTENCES["sealing"] in source["description"]


def searched(model: ModelServer) -> list[list[str]]:
    """The queries of the search's calls, as the model has them with its last call."""
    calls = [call for one in model.requests[-1]["messages"] for call in one.get("tool_calls") or ()]
    return [json.loads(call["function"]["arguments"])["queries"] for call in calls]


def test_a_follow_up_is_searched_in_the_models_words(pumps: Served, model: ModelServer) -> None:
    """The model has the conversation and nothing found for the reader's own words; its query is what is looked for."""
    thread = thread_id_of(pumps.ask("Why is a centrifugal impeller vented?"))
    model.requests.clear()
    model.searches = {"queries": ["plug at the bottom lets out all water in autumn"]}
    pumps.ask("Und im Herbst?", thread)
    roles = [message["role"] for message in model.requests[0]["messages"]]

    assert roles == ["system", "user", "assistant", "user"]
    assert searched(model) == [["plug at the bottom lets out all water in autumn"]]
    assert SENTENCES["draining"] in given(model)[0]["passages"][0]["text"]


def test_the_model_is_told_to_ask_in_the_books_language(pumps: Served, model: ModelServer) -> None:
    """By the instructions, which name it, and by the tool, which also says that a query must stand by itself.

    What is asked in another language is not looked for in the reader's words.
    """
    model.searches = {"queries": ["why is a centrifugal impeller vented"]}
    pumps.ask("Warum stört Luft das Laufrad?")
    request = model.requests[0]
    tool = request["tools"][0]["function"]["parameters"]["properties"]["queries"]["description"]

    assert (
        "The book is written in English (en). Write every query in that language" in request["messages"][0]["content"]
    )
    assert "in the book's own language: translate" in tool
    assert "knows nothing of the conversation" in tool
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert searched(model) == [["why is a centrifugal impeller vented"]]
    assert SENTENCES["venting"] in given(model)[0]["passages"][0]["text"]


def test_a_follow_up_that_is_looked_for_at_once_has_the_question_before_it(fetched: Served, model: ModelServer) -> None:
    """Without a call of the model: the reader's words alone, and behind those that they lean on."""
    first = "Why is a centrifugal impeller vented?"
    thread = thread_id_of(fetched.ask(first))
    fetched.ask("And why?", thread)

    assert searched(model) == [["And why?", f"{first} And why?"]]
    assert SENTENCES["venting"] in given(model)[0]["passages"][0]["text"]


def test_a_question_that_is_longer_than_a_query_is_looked_for_at_once(fetched: Served, model: ModelServer) -> None:
    """By its beginning."""
    fetched.ask("Why is a centrifugal impeller vented? " + "Here is what I have tried. " * 200)

    assert [len(query) for query in searched(model)[0]] == [2_000]
    assert SENTENCES["venting"] in given(model)[0]["passages"][0]["text"]
