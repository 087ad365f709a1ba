"""Every address that Bookside makes is one of the site that the generator builds of the same folder."""

import re
import sys
from pathlib import Path

import httpx
import pytest

from book.generators import built
from bookside.book import Book, Edition, Page, editions, read_book
from bookside.book.built import check, check_folder, html_in, ids_of
from bookside.errors import BookError
from serving import HANDBOOK, serving

BOOKS = Path(__file__).parent.parent / "fixtures" / "books"
OF_TEMPLATES = "hahahugoshortcode"
"""In the id that Hugo gives a heading with a shortcode in it; its end is another with each change of the page."""

HEADING = re.compile(r"<h[1-6][^>]*\sid=\"?([^\s\">]+)")
FIXTURES = {
    "docusaurus": "docusaurus-editions",
    "mkdocs": "includes/mkdocs",
    "mdbook": "includes/mdbook",
    "hugo": "hugo",
}


@pytest.fixture(scope="module", params=FIXTURES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A book's folder, and its build by the real generator."""
    folder = BOOKS / FIXTURES[request.param]
    return folder, built(request.param, folder, tmp_path_factory.mktemp(request.param))


def test_every_section_of_every_edition_is_in_the_build(
    site: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Page and anchor are looked up in the HTML, in every version and language; none is missing."""
    folder, build = site
    for edition in editions(folder):
        book = read_book(folder, edition=edition)
        found = check_folder(book, build)
        with capsys.disabled():
            sys.stdout.write(f"\n{book.kind} {edition.version or ''} {edition.locale or ''}: {found}")
        assert found.missing == ()
        assert found.checked > 1


def test_every_heading_of_a_page_in_the_build_is_a_section(site: tuple[Path, Path]) -> None:
    """Included files and all: no heading that the site gives an anchor is missing from the book."""
    folder, build = site
    for edition in editions(folder):
        book = read_book(folder, edition=edition)
        for page in book.pages:
            article = main_part(html_in(build, book, page))
            anchors = {section.anchor for section in page.sections}
            known = {id for id in HEADING.findall(article) if OF_TEMPLATES not in id}
            assert known <= anchors, page.path


def main_part(html: str | None) -> str:
    """The page's own text, without the site's navigation."""
    assert html is not None
    start = max(html.find("<main"), 0)
    return html[start : html.index("</main>" if start else "<footer")]


def test_the_built_in_readers_pages_have_every_section_of_the_handbook(tmp_path: Path) -> None:
    """The handbook is built by no generator: what serves it has each of its anchors."""
    book = read_book(HANDBOOK)
    with serving(tmp_path, book=HANDBOOK) as served:
        found = check(book, lambda page: published(served.client, page))
    assert found.missing == ()
    assert found.checked > 100


def published(client: httpx.Client, page: Page) -> str | None:
    response = client.get(page.url)
    return response.text if response.status_code == 200 else None


def test_a_page_and_an_anchor_that_are_not_built_are_named(tmp_path: Path) -> None:
    """The check sees what is missing, with the file and the line that it comes from."""
    book = book_of_two_pages(tmp_path / "book")
    site = tmp_path / "site"
    (site / "there").mkdir(parents=True)
    (site / "there" / "index.html").write_text('<h1 id="there">There</h1><h2 id="other">One</h2>', "utf-8")

    found = check_folder(book, site)

    assert str(found) == "sections checked 3, missing 2"
    assert [str(missing) for missing in found.missing] == ["gone.md:1: /gone#gone", "there.md:3: /there#one"]
    with pytest.raises(BookError, match="no such folder"):
        check_folder(book, tmp_path / "nothing")


def test_a_link_out_of_the_built_site_is_not_followed(tmp_path: Path) -> None:
    """A page that only a symbolic link to elsewhere provides counts as missing."""
    book = book_of_two_pages(tmp_path / "book")
    (tmp_path / "outside.html").write_text('<h1 id="gone">', "utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "gone.html").symlink_to(tmp_path / "outside.html")
    assert len(check_folder(book, tmp_path / "site").missing) == 3


def test_ids_are_those_that_a_browser_scrolls_to() -> None:
    """Quoted or not, of any element, and the name of an anchor."""
    html = '<p id=bare><a name=\'named\'></a><h2 id="a&amp;b">T</h2><input name="no">'
    assert ids_of(html) == {"bare", "named", "a&b"}


def book_of_two_pages(folder: Path) -> Book:
    folder.mkdir()
    (folder / "there.md").write_text("# There\n\n## One\n", "utf-8")
    (folder / "gone.md").write_text("# Gone\n", "utf-8")
    return read_book(folder, edition=Edition())
