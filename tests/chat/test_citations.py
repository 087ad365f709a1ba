"""What a reader sees of a model's text: citations at their places, and no link that the book does not contain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.chat.citations import CitedText, Mark, Words

KNOWN = {"/intro#start", "https://book.example/setup"}


def read(*pieces: str) -> tuple[str, list[tuple[int, int]]]:
    """The reader's text, and for each citation its place in the text and its passage."""
    cited = CitedText(lambda number: 1 <= number <= 3, KNOWN.__contains__)
    text, marks = "", []
    for part in [part for piece in pieces for part in cited.feed(piece)] + cited.finish():
        if isinstance(part, Words):
            text += part.text
        else:
            marks.append((len(text), part.number))
    return text, marks


@pytest.mark.parametrize(
    ("said", "shown", "marks"),
    [
        ("Sensors measure [2].", "Sensors measure.", [(15, 2)]),
        ("Both [1][3] hold.", "Both hold.", [(4, 1), (4, 3)]),
        ("Both [1, 3] hold", "Both hold", [(4, 1), (4, 3)]),
        ("Nothing [9] here [0].", "Nothing here.", []),
        ("Only the valid one [9, 2]", "Only the valid one", [(18, 2)]),
        ("Ändern [1] 😀 [2]", "Ändern 😀", [(6, 1), (8, 2)]),
        ("In 2020 [2020] stays", "In 2020 [2020] stays", []),
        ("`rows[1]` is code [1]", "`rows[1]` is code", [(17, 1)]),
        ("``a ` b[2]`` [2]", "``a ` b[2]``", [(12, 2)]),
        ("```py\nx[1]\n```\nthen [1]", "```py\nx[1]\n```\nthen", [(19, 1)]),
        ("~~~\n[1](http://a)\n~~~\n", "~~~\n[1](http://a)\n~~~\n", []),
        ("See [the start](/intro#start).", "See [the start](/intro#start).", []),
        ("See [evil](https://evil.example/a).", "See evil.", []),
        ("![pixel](https://evil.example/p.png)!", "pixel!", []),
        ("[1](https://evil.example)", "1", []),
        ("[a [b] c](https://evil.example)", "[a [b] c]\\(`https://evil.example`)", []),
        ("[x]: https://evil.example", "[x]\\: `https://evil.example`", []),
        ("Go to https://evil.example/x.", "Go to `https://evil.example/x`.", []),
        ("Go to https://book.example/setup.", "Go to https://book.example/setup.", []),
        ("www.evil.example", "`www.evil.example`", []),
        ("<https://evil.example>", "\\<`https://evil.example`>", []),
        ('<a href="https://evil.example">x</a>', '\\<a href="`https://evil.example`">x\\</a>', []),
        ("a < b and c > d", "a < b and c > d", []),
        ("An unclosed ` tick [2]", "An unclosed ` tick", [(18, 2)]),
        ("An unclosed ` tick [x](http://evil.example)", "An unclosed ` tick x", []),
        ("An open [bracket", "An open [bracket", []),
        ("- [ ] a task\n- [x] done", "- [ ] a task\n- [x] done", []),
        ("Escaped \\[1] stays", "Escaped \\[1] stays", []),
        ("whether how where https", "whether how where https", []),
    ],
)
def test_shows_words_and_places_marks(said: str, shown: str, marks: list[tuple[int, int]]) -> None:
    """Valid marks become citations at their places; other marks and unknown links lose their power."""
    assert (shown, marks) == read(said)


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                " ",
                "  ",
                "\n",
                "\n\n",
                "`",
                "```",
                "~~~",
                "[",
                "]",
                "(",
                ")",
                "1",
                "2",
                ",",
                "!",
                "<",
                ">",
                "\\",
                ":",
                "[1]",
                "[9]",
                "https://e",
                "www.",
                "h",
                "http",
                "é",
                "😀",
            ]
        )
        | st.sampled_from(["[x](http://evil.example)", "[s](/intro#start)"]),
        max_size=40,
    ),
    st.data(),
)
def test_pieces_do_not_matter(parts: list[str], data: st.DataObject) -> None:
    """However a text is cut into pieces, the reader sees the same."""
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert read(text) == read(*pieces)


@given(st.text(alphabet="ab h`[](1)!<:\\/tpsw.\n", max_size=60))
def test_letters_one_by_one(text: str) -> None:
    """A text that comes letter by letter reads like the whole."""
    assert read(text) == read(*text)


def test_plain_text_passes_at_once() -> None:
    """Words that cannot become a mark or a link are not held back."""
    cited = CitedText(lambda _: True, lambda _: False)

    assert [Words("The reality gap")] == cited.feed("The reality gap")
    assert [Words(" separates"), Mark(1)] == cited.feed(" separates [1] ")
