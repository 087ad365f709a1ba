"""Passages get the rest of their sections, as far as there is room."""

from pathlib import Path

import pytest

from bookside.book import Chunk, cut, read_book
from bookside.search.model import Passage
from bookside.search.sections import Sections, completed

WORDS = 40


def paragraph(name: str) -> str:
    return " ".join([name] * WORDS) + "."


@pytest.fixture(scope="module")
def chunks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Chunk, ...]:
    """A page of two long sections and a short one; each paragraph is a chunk of its own, of 41 words."""
    folder: Path = tmp_path_factory.mktemp("book")
    parts = ["# Page", "## One", *map(paragraph, "abcde"), "## Two", *map(paragraph, "fg"), "## Three", paragraph("h")]
    (folder / "README.md").write_text("\n\n".join(parts))
    return cut(read_book(folder), count_tokens=lambda text: len(text.split()), max_tokens=WORDS + 5)


def found(chunk: Chunk, edition: str | None = None) -> Passage:
    """The chunk as search finds it."""
    section, page = chunk.section, chunk.page
    return Passage(
        id=chunk.id, page=page.path, url=section.url, title=page.title, heading=section.heading, path=section.path,
        text=chunk.text, score=1.0, fit=1.0, is_likely=True, chapter=None, chapter_title=None, lesson=None,
        edition=edition,
    )  # fmt: skip


def names(passages: list[Passage]) -> list[str]:
    """Of each passage the paragraphs that it has."""
    return ["".join(block[0] for block in passage.text.split("\n\n")) for passage in passages]


@pytest.mark.parametrize(
    ("hits", "room", "given"),
    [
        ("c", 0, ["c"]),
        ("c", 1, ["cd"]),
        ("c", 2, ["bcd"]),
        ("c", 3, ["bcde"]),
        ("c", 99, ["abcde"]),
        ("e", 2, ["cde"]),
        ("hcf", 0, ["h", "c", "f"]),
        ("hcf", 99, ["h", "abcde", "fg"]),
        ("fc", 2, ["fg", "cd"]),
        ("db", 0, ["d", "b"]),
        ("db", 1, ["de", "b"]),
        ("db", 2, ["bcde"]),
        ("cd", 0, ["cd"]),
        ("cd", -2, ["cd"]),
        ("dhc", 0, ["cd", "h"]),
        ("ae", 99, ["abcde"]),
    ],
)
def test_sections_are_completed_as_far_as_there_is_room(
    chunks: tuple[Chunk, ...], hits: str, room: int, given: list[str]
) -> None:
    """The best one first, on both sides, never past its heading; what meets is one, and nothing is there twice."""
    by_name = {chunk.text[0]: chunk for chunk in chunks}
    passages = [found(by_name[name]) for name in hits]
    sections = Sections(chunks)
    tokens = by_name["a"].tokens
    made = completed(passages, lambda _: sections, max_tokens=(len(hits) + room) * tokens)

    assert names(made) == given
    for one in made:
        assert [by_name[name].id for name in names([one])[0]] == list(one.ids)


def test_what_the_book_has_no_more_stays_as_it_was_found(chunks: tuple[Chunk, ...]) -> None:
    """Its neighbours are not known; the others are completed all the same."""
    last = found(chunks[-1])
    made = completed([found(chunks[0]), last], lambda _: Sections(chunks[:5]), max_tokens=1_000)

    assert names(made) == ["abcde", "h"]
    assert made[1] is last


def test_each_edition_completes_its_own(chunks: tuple[Chunk, ...]) -> None:
    """One passage may be in two editions, with more around it in one of them."""
    editions = {None: Sections(chunks), "1.0": Sections(chunks[:2])}
    made = completed([found(chunks[0]), found(chunks[0], "1.0")], editions.__getitem__, max_tokens=1_000)

    assert names(made) == ["abcde", "ab"]
