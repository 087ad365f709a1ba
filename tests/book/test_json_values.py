"""Half a character, as an escape in JSON or YAML may stand for, never gets into a book, so the book can be indexed."""

import json
from pathlib import Path

import pytest

from bookside.book import BookKind, cut, read_book
from bookside.book.json_values import parsed_json, whole
from bookside.errors import BookError
from bookside.models.tokens import load_token_counter

HALF = "\\ud83d"
PAIR = "\\ud83c\\udf31"
"""A seedling, as JSON may say it."""

CELL = f'{{"cell_type": "markdown", "source": ["# Soil {HALF}{PAIR}\\n", "Words {HALF}."]}}'
OUTPUT = f'{{"output_type": "stream", "text": "{HALF} printed"}}'
CODE = f'{{"cell_type": "code", "source": "x = 1", "outputs": [{OUTPUT}]}}'
PAGE = f'---\ntitle: "Earth {HALF}{PAIR}"\nslug: "/a{HALF}"\n---\n\nWords.\n'
CONFIG = "module.exports = {title: 'Book \\ud83d', url: 'https://a.example', baseUrl: '/', presets: ['classic']};"
BOOKS: dict[str, tuple[BookKind, dict[str, str]]] = {
    "notebook": ("folder", {"soil.ipynb": f'{{"cells": [{CELL}, {CODE}]}}'}),
    "category": (
        "docusaurus",
        {
            "docusaurus.config.js": CONFIG,
            "docs/soil/_category_.json": f'{{"label": "Soil {HALF}{PAIR}"}}',
            "docs/soil/a.md": "# A\n\nWords.\n",
        },
    ),
    "sidebar": (
        "docusaurus",
        {
            "docusaurus.config.js": CONFIG.replace("'classic'", "['classic', {docs: {sidebarPath: 's.json'}}]"),
            "s.json": f'{{"all": [{{"type": "category", "label": "Soil {HALF}{PAIR}", "items": ["a"]}}]}}',
            "docs/a.md": "# A\n\nWords.\n",
        },
    ),
    "front matter": ("docusaurus", {"docusaurus.config.js": CONFIG, "docs/a.md": PAGE}),
    "mkdocs": ("mkdocs", {"mkdocs.yml": f'site_name: "Book {HALF}{PAIR}"\n', "docs/index.md": PAGE}),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_with_half_a_character_is_indexed(tmp_path: Path, name: str) -> None:
    kind, files = BOOKS[name]
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    book = read_book(tmp_path, kind=kind)
    assert not book.problems
    chunks = cut(book, count_tokens=load_token_counter())
    assert chunks
    shown = repr([book, [chunk.indexed_text for chunk in chunks]])
    assert "\\ud8" not in shown  # as repr writes half a character
    assert "\ufffd" in shown
    assert "\U0001f331" in shown


def test_two_halves_are_one_character_and_a_half_alone_is_none() -> None:
    assert whole("a\ud83c\udf31b") == "a\U0001f331b"
    assert whole("\udf31\ud83cx\ud83c") == "\ufffd\ufffdx\ufffd"
    assert parsed_json('{"\\ud83c": ["\\ud83c", 1, null]}', "a.json") == {"\ufffd": ["\ufffd", 1, None]}


@pytest.mark.parametrize("text", ['{"a":\n', "9" * 10_000, "[" * 100_000, "[" * 900 + json.dumps("\ud83c") + "]" * 900])
def test_what_is_not_json_is_named_with_its_line(text: str) -> None:
    with pytest.raises(BookError, match=r"a\.json:[12]: broken JSON"):
        parsed_json(text, "a.json")
