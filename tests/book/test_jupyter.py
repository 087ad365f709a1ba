"""Jupyter Books, MyST projects and notebooks are read with the addresses and the words of their sites.

The recording in ``fixtures/books/built`` was made from the output of Jupyter Book 1.0.4.
"""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.book import Book, Page, notebooks, read_book
from bookside.errors import BookError

BOOKS = Path(__file__).parent.parent / "fixtures" / "books"
NOTEBOOK = BOOKS / "jupyter-book" / "chapters" / "readings.ipynb"


def page(book: Book, path: str) -> Page:
    return next(page for page in book.pages if page.path == path)


@pytest.fixture(scope="module")
def tides() -> Book:
    return read_book(BOOKS / "jupyter-book")


def test_every_address_of_a_jupyter_book_is_in_the_built_book(tides: Book) -> None:
    """Each page is a file of the built book, and each section's id is in it, whatever the page is written in."""
    built: dict[str, list[str]] = json.loads((BOOKS / "built" / "jupyter-book.json").read_text("utf-8"))
    assert {p.url for p in tides.pages} == built.keys() - {"/tides/index.html"}
    for found in tides.pages:
        assert {section.anchor for section in found.sections} <= {*built[found.url]}, found.path


def test_the_table_of_contents_of_a_jupyter_book_gives_parts_and_chapters(tides: Book) -> None:
    """Parts, chapters and sections of ``_toc.yml``; a page that is in none is left out where the book says so."""
    assert (tides.kind, tides.title, tides.language) == ("jupyter-book", "Tides", "de")
    places = [
        (p.path, p.part.title if p.part else None, p.chapter.title if p.chapter else None, p.lesson and p.lesson.title)
        for p in tides.pages
    ]
    assert places == [
        ("intro.md", None, None, "Tides"),
        ("chapters/gauges.md", "Measuring", "Gauges", "Gauges"),
        ("chapters/readings.ipynb", "Measuring", "Gauges", "What was read"),
        ("chapters/tables.rst", "Reckoning", "Tables", "Tables"),
    ]


def test_what_jupyter_book_adds_to_myst_keeps_its_words(tides: Book) -> None:
    """Substitutions, cells, margins, tabs, call-outs and exercises, without the extensions that make them."""
    gauges = page(tides, "chapters/gauges.md").markdown
    assert "the **moon** pulls." in page(tides, "intro.md").markdown
    assert "```python\nlevel = 3\nprint(level)\n```" in gauges
    for words in ("A gauge is a ruler.", "**Floats**\n\nThey swim.", "> **Remember**  \n", "Read one.", "Its words."):
        assert words in gauges
    (problem,) = tides.problems
    assert (problem.path, problem.line) == ("chapters/gauges.md", 45)


def test_cells_of_a_notebook_are_markdown_code_and_short_text(tides: Book) -> None:
    """Code has the kernel's language, printed text stays, pictures and removed cells do not; nothing is run."""
    markdown = page(tides, "chapters/readings.ipynb").markdown
    for expected in (
        "```python\nlevels = [1, 2, 3]\nprint(sum(levels))\n```\n\n```text\n6\n```",
        "| Day | Level |",
        "```text\n[1, 2, 3]\n```",
        "```text\nkept output\n```",
        "ZeroDivisionError: division by zero",
    ):
        assert expected in markdown
    for absent in ("Figure size", "secret", "noise", "aGk="):
        assert absent not in markdown


def test_notebooks_in_a_plain_folder_are_pages(tmp_path: Path) -> None:
    """A notebook beside Markdown files is a page like them."""
    (tmp_path / "README.md").write_text("# Home\n")
    (tmp_path / "1-measure").mkdir()
    shutil.copy(NOTEBOOK, tmp_path / "1-measure" / "readings.ipynb")
    (tmp_path / "1-measure" / "broken.ipynb").write_text('{"cells": [')
    book = read_book(tmp_path)
    assert book.kind == "folder"
    readings = page(book, "1-measure/readings.ipynb")
    assert (readings.url, readings.title) == ("/1-measure/readings", "Readings")
    assert [section.anchor for section in readings.sections] == ["readings", "mean--spread", "mean--spread-1"]
    (problem,) = book.problems
    assert (problem.path, problem.line) == ("1-measure/broken.ipynb", 1)


def test_notebooks_of_a_mkdocs_site_are_pages_where_its_plugin_makes_them(tmp_path: Path) -> None:
    """With mkdocs-jupyter 0.25 the ids are those of Python-Markdown, the same for the same words; without, no page."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n")
    shutil.copy(NOTEBOOK, tmp_path / "docs")
    (tmp_path / "mkdocs.yml").write_text("site_name: N\n")
    assert len(read_book(tmp_path).pages) == 1
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: N\nplugins:\n  - search\n  - mkdocs-jupyter:\n      execute: false\n"
    )
    readings = page(read_book(tmp_path), "docs/readings.ipynb")
    assert readings.url == "/readings/"
    assert [section.anchor for section in readings.sections] == ["readings", "mean-spread", "mean-spread"]


def test_a_myst_project_is_read_in_the_order_of_its_table_of_contents(tmp_path: Path) -> None:
    """Pages of ``myst.yml`` have the names and ids that MyST's own tools give them."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "myst.yml").write_text(
        "version: 1\nproject:\n  title: Rivers\n  toc:\n    - file: README.md\n    - title: Upstream\n      children:\n"
        "        - file: docs/02_The source & more.md\n        - file: docs/nb.ipynb\n    - pattern: docs/z*.md\n"
    )
    (tmp_path / "README.md").write_text("# Rivers\n\nSee [](docs/zz.md).\n\n## Über uns\n")
    (tmp_path / "docs" / "02_The source & more.md").write_text(
        "# Source\n\n(my label)=\n## A\n\n## It's wet\n\n## It's wet\n"
    )
    (tmp_path / "docs" / "zz.md").write_text("# Mouth\n")
    shutil.copy(NOTEBOOK, tmp_path / "docs" / "nb.ipynb")
    book = read_book(tmp_path)
    assert (book.kind, book.title) == ("jupyter-book", "Rivers")
    assert [(p.url, p.part.title if p.part else None) for p in book.pages] == [
        ("/", None),
        ("/the-source-and-more", "Upstream"),
        ("/nb", "Upstream"),
        ("/zz", None),
    ]
    assert [s.anchor for s in book.pages[0].sections] == [None, "id-ber-uns"]
    assert [s.anchor for s in book.pages[1].sections] == [None, "my-label", "its-wet", "its-wet-1"]
    assert "[Mouth](/zz)" in book.pages[0].markdown


def test_an_old_table_of_contents_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    """A list, as before Jupyter Book 0.11, is told with the command that mends it."""
    (tmp_path / "_toc.yml").write_text("- file: intro\n")
    (tmp_path / "intro.md").write_text("# A\n")
    with pytest.raises(BookError, match="toc migrate"):
        read_book(tmp_path)


def test_no_setting_of_a_book_is_run(tmp_path: Path) -> None:
    """A name or a value of ``_config.yml`` that would be code in Sphinx's configuration is left out."""
    marker = tmp_path / "ran"
    code = f"open({str(marker)!r}, 'w')"
    (tmp_path / "_toc.yml").write_text("root: index\n")
    (tmp_path / "index.md").write_text("# A\n\n{{ fine }}\n")
    settings = {f"myst_x = {code}\nmyst_y": 1, f"myst_{code}": 2, "myst_substitutions": {"fine": f"ok'\n{code}"}}
    (tmp_path / "_config.yml").write_text(
        f"title: T\nsphinx:\n  config: {json.dumps(settings)[:-1]}, myst_heading_anchors: .inf, myst_z: 2020-01-01}}\n"
    )
    book = read_book(tmp_path)
    assert not marker.exists()
    assert "ok" in book.pages[0].markdown


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "cell_type", "source", "outputs", "metadata", "tags", "data", "text", "output_type"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_notebook_is_read_or_refused(value: object) -> None:
    """Whatever JSON a file holds, it becomes Markdown or an error that names the file."""
    try:
        markdown = notebooks.as_markdown(json.dumps(value), "a.ipynb")
    except BookError as error:
        markdown = f"{error.path}\n"
    assert markdown.endswith("\n")
