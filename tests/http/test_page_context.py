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


PUMP = "normally open contact"
"""Words of the book's last page, the relay's."""


@pytest.mark.parametrize("scope", ["full_book", "up_to_here", "current_chapter", "current_page"])
@pytest.mark.parametrize(
    ("page", "is_told"),
    [
        ({"url": "/2-water"}, False),
        ({"current_chapter": 1, "current_lesson": "2-roots"}, False),
        ({"url": "/2-water/1-relay"}, True),
        ({"current_lesson": "1-relay"}, True),
    ],
)
def test_nothing_past_the_page_reaches_the_model(
    written: Served, model: ModelServer, page: dict[str, object], scope: str, is_told: bool
) -> None:
    """Whatever scope, chapter and page the model asks for, a reader of ``up_to_here`` gets what they have read."""
    model.searches = {
        "queries": ["How is the pump wired to the relay?"],
        "search_scope": scope,
        "current_chapter": 2,
        "current_lesson": "1-relay",
    }
    written.simple("How is the pump wired?", context={"page_context": page, "context_mode": "up_to_here"})

    messages = str(model.requests[-1]["messages"])
    assert "answer_only_from" in messages
    assert (PUMP in messages) is is_told


@pytest.mark.parametrize("scope", ["full_book", "up_to_here", "current_page"])
@pytest.mark.parametrize("page", [{"url": "/elsewhere"}, {}, {"current_lesson": "no-such-page"}])
def test_an_unknown_page_is_told_to_the_model_and_not_widened(
    written: Served, model: ModelServer, page: dict[str, object], scope: str
) -> None:
    """The error stands in the tool's output, and no passage does."""
    model.searches = {"queries": ["relay"], "search_scope": scope}
    written.simple("What is a relay?", context={"page_context": page, "context_mode": "up_to_here"})

    output = str(model.requests[-1]["messages"][-1])
    assert "cannot be kept to what they have read" in output
    assert "small current" not in output


def test_a_model_may_search_what_was_read_so_far_by_itself(written: Served, model: ModelServer) -> None:
    """The tool offers the scope to readers who may see the whole book, too."""
    model.searches = {"queries": ["relay, pump, wiring"], "search_scope": "up_to_here"}
    written.ask("What was that about water?", page_context={"url": "/1-soil/2-roots"})

    output = str(model.requests[-1]["messages"][-1])
    assert '"found\\": true' in output or '"found": true' in output
    assert PUMP not in output


def test_quoted_answers_keep_to_what_was_read(garden: Served) -> None:
    """Without a language model, too; and where the page is unknown the answer says why it has nothing."""

    def answer(url: str) -> str:
        context = {"page_context": {"url": url}, "context_mode": "up_to_here"}
        return str(dict(garden.simple("What is a relay?", context=context))["item.done"])

    assert "small current" in answer("/2-water/1-relay")
    assert "small current" not in answer("/1-soil/2-roots")
    assert "cannot be kept to what they have read" in answer("/elsewhere")


def test_search_over_http_keeps_to_what_was_read(garden: Served) -> None:
    """By the page's address or its slug; an unknown page is refused."""

    def pages(**place: str) -> set[str]:
        found = garden.client.get("/assistant/search", params={"q": "water", "n": 50, "scope": "up_to_here"} | place)
        assert found.status_code == 200, found.text
        return {passage["page"] for passage in found.json()}

    so_far = {"README.md", "1-soil/README.md", "1-soil/1-moisture.md", "1-soil/2-roots.md"}
    assert pages(url="/1-soil/2-roots") == pages(lesson="2-roots", chapter="1") == pages(lesson="2-roots") == so_far
    refused = garden.client.get("/assistant/search", params={"q": "water", "scope": "up_to_here", "url": "/elsewhere"})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
