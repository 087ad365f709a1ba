"""A MkDocs site with mkdocs-static-i18n is a book in each of its languages, at the addresses that the plugin gives."""

from pathlib import Path

import pytest

from bookside.book import Edition, editions, read_book
from bookside.errors import BookError

CONFIG = """site_name: S
plugins:
  - search
  - i18n:
      docs_structure: {structure}
      languages:
        - {{locale: de, name: Deutsch}}
        - {{locale: en, name: English, default: true}}
        - {{locale: fr, name: French, build: false}}
"""
FILES = {
    "folder": ["en/index.md", "de/index.md", "en/guide/pump.md", "de/guide/pump.md", "en/only.md", "shared.md"],
    "suffix": ["index.md", "index.de.md", "guide/pump.md", "guide/pump.de.md", "only.en.md", "shared.v2.md"],
}
SHARED = {"folder": ("shared.md", "shared/"), "suffix": ("shared.v2.md", "shared.v2/")}


def site(folder: Path, structure: str) -> Path:
    (folder / "mkdocs.yml").write_text(CONFIG.format(structure=structure))
    for name in FILES[structure]:
        file = folder / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {name}\n\nWords.\n")
    return folder


@pytest.mark.parametrize("structure", FILES)
def test_each_language_is_an_edition_with_the_addresses_of_the_built_site(tmp_path: Path, structure: str) -> None:
    """As the plugin has built these very files: what is not translated is there in the default language."""
    folder = site(tmp_path, structure)
    assert editions(folder) == (Edition(locale="en", language="en"), Edition(locale="de", language="de", url="/de/"))
    name, address = SHARED[structure]
    en, de = ("en/{}.md", "de/{}.md") if structure == "folder" else ("{}.md", "{}.de.md")
    only = "en/only.md" if structure == "folder" else "only.en.md"

    for locale, base, own in (("en", "/", en), ("de", "/de/", de)):
        book = read_book(folder, edition=Edition(locale=locale))
        assert {page.url: page.title for page in book.pages} == {
            base: own.format("index"),
            f"{base}guide/pump/": own.format("guide/pump"),
            f"{base}only/": only,
            f"{base}{address}": name,
        }
        assert (book.language, book.front_url, book.pages[0].url) == (locale, base, base)


def test_a_language_that_is_not_built_is_none(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="no locale 'fr'; it has 'en', 'de'"):
        read_book(site(tmp_path, "suffix"), edition=Edition(locale="fr"))


OWN = """nav:
  - Home: index.md
  - Guide: [{guide}, only.md, nowhere.md]
site_name: S
plugins:
  - i18n:
      docs_structure: {structure}
      fallback_to_default: false
      languages:
        - {{locale: en, name: English, default: true}}
        - locale: de
          name: Deutsch
          site_name: Pumpen
          {own}
"""
NAV = "nav: [{Pumpe: guide/pump.md}]"


@pytest.mark.parametrize("structure", FILES)
def test_a_language_has_its_own_name_and_navigation(tmp_path: Path, structure: str) -> None:
    """A navigation of its own, or the site's with its own labels; an entry may name one language's file."""
    folder = site(tmp_path, structure)
    guide = "en/guide/pump.md" if structure == "folder" else "guide/pump.md"
    german = Edition(locale="de")

    (folder / "mkdocs.yml").write_text(OWN.format(structure=structure, guide=guide, own=NAV))
    assert (read_book(folder).title, read_book(folder, edition=german).title) == ("S", "Pumpen")
    assert read_book(folder, edition=german).pages[0].title == "Pumpe"
    assert read_book(folder).pages[0].title == "Home"

    translated = "nav_translations: {Home: Start, Guide: Anleitung}"
    (folder / "mkdocs.yml").write_text(OWN.format(structure=structure, guide=guide, own=translated))
    book = read_book(folder, edition=german)
    assert book.pages[0].title == "Start"
    placed = {page.url: page.chapter.title for page in book.pages if page.chapter}
    assert placed["/de/guide/pump/"] == "Anleitung"


@pytest.mark.parametrize("structure", FILES)
def test_a_page_that_is_not_translated_is_not_missing(tmp_path: Path, structure: str) -> None:
    """Where it does not fall back to the default language; one that no language has is."""
    folder = site(tmp_path, structure)
    (folder / "mkdocs.yml").write_text(OWN.format(structure=structure, guide="guide/pump.md", own=""))
    for locale in ("en", "de"):
        problems = read_book(folder, edition=Edition(locale=locale)).problems
        assert [problem.reason for problem in problems] == ["nav names 'nowhere.md', which is not there"]
