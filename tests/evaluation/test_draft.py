"""Drafts of questions from the book's own words."""

import pytest

from bookside.book import read_book
from bookside.evaluation.draft import drafts, question_for
from serving import GARDEN, HANDBOOK


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Why does it rust?", "Why does it rust?"),
        ("¿Qué es un relé?", "¿Qué es un relé?"),
        ("3.2 Installing the sensor", "How do I install the sensor?"),
        ("Use a Qdrant server", "How do I use a Qdrant server?"),
        ("How to find your way", "How do I find my way?"),
        ("How an answer is made", "Can you explain how an answer is made?"),
        ("Who should read what", "Who should read what?"),
        ("`--fail-under`", "What does `--fail-under` do?"),
        ("max_tokens", "What does `max_tokens` do?"),
        ("std::vec::Vec", "What does `std::vec::Vec` do?"),
        ("GET /healthz", "What does `GET /healthz` do?"),
        ("BOOKSIDE_DATA", "What does `BOOKSIDE_DATA` do?"),
        ("TypeError: not a function", "What does “TypeError: not a function” mean, and what can I do about it?"),
        ("The relay", "What is the relay?"),
        ("Rate limits", "What are rate limits?"),
        ("Attributes of the tag", "What are attributes of the tag?"),
        ("Soil and water", "What should I know about soil and water?"),
        ("Behind nginx", "How does it work behind nginx?"),
        ("Only what changed is embedded", "What does it mean that only what changed is embedded?"),
        ("Introduction to IoT", "What is IoT?"),
        ("2. A token", "What is a token?"),
        ("Examples", None),
        ("Further reading", None),
        ("7.", None),
        ("", None),
    ],
)
def test_each_kind_of_heading_has_its_question(heading: str, question: str | None) -> None:
    """A heading that is a question stays as it is; one that says nothing by itself gives none."""
    worded = question_for(heading)

    assert (worded[0] if worded else None) == question


def test_drafts_are_spread_over_the_book() -> None:
    """Few drafts come from pages far apart; many from every page that has something to ask; none twice."""
    book = read_book(HANDBOOK)
    few, many = drafts(book, 5), drafts(book, 10_000)

    assert len(few) == 5
    assert len({draft.page.split("/")[1] for draft in few}) >= 4
    assert {draft.page for draft in many} == {page.path for page in book.pages}
    assert len({draft.question.casefold() for draft in many}) == len(many)
    order = [page.path for page in book.pages]
    assert [order.index(draft.page) for draft in many] == sorted(order.index(draft.page) for draft in many)


def test_a_draft_names_its_section_by_an_anchor_that_exists() -> None:
    """And is marked as one that nobody has looked through."""
    book = read_book(GARDEN)
    anchors = {page.path: {section.anchor for section in page.sections} for page in book.pages}
    made = drafts(book, 100)

    assert {"question": "What is wiring?", "page": "2-water/1-relay.md", "section": "wiring"} in [
        {name: value for name, value in draft.as_json().items() if name not in ("kind", "draft")} for draft in made
    ]
    assert all(draft.section is None or draft.section in anchors[draft.page] for draft in made)
    assert all(draft.as_json()["draft"] is True for draft in made)
