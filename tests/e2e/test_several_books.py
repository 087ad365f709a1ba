"""Two versions and languages of a book, and another book, as a reader meets them in one server."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from e2e.chat import Chat
from e2e.conftest import DESK, PATIENCE_MS
from serving import Served, serving
from shelves import write_books

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that quotes its books."""
    folder = tmp_path_factory.mktemp("books")
    with serving(folder / "data", book=None, books=write_books(folder)) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, books: Served) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=books.url, viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


async def test_each_edition_answers_its_own_readers(page: Page) -> None:
    """From the list of books to a page, an answer from that edition, and over to the same page of another."""
    await page.goto("/")
    await page.get_by_role("link", name="2.0, de").first.click()
    await page.get_by_role("link", name="Die Pumpe").first.click()
    chat = Chat(page)
    await chat.opener.click()
    await chat.element.get_by_label("Ihre Frage").fill("Was schaltet ein Relais?")
    await chat.element.get_by_label("Ihre Frage").press("Enter")
    await expect(chat.element.locator("article[aria-busy=false]")).to_have_count(1)
    await expect(chat.element.locator(".citation")).to_have_attribute("href", "/guide-2.0-de/pump#das-relais")

    await page.goto("/guide-2.0-de/pump")
    await page.locator("[popovertarget=contents]").first.click()  # beside the open panel there is no room for them
    await page.get_by_role("region", name="Andere Ausgaben").get_by_role("link", name="1.0, en").click()
    await expect(page).to_have_url(re.compile("/guide-1.0-en/pump$"))
    await chat.ask("What does a relay switch?")
    await chat.finished(2)
    await expect(chat.answers.last.locator(".citation")).to_have_attribute("href", "/guide-1.0-en/pump#the-relay")


async def test_another_edition_is_named(page: Page) -> None:
    """In the words of the answer and beside its source."""
    chat = Chat(page)
    await chat.open("/guide-2.0-en/pump")
    await chat.ask("What reports an empty rain barrel?")
    await chat.finished()

    await expect(chat.answers).to_contain_text("has nothing on this. The answer is from another one: 1.0, en.")
    await expect(chat.answers.locator(".citation")).to_have_attribute("href", "/guide-1.0-en/tank#float-switches")


async def test_a_site_names_its_book(page: Page) -> None:
    """Where no address tells it: by `data-book` of the script tag."""
    html = '<!doctype html><title>Site</title><script type="module" src="/bookside.js" '

    async def serve(route: Route) -> None:
        named = html + 'data-server="" data-book="guide-1.0-en"></script><main><h1>Somewhere</h1></main>'
        await route.fulfill(body=named, content_type="text/html")

    await page.route("**/a-site/**", serve)
    chat = Chat(page)
    await chat.open("/a-site/somewhere")
    await chat.ask("What does a relay switch?")
    await chat.finished()

    await expect(chat.answers.locator(".citation")).to_have_attribute(
        "href", re.compile("/guide-1.0-en/pump#the-relay")
    )
