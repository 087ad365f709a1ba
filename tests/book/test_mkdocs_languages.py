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
