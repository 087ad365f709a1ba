"""Every state of the widget, looked at by axe-core: light and dark, left to right and right to left."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.test_accessibility import axe, faults
from model_server import ModelServer
from serving import Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")
__all__ = ["axe"]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Served]:
    """A server that takes one question an hour."""
    data = tmp_path_factory.mktemp("strict")
    limits = {"rate_limit_requests": 1, "rate_limit_window": 3600}
    with serving(data, openai_base_url=shared_model.url, openai_api_key="sk-test", **limits) as served:
        yield served


async def empty(chat: Chat, model: ModelServer, strict: Served) -> None:
    await chat.open("/1-soil/1-moisture")


async def writing(chat: Chat, model: ModelServer, strict: Served) -> None:
    model.says, model.gap_s = [f"word{at} " for at in range(2000)], 0.05
    await chat.open()
    await chat.ask("What is a relay?")
    await expect(chat.answers).to_contain_text("word3")


async def answered(chat: Chat, model: ModelServer, strict: Served) -> None:
    await chat.open()
    await chat.ask("What is a relay?")
    await chat.finished()
    await expect(chat.sources).to_be_visible()


async def why_bad(chat: Chat, model: ModelServer, strict: Served) -> None:
    await answered(chat, model, strict)
    await chat.button("Bad answer").click()
    await chat.element.get_by_label("Not complete").check()


async def listed(chat: Chat, model: ModelServer, strict: Served) -> None:
    await answered(chat, model, strict)
    await chat.button("Conversations").click()
    await expect(chat.element.locator(".row")).to_have_count(1)


async def renaming(chat: Chat, model: ModelServer, strict: Served) -> None:
    await listed(chat, model, strict)
    await chat.element.get_by_role("button", name="Rename").click()


async def deleting(chat: Chat, model: ModelServer, strict: Served) -> None:
    await listed(chat, model, strict)
    await chat.element.get_by_role("button", name="Delete").click()


async def found_nothing(chat: Chat, model: ModelServer, strict: Served) -> None:
    await listed(chat, model, strict)
    await chat.element.get_by_label("Search conversations").fill("zebra")
    await expect(chat.element.get_by_text("No conversation has these words.")).to_be_visible()


async def offline(chat: Chat, model: ModelServer, strict: Served) -> None:
    await chat.open()
    await chat.page.context.set_offline(True)
    await chat.ask("What is a relay?")
    await expect(chat.element.get_by_role("alert")).to_contain_text("can't be reached")
    await expect(chat.composer).to_have_value("What is a relay?")


async def too_often(chat: Chat, model: ModelServer, strict: Served) -> None:
    await chat.open(strict.url)
    await chat.ask("What is a relay?")
    await chat.finished()
    await chat.ask("And a pump?")
    await expect(chat.element.locator(".wait")).to_contain_text("You can ask again in")
    await expect(chat.composer).to_have_value("And a pump?")


async def too_long(chat: Chat, model: ModelServer, strict: Served) -> None:
    await chat.open()
    await chat.composer.fill("x" * 2_010)
    await expect(chat.element.get_by_text("10 characters too many")).to_be_visible()


async def gone(chat: Chat, model: ModelServer, strict: Served) -> None:
    await answered(chat, model, strict)
    await chat.page.evaluate(
        """async () => {
            const key = Object.keys(localStorage).find(name => name.startsWith('bookside-token'));
            localStorage.removeItem(key);
        }"""
    )
    await chat.ask("And a pump?")
    await expect(chat.element.get_by_role("alert")).to_contain_text("no longer on the server")
    await expect(chat.composer).to_have_value("And a pump?")


async def page_layout(chat: Chat, model: ModelServer, strict: Served) -> None:
    await chat.page.goto("/")
    await expect(chat.opener).to_be_visible()
    await chat.page.evaluate("() => { document.querySelector('bookside-chat').layout = 'page'; }")
    await chat.ask("What is a relay?")
    await chat.finished()
    await expect(chat.element.locator(".row")).to_have_count(1)


STATES: list[Callable[[Chat, ModelServer, Served], Awaitable[None]]] = [
    empty,
    writing,
    answered,
    why_bad,
    listed,
    renaming,
    deleting,
    found_nothing,
    offline,
    too_often,
    too_long,
    gone,
    page_layout,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_nothing_serious_is_found(
    page: Page,
    axe: str,
    model: ModelServer,
    strict: Served,
    complaints: list[str],
    state: Callable[[Chat, ModelServer, Served], Awaitable[None]],
) -> None:
    """In any state, in both schemes and directions; what was typed is still there where a question was refused."""
    await state(Chat(page), model, strict)
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for direction in ("ltr", "rtl"):
            await page.evaluate("dir => { document.documentElement.dir = dir; }", direction)
            await expect(page.locator("bookside-chat")).to_have_attribute("data-scheme", scheme)
            assert await faults(page, axe) == [], (scheme, direction)
    complaints.clear()
