"""What was read once is recalled, and nothing of it is ever wrong."""

import shutil
from pathlib import Path

import pytest

from bookside.book import Book, Chunk, cut, read_book
from bookside.book.memory import Memory, remembering
from bookside.errors import BookError
from serving import GARDEN, HANDBOOK

BOOKS = Path(__file__).parents[1] / "fixtures" / "books"


class Counter:
    """Counts words, and how many texts it was given."""

    def __init__(self) -> None:
        self.texts = 0

    def __call__(self, text: str) -> int:
        self.texts += 1
        return len(text.split())


def read(folder: Path, memory: Path | None) -> tuple[Book, tuple[Chunk, ...], int]:
    counter = Counter()
    if memory is None:
        book = read_book(folder)
        return book, cut(book, count_tokens=counter), counter.texts
    with remembering(memory):
        book = read_book(folder)
        return book, cut(book, count_tokens=counter), counter.texts


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    shutil.copytree(GARDEN, tmp_path / "garden")
    return tmp_path / "garden"


@pytest.mark.parametrize(
    "folder", [*(BOOKS / name for name in ("docusaurus", "folder", "mdbook", "mkdocs")), GARDEN, HANDBOOK]
)
def test_what_is_recalled_is_what_was_read(folder: Path, tmp_path: Path) -> None:
    """For every kind of site; the second time no text is cut at all."""
    plain = read(folder, None)
    first = read(folder, tmp_path / "memory")
    second = read(folder, tmp_path / "memory")

    assert plain[:2] == first[:2] == second[:2]
    assert first[2] > 0
    assert second[2] == 0


def test_only_an_edited_page_is_read_again(garden: Path, tmp_path: Path) -> None:
    """And its new words are there."""
    _, before, of_all = read(garden, tmp_path / "memory")
    page = garden / "1-soil" / "2-roots.md"
    page.write_text(page.read_text() + "\n## Moss\n\nMoss has none.\n")
    _, after, of_one = read(garden, tmp_path / "memory")

    assert 0 < of_one < of_all / 2
    assert {chunk.text for chunk in after} - {chunk.text for chunk in before} == {"Moss has none."}
    assert read(garden, tmp_path / "memory")[2] == 0


@pytest.mark.parametrize("damage", [b"", b"\x00\xff garbage", b"\n\n\n", b'0123456789abcdef0123456789abcdef["half'])
def test_a_damaged_file_is_as_good_as_none(garden: Path, tmp_path: Path, damage: bytes) -> None:
    """Whether all of it is, or its last lines."""
    plain = read(garden, None)
    memory = tmp_path / "memory"
    memory.write_bytes(damage)
    assert read(garden, memory)[:2] == plain[:2]
    memory.write_bytes(memory.read_bytes()[:-100] + damage)
    assert read(garden, memory)[:2] == plain[:2]
    memory.write_bytes(memory.read_bytes()[: memory.stat().st_size // 2])
    assert read(garden, memory)[:2] == plain[:2]


def test_nothing_of_another_program_is_recalled(tmp_path: Path) -> None:
    """An entry is worth what the code that made it is worth."""
    old = Memory(tmp_path / "memory", "old")
    assert old.recalled("words", ("text",), lambda: 1) == 1
    old.save()
    same, new = Memory(tmp_path / "memory", "old"), Memory(tmp_path / "memory", "new")
    assert same.recalled("words", ("text",), lambda: 2) == 1
    assert same.recalled("words", ("te", "xt"), lambda: 3) == 3
    assert same.recalled("pictures", ("text",), lambda: 4) == 4
    assert new.recalled("words", ("text",), lambda: 5) == 5
    new.save()
    assert Memory(tmp_path / "memory", "new").recalled("words", ("text",), lambda: 6) == 5


def test_what_is_no_longer_of_use_goes(tmp_path: Path) -> None:
    """However often a page is edited, the file stays within a few times what is used."""
    file = tmp_path / "memory"
    for number in range(200):
        memory = Memory(file, "one")
        memory.recalled("words", ("the same",), lambda: "x" * 1_000)
        memory.recalled("words", (f"edit {number}",), lambda: "y" * 1_000)
        memory.save()

    assert file.stat().st_size < 8_000
    assert [path.name for path in tmp_path.iterdir()] == ["memory"]


def test_a_date_in_front_matter_stays_one(garden: Path, tmp_path: Path) -> None:
    """What JSON cannot say is read each time; broken YAML is a problem each time."""
    (garden / "dated.md").write_text("---\ntitle: 2026-01-02\ndate: 2026-01-02\n---\n\nDated.\n")
    (garden / "broken.md").write_text("---\ntitle: [\n---\n\nBroken.\n")
    plain, first, second = read(garden, None), read(garden, tmp_path / "memory"), read(garden, tmp_path / "memory")

    def problems(book: Book) -> list[str]:
        return [str(problem) for problem in book.problems]

    assert plain[0].pages == first[0].pages == second[0].pages
    assert len(problems(plain[0])) == 1
    assert problems(plain[0]) == problems(first[0]) == problems(second[0])


def test_a_run_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """A folder that is no book makes nothing."""
    with pytest.raises(BookError):
        read(tmp_path / "none", tmp_path / "memory")
    assert list(tmp_path.iterdir()) == []
