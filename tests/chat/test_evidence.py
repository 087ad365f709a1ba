"""A citation quotes the words that its sentence rests on, and nothing that is not in the passage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.chat.evidence import QUOTE_CHARS, quote_for

RELAY = (
    "A relay is a switch that a small current moves. It was invented in 1835, and it is found in cars, in washing "
    "machines and in old telephone exchanges all over the world even today."
)
SENSORS = (
    "Sensors measure what is around them: light, heat, distance, pressure. The controller reads them many times a "
    "second and averages their values."
)
DRIVER = "A motor driver turns small signals into large currents:"
WAYS = "- an H-bridge reverses the direction\n- a PWM pin sets the speed"
CODE = "```python\nfor pin in pins:\n    pin.write(1)\n```"
PASSAGE = "\n\n".join([RELAY, SENSORS, DRIVER, WAYS, CODE]) + "\n"

LINES = st.sampled_from(
    [
        *PASSAGE.splitlines(),
        "",
        "",
        "| a | b |",
        "| --- | --- |",
        "| one | two words |",
        "~~~",
        "温度を測ります。",
        "x" * 450,
    ]
)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Relays are old. The controller averages many values of a sensor per second.", SENSORS),
        ("They were invented in 1835 and are found in cars even today", RELAY),
        (f"> {SENSORS}", SENSORS),
        (f"These are the words:\n\n> {WAYS.splitlines()[0]}\n> {WAYS.splitlines()[1]}\n>\n> ", WAYS),
        (f"{SENSORS}\n\n{CODE}\n\n", CODE),
        ("- A relay is moved by a current.\n- The controller reads the sensors many times a second", SENSORS),
        (
            "| part | does |\n| --- | --- |\n| Controller | averages the values of sensors, many a second",
            SENSORS,
        ),
        ("A controller averages many sensor values in each second. This is why", SENSORS),
    ],
    ids=["later sentence", "paragraph", "quotation", "quoted list", "code", "item", "row", "whole paragraph"],
)
def test_the_paragraph_is_quoted_that_the_sentence_rests_on(claim: str, quote: str) -> None:
    """Of all that an answer says, the last sentence counts, in whatever block of Markdown it is."""
    assert quote_for(claim, PASSAGE) == quote


def test_what_is_announced_is_quoted_with_its_announcement() -> None:
    """A paragraph that ends with a colon comes with what follows it."""
    assert quote_for("A motor driver makes large currents of small signals", PASSAGE) == f"{DRIVER}\n\n{WAYS}"


@pytest.mark.parametrize("claim", ["", "Yes.", "Das steht im Buch.", "🙂 \n\n> \n"])
def test_a_claim_that_fits_nothing_gets_the_beginning(claim: str) -> None:
    """Cut at a word, with the sign of it."""
    quote = quote_for(claim, PASSAGE)

    assert PASSAGE.startswith(quote.removesuffix(" …"))
    assert quote.endswith(" …")
    assert len(quote) <= QUOTE_CHARS + 2


def test_a_long_paragraph_is_quoted_from_the_sentence_that_fits() -> None:
    """Its beginning says nothing of the claim."""
    filler = "Many other things are told before anything of use is said at all in here. " * 6
    paragraph = f"{filler}Copper conducts heat far better than iron does. {filler}"

    assert quote_for("Heat is conducted better by copper than by iron", paragraph).startswith("Copper conducts heat")


def test_a_row_of_a_long_table_is_quoted_with_the_table_s_header() -> None:
    """And a line of long code with the line that opens the code."""
    header = "| metal | conducts heat |\n| --- | --- |\n"
    rows = [f"| metal number {n} | about {n * 7} watts in each metre and kelvin |" for n in range(30)]
    code = ["```toml", *(f"[part-{n}]\nsetting_{n * n} = {n * 3}" for n in range(60)), "```"]

    table = quote_for("Metal number 21 conducts 147 watts per metre", header + "\n".join(rows))
    lines = quote_for("Set `setting_1600` to 120 in `part-40`", "\n".join(code))

    assert table.startswith(f"{header}{rows[21]}")
    assert lines.startswith("```toml\n")
    assert "setting_1600 = 120" in lines


@pytest.mark.parametrize(
    ("head", "rows", "tail"),
    [
        ("| pin | wire |\n| --- | --- |", [f"| {number} | colour{number} |" for number in range(60)], ""),
        ("```text", [f"pin{number} = colour{number}" for number in range(60)], "\n```"),
    ],
    ids=["table", "code"],
)
@pytest.mark.parametrize("cut", [57, 30])
def test_no_quote_runs_over_a_cut_that_repeats_a_head(head: str, rows: list[str], tail: str, cut: int) -> None:
    """A table or code that was cut has its head in each piece; on the page it stands there once."""
    pieces = ["\n".join([head, *part]) + tail for part in (rows[:cut], rows[cut:])]
    quote = quote_for(f"The wires are {rows[cut - 1]} and {rows[cut]}.", "\n\n".join(pieces))

    assert quote.count(head) == 1
    assert any(row in quote for row in rows[cut - 1 : cut + 1])
    assert quote.removeprefix(f"{head}\n").removesuffix(tail) in "\n".join(rows)


def test_scripts_without_spaces_are_compared_by_pairs_of_letters() -> None:
    """Sentences of one paragraph without a space between them too."""
    first = "継電器は小さな電流で大きな電流を切り替えるスイッチです。古い電話交換機にも使われています。" * 6
    second = "温度センサーは部屋の温度を一秒に何度も測定します。"

    assert quote_for("部屋の温度はセンサーで測定されます。", f"{first}\n\n{second}") == second
    assert quote_for("部屋の温度はセンサーで測定されます。", first + second).endswith(second)


@given(st.lists(LINES, min_size=1, max_size=30).map("\n".join), st.lists(LINES, max_size=12).map("\n".join))
def test_every_line_of_a_quote_stands_in_the_passage(passage: str, claim: str) -> None:
    """In the passage's order and as it is there, whatever the claim and the Markdown."""
    quote = quote_for(claim, passage)
    place = 0
    for line in quote.removesuffix(" …").splitlines():
        found = passage.find(line, place)
        assert found >= 0, line
        place = found + len(line)
    assert bool(quote) == bool(passage.strip())
    assert len(quote) <= QUOTE_CHARS + 2
