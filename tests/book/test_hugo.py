"""Hugo sites are read with the addresses, the order and the heading ids that Hugo gives them."""

import json
import shutil
from pathlib import Path

import pytest

from book.generators import built
from bookside.book import Book, Edition, Page, editions, read_book
from bookside.book.built import check_folder
from bookside.errors import BookError

HUGO = Path(__file__).parent.parent / "fixtures" / "books" / "hugo"


def outline(book: Book) -> list[tuple[str, str | None]]:
    return [(page.title, page.chapter.title if page.chapter else None) for page in book.pages]


def saw(book: Book) -> Page:
    return next(page for page in book.pages if page.title == "The saw")


def test_sections_and_pages_are_in_the_order_of_their_weights() -> None:
    """Drafts, pages of a day to come and files inside a page's own folder are no pages."""
    book = read_book(HUGO)
    assert (book.kind, book.title, book.language) == ("hugo", "Joinery", "en")
    assert outline(book) == [
        ("Joinery", None),
        ("The handbook", "The handbook"),
        ("Tools", "Tools"),
        ("The saw", "Tools"),
        ("The plane", "Tools"),
        ("Glue", "The handbook"),
        ("Oak", "Wood"),
        ("Ash", "Wood"),
        ("Héllo wood, it's 1.0", "News"),
    ]


def test_each_language_is_an_edition_with_its_own_pages() -> None:
    """By the language in the files' names; the default language stands at the top."""
    assert [(e.locale, e.language, e.url) for e in editions(HUGO)] == [
        ("en", "en", "/shop/"),
        ("fr", "fr-CA", "/shop/fr/"),
    ]
    french = read_book(HUGO, edition=Edition(locale="fr"))
    assert french.title == "Menuiserie"
    assert [(page.title, page.url) for page in french.pages] == [
        ("Menuiserie", "/shop/fr/"),
        ("Le chêne", "/shop/fr/docs/wood/oak/"),
    ]


def test_shortcodes_give_way_to_their_words() -> None:
    """Titles, pictures' descriptions, code and included files stay; tags do not; what is escaped is text."""
    page = saw(read_book(HUGO))
    for kept in ("**Pull saw**", "The tenon saw. A saw with a thin back", "```lua\nsaw.pull()\n```", "Keep it dry."):
        assert kept in page.markdown
    assert "written {{< hint >}} in" in page.markdown
    assert page.markdown.count("{{") == 1
    assert "{.lead}" not in page.markdown
    assert {section.anchor: section.line for section in page.sections}["shared-by-all"] == 42


def test_an_include_that_is_not_there_is_named_and_a_heading_with_a_tag_in_it_has_no_anchor() -> None:
    """The page stays; an id that only the template knows is not guessed."""
    book = read_book(HUGO)
    assert [str(problem) for problem in book.problems] == [
        "content/docs/My Tools/saw/index.md:44: includes 'docs/no-such-file.txt', which is not a file in the book"
    ]
    assert [section.url for section in saw(book).sections if section.heading == "After all"] == [saw(book).url]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("uglyURLs = true\n", "/shop/docs/my-tools/saw.html"),
        ("defaultContentLanguageInSubdir = true\n", "/shop/en/docs/my-tools/saw/"),
        ("disablePathToLower = true\n", "/shop/docs/My-Tools/saw/"),
    ],
)
def test_settings_of_addresses_are_hugos(tmp_path: Path, settings: str, expected: str) -> None:
    """In each language every section is in a real build that has the setting."""
    site = tmp_path / "site"
    shutil.copytree(HUGO, site)
    config = site / "hugo.toml"
    config.write_text(settings + config.read_text("utf-8"), "utf-8")
    build = built("hugo", site, tmp_path)

    assert saw(read_book(site)).url == expected
    for edition in editions(site):
        assert check_folder(read_book(site, edition=edition), build).missing == ()


def test_a_configuration_in_a_folder_in_yaml_and_in_json(tmp_path: Path) -> None:
    """``config/_default`` has the same settings in files of their own; any of the formats will do."""
    site = tmp_path / "site"
    shutil.copytree(HUGO / "content", site / "content")
    folder = site / "config" / "_default"
    folder.mkdir(parents=True)
    (folder / "hugo.yaml").write_text("baseURL: https://x.example/y\ntitle: In YAML\n", "utf-8")
    (folder / "permalinks.json").write_text(json.dumps({"page": {"news": "/n/:slug"}}), "utf-8")
    book = read_book(site)
    assert (book.kind, book.title) == ("hugo", "In YAML")
    assert "/y/n/h%C3%A9llo-wood-its-1.0/" in {page.url for page in book.pages}


def test_broken_front_matter_in_toml_is_a_problem_with_its_line(tmp_path: Path) -> None:
    """The other pages are read; a broken configuration stops with the line."""
    (tmp_path / "hugo.toml").write_text("", "utf-8")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text('+++\ntitle = "A"\nweight = = 1\n+++\n', "utf-8")
    (tmp_path / "content" / "b.md").write_text("## B\n", "utf-8")
    book = read_book(tmp_path)
    assert [page.title for page in book.pages] == ["B"]
    assert [str(problem).split(": ")[0] for problem in book.problems] == ["content/a.md:3"]
    (tmp_path / "hugo.toml").write_text("title = [\n", "utf-8")
    with pytest.raises(BookError, match=r"hugo\.toml:\d+: broken TOML"):
        read_book(tmp_path)
