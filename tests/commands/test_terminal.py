"""What a terminal shows of the Markdown of an answer."""

import pytest

from bookside.commands.terminal import Unescaped


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        (r"a\[1] \# b \\ c\d", r"a[1] # b \ c\d"),
        ("the end \\", "the end \\"),
        (r"`a\[1]` and ``b`\[`` \[2]", r"`a\[1]` and ``b`\[`` [2]"),
        ("> ```py\n> a\\[1]\n> ```\n\\[2]", "> ```py\n> a\\[1]\n> ```\n[2]"),
        ("~~~\n```\n\\[1]\n~~~~\n\\[2]", "~~~\n```\n\\[1]\n~~~~\n[2]"),
        ("a ` b\n\n\\[1]", "a ` b\n\n[1]"),
        ("~a~ \\~", "~a~ ~"),
    ],
)
def test_escapes_are_not_shown(markdown: str, shown: str, size: int) -> None:
    """Outside of code a sign stands for itself, however the text is cut into pieces; code is as it is."""
    words = Unescaped()
    pieces = [words.feed(markdown[at : at + size]) for at in range(0, len(markdown), size)]

    assert "".join(pieces) + words.rest() == shown
