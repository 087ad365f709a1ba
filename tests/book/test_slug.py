"""Heading ids are those of the site generators."""

import json
from pathlib import Path

import pytest

from bookside.book.slug import GithubSlugger, MdBookSlugger

FIXTURES = Path(__file__).parent.parent / "fixtures" / "books"


def test_ids_are_those_of_the_npm_package_for_strings_of_all_planes_and_for_repetitions() -> None:
    recorded = json.loads((FIXTURES / "github_slugs.json").read_text("utf-8"))
    compared = 0
    for page in recorded["pages"]:
        slugger = GithubSlugger()
        for text, expected in page:
            assert slugger.slug(text) == expected, ascii(text)
            compared += 1
    assert compared > 1900
    for text, expected in recorded["keepCase"]:
        assert GithubSlugger().slug(text, keep_case=True) in {expected, expected.rsplit("-", 1)[0]}


@pytest.mark.parametrize(
    ("headings", "ids"),
    [
        (["Serifs", "Serifs", "Serifs-1"], ["serifs", "serifs-1", "serifs-1-1"]),
        (["`--passes`: add more", "Über uns"], ["--passes-add-more", "über-uns"]),
        (["", "", "a_b  c"], ["", "-1", "a_b--c"]),
    ],
)
def test_mdbook_ids_are_unique_on_their_page(headings: list[str], ids: list[str]) -> None:
    slugger = MdBookSlugger()
    assert [slugger.slug(heading) for heading in headings] == ids
