"""Sphinx sites are read with the addresses, the ids and the words that Sphinx itself builds."""

import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bookside.book import Book, Page, SphinxOptions, cut, read_book
from bookside.book.built import check_folder, html_in
from bookside.book.markdown import headings
from bookside.book.memory import remembering
from bookside.errors import BookError

BOOKS = Path(__file__).parent.parent / "fixtures" / "books"


def built(source: Path, target: Path, builder: str = "html") -> Path:
    """The site as Sphinx builds it, with the configuration's own code."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def outline(book: Book) -> list[dict[str, Any]]:
    return [{"url": page.url, "sections": [asdict(section) for section in page.sections]} for page in book.pages]


def page(book: Book, path: str) -> Page:
    return next(page for page in book.pages if page.path == path)


class OwnAddresses(HTMLParser):
    """Ids of what has an address of its own on a page: sections, described objects, terms of a glossary."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        id = values.get("id")
        if id and (tag == "section" or (tag == "dt" and not id.startswith("term-topsoil"))):
            self.found.append(id)


@pytest.fixture(scope="module")
def greenhouse() -> Book:
    return read_book(BOOKS / "sphinx")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(BOOKS / "sphinx" / "docs", tmp_path_factory.mktemp("site"))


def test_every_address_is_in_the_built_site(greenhouse: Book, site: Path) -> None:
    """The page and the id of every section that is read are in what the builder of HTML makes."""
    found = check_folder(greenhouse, site)
    assert found.missing == ()
    assert found.checked > 25


def test_every_section_of_the_built_site_is_in_the_book(greenhouse: Book, site: Path) -> None:
    """Sections, described objects and terms of the built pages are sections; only what autodoc makes is not."""
    for found in greenhouse.pages:
        parser = OwnAddresses()
        parser.feed(html_in(site, greenhouse, found) or "")
        assert parser.found
        ours = {section.anchor for section in found.sections}
        assert set(parser.found) - ours <= {"seeds.sow", "pump.Pump.run_for"}, found.path


def test_a_site_of_folders_has_the_addresses_of_that_builder(tmp_path: Path) -> None:
    """``.readthedocs.yaml``, or the operator, names the builder ``dirhtml``; its addresses end in a slash."""
    shutil.copytree(BOOKS / "sphinx", tmp_path / "book")
    (tmp_path / "book" / ".readthedocs.yaml").write_text("sphinx:\n  builder: dirhtml\n  configuration: docs/conf.py\n")
    book = read_book(tmp_path / "book", site_url="https://me.github.io")
    assert [p.url for p in book.pages[:2]] == [
        "https://me.github.io/greenhouse/",
        "https://me.github.io/greenhouse/guide/water/",
    ]
    site = built(BOOKS / "sphinx" / "docs", tmp_path / "site", "dirhtml")
    assert check_folder(book, site).missing == ()
    by_operator = read_book(BOOKS / "sphinx", sphinx=SphinxOptions(builder="dirhtml"))
    assert [p.url for p in by_operator.pages] == [p.url.removeprefix("https://me.github.io") for p in book.pages]


def test_the_table_of_contents_gives_parts_and_chapters(greenhouse: Book) -> None:
    """Captions are parts, entries of the root are chapters, and pages below an entry are lessons of its chapter."""
    assert (greenhouse.kind, greenhouse.title, greenhouse.language) == ("sphinx", "Greenhouse 2.1", "en")
    places = [
        (p.path, p.part.title if p.part else None, p.chapter.title if p.chapter else None, p.lesson and p.lesson.title)
        for p in greenhouse.pages
    ]
    assert places == [
        ("docs/index.rst", None, None, "The greenhouse"),
        ("docs/guide/water.md", "Guide", "Water", "Water"),
        ("docs/guide/soil.rst", "Guide", "Earth", "Earth"),
        ("docs/api/index.rst", "Reference", "API", "API"),
        ("docs/api/pump.rst", "Reference", "API", "Pump"),
        ("docs/changes.rst", "Reference", "Changes", "Changes"),
    ]
    assert page(greenhouse, "docs/index.rst").description == "How the greenhouse is built and run."
    assert page(greenhouse, "docs/guide/water.md").description == "How much water plants need."


def test_sections_know_their_line_and_their_path(greenhouse: Book) -> None:
    """A section's line is that of its heading in the file, in reStructuredText and in MyST."""
    for path in ("docs/guide/soil.rst", "docs/guide/water.md", "docs/index.rst"):
        lines = (BOOKS / "sphinx" / path).read_text("utf-8").splitlines()
        for section in page(greenhouse, path).sections:
            if section.level and "," not in section.heading:
                near = lines[section.line - 2 : section.line + 1]
                assert any(section.heading.lower() in line.lower() for line in near), (section.heading, near)
    run = next(s for s in page(greenhouse, "docs/api/pump.rst").sections if s.anchor == "pump.Pump.run")
    assert run.path == ("Pump", "class pump.Pump(pin, *, litres=1.5)", "run(seconds)")


def test_text_after_a_described_object_is_cited_with_the_section_around_it(greenhouse: Book) -> None:
    """``Pumps are closed at exit.`` stands below a method, and belongs to the page's own section."""
    found = next(s for s in page(greenhouse, "docs/api/pump.rst").sections if "closed at exit" in s.markdown)
    assert (found.level, found.anchor, found.path) == (0, "module-pump", ("Pump",))


def test_words_of_every_construct_are_in_the_passages(greenhouse: Book) -> None:
    """Tables, call-outs, code with its language and title, formulas, captions, notes, fields, terms and tabs."""
    chunks = cut(greenhouse, count_tokens=lambda text: len(text.split()))
    text = "\n\n".join(chunk.text for chunk in chunks)
    for expected in (
        "| Plant | Sand | clay |",
        "| Tomato | • one part • two | three |",
        "| Cactus | mix(sand=3) |",
        "| June | Water Weed |",
        "| Sand | 3 |",
        "Warning\nNever let it run dry.",
        "```console\n$ pump --stop\n```",
        "```python\ndef harvest() -> None:",
        "```math\n\\begin{aligned}\nV &= a \\cdot b \\\\",
        "$V = a \\cdot b$",
        "A grey pump",
        "Fig. 1 The pump, seen from above.",
        "See Fig. 1. It moves 3 * 4 litres in a day",
        "In summer, every hour.",
        "The dark layer.",
        "Author: Somebody",
        "Take an umbrella.",
        "The level is shown outside.",
        "Summer",
        "Use the small pump and code.",
        "Greenhouse grows tomatoes.",
        "see issue issue 7",
        "litres (float) – Litres a minute.",
        "Added in version 2.0: The whole module.",
        "The pump is quiet now.",
    ):
        assert expected in text, expected


def test_links_lead_to_pages_of_the_site(greenhouse: Book) -> None:
    """References between documents are links to the addresses that the site has."""
    assert "[pump](/greenhouse/guide/soil.html#pump-label)" in page(greenhouse, "docs/index.rst").markdown
    assert "![A grey pump](../_static/pump.png)" in page(greenhouse, "docs/guide/soil.rst").markdown


def test_headings_of_the_markdown_are_the_sections(greenhouse: Book) -> None:
    """The n-th heading of a page's Markdown is its n-th section with a level."""
    for found in greenhouse.pages:
        levelled = [section.heading for section in found.sections if section.level]
        assert [heading.text for heading in headings(found.markdown, "commonmark")] == levelled
        assert "".join(s.markdown for s in found.sections).strip() in found.markdown or len(found.sections) > 1


def test_unknown_markup_is_told_once_and_its_words_stay(greenhouse: Book) -> None:
    """Each directive or role whose extension is not loaded is one problem, with the file and line of the first."""
    told = sorted(str(problem) for problem in greenhouse.problems)
    assert [problem.partition(" makes:")[0].partition(" takes from")[0] for problem in told] == [
        "docs/api/index.rst:8: what the directive 'automodule'",
        "docs/guide/soil.rst:36: what the directive 'weather'",
        "docs/guide/soil.rst:41: what the role 'gauge'",
    ]


def test_the_author_may_have_the_configuration_run(tmp_path: Path, site: Path) -> None:
    """With ``run``, the site's own extension and autodoc work, and what they make has the built site's ids."""
    marker = tmp_path / "ran"
    shutil.copytree(BOOKS / "sphinx", tmp_path / "book")
    conf = tmp_path / "book" / "docs" / "conf.py"
    conf.write_text(conf.read_text() + f"\nopen({str(marker)!r}, 'w').close()\n")
    read_book(tmp_path / "book")
    assert not marker.exists()
    book = read_book(tmp_path / "book", sphinx=SphinxOptions(conf="run"))
    assert marker.exists()
    assert "It rains in Lisbon." in page(book, "docs/guide/soil.rst").markdown
    sow = next(s for s in page(book, "docs/api/index.rst").sections if s.anchor == "seeds.sow")
    assert "Put seeds into the soil" in sow.markdown
    assert check_folder(book, site).missing == ()


OUTSIDE_DIRECTIVES = {
    "include": ".. include:: {path}",
    "literalinclude": ".. literalinclude:: {path}",
    "table": ".. csv-table::\n   :file: {path}",
    "raw": ".. raw:: html\n   :file: {path}",
    "code": ".. include:: {path}\n   :code: python",
}


@pytest.mark.parametrize("directive", OUTSIDE_DIRECTIVES.values(), ids=OUTSIDE_DIRECTIVES)
@pytest.mark.parametrize("way", ["up", "link"])
def test_nothing_outside_the_book_is_read(tmp_path: Path, directive: str, way: str) -> None:
    """Whatever names a file outside the book, also by a link inside it, gets none of its words, and is a problem."""
    (tmp_path / "secret.txt").write_text("the secret word is xyzzy")
    book = tmp_path / "book"
    book.mkdir()
    (book / "conf.py").write_text("project = 'Closed'\n")
    path = "../secret.txt"
    if way == "link":
        (book / "inner.txt").symlink_to(tmp_path / "secret.txt")
        path = "inner.txt"
    (book / "index.rst").write_text(f"Closed\n======\n\nBefore.\n\n{directive.format(path=path)}\n\nAfter.\n")
    read = read_book(book)
    assert "xyzzy" not in read.pages[0].markdown
    assert "Before." in read.pages[0].markdown
    assert "After." in read.pages[0].markdown
    (problem,) = read.problems
    assert (problem.path, problem.line) == ("index.rst", 6)
    assert "outside the book" in problem.reason


def test_documents_behind_links_that_lead_out_are_no_pages(tmp_path: Path) -> None:
    """A linked file or folder outside the book, or a circle of links, is as if it were not there."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "far.rst").write_text("Far\n===\n")
    book = tmp_path / "book"
    book.mkdir()
    (book / "conf.py").write_text("project = 'Closed'\n")
    (book / "index.rst").write_text("Closed\n======\n")
    (book / "far.rst").symlink_to(tmp_path / "other" / "far.rst")
    (book / "folder").symlink_to(tmp_path / "other")
    (book / "circle").symlink_to(book)
    assert [p.path for p in read_book(book).pages] == ["index.rst"]


def test_a_page_that_is_not_utf8_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    """One broken page is named; the others are read."""
    (tmp_path / "conf.py").write_text("project = 'Broken'\n")
    (tmp_path / "index.rst").write_text("Fine\n====\n\n.. toctree::\n\n   bad\n")
    (tmp_path / "bad.rst").write_bytes(b"Bad\n===\n\nOops \xff\xfe here.\n")
    book = read_book(tmp_path)
    assert [p.path for p in book.pages][:1] == ["index.rst"]
    assert any(problem.path == "bad.rst" for problem in book.problems)


def test_a_configuration_that_is_not_python_is_an_error_with_its_line(tmp_path: Path) -> None:
    """The line of ``conf.py`` that is broken is named."""
    (tmp_path / "conf.py").write_text("project = 'x'\nextensions = [\n")
    (tmp_path / "index.rst").write_text("A\n=\n")
    with pytest.raises(BookError, match=r"conf\.py:2: not Python"):
        read_book(tmp_path)


def test_reading_ends_when_its_time_is_over(tmp_path: Path) -> None:
    """The limit is told with the setting that changes it."""
    (tmp_path / "conf.py").write_text("project = 'x'\n")
    (tmp_path / "index.rst").write_text("A\n=\n")
    with pytest.raises(BookError, match="BOOKSIDE_SPHINX_TIMEOUT_S"):
        read_book(tmp_path, sphinx=SphinxOptions(timeout_s=0.01))


def test_the_outline_is_the_same_in_every_run(greenhouse: Book) -> None:
    """Nothing of a page depends on the order of sets or on the time."""
    again = read_book(BOOKS / "sphinx")
    assert json.dumps(outline(again)) == json.dumps(outline(greenhouse))
    assert [p.markdown for p in again.pages] == [p.markdown for p in greenhouse.pages]


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Sphinx or MyST is not installed, the command that installs them is in the message."""
    monkeypatch.setitem(sys.modules, "myst_parser", None)
    with pytest.raises(BookError, match=r'pip install "bookside\[sphinx\]"'):
        read_book(BOOKS / "sphinx")


def test_a_book_that_has_not_changed_is_not_parsed_again(tmp_path: Path) -> None:
    """What was read is remembered by the content of all files: time for Sphinx is needed only after a change."""
    book = tmp_path / "book"
    shutil.copytree(BOOKS / "sphinx", book)
    no_time = SphinxOptions(timeout_s=0.01)
    with remembering(tmp_path / "memory"):
        first = read_book(book)
    with remembering(tmp_path / "memory"):
        again = read_book(book, sphinx=no_time)
    assert again.pages == first.pages
    assert [str(problem) for problem in again.problems] == [str(problem) for problem in first.problems]
    (book / "CHANGES.rst").write_text("Version 3\n---------\n\nThe pump is gone.\n")
    with remembering(tmp_path / "memory"), pytest.raises(BookError, match="BOOKSIDE_SPHINX_TIMEOUT_S"):
        read_book(book, sphinx=no_time)
    with remembering(tmp_path / "memory"):
        assert "The pump is gone." in page(read_book(book), "docs/changes.rst").markdown
