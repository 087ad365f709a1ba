"""Quarto books and websites are read with their chapters, and with the ids that Pandoc gives their headings.

Quarto itself comes in no package that the tests can install. The recording in ``fixtures/books/built`` was made with
Pandoc 3.9, which Quarto runs; what Quarto does beside it is from its documentation.
"""

import json
from pathlib import Path

from bookside.book import Book, Page, read_book

BOOKS = Path(__file__).parent.parent / "fixtures" / "books"
QUARTO = BOOKS / "quarto"
NOT_OF_SECTIONS = {"read-twice", "python", "r", "the-end-meta-edition", "preface", "lines", "tables"}
"""Ids that Pandoc gives to titles: of call-outs, tabs and chapters, which Quarto writes without one."""


def page(book: Book, path: str) -> Page:
    return next(page for page in book.pages if page.path == path)


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        place = folder / name.replace("__", "/").replace("_dot_", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder


def test_every_heading_has_the_id_that_pandoc_gives_it() -> None:
    """Doubles, signs, attributes and all; no id is invented."""
    recorded: dict[str, list[str]] = json.loads((BOOKS / "built" / "quarto.json").read_text("utf-8"))
    book = read_book(QUARTO)
    assert {page.path for page in book.pages} == recorded.keys()
    for found in book.pages:
        anchors = [section.anchor for section in found.sections if section.anchor not in (None, "shared-by-chapters")]
        assert anchors == [id for id in recorded[found.path] if id not in NOT_OF_SECTIONS], found.path


def test_chapters_parts_and_appendices_are_in_order() -> None:
    """A part may be a page or a name; addresses end in ``.html``."""
    book = read_book(QUARTO)
    assert (book.kind, book.title, book.language) == ("quarto", "Tides by numbers", "en-GB")
    assert [(page.title, page.url, page.chapter.title if page.chapter else None) for page in book.pages] == [
        ("Preface", "/book/index.html", None),
        ("Measuring", "/book/parts/measuring.html", "Measuring"),
        ("Gauges", "/book/gauges.html", "Measuring"),
        ("Lines", "/book/parts/lines.html", "Measuring"),
        ("The moon", "/book/parts/moon.html", "Reckoning"),
        ("Tables", "/book/parts/tables.html", "Appendices"),
    ]


def test_what_is_missing_is_named_and_the_rest_goes_on() -> None:
    """A chapter that is not there, and an include that leads out of the book."""
    assert [str(problem) for problem in read_book(QUARTO).problems] == [
        "gauges.qmd:84: includes '../outside.qmd', which is not a file in the book",
        "_quarto.yml: names 'parts/missing.qmd', which is not there",
    ]


def test_quartos_own_writing_gives_way_to_words() -> None:
    """Call-outs, tabs, cells, captions, attributes and includes; code keeps its language, hidden code is gone."""
    text = page(read_book(QUARTO), "gauges.qmd").markdown
    for kept in (
        "**Note**\n**Read twice**",
        "**Slippery**\nWear boots.",
        "**Python**\n\nUse the script.",
        "```python\nplot(heights)\n```",
        "Height over a day",
        "The same at night",
        "```bash\n./gauge\n```",
        "\nHeights of a morning\n",
        "![Cross section of a gauge](gauge.png)\n",
        "A small word, and `x = 1`.",
        "Rinse with fresh water.",
    ):
        assert kept in text
    for gone in (":::", "#|", "secret()", "{{<", "{#", "{.", "width="):
        assert gone not in text


def test_a_line_within_a_paragraph_is_no_heading() -> None:
    """Pandoc wants an empty line before one."""
    assert page(read_book(QUARTO), "parts/lines.md").sections[-1].markdown.strip() == "A paragraph\n\\## that goes on"


def test_a_website_is_in_the_order_of_its_sidebar_then_of_its_files(tmp_path: Path) -> None:
    """Folders and patterns stand for their pages; what is not rendered is no page."""
    site = written(
        tmp_path,
        _quarto_dot_yml=(
            "project:\n  type: website\n  output-dir: out\n"
            "website:\n  title: Notes\n  site-path: /n\n"
            "  sidebar:\n    contents:\n      - section: Basics\n        contents: [b.qmd, deep]\n"
        ),
        index_dot_qmd="---\ntitle: Home\n---\n",
        b_dot_qmd="# B\n",
        deep__one_dot_qmd="## One\n",
        deep__two_dot_qmd="---\ntitle: Two\n---\n# Top\n",
        other_dot_md="# Other\n",
        README_dot_md="# Not rendered\n",
        _part_dot_qmd="# A part\n",
        out__old_dot_md="# Built\n",
    )
    book = read_book(site)
    assert [(page.title, page.url) for page in book.pages] == [
        ("Home", "/n/index.html"),
        ("B", "/n/b.html"),
        ("One", "/n/deep/one.html"),
        ("Two", "/n/deep/two.html"),
        ("Other", "/n/other.html"),
    ]
    assert [section.anchor for section in page(book, "deep/two.qmd").sections] == ["top"]
