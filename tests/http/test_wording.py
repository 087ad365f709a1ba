"""What the built-in reader says itself is in the book's language, and always complete."""

import json
import re
from pathlib import Path

import pytest

import bookside
from bookside.http.wording import LABELS, SCRIPTED, for_scripts, labelled, wording
from serving import serving

WORDS = Path(bookside.__file__).parent / "web" / "words"
ENGLISH = json.loads((WORDS / "en.json").read_text("utf-8"))
PLACES = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.json")), ids=lambda path: path.stem)
def test_every_language_has_every_word(path: Path) -> None:
    """With the same values in it, and none that nothing says."""
    words = json.loads(path.read_text("utf-8"))

    assert list(ENGLISH) == list(words)
    assert {name: sorted(PLACES.findall(text)) for name, text in ENGLISH.items()} == {
        name: sorted(PLACES.findall(text)) for name, text in words.items()
    }
    assert all(words.values())


@pytest.mark.parametrize(
    ("tag", "search"),
    [
        ("de", "Suche"),
        ("de-AT", "Suche"),
        ("ES_mx", "Buscar"),
        ("zh-Hans", "搜索"),
        ("zh-TW", "Search"),
        ("fr", "Search"),
        ("../de", "Search"),
        ("", "Search"),
        (None, "Search"),
    ],
)
def test_the_language_is_the_books(tag: str | None, search: str) -> None:
    """By the first part of its tag; what is not there is said in English."""
    assert search == wording(WORDS, tag)["search"]


def test_scripts_and_labels_have_their_words() -> None:
    """The scripts get all that they say; what the renderer calls its parts is said in the book's language."""
    words = wording(WORDS, "de")
    html = (
        '<a class="to-section" href="#a" aria-label="Link to this section"></a><a aria-label="Note 12"></a><p>Note</p>'
    )

    assert list(SCRIPTED) == list(for_scripts(words))
    assert set(LABELS.values()) <= words.keys()
    assert 'aria-label="Link zu diesem Abschnitt"' in labelled(html, words)
    assert '<a aria-label="Anmerkung 12"></a><p>Note</p>' in labelled(html, words)


def test_a_book_speaks_its_language_on_every_page(tmp_path: Path) -> None:
    """The cover, a page, the results and the missing page; what readers ask for is shown as it is."""
    docs = tmp_path / "book" / "docs"
    docs.mkdir(parents=True)
    (docs.parent / "mkdocs.yml").write_text("site_name: Garten\ntheme:\n  language: de\n")
    (docs / "index.md").write_text(
        "# Garten\n\nErde.[^1]\n\n## Wasser\n\nNass.\n\n## Erde\n\nTrocken.\n\n[^1]: Humus.\n"
    )
    (docs / "beet.md").write_text("# Beet\n\nEin Beet.\n")
    with serving(tmp_path / "data", book=docs.parent) as served:
        page = served.client.get("/").text
        missing = served.client.get("/nirgends").text
        results = served.client.get("/_bookside/search", params={"q": "<b>{count}</b>"}).text

    assert '<html lang="de"' in page
    assert all(
        words in page for words in ("Zum Text springen", "Alle Seiten", "Auf dieser Seite", "<span>Weiter</span>")
    )
    assert "Link zu diesem Abschnitt" in page
    assert "Skip to the text" not in page
    assert "<h1>Diese Seite gibt es nicht</h1>" in missing
    assert "<h1>Suche</h1>" in results
    assert "&lt;b&gt;{count}&lt;/b&gt;" in results
