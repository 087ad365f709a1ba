"""Chunks hold every word of their section, fit their budget, and keep their names when other pages change."""

import re
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookside.book import Chunk, cut, read_book


def count_words(text: str) -> int:
    """A tokenizer: words and single marks."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def chunks(folder: Path, text: str, *, max_tokens: int = 40, name: str = "page.md") -> tuple[Chunk, ...]:
    (folder / name).write_text(text, "utf-8")
    return cut(read_book(folder), count_tokens=count_words, max_tokens=max_tokens)


def test_a_chunk_never_crosses_a_heading_and_empty_sections_give_none(tmp_path: Path) -> None:
    made = chunks(tmp_path, "# A\n\none\n\n## B\n\n## C\n\ntwo\n\nthree\n")
    assert [(chunk.section.heading, chunk.text) for chunk in made] == [("A", "one"), ("C", "two\n\nthree")]
    assert [chunk.indexed_text for chunk in made] == ["A\none", "A › C\ntwo\n\nthree"]
    assert [chunk.order for chunk in made] == [0, 1]


def test_text_is_readable_without_its_marks(tmp_path: Path) -> None:
    source = (
        "Read [the *guide*](x.md) and ![a map](y.png), `code` & <b>bold</b><br>more.[^1]\n\n"
        "> [!WARNING]\n> Hot!\n\n- one\n- two\n  1. deep\n\n"
        "<details><summary>More</summary>\n\nInside &amp; out\n\n</details>\n\n"
        "<!-- hidden -->\n\n| a | b |\n|---|---|\n| **1** | 2 |\n\n```py title=x\nprint(1)\n```\n\n[^1]: The note.\n"
    )
    (chunk,) = chunks(tmp_path, source, max_tokens=400)
    assert chunk.text == (
        "Read the guide and a map, code & bold\nmore.\n\nWarning: Hot!\n- one\n- two\n  1. deep\n\n"
        "More\n\nInside & out\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```py\nprint(1)\n```\n\nThe note."
    )


def test_a_footnotes_sign_in_code_is_code(tmp_path: Path) -> None:
    (chunk,) = chunks(tmp_path, "Write `[^1]` for a note.[^1]\n")
    assert chunk.text == "Write [^1] for a note."


def test_a_long_paragraph_is_cut_at_sentences(tmp_path: Path) -> None:
    sentences = [f"This is sentence number {n} of a paragraph." for n in range(20)]
    made = chunks(tmp_path, " ".join(sentences))
    assert " ".join(chunk.text for chunk in made) == " ".join(sentences)
    assert all(chunk.text.endswith(".") for chunk in made)
    assert max(chunk.tokens for chunk in made) <= 40


def test_code_and_tables_that_fit_stay_whole_and_longer_ones_repeat_their_frame(tmp_path: Path) -> None:
    filler = "word " * 30
    made = chunks(tmp_path, f"{filler}\n\n```py\na = 1\n\nb = 2\n```\n\n|x|y|\n|-|-|\n" + "|1|2|\n" * 20)
    assert made[1].text.startswith("```py\na = 1\n\nb = 2\n```")
    tables = [chunk.text for chunk in made[1:] if "| 1 | 2 |" in chunk.text]
    assert len(tables) > 1
    assert all("| x | y |\n| --- | --- |\n| 1 | 2 |" in text for text in tables)
    long_code = chunks(tmp_path, "```js\n" + "call(1);\n" * 40 + "```\n")
    assert len(long_code) > 1
    assert all(chunk.text.startswith("```js\ncall(1);") and chunk.text.endswith(";\n```") for chunk in long_code)


def test_ids_stay_when_other_pages_come_and_go(tmp_path: Path) -> None:
    before = {c.id: c.text for c in chunks(tmp_path, "# A\n\none\n\n## B\n\ntwo\n")}
    after = {c.id: c.text for c in chunks(tmp_path, "# Z\n\none\n", name="0-first.md")}
    assert before.items() <= after.items()
    moved = {c.id: c.text for c in chunks(tmp_path, "# A\n\n\n\none\n\n## New\n\nnew\n\n## B\n\ntwo\n")}
    assert before.items() <= moved.items()


def test_the_same_text_twice_has_two_ids(tmp_path: Path) -> None:
    text = "Same words here. " * 12
    made = chunks(tmp_path, f"# A\n\n{text}\n\n{text}\n\n## A\n\n{text}\n")
    assert len({chunk.id for chunk in made}) == len(made) > 3
    assert {uuid.UUID(chunk.id).version for chunk in made} == {5}
    assert [chunk.id for chunk in cut(read_book(tmp_path), count_tokens=count_words, max_tokens=40)] == [
        chunk.id for chunk in made
    ]


def test_too_small_a_budget_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 32"):
        chunks(tmp_path, "# A\n", max_tokens=31)


WORDS = st.lists(st.from_regex(r"[a-z]{1,9}[0-9]{0,3}[.,!?]?", fullmatch=True), min_size=1, max_size=120).map(" ".join)
BLOCKS = st.one_of(
    WORDS,
    WORDS.map(lambda words: "- " + words.replace(". ", ".\n- ")),
    WORDS.map(lambda words: "> " + words),
    WORDS.map(lambda words: "**" + words.replace(" ", "** *", 1) + "*" if " " in words else f"`{words}`"),
    WORDS.map(lambda words: "```\n" + words.replace(" ", "\n") + "\n```"),
    WORDS.map(lambda words: "|h|\n|-|\n|" + words.replace(" ", "|\n|") + "|"),
)


@settings(max_examples=150, deadline=None)
@given(found=st.lists(BLOCKS, min_size=1, max_size=6), max_tokens=st.integers(32, 200))
def test_no_word_is_dropped_and_every_chunk_fits(
    tmp_path_factory: pytest.TempPathFactory, found: list[str], max_tokens: int
) -> None:
    source = "\n\n".join(found)
    made = chunks(tmp_path_factory.mktemp("cut"), source, max_tokens=max_tokens)
    kept = iter(re.findall(r"[a-z]+[0-9]*", "\n".join(chunk.text for chunk in made)))
    assert all(word in kept for word in re.findall(r"[a-z]+[0-9]*", source))
    assert all(chunk.tokens == count_words(chunk.text) <= max_tokens for chunk in made)


def test_a_word_without_end_and_a_line_without_end_are_cut(tmp_path: Path) -> None:
    made = chunks(tmp_path, "x" * 300_000 + "\n\n" + "some words. " * 30_000)
    assert "".join(chunk.text for chunk in made).count("x") == 300_000
    assert sum(chunk.text.count("words") for chunk in made) == 30_000
    assert max(chunk.tokens for chunk in made) <= 40


def test_a_longer_page_moves_no_other(tmp_path: Path) -> None:
    """The chunks of a page are in order, after those of the pages before, wherever these end."""
    for name in "abc":
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\nOne.\n\n## Two\n\nTwo.\n")
    before = cut(read_book(tmp_path), count_tokens=count_words)
    (tmp_path / "b.md").write_text("# b\n\nOne.\n\n## Two\n\nTwo.\n\n## Three\n\nThree.\n")
    after = cut(read_book(tmp_path), count_tokens=count_words)

    assert {(chunk.id, chunk.order) for chunk in before} <= {(chunk.id, chunk.order) for chunk in after}
    assert [chunk.order for chunk in after] == sorted(chunk.order for chunk in after)
    assert len({chunk.order for chunk in after}) == len(after)
    of_c = [chunk.order for chunk in after if chunk.page.path == "c.md"]
    assert of_c == [of_c[0], of_c[0] + 1]
