"""A site's versions and languages are editions of one book, each with addresses of its own."""

import shutil
from pathlib import Path

import pytest

from bookside.book import Edition, editions, read_book
from bookside.errors import BookError

BOOKS = Path(__file__).parent.parent / "fixtures" / "books"
LANTERNS = BOOKS / "docusaurus-editions"


def urls(edition: Edition | None = None) -> list[str]:
    return [page.url.removeprefix("/lanterns/") for page in read_book(LANTERNS, edition=edition).pages]


def test_every_version_in_every_language_is_an_edition_and_the_latest_comes_first() -> None:
    """Labels and beginnings are the site's own, in the language's own words where it has some."""
    found = [(e.version, e.locale, e.label, e.language, e.url.removeprefix("/lanterns/")) for e in editions(LANTERNS)]
    assert found == [
        ("2.0", "en", "2.0", "en", "manual"),
        ("current", "en", "To come", "en", "manual/edge"),
        ("1.0", "en", "First", "en", "manual/first"),
        ("2.0", "de", "Zweite", "de-CH", "de/manual"),
        ("current", "de", "To come", "de-CH", "de/manual/edge"),
        ("1.0", "de", "First", "de-CH", "de/manual/first"),
    ]


def test_without_a_choice_the_latest_version_in_the_sites_language_is_read() -> None:
    """The default edition is the first one, and it has every set of documents."""
    expected = ["manual", "manual/guide/trim", "manual/guide/fill-it", "recipes/oil"]
    assert urls() == expected == urls(editions(LANTERNS)[0])


def test_a_version_or_a_language_alone_chooses_an_edition() -> None:
    """What is not named keeps the site's default; a set without the version shows the one that it has."""
    assert urls(Edition(version="1.0")) == ["manual/first", "manual/first/guide/trim", "recipes/oil"]
    german = read_book(LANTERNS, edition=Edition(locale="de"))
    assert (german.language, german.edition.version, german.edition.label) == ("de-CH", "2.0", "Zweite")
    assert [(page.title, page.chapter.title if page.chapter else None) for page in german.pages] == [
        ("Laternen", None),
        ("Trim the wick", "Anleitung"),  # not translated: the original's words at the translation's address
        ("Auffüllen", "Anleitung"),
        ("Lampenöl", "Recipes"),
    ]


def test_an_edition_that_does_not_exist_is_an_error_that_names_those_that_do() -> None:
    """A misspelt version is never read as another one."""
    with pytest.raises(BookError, match=r"no version '3\.0'; it has '2\.0', 'current', '1\.0'"):
        read_book(LANTERNS, edition=Edition(version="3.0"))
    with pytest.raises(BookError, match="no locale 'fr'; it has 'en', 'de'"):
        read_book(LANTERNS, edition=Edition(locale="fr"))
    with pytest.raises(BookError, match="no version '1'"):
        read_book(BOOKS / "mkdocs", edition=Edition(version="1"))


def test_a_book_without_versions_and_languages_is_one_edition() -> None:
    """It has no names, and begins at the book's own address."""
    assert [(e.version, e.locale, e.url) for e in editions(BOOKS / "mdbook")] == [(None, None, "/press/")]
    assert [(e.version, e.locale, e.url) for e in editions(BOOKS / "folder")] == [(None, None, "/")]
    assert [(e.version, e.url) for e in editions(BOOKS / "docusaurus")] == [(None, "/garden/docs")]


def test_versions_that_the_configuration_leaves_out_are_no_editions(tmp_path: Path) -> None:
    """``onlyIncludeVersions``, ``lastVersion`` and ``includeCurrentVersion`` count as Docusaurus has them."""
    site = tmp_path / "site"
    shutil.copytree(LANTERNS, site)
    config = site / "docusaurus.config.mjs"
    source = config.read_text("utf-8")
    config.write_text(source.replace("routeBasePath: 'manual',", "routeBasePath: '/', lastVersion: '1.0',"), "utf-8")
    assert [e.version for e in editions(site)][:3] == ["1.0", "current", "2.0"]
    assert [page.url for page in read_book(site, edition=Edition(version="2.0")).pages][:2] == [
        "/lanterns/2.0",
        "/lanterns/2.0/guide/trim",
    ]
    config.write_text(source.replace("routeBasePath: 'manual',", "onlyIncludeVersions: ['2.0'],"), "utf-8")
    assert [(e.version, e.locale) for e in editions(site)] == [(None, "en"), (None, "de")]


def test_a_folder_of_one_version_is_that_version() -> None:
    """Named by itself it has the site's addresses for it."""
    book = read_book(LANTERNS / "versioned_docs" / "version-1.0")
    assert [page.url for page in book.pages] == ["/lanterns/manual/first", "/lanterns/manual/first/guide/trim"]


def test_another_base_path_keeps_the_part_for_the_language() -> None:
    """``BOOK_BASE_URL`` moves the whole site, languages and all."""
    book = read_book(LANTERNS, base_url="/elsewhere", edition=Edition(locale="de"))
    assert book.pages[0].url == "/elsewhere/de/manual"
