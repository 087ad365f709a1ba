"""What a page tells of its reader's place reaches the model, and what the book knows of a page reaches the page."""

import pytest

from model_server import ModelServer
from serving import Served


def told(model: ModelServer) -> str:
    """All that the model was given."""
    return str(model.requests[0]["messages"])


def test_the_visible_section_and_the_language_are_told_to_the_model(written: Served, model: ModelServer) -> None:
    """A section that the book has is told by its path, whatever the page called it."""
    page = {"url": "/2-water/1-relay", "current_section": "wiring!", "current_section_id": "wiring", "locale": "de-AT"}
    written.ask("And this?", page_context=page)

    assert "The relay › Wiring" in told(model)
    assert "wiring!" not in told(model)
    assert "de-AT" in told(model)


def test_a_section_that_the_book_does_not_have_is_told_as_the_page_says_it(written: Served, model: ModelServer) -> None:
    """On a page of somebody else's, too."""
    written.ask(
        "And this?", page_context={"url": "/elsewhere", "current_section": "Comments", "current_section_id": "c"}
    )

    assert "Comments" in told(model)


@pytest.mark.parametrize(
    ("field", "value"), [("current_section", "x" * 301), ("current_section_id", "x" * 301), ("locale", "x" * 36)]
)
def test_what_is_too_long_is_refused_by_its_name(garden: Served, field: str, value: str) -> None:
    """A 422 that names the field."""
    refused = garden.client.post("/assistant/chatkit", json={"query": "q", "context": {"page_context": {field: value}}})

    assert refused.status_code == 422
    assert field in refused.text


@pytest.mark.parametrize("url", ["/2-water/1-relay", "https://anywhere.example/2-water/1-relay/?a=b#wiring"])
def test_a_page_has_questions_to_begin_with(written: Served, url: str) -> None:
    """With its title and its chapter, which tell how far a question can be narrowed."""
    response = written.client.get("/assistant/starters", params={"url": url})

    assert response.json() == {
        "page": {"title": "The relay", "chapter": "Water"},
        "starters": [
            {"kind": "summary", "text": "The relay"},
            {"kind": "explain", "text": "Wiring"},
            {"kind": "explain", "text": "Timing"},
        ],
    }


def test_without_a_model_nothing_is_proposed_that_takes_one(garden: Served) -> None:
    """Sections are asked for by their headings, which the book's own words can answer."""
    response = garden.client.get("/assistant/starters", params={"url": "/2-water/1-relay"})

    proposed = [{"kind": "question", "text": "Wiring"}, {"kind": "question", "text": "Timing"}]
    assert response.json()["starters"] == proposed


@pytest.mark.parametrize("url", ["/nowhere", "http://["])
def test_a_page_that_the_book_does_not_have_has_none(garden: Served, url: str) -> None:
    """That is an answer, and no fault."""
    response = garden.client.get("/assistant/starters", params={"url": url})

    assert (response.status_code, response.json()) == (200, {"page": None, "starters": []})
