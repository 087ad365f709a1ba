"""The open panel and the page's text: the built-in reader makes room, and its reader stays where they were."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from e2e.chat import Chat
from e2e.conftest import PATIENCE_MS
from e2e.hosts.journeys import COVERED
from serving import HANDBOOK, Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = "/readers/widget"
SEEN = "() => document.elementFromPoint(innerWidth * 0.4, innerHeight * 0.25).closest('p, pre, li, h2')?.textContent"
TEXT_IS_FREE = """() => {
  const panel = document.querySelector("bookside-chat").shadowRoot.querySelector("dialog").getBoundingClientRect();
  const blocks = [...document.querySelectorAll("article > *")];
  return blocks.every(block => block.getBoundingClientRect().right <= panel.left);
}"""


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The handbook, without a language model."""
    with serving(tmp_path_factory.mktemp("handbook"), book=HANDBOOK) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, handbook: Served) -> AsyncIterator[BrowserContext]:
    """A reader at a laptop."""
    context = await browser.new_context(
        base_url=handbook.url, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1680, 1920])
async def test_the_text_stands_beside_the_open_panel(page: Page, width: int) -> None:
    """On every screen that has the room; closed, the page is as it was."""
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(PAGE)
    before = await page.locator("article").bounding_box()
    chat = Chat(page)
    await chat.opener.click()
    await page.wait_for_function(TEXT_IS_FREE)
    await chat.button("Close").click()
    await expect(chat.panel).to_be_hidden()

    assert await page.locator("article").bounding_box() == before


async def test_what_the_reader_sees_stays_where_it_is(page: Page) -> None:
    """Deep in a page, narrower text above would push it away: opening and closing leave it in view."""
    await page.goto(PAGE)
    await page.evaluate("scrollTo(0, 2500)")
    seen = await page.evaluate(SEEN)
    chat = Chat(page)
    await chat.opener.click()
    await page.wait_for_function(TEXT_IS_FREE)
    while_open = await page.evaluate(SEEN)
    await chat.button("Close").click()
    await expect(chat.panel).to_be_hidden()

    assert seen
    assert [seen, seen] == [while_open, await page.evaluate(SEEN)]


async def test_the_contents_are_a_drawer_where_two_columns_have_no_room(page: Page) -> None:
    """They are a press away still, by the button that phones have."""
    await page.set_viewport_size({"width": 1024, "height": 800})
    await page.goto(PAGE)
    contents = page.get_by_role("navigation", name="All pages")
    await expect(contents).to_be_visible()
    await Chat(page).opener.click()
    await expect(contents).to_be_hidden()
    await page.get_by_role("button", name="All pages").click()
    await contents.get_by_role("link", name="Citations").click()

    await expect(page.get_by_role("heading", level=1, name="Citations")).to_be_visible()


async def test_a_large_panel_that_covers_a_passage_becomes_small(page: Page) -> None:
    """It stays open, and the passage is seen."""
    chat = Chat(page)
    await chat.open(PAGE)
    await chat.button("Larger").click()
    await chat.ask("How do I set the colours and sizes of the widget?")
    await chat.finished()
    await chat.answers.locator(".citation").first.click()
    await page.wait_for_function(f"() => CSS.highlights.has('bookside-passage') && !({COVERED})()")

    await expect(chat.panel).to_be_visible()
    await expect(chat.button("Larger")).to_be_visible()


async def test_where_there_is_no_room_the_panel_makes_way_for_a_passage(page: Page) -> None:
    """And the keyboard is at the passage, not at the button that the panel has become."""
    await page.set_viewport_size({"width": 700, "height": 700})
    chat = Chat(page)
    await chat.open(PAGE)
    await chat.ask("How do I set the colours and sizes of the widget?")
    await chat.finished()
    await chat.answers.locator(".citation").first.click()
    await expect(chat.panel).to_be_hidden()

    assert await page.evaluate("() => document.activeElement.closest('article') !== null")
