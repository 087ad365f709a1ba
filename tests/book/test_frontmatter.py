"""Settings of pages: what grows beyond measure is refused, and what repeats itself a little is not."""

from pathlib import Path

import pytest

from bookside.book import read_book
from bookside.book.frontmatter import load
from bookside.errors import BookError
from hard_books import bomb


def test_aliases_that_stand_for_millions_of_values_are_a_problem_of_their_page(tmp_path: Path) -> None:
    (tmp_path / "bomb.md").write_text(f"---\n{bomb()}\n---\n# Bomb")
    (tmp_path / "page.md").write_text("# Page")
    book = read_book(tmp_path)
    assert [page.title for page in book.pages] == ["Page"]
    assert [(problem.path, problem.line) for problem in book.problems] == [("bomb.md", 2)]
    assert "aliases" in book.problems[0].reason


def test_a_value_that_holds_itself_is_refused_and_one_that_comes_twice_is_not() -> None:
    with pytest.raises(BookError, match="aliases"):
        load("a: &a [*a]", "x.yml")
    assert load("a: &a [1]\nb: *a", "x.yml") == {"a": [1], "b": [1]}
