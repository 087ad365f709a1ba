"""Citations lead to the very passage: on the same page, on another one, days later; and never to anything else."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.async_api import Browser, Error, Page, expect

from bookside.chat.stream import citation
from e2e.chat import Chat
from e2e.conftest import PHONE
from model_server import ModelServer
from serving import Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

HANDBOOK = Path(__file__).parents[2] / "docs"
MARKED = "() => [...(CSS.highlights.get('bookside-passage') ?? [])].map(range => range.toString())"
RELAY = ["A relay is a switch that a small current moves, so that it can turn a large one on and off."]
SPRING = "The valve is held open by the current alone: a spring closes it as soon as the power is lost."
FIND = """async quotes => {
    const { contentOf, find } = await import('/bookside/passage.js');
    return quotes.map(([anchor, quote]) => find(contentOf(document), quote, anchor)?.range.toString() ?? null);
}"""


@pytest.fixture
def chat(page: Page, model: ModelServer) -> Chat:
    return Chat(page)


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The handbook, without a language model."""
    with serving(tmp_path_factory.mktemp("handbook"), book=HANDBOOK) as served:
        yield served


def quotes_of(served: Served) -> dict[str, list[tuple[str, str]]]:
    """Of each page's path: every passage as citations of its beginning and of its end quote it, with its anchor."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for chunk in served.app.library.chunks:
        passage: Any = SimpleNamespace(text=chunk.text, path=chunk.section.path, url=chunk.section.url)
        sources: list[Any] = [citation(passage, claim=claim, book="").source for claim in ("", chunk.text[-200:])]
        address = urlsplit(chunk.section.url)
        for quote in dict.fromkeys(source.description for source in sources):
            found[address.path].append((unquote(address.fragment), quote))
    return found


async def marked(page: Page, words: list[str]) -> None:
    """Wait until exactly these words are marked."""
    for _ in range(400):
        with suppress(Error):  # a page that is just left
            if await page.evaluate(MARKED) == words:
                return
        await page.wait_for_timeout(25)
    assert await page.evaluate(MARKED) == words


async def asked(chat: Chat, address: str) -> None:
    """An answer on that page, with a citation of the relay."""
    await chat.open(address)
    await chat.ask("What is a relay?")
    await chat.finished()


async def test_every_passage_of_the_handbook_is_found_on_its_page(browser: Browser, handbook: Served) -> None:
    """All of them, whole, where the built-in reader shows them."""
    page = await browser.new_page(base_url=handbook.url)
    missed: list[str] = []
    for path, quotes in quotes_of(handbook).items():
        await page.goto(path)
        for (anchor, quote), found in zip(quotes, await page.evaluate(FIND, quotes), strict=True):
            words = re.findall(r"\w+", quote.removesuffix("…"))
            if found is None or words[-1] not in found:
                missed.append(f"{path}#{anchor}: {quote[:80]}")
    await page.close()

    assert missed == []


async def test_what_is_not_the_passage_is_never_found(browser: Browser, handbook: Served) -> None:
    """Quotes with one word altered, and quotes of other pages, mark nothing that is not in them."""
    page = await browser.new_page(base_url=handbook.url)
    quotes = quotes_of(handbook)
    paths = list(quotes)
    wrong: list[str] = []
    for place, path in enumerate(paths):
        await page.goto(path)
        altered = [(anchor, re.sub(r"(?<![`\w])\w{3,}", "Zebra", quote, count=1)) for anchor, quote in quotes[path]]
        others = [("", quote) for _, quote in quotes[paths[place - 1]] if len(quote) > 60]
        for (anchor, quote), found in zip(
            [*altered, *others], await page.evaluate(FIND, [*altered, *others]), strict=True
        ):
            if found is not None and not set(re.findall(r"\w+", found)) <= set(re.findall(r"\w+", quote)):
                wrong.append(f"{path}#{anchor}: {quote[:60]} → {found[:60]}")
            if found is not None and "Zebra" in quote.split("\n\n")[0]:
                wrong.append(f"{path}#{anchor}: {quote[:60]} → {found[:60]}")
    await page.close()

    assert wrong == []


async def test_a_citation_marks_its_passage_on_the_same_page(chat: Chat) -> None:
    """It is in view and has the focus; Escape takes the mark away; nothing else of the page has changed."""
    await chat.page.set_viewport_size({"width": 1100, "height": 300})
    await asked(chat, "/2-water/1-relay")
    before = await chat.page.locator("article").first.inner_html()
    await chat.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await chat.answers.locator(".citation").click()
    await marked(chat.page, RELAY)
    await expect(chat.page.locator("main p", has_text="A relay is a switch")).to_be_in_viewport()
    await expect(chat.page).to_have_url(re.compile("#the-relay$"))
    assert "A relay is a switch" in await chat.page.evaluate("document.activeElement.textContent")
    await chat.page.keyboard.press("Escape")
    await marked(chat.page, [])
    await chat.composer.focus()

    assert await chat.page.locator("article").first.inner_html() == before


async def test_a_citation_marks_the_paragraph_that_its_sentence_rests_on(
    browser: Browser, model: ModelServer, tmp_path: Path
) -> None:
    """A later one of the passage, in the card, in the list of sources and on the page."""
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "relay.md").write_text(f"# The relay\n\n{RELAY[0]}\n\n{SPRING}\n\nRelays click.\n")
    model.says = ["A relay is a switch [1]. The valve closes by a spring once the power is lost [1]."]
    with serving(tmp_path, book=tmp_path / "book", openai_base_url=model.url, openai_api_key="k") as served:
        page = await browser.new_page(base_url=served.url, reduced_motion="reduce")
        chat = Chat(page)
        await asked(chat, "/relay")
        second = chat.answers.locator(".citation").nth(1)
        await second.hover()
        await expect(chat.panel.locator(".card blockquote")).to_have_text(SPRING)
        await expect(chat.sources.locator("blockquote").last).to_have_text(SPRING)
        await second.click()
        await marked(page, [SPRING])
        await page.close()


HAS_FOCUS = """name => document.activeElement?.shadowRoot?.activeElement?.matches(name) === true"""


@pytest.mark.parametrize("start", ["/2-water/1-relay", "/1-soil/1-moisture"], ids=["same page", "another page"])
async def test_escape_leads_the_keyboard_back_to_the_citation(chat: Chat, start: str) -> None:
    """From the passage to the mark in the answer, also where the page was loaded for it."""
    await asked(chat, start)
    await chat.answers.locator(".citation").focus()
    await chat.page.keyboard.press("Enter")
    await marked(chat.page, RELAY)
    await chat.page.wait_for_function("() => document.activeElement.textContent.includes('A relay is a switch')")
    await expect(chat.answers.locator(".citation")).to_be_visible()
    await chat.page.keyboard.press("Escape")
    await marked(chat.page, [])
    await chat.page.wait_for_function(HAS_FOCUS, arg=".citation, .sources a")


async def test_escape_opens_the_panel_again_that_has_made_way(chat: Chat) -> None:
    """And leaves it closed where the reader has closed it."""
    await chat.page.set_viewport_size({"width": 700, "height": 600})
    await asked(chat, "/2-water/1-relay")
    citation = chat.answers.locator(".citation")
    await citation.click()
    await expect(chat.panel).to_be_hidden()
    await chat.page.keyboard.press("Escape")
    await expect(citation).to_be_visible()
    await chat.page.wait_for_function(HAS_FOCUS, arg=".citation")

    await chat.page.set_viewport_size({"width": 1200, "height": 600})
    await citation.click()
    await marked(chat.page, RELAY)
    await chat.button("Close").click()
    await chat.page.locator("h1").click()
    await chat.page.keyboard.press("Escape")
    await marked(chat.page, [])
    await expect(chat.panel).to_be_hidden()


async def test_a_citation_marks_its_passage_on_another_page_also_after_a_reload(chat: Chat) -> None:
    """From a thread that was opened anew, by the mark in the text and by the list of sources."""
    await asked(chat, "/1-soil/1-moisture")
    await chat.page.reload()
    await expect(chat.panel).to_be_visible()
    await chat.answers.locator(".citation").click()
    await expect(chat.page).to_have_url(re.compile(r"/2-water/1-relay#the-relay$"))
    await marked(chat.page, RELAY)
    await chat.page.goto("/1-soil/2-roots")
    await marked(chat.page, [])
    await expect(chat.panel).to_be_visible()
    await chat.sources.get_by_role("link").first.click()
    await expect(chat.page).to_have_url(re.compile(r"/2-water/1-relay#the-relay$"))
    await marked(chat.page, RELAY)


async def test_a_new_tab_marks_it_too(chat: Chat) -> None:
    """With the control key the browser opens the tab, and the passage is marked there; this page stays."""
    await asked(chat, "/1-soil/1-moisture")
    async with chat.page.context.expect_page() as opened:
        await chat.answers.locator(".citation").click(modifiers=["Control"])
    await marked(await opened.value, RELAY)

    await expect(chat.page).to_have_url(re.compile("/1-soil/1-moisture$"))
    await marked(chat.page, [])


@pytest.mark.parametrize("kind", ["listens for clicks", "draws its links itself"])
async def test_a_site_without_page_loads_goes_there_in_its_own_way(chat: Chat, kind: str) -> None:
    """Its router takes the link, whichever way it works; the passage is marked once the page is drawn."""
    await asked(chat, "/1-soil/1-moisture")
    await chat.page.evaluate(
        """kind => {
            window.isSamePage = true;
            const go = async (event, link) => {
                event.preventDefault();
                const text = await (await fetch(link.href)).text();
                history.pushState({}, '', link.href);
                await new Promise(resolve => setTimeout(resolve, 300));
                document.querySelector('main').replaceWith(
                    new DOMParser().parseFromString(text, 'text/html').querySelector('main'));
            };
            if (kind === 'listens for clicks') {
                document.body.addEventListener('click', event => {
                    const link = event.target.closest('a');
                    if (link) go(event, link);
                });
            } else {
                for (const link of document.querySelectorAll('nav a'))
                    link.addEventListener('click', event => go(event, link));
            }
        }""",
        kind,
    )
    await chat.answers.locator(".citation").click()
    await marked(chat.page, RELAY)
    await expect(chat.page).to_have_url(re.compile(r"/2-water/1-relay#the-relay$"))
    await expect(chat.page.locator("h1").filter(has_text="The relay")).to_be_visible()

    assert await chat.page.evaluate("window.isSamePage") is True


async def test_a_passage_that_is_gone_is_said_to_be_gone(chat: Chat) -> None:
    """The reader is told, is at the section, and nothing is marked; the notice stays until it is closed."""
    await asked(chat, "/1-soil/1-moisture")

    async def without_it(route: Any) -> None:
        response = await route.fetch()
        await route.fulfill(response=response, body=(await response.text()).replace("small current", "small push"))

    await chat.page.route("**/2-water/1-relay", without_it)
    await chat.answers.locator(".citation").click()
    await expect(chat.element.locator(".toast")).to_contain_text("The passage is no longer on this page.")
    await marked(chat.page, [])
    await expect(chat.page.locator("#the-relay")).to_be_focused()
    await chat.element.locator(".toast").get_by_role("button").click()
    await expect(chat.element.locator(".toast")).to_be_hidden()


async def test_hovering_and_focusing_a_mark_shows_its_passage(chat: Chat) -> None:
    """The section's path, the words, the book; described to a screen reader; Escape closes it and not the panel."""
    await asked(chat, "/1-soil/1-moisture")
    mark, card = chat.answers.locator(".citation"), chat.element.locator(".card")
    await mark.hover()
    await expect(card).to_be_visible()
    await expect(card).to_contain_text("The relay")
    await expect(card).to_contain_text("A relay is a switch that a small current moves")
    await expect(card).to_contain_text("The Garden Machine")
    await card.hover()
    await expect(card).to_be_visible()
    await chat.composer.hover()
    await expect(card).to_be_hidden()

    await chat.composer.focus()
    for _ in range(20):
        await chat.page.keyboard.press("Shift+Tab")
        if await mark.evaluate("mark => mark.matches(':focus')"):
            break
    await expect(card).to_be_visible()
    assert await mark.get_attribute("aria-describedby") == await card.get_attribute("id")
    assert await card.get_attribute("role") == "tooltip"
    box, panel = await card.bounding_box(), await chat.panel.bounding_box()
    assert box is not None
    assert panel is not None
    assert panel["x"] <= box["x"]
    assert box["x"] + box["width"] <= panel["x"] + panel["width"]
    await chat.page.keyboard.press("Escape")
    await expect(card).to_be_hidden()
    await expect(chat.panel).to_be_visible()
    await chat.page.keyboard.press("Enter")
    await marked(chat.page, RELAY)


async def test_a_finger_opens_the_card_and_goes_on_from_there(
    browser: Browser, garden: Served, model: ModelServer
) -> None:
    """A tap shows the passage with a link to it; the panel makes way for the page."""
    context = await browser.new_context(base_url=garden.url, viewport=PHONE, has_touch=True, is_mobile=True)
    chat = Chat(await context.new_page())
    await asked(chat, "/1-soil/1-moisture")
    await chat.answers.locator(".citation").tap()
    card = chat.element.get_by_role("dialog", name=re.compile("Source 1"))
    await expect(card).to_contain_text("A relay is a switch")
    await expect(chat.page).to_have_url(re.compile("/1-soil/1-moisture$"))
    await card.evaluate("card => card.dispatchEvent(new Event('scroll'))")  # a long passage scrolls inside the card
    await card.get_by_role("link", name="Go to the passage").tap()
    await expect(chat.page).to_have_url(re.compile(r"/2-water/1-relay#the-relay$"))
    await marked(chat.page, RELAY)
    await expect(chat.panel).to_be_hidden()
    await context.close()
