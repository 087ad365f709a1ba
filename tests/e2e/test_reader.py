"""The built-in reader: the book's pages, in a real browser."""

import pytest
from playwright.async_api import Browser, Page, expect

from e2e.conftest import DESK, PHONE
from serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def walk(page: Page) -> list[str]:
    """The titles of the pages from the front on, following Next."""
    await page.goto("/")
    titles: list[str] = []
    following = page.locator("a[rel=next]")
    while True:
        titles.append(await page.locator("article h1").inner_text())
        if not await following.count():
            return titles
        await following.click()
        await expect(page.locator("article h1")).not_to_have_text(titles[-1])


async def test_next_leads_through_the_whole_book(page: Page) -> None:
    """Every page is on the way, in reading order."""
    assert await walk(page) == [
        "The Garden Machine",
        "Soil",
        "Measuring moisture",
        "Roots",
        "Water",
        "The relay",
    ]


async def test_previous_leads_back(page: Page) -> None:
    """The page before is one click away."""
    await page.goto("/2-water/1-relay")
    await page.locator("a[rel=prev]").click()
    await expect(page.locator("article h1")).to_have_text("Water")


async def test_the_navigation_names_every_page_and_the_one_that_is_open(page: Page) -> None:
    """All pages are links, and the current one is marked."""
    await page.goto("/1-soil/2-roots")
    links = page.locator("#contents li > a")

    await expect(links).to_have_count(6)
    assert await links.evaluate_all("links => links.filter(l => l.ariaCurrent === 'page').map(l => l.textContent)") == [
        "Roots"
    ]


async def test_every_link_and_anchor_leads_somewhere(page: Page, garden: Served) -> None:
    """No link between pages of the book is dead, and every fragment has its element."""
    assert garden.app.library.book is not None
    for book_page in garden.app.library.book.pages:
        await page.goto(book_page.url)
        addresses: list[str] = await page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        for address in {address for address in addresses if address.startswith(garden.url)}:
            path, _, fragment = address.partition("#")
            response = garden.client.get(path)
            assert response.status_code == 200, address
            assert not fragment or f'id="{fragment}"' in response.text, address


async def test_it_can_be_read_without_javascript(browser: Browser, garden: Served) -> None:
    """Pages, navigation and the way through the book need no script."""
    context = await browser.new_context(base_url=garden.url, java_script_enabled=False, viewport=PHONE)
    page = await context.new_page()
    try:
        assert len(await walk(page)) == 6
        await page.get_by_role("button", name="All pages").click()
        await page.get_by_role("link", name="Measuring moisture").click()
        await expect(page.get_by_role("heading", name="Calibration")).to_be_visible()
        await expect(page.get_by_text("dry, wet = readings[0], readings[1]")).to_be_visible()
    finally:
        await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_nothing_sticks_out(page: Page, scheme: str, viewport: dict[str, int]) -> None:
    """No page scrolls sideways, and the background follows the reader's scheme."""
    await page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto("/1-soil/1-moisture")
    width, channels = await page.evaluate(
        "() => [document.documentElement.scrollWidth,"
        " getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)]"
    )

    assert width <= viewport["width"]
    assert (sum(channels[:3]) < 3 * 128) is (scheme == "dark"), channels


async def test_an_unknown_address_offers_a_way_on(page: Page, complaints: list[str]) -> None:
    """The page says so, and leads to the beginning."""
    await page.goto("/no/such/page")
    await page.get_by_role("link", name="the beginning of the book").click()
    await expect(page.get_by_role("heading", name="The Garden Machine")).to_be_visible()

    assert ["404" in complaint for complaint in complaints] == [True]
    complaints.clear()
