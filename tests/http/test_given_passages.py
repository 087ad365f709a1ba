"""What the model gets to answer from, and by which words it was looked for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model_server import ModelServer
from serving import Served, done_items, serving

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


@pytest.fixture(scope="module")
def pumps(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Served]:
    """A server whose model searches by itself."""
    folder = tmp_path_factory.mktemp("pumps")
    changes: dict[str, Any] = {"openai_base_url": shared_model.url, "retrieval": "agentic", "passages": 1}
    with serving(folder / "data", book=write_book(folder / "book"), passage_tokens=1_000, **changes) as served:
        yield served


def given(model: ModelServer) -> list[dict[str, Any]]:
    """The outputs of the search tool, as the model got them with its last call."""
    return [json.loads(one["content"]) for one in model.requests[-1]["messages"] if one["role"] == "tool"]


def test_the_model_reads_on_in_the_section_and_cites_what_it_read(pumps: Served, model: ModelServer) -> None:
    """What was found is one piece of four; a citation quotes the words of another, and leads to their section."""
    model.searches = {"queries": ["centrifugal impeller air"]}
    model.says = ["Keep the lid tight with grease on the rubber ring of the strainer [1]."]
    answer = pumps.ask("Why is air a problem for an impeller?")
    passages = given(model)[0]["passages"]
    source = done_items(answer)[0]["content"][0]["annotations"][0]["source"]

    assert [passage["section"] for passage in passages] == ["Care › Priming"]
    assert all(passages[0]["text"].count(sentence) == 14 for sentence in list(SENTENCES.values())[1:3])
    assert source["url"] == "/priming#priming"
    assert SENTENCES["sealing"] in source["description"]
