"""A page is found by each address that its site may have for it, and by no other."""

from pathlib import Path

import pytest

from bookside.book import read_book
from bookside.http.places import Places


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder: Path = tmp_path_factory.mktemp("book")
    for name in ("README.md", "reindex.md", "re.md", "guide/index.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"# {name}\n\nWords.\n")
    return Places(read_book(folder))


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "README.md"),
        ("/index.html", "README.md"),
        ("https://a.example", "README.md"),
        ("/reindex", "reindex.md"),
        ("/reindex.html", "reindex.md"),
        ("/reindex/index.html?a=b#c", "reindex.md"),
        ("/re.html", "re.md"),
        ("/guide", "guide/index.md"),
        ("/guide/index.html", "guide/index.md"),
        ("/guideindex.html", None),
        ("/guide/index", None),
    ],
)
def test_a_page_is_found_by_its_address_in_any_form(places: Places, address: str, path: str | None) -> None:
    """``index.html`` is left out only where it is a whole name."""
    page = places.page(address)
    assert (page and page.path) == path
