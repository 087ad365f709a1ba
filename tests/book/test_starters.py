"""Questions to begin with: the author's, the page's own headings, or what can be asked of any page."""

from pathlib import Path

import pytest

from bookside.book import read_book
from bookside.book.starters import Starter, starters


def of(folder: Path, text: str) -> list[Starter]:
    (folder / "page.md").write_text(text, "utf-8")
    return starters(read_book(folder).pages[0])


def test_the_authors_questions_are_asked_as_they_stand(tmp_path: Path) -> None:
    """At most four, each on one line; nothing is added, and what is no text is left out."""
    front = "questions:\n  - Why?\n  - |\n    How\n    so?\n  - {a: 1}\n  - 3\n  - Was ist das?\n  - A fifth?"
    asked = of(tmp_path, f"---\n{front}\n---\n# T\n\n## What is it?\n")

    assert asked == [Starter("question", text) for text in ("Why?", "How so?", "3", "Was ist das?")]


@pytest.mark.parametrize("questions", ["", "questions:", "questions: {}", "questions: []", "questions: yes"])
def test_headings_that_ask_come_before_what_any_page_can_be_asked(tmp_path: Path, questions: str) -> None:
    """Questions of any script, then the summary, then the first sections; each heading once, titles not at all."""
    page = "# T?\n\n## A\n\n## 为什么？\n\n## A\n\n### كيف؟\n\n#### Deep?\n\n## B\n"
    asked = of(tmp_path, f"---\n{questions}\n---\n{page}")

    assert asked == [
        Starter("question", "为什么？"),
        Starter("question", "كيف؟"),
        Starter("summary", "T?"),
        Starter("explain", "A"),
    ]


def test_a_page_without_sections_can_be_summarised(tmp_path: Path) -> None:
    """There is always something to ask."""
    assert of(tmp_path, "Words.\n") == [Starter("summary", "Page")]


def test_a_single_question_needs_no_list(tmp_path: Path) -> None:
    """A plain value is one question."""
    assert of(tmp_path, "---\nquestions: Why?\n---\n# T\n") == [Starter("question", "Why?")]
