"""The widget on the book's own pages, in a real browser, with the real server behind it."""

import re

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.conftest import PHONE
from model_server import ModelServer
from serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLOW = [f"word{n} " for n in range(400)]
SLOW_GAP_S = 0.05
"""A slow answer takes 20 seconds: longer than anything that a test does meanwhile."""


@pytest.fixture
def chat(page: Page, model: ModelServer) -> Chat:
    return Chat(page)


async def test_an_answer_streams_and_shows_its_sources(chat: Chat, model: ModelServer) -> None:
    """Words come while the answer is written; marks and the list of sources lead to passages of the book."""
    model.says, model.gap_s = ["Relays switch", " large currents [1]. ", *SLOW[:20]], SLOW_GAP_S
    await chat.open()
    await chat.ask("What is a relay?")
    await expect(chat.element.locator("article[aria-busy=true]")).to_contain_text("large currents")
    await chat.finished()

    await expect(chat.answers).to_contain_text("Relays switch large currents[1]. word0 word1")
    await expect(chat.answers.locator(".citation")).to_have_attribute("href", "/2-water/1-relay#the-relay")
    await expect(chat.sources.get_by_role("listitem")).to_have_count(1)
    await expect(chat.sources).to_contain_text("A relay is a switch that a small current moves")
    await expect(chat.said).to_contain_text("Relays switch large currents")


async def test_a_citation_opens_the_page_at_its_passage(chat: Chat, model: ModelServer) -> None:
    """A click leads to the section, which is in view; the conversation is there again."""
    model.searches, model.says = {"queries": ["when to measure again after the pump ran"]}, ["Wait twenty seconds [1]."]
    await chat.page.set_viewport_size({"width": 1100, "height": 300})
    await chat.open("/1-soil/1-moisture")
    await chat.ask("How long must I wait?")
    await chat.finished()
    await chat.answers.locator(".citation").click()
    await expect(chat.page).to_have_url(re.compile(r"/2-water/1-relay#timing$"))

    await expect(chat.page.locator("#timing")).to_be_in_viewport()
    await expect(chat.answers).to_contain_text("Wait twenty seconds")


async def test_it_works_by_keyboard_alone(chat: Chat) -> None:
    """Tab and Enter open it, Enter asks, Escape closes it, and the focus returns to the button."""
    await chat.page.goto("/2-water/1-relay")
    await expect(chat.opener).to_be_visible()
    for _ in range(60):
        await chat.page.keyboard.press("Tab")
        if await chat.opener.evaluate("button => button.matches(':focus')"):
            break
    await expect(chat.opener).to_be_focused()
    await chat.page.keyboard.press("Enter")
    await expect(chat.composer).to_be_focused()
    await chat.page.keyboard.type("What is a relay?")
    await chat.page.keyboard.press("Enter")
    await chat.finished()
    await expect(chat.composer).to_be_focused()
    await chat.page.keyboard.press("Escape")

    await expect(chat.panel).to_be_hidden()
    await expect(chat.opener).to_be_focused()


async def test_shift_enter_breaks_the_line(chat: Chat, model: ModelServer) -> None:
    """Only Enter alone sends; both lines reach the model."""
    await chat.open()
    await chat.composer.press_sequentially("What is")
    await chat.composer.press("Shift+Enter")
    await chat.composer.press_sequentially("a relay?")
    await expect(chat.composer).to_have_value("What is\na relay?")
    await expect(chat.questions).to_have_count(0)
    await chat.composer.press("Enter")
    await chat.finished()

    assert "What is\\na relay?" in str(model.requests[0])


async def test_stop_keeps_what_was_written(chat: Chat, model: ModelServer, garden: Served) -> None:
    """The words so far stay, also over a reload; the next question works."""
    model.says, model.gap_s = SLOW, SLOW_GAP_S
    await chat.open()
    await chat.ask("What is a relay?")
    await expect(chat.answers).to_contain_text("word3")
    await chat.button("Stop").click()
    await expect(chat.button("Send")).to_be_visible()
    await expect(chat.answers).not_to_contain_text("word399")
    while "bookside_streams_live 0.0" not in garden.client.get("/metrics").text:
        await chat.page.evaluate("() => new Promise(requestAnimationFrame)")
    await chat.page.reload()
    await expect(chat.answers).to_contain_text("word3")

    model.says, model.gap_s = ["Yes [1]."], 0
    await chat.ask("Really?")
    await chat.finished(2)
    await expect(chat.answers.nth(1)).to_contain_text("Yes")


async def test_the_conversation_is_there_after_a_reload(chat: Chat) -> None:
    """Questions, answers, citations and sources look as before; a new conversation begins empty, also after that."""
    await chat.open()
    await chat.ask("What is a relay?")
    await chat.finished()
    before = await chat.answers.inner_text()
    await chat.page.reload()
    await expect(chat.questions).to_have_text(["What is a relay?"])
    await expect(chat.answers.locator(".citation")).to_have_count(1)
    assert await chat.answers.inner_text() == before

    await chat.button("New conversation").click()
    await expect(chat.answers).to_have_count(0)
    await expect(chat.composer).to_be_focused()
    await chat.page.reload()
    await expect(chat.element.get_by_text("What would you like to know?")).to_be_visible()


async def test_a_failure_can_be_tried_again(chat: Chat, model: ModelServer) -> None:
    """The reader is told, the question stays, and Try again gets the answer without asking twice."""
    model.status = 500
    await chat.open()
    await chat.ask("What is a relay?")
    await expect(chat.element.get_by_role("alert")).to_contain_text("The language model")
    await expect(chat.questions).to_have_count(1)
    model.status = 200
    await chat.button("Try again").click()
    await chat.finished()

    await expect(chat.element.get_by_role("alert")).to_have_count(0)
    await expect(chat.questions).to_have_count(1)
    await expect(chat.answers).to_contain_text("Relays switch large currents")


async def test_a_selection_goes_with_the_question(chat: Chat, model: ModelServer) -> None:
    """Selected words become a chip and reach the model, with the page; what was asked shows them as a quote."""
    await chat.page.goto("/1-soil/2-roots")
    await chat.page.get_by_text("Roots drink where").click(click_count=3)
    await chat.opener.click()
    await expect(chat.element.locator(".chip")).to_contain_text("Roots drink where the soil is moist")
    await chat.ask("Explain this")
    await chat.finished()

    await expect(chat.element.locator(".chip")).to_have_count(0)
    await expect(chat.questions.locator("blockquote")).to_contain_text("Roots drink")
    asked = str(model.requests[0]["messages"])
    assert "Roots drink where the soil is moist, and breathe where it is loose." in asked
    assert "/1-soil/2-roots" in asked or "Roots" in asked


async def test_a_selection_can_be_taken_back(chat: Chat, model: ModelServer) -> None:
    """After its button the model hears nothing of it."""
    await chat.page.goto("/1-soil/2-roots")
    await chat.page.get_by_text("Roots drink where").click(click_count=3)
    await chat.opener.click()
    await chat.button("Remove the selection").click()
    await expect(chat.element.locator(".chip")).to_have_count(0)
    await expect(chat.composer).to_be_focused()
    await chat.ask("What is a relay?")
    await chat.finished()

    assert "Roots drink where" not in str(model.requests[0]["messages"])


async def test_an_address_that_is_not_in_the_book_is_no_link(chat: Chat, model: ModelServer) -> None:
    """Links to the book and to what it links to stay; any other address is not one to click, nor is HTML run."""
    model.says = [
        "[good](/2-water/1-relay#wiring) [sheet](https://sheets.example/sensor) ",
        "[bad](https://evil.example/a) https://evil.example/b <img src=x onerror=alert(1)> [js](javascript:alert(1))",
    ]
    await chat.open()
    await chat.ask("What is a relay?")
    await chat.finished()
    await expect(chat.answers).to_contain_text("bad")
    links = await chat.answers.locator("a[href]").evaluate_all("all => all.map(link => link.getAttribute('href'))")

    assert links == ["/2-water/1-relay#wiring", "https://sheets.example/sensor"]
    await expect(chat.answers.locator("img")).to_have_count(0)


async def test_on_a_phone_it_fills_the_screen_and_makes_way(chat: Chat) -> None:
    """The panel covers the page, everything is within reach, and a citation closes it to show the passage."""
    await chat.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await chat.open("/1-soil/1-moisture")
    assert await chat.panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    await chat.ask("What is a relay?")
    await chat.finished()
    await expect(chat.composer).to_be_in_viewport()
    await expect(chat.button("Close")).to_be_in_viewport()
    assert await chat.panel.evaluate("panel => panel.scrollWidth") <= PHONE["width"]
    await chat.answers.locator(".citation").click()

    await expect(chat.page).to_have_url(re.compile(r"/2-water/1-relay#the-relay$"))
    await expect(chat.panel).to_be_hidden()
    await expect(chat.page.locator("#the-relay")).to_be_in_viewport()


async def test_it_is_dark_where_the_reader_wants_it_dark(chat: Chat) -> None:
    """The panel's background follows the system's scheme, also when it changes."""
    await chat.page.emulate_media(color_scheme="dark")
    await chat.open()
    lightness = "p => { const [r, g, b] = getComputedStyle(p).backgroundColor.match(/[\\d.]+/g); return +r + +g + +b; }"
    dark = await chat.panel.evaluate(lightness)
    await chat.page.emulate_media(color_scheme="light")
    await expect(chat.element).to_have_attribute("data-scheme", "light")

    assert dark < 3 * 128 < await chat.panel.evaluate(lightness)


async def test_two_tabs_of_one_reader_see_one_conversation(chat: Chat) -> None:
    """A second tab opens with the thread of the first."""
    await chat.open()
    await chat.ask("What is a relay?")
    await chat.finished()
    second = Chat(await chat.page.context.new_page())
    await second.open()

    await expect(second.answers).to_contain_text("Relays switch large currents")
