"""Answers without a language model quote the passages they were given, with their numbers."""

import json
import re
from typing import Any

import pytest
from agents import ModelSettings, ModelTracing, RunContextWrapper, function_tool
from openai.types.responses import ResponseFunctionToolCall

from bookside.models.extractive import NOTHING, PREFACE, ExtractiveModel, sentences, split

STOP = {"what", "is", "a", "the", "how", "do", "it", "does", "and", "why"}


def terms(text: str) -> frozenset[int]:
    return frozenset(hash(word.rstrip("s")) for word in re.findall(r"\w+", text.lower()) if word not in STOP)


def passage(number: int, text: str, section: str = "Book › Section") -> dict[str, Any]:
    return {"number": number, "section": section, "text": text}


def answer(question: str, *passages: dict[str, Any]) -> str:
    return ExtractiveModel(terms).answer(question, [json.dumps({"found": bool(passages), "passages": passages})])


def test_the_paragraph_that_covers_the_question_is_quoted() -> None:
    """Word for word, as a block quote that ends with the passage's mark; passages that do not fit are left out."""
    relay = passage(2, "Pumps move water.\n\nA relay is a switch. It clicks.")
    said = answer("What is a relay?", passage(1, "Soil is brown."), relay)

    assert said == f"{PREFACE}\n\n> A relay is a switch. It clicks. [2]"


def test_nothing_that_fits_is_said_to_be_nothing() -> None:
    """No passages, or none that covers enough of the question, make no answer up."""
    assert answer("What is a relay?") == NOTHING
    assert answer("Who won the world cup?", passage(1, "A relay is a switch.")) == NOTHING
    assert answer("?!", passage(1, "A relay is a switch.")) == NOTHING


def test_code_is_quoted_whole_with_what_announces_it() -> None:
    """A paragraph that ends with a colon brings the block that it announces."""
    text = "Start the pump with this call:\n\n```python\npump.start()\n\npump.wait()\n```\n\nThen measure."
    said = answer("How do I start the pump?", passage(1, text))

    assert "> ```python\n> pump.start()\n>\n> pump.wait()\n> ```\n>\n> [1]" in said


def test_a_section_whose_heading_fits_comes_first() -> None:
    """Of two passages that cover the question, the one under the fitting heading wins."""
    said = answer(
        "What is a geofence?",
        passage(1, "Test a point against a geofence.", "Maps › Testing"),
        passage(2, "A geofence is a perimeter.", "Maps › What is a geofence"),
    )

    assert said.index("[2]") < said.index("[1]")


def test_the_books_own_brackets_are_no_marks() -> None:
    """What looks like a mark in a quotation is escaped, but not in code."""
    said = answer("What is rows?", passage(1, "The call rows[1] gives a relay row [2]:\n\n```\nrows[1]\n```"))

    assert r"> The call rows\[1] gives a relay row \[2]:" in said
    assert "> rows[1]\n" in said


def test_a_failed_search_is_told() -> None:
    """The tool's error is the answer, not an empty result."""
    said = ExtractiveModel(terms).answer(
        "x", [json.dumps({"found": False, "passages": [], "error": "the page is not known"})]
    )

    assert "the page is not known" in said


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("One.\n\nTwo\nlines.", ["One.", "Two lines."]),
        ("- a\n- b\n\ntext", ["- a\n- b", "text"]),
        ("```\na\n\nb\n```", ["```\na\n\nb\n```"]),
        ("", []),
    ],
)
def test_blocks(text: str, blocks: list[str]) -> None:
    """Paragraphs are put on one line; lists and code keep theirs."""
    assert split(text) == blocks


def test_sentences_end_at_their_marks() -> None:
    """Full stops, question marks and their full-width kin, closing quotes included."""
    assert sentences('He said "go." Then he went. 3.5 V is enough. Why? Because.') == [
        'He said "go."', "Then he went.", "3.5 V is enough.", "Why?", "Because.",
    ]  # fmt: skip


@function_tool
def search_book_content(ctx: RunContextWrapper[Any], queries: list[str]) -> str:
    """Search."""
    return ""


async def stream(items: list[Any]) -> list[Any]:
    model = ExtractiveModel(terms)
    events = model.stream_response(
        None, items, ModelSettings(), [search_book_content], None, [], ModelTracing.DISABLED,
        previous_response_id=None, conversation_id=None, prompt=None,
    )  # fmt: skip
    return [event async for event in events]


def user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "input_text", "text": text} for text in texts]}


async def test_it_searches_for_the_question_first() -> None:
    """The tool is called with the reader's words, not with the data about their page."""
    call = (await stream([user("<reader_context>\n{}\n</reader_context>", "What is a relay?")]))[-1].response.output[0]

    assert isinstance(call, ResponseFunctionToolCall)
    assert json.loads(call.arguments) == {"queries": ["What is a relay?"]}


async def test_a_short_follow_up_is_searched_with_the_question_before_it() -> None:
    """Why? alone would find nothing."""
    items = [user("What is a relay?"), {"role": "assistant", "content": "A switch."}, user("And why?")]
    call = (await stream(items))[-1].response.output[0]

    assert json.loads(call.arguments)["queries"] == ["And why?", "What is a relay? And why?"]


async def test_then_it_answers_from_the_output() -> None:
    """Deltas add up to the text of the completed message."""
    output = json.dumps({"found": True, "passages": [passage(1, "A relay is a switch.")]})
    items = [user("What is a relay?"), {"type": "function_call_output", "call_id": "c", "output": output}]
    events = await stream(items)
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")

    assert text == events[-1].response.output[0].content[0].text
    assert text.endswith("> A relay is a switch. [1]")
    assert [event.sequence_number for event in events] == list(range(len(events)))
