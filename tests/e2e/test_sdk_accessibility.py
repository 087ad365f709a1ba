"""Everybody can use what a server sends besides text: axe-core finds nothing serious in any of it."""

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.conftest import DESK, PHONE
from e2e.sdk_pages import sdk, tab, talk
from e2e.sdk_server import SdkServed
from e2e.test_accessibility import axe, faults

__all__ = ["axe", "sdk", "tab", "talk"]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_gallery(
    talk: Chat, tab: Page, axe: str, sdk: SdkServed, scheme: str, viewport: dict[str, int]
) -> None:
    """Widgets, workflows, questions, images, tools, files and failures, by day and by night, and on a phone."""
    sdk.offers = {"attachments": {"max_bytes": 10, "accept": ""}}
    await tab.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
    await tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await tab.goto("/p")
    await talk.opener.click()
    await expect(talk.element.get_by_label("Attach a file")).to_be_visible()
    for question in ("widgets", "workflow", "questions", "image", "tool none x", "sources", "fails"):
        await talk.ask(question)
        await expect(talk.questions.last).to_contain_text(question)
        await expect(talk.element.get_by_label("Stop")).to_have_count(0)
    await expect(talk.element.get_by_role("alert")).to_be_visible()
    await talk.element.locator("input.chosen").set_input_files(
        [
            {"name": "small.txt", "mimeType": "text/plain", "buffer": b"dry"},
            {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * 11},
        ]
    )
    await expect(talk.element.get_by_label("Attached files").get_by_role("listitem")).to_have_count(2)
    assert await faults(tab, axe) == []
