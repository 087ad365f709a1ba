"""Every passage that an answer may cite is found on the pages that Docusaurus and MkDocs Material build of it."""

import re

import pytest
from playwright.async_api import Page

from e2e.hosts.conftest import Published
from e2e.test_passages import quotes_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIND = """async ([server, quotes]) => {
    const { contentOf, find } = await import(`${server}/bookside/passage.js`);
    const words = range => {
        const part = range.cloneContents();
        for (const image of part.querySelectorAll("img")) image.replaceWith(` ${image.alt} `);
        return part.textContent;
    };
    return quotes.map(([anchor, quote]) => {
        const found = find(contentOf(document), quote, anchor);
        return found ? words(found.range) : null;
    });
}"""
"""What was found for each quote; a picture has the words that are written for it."""


@pytest.mark.parametrize("name", ["docusaurus", "mkdocs"])
async def test_every_passage_of_an_example_is_found_on_its_page(
    page: Page, name: str, request: pytest.FixtureRequest
) -> None:
    """All of them, whole, as the generator has rendered them; none is taken for another."""
    example: Published = request.getfixturevalue(name)
    missed: list[str] = []
    seen = 0
    for path, quotes in quotes_of(example.served).items():
        await page.goto(example.site.url + path)
        answers = await page.evaluate(FIND, [example.served.url, quotes])
        for (anchor, quote), found in zip(quotes, answers, strict=True):
            seen += 1
            words = re.findall(r"\w+", quote.removesuffix("…"))
            if found is None or words[-1] not in found:
                missed.append(f"{path}#{anchor}: {quote!r} → {found!r}")

    assert missed == []
    assert seen > 20
