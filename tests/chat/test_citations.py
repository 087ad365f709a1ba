"""What a reader sees of a model's text: citations at their places, and no link that the book does not contain."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.chat.citations import CitedText, Mark, Words

IMAGES = {"/_bookside/files/relay.png"}
KNOWN = {"/intro#start", "https://book.example/setup"}

ADVERSARIAL = [
    *(
        "a",
        " ",
        "\n",
        "\n\n",
        "[",
        "]",
        "(",
        ")",
        "[1]",
        "[9]",
        ":",
        "/",
        "//",
        "@",
        "<",
        ">",
        "|",
        "*",
        "- ",
        "> ",
        "h",
        "www",
    ),
    *(
        "https://evil",
        "ttps://evil",
        "www.evil",
        "(//evil)",
        ": //evil",
        "[x](//evil)",
        "[<https://evil>](/intro#start)",
    ),
    *("https://book.example/setup", "[s](/intro#start)", "[(//evil)](u)", "a@b.example", "\r", ".e"),
]


def read(*pieces: str) -> tuple[str, list[tuple[int, int]]]:
    """The reader's text, and for each citation its place in the text and its passage."""
    cited = CitedText(lambda number: 1 <= number <= 3, KNOWN.__contains__, IMAGES.__contains__)
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
        ("![a relay](/_bookside/files/relay.png)!", "![a relay](/_bookside/files/relay.png)!", []),
        ("![no image](/intro#start), [no link](/_bookside/files/relay.png)", "no image, no link", []),
        ("[1](https://evil.example)", "1", []),
        ("[a [b] c](https://evil.example)", "[a [b] c]\\(https\\://evil.example)", []),
        ("[x]: https://evil.example", "[x]\\: https\\://evil.example", []),
        ("Go to https://evil.example/x.", "Go to https\\://evil.example/x.", []),
        ("Go to https://book.example/setup.", "Go to https://book.example/setup.", []),
        ("www.evil.example", "www\\.evil.example", []),
        ("<https://evil.example>", "\\<https\\://evil.example>", []),
        ('<a href="https://evil.example">x</a>', '\\<a href="https\\://evil.example">x\\</a>', []),
        ("a < b and c > d", "a \\< b and c > d", []),
        ("An unclosed ` tick [2]", "An unclosed \\` tick", [(19, 2)]),
        ("An unclosed ` tick [x](http://evil.example)", "An unclosed \\` tick x", []),
        ("An open [bracket", "An open [bracket", []),
        ("- [ ] a task\n- [x] done", "- [ ] a task\n- [x] done", []),
        ("Escaped \\[1] stays", "Escaped \\[1] stays", []),
        ("whether how where https", "whether how where https", []),
    ],
)
def test_shows_words_and_places_marks(said: str, shown: str, marks: list[tuple[int, int]]) -> None:
    """Valid marks become citations at their places; other marks and unknown links lose their power."""
    assert (shown, marks) == read(said)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("- a\n  ```\n  x[1]\n\nSee [x](https://evil)", "- a\n  ```\n  x[1]\n\n  ```\nSee x"),
        ("- a\n  ```\n  b\n c\n  ```\n[x](//evil)", "- a\n  ```\n  b\n  c\n  ```\nx"),
        ("- a\n     ```\n     x[1]\n ```\n[x](//evil)", "- a\n\n     ```\n     x[1]\n     ```\nx"),
        ("- ~~~\n  ~~~\n[x](//evil)", "- \n  ~~~\n  ~~~\nx"),
        ("> ~~~\n[x](//evil)", "> ~~\\~\nx"),
        ("1. ```py\n   x[1]\n   ```\n\n[x](//evil)", "1. \n   ```py\n   x[1]\n   ```\n\nx"),
        ("```\nx[1]\r```\r\n[x](//evil)", "```\nx[1]\n```\nx"),
        ("```\nx\n```~\n[x](//evil)", "```\nx\n```\nx"),
        ("a `b\n- c [x](//evil) `d", "a \\`b\n- c x \\`d"),
        ("| `x | y` | `[x](//evil)` |", "| `x | y` | \\`x\\` |"),
        ("`x | [x](//evil)`", "\\`x | x\\`"),
        ("`a`[1]`b`", "`a`\\`b\\`"),
        ("[foo][(//evil)](u)", "[foo]\\(//evil)"),
        ("[foo][(javascript:alert(1))](u)", "[foo]\\(javascript:alert(1))"),
        ("[foo][: //evil](u)", "[foo]\\: //evil"),
        ("The ` key. See https://evil/x", "The \\` key. See https\\://evil/x"),
        ("https://book.example/setup`@evil/", "https\\://book.example/setup\\`\\@evil/"),
        ("https://book.example/setup|@evil/", "https\\://book.example/setup|\\@evil/"),
        ("https://book.example/setup [1]@evil/", "https://book.example/setup @evil/"),
        ("<https://book.example/setup>", "<https://book.example/setup>"),
        ("\\https://evil", "\\https:/\\/evil"),
        ("xhttps://evil éhttps://evil", "xhttps:/\\/evil éhttps:/\\/evil"),
        ("h[1]ttps://evil", "https:/\\/evil"),
        ("ftp://evil mailto:a@b.example", "ftp:/\\/evil mailto:a\\@b.example"),
        ("xwww.evil", "xwww\\.evil"),
        ("<[1]mailto:a>", "\\<mailto:a>"),
        ("[<https://evil>](/intro#start)", "[\\<https\\://evil>](/intro#start)"),
        ("[`a](/intro#start) `", "[\\`a](/intro#start) \\`"),
        ('[a](/intro#start "The start")', "[a](/intro#start)"),
        ("[a](/intro#start https://evil)", "[a]\\(/intro#start https\\://evil)"),
    ],
)
def test_nothing_unknown_links(said: str, shown: str) -> None:
    """No reading of the shown words by a renderer, strict or lenient, makes a link that the book does not contain."""
    assert shown == read(said)[0]


@pytest.mark.parametrize(
    ("said", "shown", "marks"),
    [
        ("As shown in [1]: water well.", "As shown in: water well.", [(11, 1)]),
        ("[1]: water", "[1]\\: water", []),
        (" > [1]: water", " > [1]\\: water", []),
    ],
)
def test_colon_after_mark(said: str, shown: str, marks: list[tuple[int, int]]) -> None:
    """A mark before a colon cites, unless it starts a line, where it would define a link."""
    assert (shown, marks) == read(said)


@given(st.lists(st.sampled_from(ADVERSARIAL), max_size=14))
def test_addresses_outside_code_are_disarmed(parts: list[str]) -> None:
    """Without code in play, no unknown address and no link syntax around one remains."""
    shown = read("".join(parts))[0].replace("https://book.example/setup", " ").replace("](/intro#start)", " ")

    assert re.search(r"(?<!\\)\]\(|(?<!\\)\]:|\w://|www\.\w|\w@", shown) is None


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
                "\r",
                "- ",
                "@",
                "|",
                "    ",
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
    cited = CitedText(lambda _: True, lambda _: False, lambda _: False)

    assert [Words("The reality gap")] == cited.feed("The reality gap")
    assert [Words(" separates"), Mark(1)] == cited.feed(" separates [1] ")
