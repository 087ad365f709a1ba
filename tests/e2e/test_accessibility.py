"""Everybody can use it: axe-core finds nothing serious on the pages, in the panel and in its error."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.conftest import DESK, PHONE
from model_server import ModelServer

AXE = Path(__file__).parents[2] / "widget" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module", autouse=True)
def axe() -> str:
    """The checker's source."""
    if not AXE.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have axe-core: no {AXE}")
        pytest.skip("axe-core is not installed: run `npm --prefix widget ci`")
    return AXE.read_text("utf-8")


async def faults(page: Page, axe: str) -> list[str]:
    """What axe-core calls serious or critical, with the elements."""
    await page.evaluate(axe)
    found = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_a_page_and_an_open_panel(
    page: Page, axe: str, model: ModelServer, scheme: str, viewport: dict[str, int]
) -> None:
    """The page alone; then the panel with a question about a selection, an answer, its marks and its sources."""
    model.says = ["Relays `switch` [large](/2-water/1-relay) currents [1].\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- x"]
    chat = Chat(page)
    await page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto("/1-soil/1-moisture")
    await expect(chat.opener).to_be_visible()
    assert await faults(page, axe) == []

    await page.get_by_text("A capacitive sensor").click(click_count=3)
    await chat.opener.click()
    await chat.ask("What is a relay?")
    await chat.finished()
    await expect(chat.sources).to_be_visible()
    assert await faults(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_error(page: Page, axe: str, model: ModelServer, scheme: str) -> None:
    """The failure and its Try again."""
    model.status = 401
    chat = Chat(page)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await chat.open()
    await chat.ask("What is a relay?")
    await expect(chat.button("Try again")).to_be_visible()

    assert await faults(page, axe) == []


@pytest.mark.parametrize("address", ["/", "/nowhere"])
async def test_the_front_and_a_missing_page(page: Page, axe: str, complaints: list[str], address: str) -> None:
    """The pages that are not the book's own."""
    await page.goto(address)
    await expect(Chat(page).opener).to_be_visible()

    assert await faults(page, axe) == []
    complaints.clear()


async def test_the_checker_checks(page: Page, axe: str) -> None:
    """It does find a fault that is put on the page."""
    await page.goto("/")
    await page.evaluate("() => document.querySelector('article').append(document.createElement('button'))")

    assert any(fault.startswith("button-name") for fault in await faults(page, axe))
