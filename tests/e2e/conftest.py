"""A real browser, and the real servers that it looks at."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from model_server import ModelServer, model_server
from serving import Served, serving

PATIENCE_MS = 20_000
"""How long a state may take to come about, on a slow machine too."""

DESK = {"width": 1100, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, once for all tests; they are skipped where it is missing, and fail there in CI."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have a browser: no chromium was found")
        pytest.skip("no chromium was found")
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def shared_model() -> Iterator[ModelServer]:
    """A scripted model for all tests in the browser."""
    with model_server() as running:
        yield running


@pytest.fixture(scope="session")
def garden(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Served]:
    """The garden book, its answers written by the scripted model."""
    data: Path = tmp_path_factory.mktemp("garden")
    with serving(data, openai_base_url=shared_model.url, openai_api_key="sk-test-never-shown") as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, garden: Served) -> AsyncIterator[BrowserContext]:
    """A reader who was never here before, at a desk."""
    context = await browser.new_context(base_url=garden.url, viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained of on its console; a test that expects something takes it out."""
    seen: list[str] = []
    yield seen
    assert seen == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, complaints: list[str]) -> Page:
    """A page on which no script fails and nothing breaks the content security policy."""
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return page
