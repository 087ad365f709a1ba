"""What Bookside takes for an address of the examples is one in their builds, and the other way round."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bookside.book import Book, read_book
from e2e.hosts.builds import DOCUSAURUS, MKDOCS, Example, built, fingerprint, sources


class _Page(HTMLParser):
    """The ids of a page, and its headings with their words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self._open: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        id_ = dict(attrs).get("id")
        if id_ is not None:
            self.ids.append(id_)
            if re.fullmatch("h[1-6]", tag):
                self._open = tag
                self.headings.append((id_, ""))

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            id_, words = self.headings[-1]
            self.headings[-1] = (id_, words + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = None


def _page_of(example: Example, url: str) -> Path:
    """The file that a web server answers ``url`` with."""
    below = url.removeprefix(f"/{example.address.split('/', 3)[3]}")
    return built(example) / below / "index.html"


@pytest.fixture(params=[DOCUSAURUS, MKDOCS], ids=lambda example: example.name)
def example(request: pytest.FixtureRequest) -> Example:
    return request.param


@pytest.fixture
def book(example: Example) -> Book:
    return read_book(example.folder)


def test_the_book_has_no_problem_and_all_of_the_sites_pages(example: Example, book: Book) -> None:
    """Each page of the build is a page of the book, but the one for missing addresses; none is invented."""
    folder = built(example)
    pages = {path.parent.relative_to(folder).as_posix() for path in folder.rglob("index.html")}
    base = f"/{example.address.split('/', 3)[3]}"

    assert book.problems == ()
    assert {page.url.removeprefix(base).rstrip("/") or "." for page in book.pages} == pages


def test_every_section_is_where_the_outline_says(example: Example, book: Book) -> None:
    """Its page is there, its anchor is an id of that page's heading, and the heading has the section's words."""
    seen = 0
    for page in book.pages:
        found = _Page(_page_of(example, page.url).read_text("utf-8"))
        headings = {id_: _plain(words) for id_, words in found.headings}
        for section in page.sections:
            if section.anchor is not None:
                assert headings[section.anchor] == _plain(section.heading or ""), (page.path, section)
                seen += 1
    assert seen > 20


def test_every_heading_of_the_build_is_a_section(example: Example, book: Book) -> None:
    """Nothing in the site with an anchor of its own is missing from the book."""
    for page in book.pages:
        found = _Page(_page_of(example, page.url).read_text("utf-8"))
        anchors = {section.anchor for section in page.sections}
        assert {id_ for id_, _ in found.headings} <= anchors, page.path


def _plain(words: str) -> str:
    """Without the mark that generators put behind a heading, and the space around it."""
    return re.sub(r"[\s\u200b¶#]+", " ", words).strip()


def test_a_changed_source_is_another_build(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stale build is never used: every byte and every name of the sources counts, and nothing that was made."""
    copy = tmp_path / example.name
    for path in sources(example):
        place = copy / path.relative_to(example.folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
    monkeypatch.setattr("e2e.hosts.builds.EXAMPLES", tmp_path)
    before = fingerprint(example)
    (copy / "build").mkdir()
    (copy / "build" / "index.html").write_text("made")
    assert fingerprint(example) == before

    page = next(copy.rglob("*.md"))
    page.write_text(page.read_text("utf-8") + "\nOne more.\n", "utf-8")
    changed = fingerprint(example)
    page.rename(page.with_name("renamed.md"))

    assert len({before, changed, fingerprint(example)}) == 3
