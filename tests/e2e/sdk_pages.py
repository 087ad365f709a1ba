"""Fixtures of the tests against a server that is written with the SDK alone."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from e2e.chat import Chat
from e2e.conftest import DESK, PATIENCE_MS
from e2e.sdk_server import SdkServed, sdk_server


@pytest.fixture
def sdk() -> Iterator[SdkServed]:
    """A running server; the answers that wait at its gate go on at once."""
    with sdk_server() as served:
        served.server.gate.set()
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser, sdk: SdkServed) -> AsyncIterator[Page]:
    """A page on which no script fails, and whose policy nothing breaks; what the server does not have, it may miss."""
    context = await browser.new_context(base_url=sdk.url, viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield page
    await context.close()
    assert complaints == []


@pytest.fixture
def talk(tab: Page) -> Chat:
    """The widget on that page."""
    return Chat(tab)
