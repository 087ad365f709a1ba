"""A reader's conversations in the widget, with the real server behind it."""

import re
import sqlite3

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.chat import Chat
from e2e.conftest import PHONE
from model_server import ModelServer
from serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def chat(page: Page, model: ModelServer) -> Chat:
    return Chat(page)


def rows(chat: Chat) -> Locator:
    return chat.element.locator(".row .title")


async def two_conversations(chat: Chat) -> None:
    """One on relays, and after it one on roots."""
    await chat.open()
    await chat.ask("What is a relay?")
    await chat.finished()
    await chat.button("New conversation").click()
    await chat.ask("How do roots drink?")
    await chat.finished()


async def test_conversations_are_found_renamed_and_deleted(chat: Chat) -> None:
    """By the words of titles and messages; a new title is there after a reload, and what is deleted is not."""
    await two_conversations(chat)
    await chat.button("Conversations").click()
    await expect(rows(chat)).to_have_count(2)
    await expect(chat.element.get_by_role("heading", name="today")).to_be_visible()
    await chat.element.get_by_label("Search conversations").fill("RELAY? what")
    await expect(rows(chat)).to_have_count(1)
    await chat.element.get_by_role("button", name="Rename").click()
    await chat.element.get_by_label("New title").fill("On switches")
    await chat.page.keyboard.press("Enter")
    await expect(rows(chat)).to_have_text(["On switches"])

    await chat.page.reload()
    await chat.button("Conversations").click()
    await expect(rows(chat)).to_have_count(2)
    await rows(chat).nth(1).click()
    await expect(chat.questions).to_have_text(["What is a relay?"])
    await chat.button("Conversations").click()
    await chat.element.get_by_role("button", name="Delete: On switches").click()
    await chat.button("Delete").click()
    await expect(rows(chat)).to_have_count(1)
    await expect(chat.answers).to_have_count(0)


async def test_the_whole_journey_works_by_keyboard_alone(chat: Chat) -> None:
    """Ask, copy, judge, say why, list, search, open, rename, delete, close: no pointer anywhere."""
    press = chat.page.keyboard.press
    type_ = chat.page.keyboard.type

    async def tab_to(name: str | re.Pattern[str], key: str = "Tab") -> None:
        target = chat.element.get_by_role("button", name=name)
        for _ in range(60):
            await press(key)
            if await target.count() and await target.first.evaluate("button => button.matches(':focus')"):
                return
        pytest.fail(f"{name!r} is not reached")

    await chat.page.goto("/2-water/1-relay")
    await expect(chat.opener).to_be_visible()
    await tab_to("Ask this book")
    await press("Enter")
    await expect(chat.composer).to_be_focused()
    await type_("What is a relay?")
    await press("Enter")
    await chat.finished()
    await tab_to("Bad answer", "Shift+Tab")
    await press("Enter")
    await expect(chat.element.get_by_label("Not correct")).to_be_focused()
    await press("Space")
    await tab_to("Send feedback")
    await press("Enter")
    await expect(chat.said).to_have_text("Thank you for your feedback.")
    await expect(chat.composer).to_be_focused()

    await tab_to("Conversations", "Shift+Tab")
    await press("Enter")
    await expect(chat.element.get_by_label("Search conversations")).to_be_focused()
    await type_("relay")
    await expect(rows(chat)).to_have_count(1)
    await tab_to(re.compile("^Rename"))
    await press("Enter")
    await expect(chat.element.get_by_label("New title")).to_be_focused()
    await type_("Switches")
    await press("Enter")
    await expect(rows(chat)).to_have_text(["Switches"])
    await press("Enter")
    await expect(chat.composer).to_be_focused()
    await expect(chat.questions).to_have_count(1)

    await tab_to("Conversations", "Shift+Tab")
    await press("Enter")
    await expect(rows(chat)).to_have_count(1)
    await tab_to("Delete: Switches")
    await press("Enter")
    await expect(chat.button("Delete")).to_be_focused()
    await press("Enter")
    await expect(rows(chat)).to_have_count(0)
    await press("Escape")
    await expect(chat.composer).to_be_visible()
    await press("Escape")
    await expect(chat.panel).to_be_hidden()
    await expect(chat.opener).to_be_focused()


async def test_a_verdict_with_its_reason_is_kept(chat: Chat, garden: Served) -> None:
    """What the reader chose and wrote is in the database, with the verdict."""
    await chat.open()
    await chat.ask("What is a relay?")
    await chat.finished()
    await chat.button("Bad answer").click()
    await chat.element.get_by_label("Not complete").check()
    await chat.element.get_by_label("Anything else?").fill("What of pumps?")
    await chat.button("Send feedback").click()
    await expect(chat.said).to_have_text("Thank you for your feedback.")
    await expect(chat.element.locator(".feedback")).to_have_count(0)

    with sqlite3.connect(garden.data / "bookside.db") as database:
        kept = database.execute("SELECT kind, reason FROM feedback ORDER BY sequence DESC").fetchone()
    assert kept == ("negative", "Not complete; What of pumps?")


async def test_a_changed_title_is_in_the_other_tab(chat: Chat) -> None:
    """At once, where that tab has its list open."""
    await two_conversations(chat)
    second = Chat(await chat.page.context.new_page())
    await second.open()
    await second.button("Conversations").click()
    await expect(rows(second)).to_have_count(2)
    await chat.button("Conversations").click()
    await chat.element.get_by_role("button", name="Rename").first.click()
    await chat.element.get_by_label("New title").fill("Seen twice")
    await chat.page.keyboard.press("Enter")

    await expect(rows(second).first).to_have_text("Seen twice")


FITS = "element => element.scrollWidth <= element.clientWidth"


@pytest.mark.parametrize(("width", "height"), [(320, 640), (PHONE["width"], PHONE["height"]), (550, 400)])
async def test_everything_is_within_reach_on_a_small_screen(
    chat: Chat, model: ModelServer, width: int, height: int
) -> None:
    """320 pixels are a desk at 400 % zoom, 550 one at 200 %: nothing is cut off, and nothing scrolls sideways."""
    await chat.page.set_viewport_size({"width": width, "height": height})
    model.says = ["Relays switch large currents [1]: `" + "x" * 200 + "` and " + "y" * 200]
    await chat.open()
    await chat.ask("What is a relay?")
    await chat.finished()
    assert await chat.panel.evaluate(FITS)
    assert await chat.element.locator(".messages").evaluate(FITS)
    for name in ("Conversations", "New conversation", "Close"):
        await expect(chat.button(name)).to_be_in_viewport(ratio=1)
    await expect(chat.composer).to_be_in_viewport(ratio=1)
    await chat.button("Conversations").click()
    await expect(rows(chat)).to_have_count(1)
    assert await chat.panel.evaluate(FITS)
