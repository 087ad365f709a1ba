"""What scripts add to the built-in reader: search as you type, colours, a kept place; and that nothing moves."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from e2e.conftest import DESK, PATIENCE_MS, PHONE
from e2e.test_accessibility import axe, faults
from serving import HANDBOOK, MARKS, Served, serving

__all__ = ["axe"]

pytestmark = pytest.mark.asyncio(loop_scope="session")

WIDE = {"width": 1400, "height": 800}
ALL = "/1-marks/1-all"

SHIFTS = """() => new Promise(resolve => {
  let total = 0
  new PerformanceObserver(list => { for (const shift of list.getEntries()) total += shift.value })
    .observe({type: 'layout-shift', buffered: true})
  let y = 0
  const step = () => {
    scrollTo(0, y += 400)
    if (y < document.documentElement.scrollHeight) return setTimeout(step, 50)
    setTimeout(() => resolve(total), 300)
  }
  step()
})"""
"""Scrolls through a page, so that all its images load, and sums up what moved."""


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The book with every mark."""
    with serving(tmp_path_factory.mktemp("marks"), book=MARKS) as served:
        yield served


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Bookside's own handbook."""
    with serving(tmp_path_factory.mktemp("handbook"), book=HANDBOOK) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, marks: Served) -> AsyncIterator[BrowserContext]:
    """A reader of the book with every mark, at a wide desk."""
    context = await browser.new_context(
        base_url=marks.url, viewport=WIDE, reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


def field(page: Page) -> Any:
    """The field in the masthead."""
    return page.get_by_role("combobox", name="Search this book")


async def test_search_as_you_type_leads_to_the_section(page: Page) -> None:
    """Results by page with the words marked; arrows choose, and Enter goes to the section that was chosen."""
    await page.goto("/")
    await page.keyboard.press("/")
    await expect(field(page)).to_be_focused()
    await page.keyboard.type("more of page 3")
    options = page.get_by_role("option")
    chosen = page.locator("[role=option][aria-selected=true]")
    section = options.filter(has=page.locator("b", has_text="Part of 3")).first
    await expect(section).to_be_visible()
    await expect(section.locator("mark", has_text="page").first).to_be_visible()
    group = page.get_by_role("group").filter(has=section).locator(".finder-page")
    await expect(group).to_have_text("Page 3 Marks")
    await expect(field(page)).to_have_attribute("aria-expanded", "true")

    for _ in range(await options.count()):
        await page.keyboard.press("ArrowDown")
        assert await field(page).get_attribute("aria-activedescendant") == await chosen.get_attribute("id")
        if await chosen.locator("b", has_text="Part of 3").count():
            break
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/1-marks/3-page#part-of-3")


async def test_pages_are_found_by_the_beginnings_of_their_names(page: Page) -> None:
    """Also by words that are not typed to their end."""
    await page.goto("/")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("every onc")

    found = page.get_by_role("group", name="Pages").get_by_role("option")
    await expect(found).to_have_count(1)
    await expect(found).to_have_attribute("href", "http://" + page.url.split("/")[2] + ALL)


async def test_the_search_is_left_with_escape(page: Page) -> None:
    """Once closes the list, twice leaves the field; a slash in a field is a slash."""
    await page.goto("/")
    await page.keyboard.press("/")
    await page.keyboard.type("water/soil")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await expect(field(page)).to_have_value("water/soil")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(field(page)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(field(page)).not_to_be_focused()


async def test_enter_without_a_choice_shows_all_results(page: Page) -> None:
    """As a page, which is the one that needs no script."""
    await page.goto("/")
    await page.keyboard.press("/")
    await page.keyboard.type("seedlings")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/_bookside/search?q=seedlings")

    await expect(page.get_by_role("heading", name="Page 2")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "words"), [(429, "Too many searches. Try again in 7 seconds."), (503, "does not answer"), (0, "reached")]
)
async def test_a_search_that_fails_says_so(page: Page, complaints: list[str], status: int, words: str) -> None:
    """What is wrong, and the field stays as it is; the next try works."""

    async def refuse(route: Route) -> None:
        if status:
            await route.fulfill(status=status, headers={"Retry-After": "7"}, json={})
        else:
            await route.abort()

    await page.goto("/")
    await page.route("**/assistant/search*", refuse)
    await page.keyboard.press("/")
    await page.keyboard.type("water")
    await expect(page.locator(".finder")).to_contain_text(words)
    await page.unroute("**/assistant/search*")
    await page.keyboard.type("ing")
    await expect(page.get_by_role("option").first).to_be_visible()
    complaints.clear()


async def test_a_search_that_finds_nothing_says_so(page: Page) -> None:
    """And what to do."""
    await page.route("**/assistant/search*", lambda route: route.fulfill(json=[]))
    await page.goto("/")
    await page.keyboard.press("/")
    await page.keyboard.type("zzzz")

    await expect(page.locator(".finder")).to_contain_text("Nothing in this book is like “zzzz”")


async def test_only_the_last_query_counts(page: Page) -> None:
    """Answers to what was typed before are not shown, though they come late."""
    hostile = "<img src=x onerror=alert(1)>"
    held: list[Route] = []

    async def answer(route: Route) -> None:
        if "q=old" in route.request.url:
            held.append(route)
            return
        await route.fulfill(
            json=[
                {"url": "/1-marks/2-page#x", "title": hostile, "heading": hostile, "text": f"new {hostile}", "score": 1}
            ]
        )

    await page.route("**/assistant/search*", answer)
    await page.goto("/")
    await field(page).fill("old one")
    await page.wait_for_timeout(400)
    await field(page).fill("new one")
    await expect(page.locator(".finder mark", has_text="new").first).to_be_visible()
    for route in held:
        await route.fulfill(json=[{"url": "/old", "title": "Old", "heading": "Old", "text": "old", "score": 1}])
    await page.wait_for_timeout(200)

    assert len(held) == 1
    await expect(page.locator(".finder")).not_to_contain_text("Old")
    await expect(page.locator(".finder")).to_contain_text(hostile)
    assert await page.locator(".finder img").count() == 0


async def test_colours_are_chosen_before_anything_is_painted(page: Page) -> None:
    """The button goes round; the choice is there on the next page when its body is read, and can be taken back."""
    await page.emulate_media(color_scheme="light")
    await page.goto("/")
    button = page.locator(".theme")
    await expect(button).to_have_accessible_name("Colours: as the system has them")
    await button.click()
    await button.click()
    await expect(button).to_have_accessible_name("Colours: dark")

    await page.add_init_script(
        "new MutationObserver((_, watch) => { if (document.body) { watch.disconnect();"
        " window.atBody = document.documentElement.dataset.theme } })"
        ".observe(document, {childList: true, subtree: true})"
    )
    await page.goto("/1-marks/2-page")
    assert await page.evaluate("() => [window.atBody, getComputedStyle(document.body).colorScheme]") == ["dark", "dark"]

    await button.click()
    assert await page.evaluate("() => [document.documentElement.dataset.theme ?? null, localStorage.length]") == [
        None,
        0,
    ]


async def test_the_table_of_contents_stays_as_it_was_left(page: Page) -> None:
    """What was opened is open on the next page, how far it was scrolled, and the current page is in view."""
    await page.set_viewport_size({"width": 1400, "height": 330})
    await page.goto("/1-marks/2-page")
    for title in ("Chapter 2", "Chapter 3", "Chapter 4"):
        await page.locator("#contents summary", has_text=title).click()
    await page.locator("#contents").evaluate("table => table.scrollTo(0, 120)")
    await page.locator("#contents").get_by_role("link", name="Lesson 2.1").click()
    await page.wait_for_url("**/2-chapter/1-lesson")

    assert await page.locator("#contents details[open] > summary").all_inner_texts() == [
        "Marks",
        "Chapter 2",
        "Chapter 3",
        "Chapter 4",
    ]
    assert await page.locator("#contents").evaluate("table => table.scrollTop") == 120

    await page.goto("/4-chapter/3-lesson")
    await expect(page.locator("#contents [aria-current=page]")).to_be_in_viewport()


async def test_the_section_that_is_read_is_marked(page: Page) -> None:
    """In the list of the page's sections, as the reader scrolls, to the last one at the end."""
    await page.goto(ALL)
    marked = page.locator(".page-nav [aria-current]")
    await expect(marked).to_have_count(0)
    await page.locator("#table").evaluate("heading => heading.scrollIntoView()")
    await expect(marked).to_have_text("Table")
    await page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    await expect(marked).to_have_text("Last words")
    await page.evaluate("() => scrollTo(0, 0)")
    await expect(marked).to_have_count(0)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "plain"])
async def test_the_contents_are_a_drawer_on_a_phone(browser: Browser, marks: Served, scripted: bool) -> None:
    """With a button that opens it and one that closes it; no script is needed."""
    context = await browser.new_context(
        base_url=marks.url, java_script_enabled=scripted, viewport=PHONE, has_touch=True
    )
    page = await context.new_page()
    try:
        await page.goto("/3-chapter/1-lesson")
        drawer = page.get_by_role("navigation", name="All pages")
        await expect(drawer).to_be_hidden()
        await page.get_by_role("button", name="All pages").click()
        await expect(drawer).to_be_visible()
        await page.get_by_role("button", name="Close").click()
        await expect(drawer).to_be_hidden()
        await page.get_by_role("button", name="All pages").click()
        await page.locator("summary", has_text="Chapter 5").click()
        await page.get_by_role("link", name="Lesson 5.2").click()
        await expect(page.get_by_role("heading", name="Lesson 5.2")).to_be_visible()
        await expect(drawer).to_be_hidden()
    finally:
        await context.close()


async def test_a_phone_can_search(page: Page) -> None:
    """The sign in the masthead opens the field over it, and Cancel takes it away."""
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await page.goto("/")
    await page.get_by_role("link", name="Search this book").click()
    await expect(field(page)).to_be_focused()
    await page.keyboard.type("seedlings")
    await expect(page.get_by_role("option").first).to_be_visible()
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    await page.get_by_role("button", name="Cancel").click()
    await expect(field(page)).to_be_hidden()


async def test_code_is_copied_as_it_is(page: Page) -> None:
    """Whole lines, without colours, title or button."""
    await page.goto(ALL)
    block = page.locator(".code").first
    await block.hover()
    await block.get_by_role("button", name="Copy this code").click()
    await expect(block.get_by_role("button", name="Copied")).to_be_visible()
    copied: str = await page.evaluate("() => navigator.clipboard.readText()")

    assert copied.startswith("/** Opens the valve. */\nfunction water(litres, slowly = true) {\n  return")
    assert copied.endswith("// how much\n}")


async def test_what_scrolls_sideways_can_be_reached_by_keyboard(page: Page) -> None:
    """Long lines and wide tables, which have a name then; nothing else does."""
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await page.goto(ALL)

    assert await page.get_by_role("region", name="Code").count() == 1
    assert await page.get_by_role("region", name="Table").count() == 1
    await page.get_by_role("region", name="Code").focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_nothing_moves_while_a_page_loads(
    page: Page, marks: Served, handbook: Served, viewport: dict[str, int], theme: str
) -> None:
    """The sum of layout shifts is zero, scrolled from the top to the end, with images, a kept place and colours."""
    await page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
    await page.goto(marks.url)
    await page.evaluate(f"() => localStorage.setItem('bookside-theme', '{theme}')")
    addresses = [
        marks.url + ALL,
        marks.url + "/",
        *(handbook.url + path for path in ("/", "/readers/widget", "/reference/settings")),
    ]
    for address in addresses:
        await page.goto(address)
        assert await page.evaluate(SHIFTS) == 0, address


async def test_images_keep_their_place_until_they_come(page: Page) -> None:
    """What stands below them is where it was, and what scrolls by does not move."""
    held: list[Route] = []
    await page.route("**/_bookside/files/**", lambda route: held.append(route))
    await page.goto(ALL)
    await page.locator("#pictures").evaluate("heading => heading.scrollIntoView()")
    below = page.locator("#last-words")
    before = await below.bounding_box()
    while len(held) < 2:
        await page.wait_for_timeout(20)
    for route in held:
        await route.continue_()
    await page.wait_for_function("() => [...document.images].every(image => image.naturalWidth)")

    assert await below.bounding_box() == before
    assert await page.evaluate(SHIFTS) == 0


async def test_a_printed_page_is_its_text(page: Page) -> None:
    """No navigation, no buttons, no assistant; links say where they lead."""
    await page.goto(ALL)
    await expect(page.locator("bookside-chat")).to_be_attached()
    await page.emulate_media(media="print", color_scheme="dark")

    for part in (".masthead", "#contents", ".page-nav", ".steps", "bookside-chat"):
        await expect(page.locator(part)).to_be_hidden()
    assert await page.locator(".copy:visible").count() == 0
    assert await page.evaluate("() => getComputedStyle(document.body).color") == "rgb(35, 33, 29)"
    after = "link => getComputedStyle(link, '::after').content"
    assert "https://tools.example/shop" in await page.locator("a[href*=shop]").evaluate(after)
    assert await page.locator("a[href*=bare]").evaluate(after) == "none"


async def test_formulas_are_set(page: Page) -> None:
    """MathML that the browser lays out, its columns aligned without styles; prices are text."""
    await page.goto(ALL)
    heights = await page.locator("math").evaluate_all("list => list.map(one => one.getBoundingClientRect().height)")

    assert len(heights) == 4
    assert min(heights) > 5
    assert await page.locator("mtd").first.evaluate("cell => getComputedStyle(cell).textAlign") in ("right", "end")
    await expect(page.locator("article")).to_contain_text("A bag costs $5 and a larger one $6.")
    await expect(page.locator("code.tex")).to_have_text(r"\nosuchcommand{x}")


async def test_a_book_from_right_to_left(page: Page, tmp_path: Any) -> None:
    """The table of contents stands on the right, and nothing sticks out."""
    book = tmp_path / "book"
    (book / "docs").mkdir(parents=True)
    (book / "mkdocs.yml").write_text("site_name: باغ\ntheme:\n  language: ur\n")
    (book / "docs" / "index.md").write_text("# باغ\n\nمٹی اور پانی۔\n\n## پانی\n\n`code`\n\n## مٹی\n\nمتن۔\n")
    with serving(tmp_path / "data", book=book) as served:
        await page.goto(served.url)
        table, text = page.locator("#contents"), page.locator("main")
        left, right = await text.bounding_box(), await table.bounding_box()
        assert left is not None
        assert right is not None
        assert left["x"] < right["x"]
        assert await page.locator("article code").evaluate("code => getComputedStyle(code).direction") == "ltr"
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= WIDE["width"]


async def test_scripts_speak_the_books_language(page: Page, tmp_path: Any) -> None:
    """The search as you type, the switch of colours and the button that copies code."""
    book = tmp_path / "book"
    (book / "docs").mkdir(parents=True)
    (book / "mkdocs.yml").write_text("site_name: Garten\ntheme:\n  language: de\n")
    (book / "docs" / "index.md").write_text("# Garten\n\nErde und Wasser.\n\n```\ncode\n```\n")
    with serving(tmp_path / "data", book=book) as served:
        await page.goto(served.url)
        await page.get_by_role("button", name="Farben: wie im System").click()
        await expect(page.get_by_role("button", name="Farben: hell")).to_be_visible()
        await page.get_by_role("button", name="Diesen Code kopieren").click()
        await expect(page.get_by_role("button", name="Kopiert")).to_be_visible()
        await page.get_by_role("combobox", name="In diesem Buch suchen").fill("wasser")
        await expect(page.get_by_role("option", name="Alle Ergebnisse zu „wasser“")).to_be_visible()
        await page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_everybody_can_read_and_search(
    page: Page, axe: str, complaints: list[str], scheme: str, viewport: dict[str, int]
) -> None:
    """axe-core finds nothing serious on the page with every mark, in an open list of results, on the pages of
    results, on the missing page and in the drawer.
    """
    await page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto(ALL)
    assert await faults(page, axe) == []
    if viewport is PHONE:
        await page.get_by_role("button", name="All pages").click()
        assert await faults(page, axe) == []
        await page.get_by_role("button", name="Close").click()
    await page.keyboard.press("/")
    await page.keyboard.type("water")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    assert await faults(page, axe) == []
    for address in ("/_bookside/search?q=water", "/_bookside/search", "/nowhere"):
        await page.goto(address)
        assert await faults(page, axe) == []
    complaints.clear()
