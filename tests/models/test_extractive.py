"""Answers without a language model quote the passages they were given, with their numbers."""

import json
import re
from html import escape
from typing import Any

import pytest
from agents import ModelSettings, ModelTracing, RunContextWrapper, function_tool
from markdown_it import MarkdownIt
from openai.types.responses import ResponseFunctionToolCall

from bookside.models.extractive import ExtractiveModel
from bookside.models.quotes import sentences, split
from bookside.sayings import ENGLISH

NEAREST, NOTHING, PREFACE = ENGLISH.nearest, ENGLISH.nothing, ENGLISH.preface

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
    assert answer("Who won the world cup?", passage(1, "A relay is a switch.")).startswith(NOTHING)
    assert answer("?!", passage(1, "A relay is a switch.")).startswith(NOTHING)


def test_the_nearest_sections_are_offered_where_nothing_answers() -> None:
    """Each section once, with the number of its best passage; no more than three; brackets in headings are no marks."""
    far = [passage(number, "Soil is brown.", f"Book › Part {number // 2} [old]") for number in range(1, 10)]
    said = answer("Who won the world cup?", *far)
    assert said.startswith(f"{NOTHING}\n\n{NEAREST}\n\n- Book › Part 0 ")
    assert said.endswith("[4]")
    assert [line[-3:] for line in said.splitlines() if line.startswith("- ")] == ["[1]", "[2]", "[4]"]
    assert r"Part 1 \[old\] [2]" in said


@pytest.mark.parametrize(
    "section",
    [
        "# hash",
        "1. Intro",
        "23) More",
        "- dash",
        "+ plus",
        "~~gone~~",
        "a &lt; b",
        "a | b",
        "$x$ and $y$",
        "Book › # C",
    ],
)
def test_a_section_is_named_in_its_own_words(section: str) -> None:
    """Whatever Markdown would make of them: no heading, no list in the list, nothing struck, no other character."""
    said = answer("Who won the world cup?", passage(1, "Soil is brown.", section))
    shown = MarkdownIt("commonmark").enable(["strikethrough", "table"]).render(said.partition(NEAREST)[2])
    assert shown == f"<ul>\n<li>{escape(section)} [1]</li>\n</ul>\n"
    assert not re.search(r"(?<!\\)\$", said)


def test_passages_that_are_unlikely_to_answer_are_not_quoted() -> None:
    """The search knows more than single words do: where it doubts, nothing is quoted."""
    passages = [passage(1, "A relay is a switch.")]
    for is_likely in (True, False):
        output = json.dumps({"found": True, "likely": is_likely, "passages": passages})
        said = ExtractiveModel(terms).answer("What is a relay?", [output])
        assert said.startswith(PREFACE if is_likely else NOTHING)


def likely(question: str, *passages: dict[str, Any]) -> str:
    output = json.dumps({"found": True, "likely": True, "passages": passages})
    return ExtractiveModel(terms).answer(question, [output])


def test_what_the_search_takes_for_an_answer_is_quoted_in_whatever_words_it_is() -> None:
    """The search knows meanings: a paragraph that shares no word with the question may answer it."""
    relay = passage(1, "A switch that a current moves.\n\nIt clicks.")
    assert likely("What is a relay?", relay) == f"{PREFACE}\n\n> A switch that a current moves. [1]"
    assert answer("What is a relay?", relay).startswith(NOTHING)


def test_the_searchs_order_decides_where_words_tell_little_apart() -> None:
    """A later passage comes first only if it says clearly more of the question; what says as much less is left out."""
    first, usual = passage(1, "Index each page as it is saved."), passage(5, "To be sure, write a price so.")
    question = "How do I index while I write?"
    assert likely(question, first, passage(2, "Soil."), passage(3, "Soil."), passage(4, "Soil."), usual).count(">") == 1
    found = likely("When does a pump start?", passage(1, "Water the soil."), passage(2, "A pump does start when dry."))
    assert found == f"{PREFACE}\n\n> A pump does start when dry. [2]"


def test_code_is_quoted_whole_with_what_announces_it() -> None:
    """A paragraph that ends with a colon brings the block that it announces."""
    text = "Start the pump with this call:\n\n```python\npump.start()\n\npump.wait()\n```\n\nThen measure."
    said = answer("How do I start the pump?", passage(1, text))

    assert "> Start the pump with this call:\n\n```python\npump.start()\n\npump.wait()\n```\n\n[1]" in said


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
    assert "\nrows[1]\n" in said


def test_a_failed_search_is_told() -> None:
    """The tool's error is the answer, not an empty result."""
    said = ExtractiveModel(terms).answer(
        "x", [json.dumps({"found": False, "passages": [], "error": "the page is not known"})]
    )

    assert said == (
        "Your question could not be looked up: the page is not known. Ask about the whole book instead, or ask again "
        "from a page of it."
    )


def test_a_word_that_the_book_does_not_have_counts_most() -> None:
    """One usual word of the question is not enough where the one that matters is nowhere."""
    usual = [passage(number, f"The plan does work. {'Soil is brown. ' * 4}") for number in (1, 2)]

    assert answer("Does Sphinx work?", *usual).startswith(NOTHING)
    assert answer("Does the plan work?", *usual).startswith(PREFACE)


def test_the_headings_above_a_sentence_help_to_cover_the_question() -> None:
    """A sentence need not repeat what its page is about; a heading alone answers nothing."""
    page = "Pumps › Relays › Wiring"

    assert "> Blue goes to ground. [1]" in answer(
        "Where goes a pump relay blue?", passage(1, "Blue goes to ground.", page)
    )
    assert answer("pump relay wiring", passage(1, "Blue goes to ground.", page)).startswith(NOTHING)


ROWS = [f"| `SETTING_{number}` | What number {number} means in this long table of settings |" for number in range(40)]
TABLE = "\n".join(["| Name | Meaning |", "| --- | :---: |", *ROWS, "| `PORT` | Where the server listens |"])


def test_a_long_table_is_quoted_with_its_header_and_the_rows_that_fit() -> None:
    """Not with its beginning."""
    said = answer("Where does the server listen?", passage(1, TABLE))

    assert said == (
        f"{PREFACE}\n\n> | Name | Meaning |\n> | --- | :---: |\n> | `PORT` | Where the server listens |\n>\n> [1]"
    )


def test_the_rest_of_a_table_has_no_header() -> None:
    """A passage may begin in the middle of a table."""
    said = answer("Where does the server listen?", passage(1, TABLE.split("\n", 2)[2]))

    assert said == f"{PREFACE}\n\n> | `PORT` | Where the server listens |\n>\n> [1]"


def test_a_long_list_is_quoted_from_the_item_that_fits() -> None:
    """Its beginning may be about something else."""
    items = [f"- Step {number} of a long list of steps that fill the page" for number in range(30)]
    said = answer(
        "When is the relay clicking?", passage(1, "\n".join([*items, "- the relay is clicking", "- the end"]))
    )

    assert said == f"{PREFACE}\n\n> - the relay is clicking\n> - the end\n>\n> [1]"


def test_long_code_keeps_its_fence() -> None:
    """The mark comes after the code, not into it."""
    code = "\n".join(["```python", *["pump.start(relay)"] * 60, "```"])
    said = answer("How do I pump.start(relay)?", passage(1, code))

    assert said.endswith("pump.start(relay)\n…\n```\n\n[1]")


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
    assert [one.text for one in sentences('He said "go." Then he went. 3.5 V is enough. Why? Because.')] == [
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


CONTEXT = '<reader_context>\n{"page": {"lesson": "x"}, "selected_text": "%s"}\n</reader_context>'


async def test_a_selection_is_searched_for_and_quoted_about() -> None:
    """Explain this, said of selected words, quotes the paragraph around them."""
    selected = "the armature closes the contacts of the second circuit"
    asked = user(CONTEXT % selected, "Explain this")
    call = (await stream([user("What is a pump?"), asked]))[-1].response.output[0]
    around = "Current flows. Then the armature closes the contacts of the second circuit. It clicks."
    output = json.dumps({"found": True, "passages": [passage(1, f"Pumps move water.\n\n{around}")]})
    said = (await stream([asked, {"type": "function_call_output", "call_id": "c", "output": output}]))[-1]

    assert json.loads(call.arguments) == {"queries": ["Explain this", selected]}
    assert said.response.output[0].content[0].text == f"{PREFACE}\n\n> {around} [1]"


async def test_a_selection_over_many_paragraphs_is_found() -> None:
    """No single sentence covers it."""
    words = ["alpha beta gamma", "delta epsilon zeta", "eta theta iota", "kappa lambda mu"]
    output = json.dumps({"found": True, "passages": [passage(1, ".\n\n".join(words))]})
    asked = user(CONTEXT % " ".join(words), "Explain this")
    said = (await stream([asked, {"type": "function_call_output", "call_id": "c", "output": output}]))[-1]

    assert said.response.output[0].content[0].text == f"{PREFACE}\n\n> alpha beta gamma. [1]"


@pytest.mark.parametrize("context", [CONTEXT % ("x" * 600), "<reader_context>\n{broken\n</reader_context>"])
async def test_a_selection_is_cut_and_what_is_no_data_is_passed_over(context: str) -> None:
    """A query stays short; the question is asked in any case."""
    call = (await stream([user(context, "What is a relay?")]))[-1].response.output[0]

    assert json.loads(call.arguments)["queries"] in (["What is a relay?", "x" * 500], ["What is a relay?"])


async def test_a_query_is_never_longer_than_a_search_takes() -> None:
    """The question before a short one may be as long as questions may be."""
    call = (await stream([user("w" * 2_000), user("And why?")]))[-1].response.output[0]

    assert [len(query) for query in json.loads(call.arguments)["queries"]] == [8, 2_000]


async def test_a_short_follow_up_is_searched_with_the_question_before_it() -> None:
    """Why? alone would find nothing."""
    items = [user("What is a relay?"), {"role": "assistant", "content": "A switch."}, user("And why?")]
    call = (await stream(items))[-1].response.output[0]

    assert json.loads(call.arguments)["queries"] == ["And why?", "What is a relay? And why?"]


async def test_a_follow_up_without_a_word_of_its_own_is_about_the_question_before_it() -> None:
    """And why? says nothing by itself."""
    output = json.dumps({"found": True, "passages": [passage(1, "A relay is a switch.")]})
    items = [user("What is a relay?"), {"role": "assistant", "content": "A switch."}, user("And why?")]
    said = (await stream([*items, {"type": "function_call_output", "call_id": "c", "output": output}]))[-1]

    assert said.response.output[0].content[0].text == f"{PREFACE}\n\n> A relay is a switch. [1]"


async def test_then_it_answers_from_the_output() -> None:
    """Deltas add up to the text of the completed message."""
    output = json.dumps({"found": True, "passages": [passage(1, "A relay is a switch.")]})
    items = [user("What is a relay?"), {"type": "function_call_output", "call_id": "c", "output": output}]
    events = await stream(items)
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")

    assert text == events[-1].response.output[0].content[0].text
    assert text.endswith("> A relay is a switch. [1]")
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_a_mistyped_question_is_answered_as_the_word_that_was_meant() -> None:
    """Where a passage has a word that is a letter or two away; a word that is near none still counts as missing."""
    passages = passage(1, "A relay switches the pump. It clicks."), passage(2, "Soil is brown.")
    assert answer("What does a realy do?", *passages).startswith(PREFACE)
    assert answer("Is walrus a relative of zebras?", *passages).startswith(NOTHING)
