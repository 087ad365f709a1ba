"""The examples of the handbook that are JavaScript for pages run as they stand."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.sdk_pages import sdk, tab, talk
from e2e.sdk_server import SdkServed

__all__ = ["sdk", "tab", "talk"]

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUILDING = Path(__file__).parents[2] / "docs" / "book" / "7-building"
SERVER = "https://ask.example.org"


def scripts_in(page: str) -> list[str]:
    """The scripts of the page's examples."""
    return re.findall(r"```html\n<script[^>]*>\n(.*?)</script>\n```", (BUILDING / page).read_text("utf-8"), re.DOTALL)


async def test_the_clients_examples(tab: Page, sdk: SdkServed) -> None:
    """Each asks its question, and gets what it says."""
    examples = [script for script in scripts_in("javascript.md") if "ChatKitClient" in script]
    assert len(examples) == 2
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type == "log" else None)
    for number, script in enumerate(examples):
        await tab.goto("/plain")
        imported = re.sub(r"import (\{.*?\}) from (\".*?\");", r"const \1 = await import(\2);", script)
        await tab.evaluate(f"async () => {{ {imported.replace(SERVER, sdk.url)} }}")
        assert len(sdk.sent("threads.create")) == number + 1
    assert "You " in said[0]
    assert said[-2:] == ["user_message", "assistant_message"]
    assert list(sdk.server.files.content.values()) == [b"dry on Monday"]


async def test_the_examples_of_tools_and_effects(talk: Chat, tab: Page, sdk: SdkServed) -> None:
    """Together on one page: the tool is called, the effect is prevented, the action comes back, and files are taken."""
    await tab.goto("/p")
    for script in scripts_in("widgets-tools-effects.md"):
        await tab.evaluate(f"async () => {{ {script} }}")
    await talk.opener.click()
    await expect(talk.element.get_by_label("Attach a file")).to_be_visible()
    await talk.ask("tool visible_heading x")
    await expect(talk.answers).to_contain_text("The page said 'Relays'.")
    await talk.ask("goes")
    await expect(talk.answers.last).to_contain_text("There it is.")
    assert tab.url.endswith("/p")
    await talk.ask("widgets")
    await expect(talk.element.get_by_role("button", name="Copy", exact=True).last).to_be_visible()
    await expect(talk.element.get_by_label("Stop")).to_have_count(0)
    await tab.context.grant_permissions(["clipboard-write"])
    async with tab.expect_response(lambda response: "custom_action" in (response.request.post_data or "")):
        await talk.element.get_by_role("button", name="Copy", exact=True).last.click()
    assert [kind for kind, _, _ in sdk.server.actions] == ["note.copied"]
