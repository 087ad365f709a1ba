"""The widget on somebody else's site: another origin, with the page's own strict rules."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from e2e.chat import Chat
from e2e.conftest import DESK, PATIENCE_MS
from model_server import ModelServer, running
from serving import Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def site(garden: Served) -> Iterator[str]:
    """A site of another origin, with the widget in a box of its own."""

    async def page(request: Request) -> Response:
        server = request.query_params.get("server", garden.url)
        return HTMLResponse(
            f'<!doctype html><html lang="en"><title>Another site</title><h1>Another site</h1>'
            f'<link rel="icon" href="{garden.url}/_bookside/static/icon.svg">'
            f'<bookside-chat server="{server}" layout="inline"></bookside-chat>'
            f'<script type="module" src="{garden.url}/bookside.js"></script>',
            headers={
                "Content-Security-Policy": f"default-src 'none'; script-src {garden.url}; img-src {garden.url}; "
                f"connect-src {server}; trusted-types lit-html"
            },
        )

    app = Starlette(routes=[Route("/", page)])
    with running(uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))) as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, complaints: list[str]) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    await context.close()


async def test_it_answers_on_another_origin(page: Page, site: str, garden: Served, model: ModelServer) -> None:
    """Inline, without a button; citations lead to the book's own address; a reload brings the thread back."""
    chat = Chat(page)
    await page.goto(site)
    await expect(chat.opener).to_have_count(0)
    await chat.ask("What is a relay?")
    await chat.finished()
    await expect(chat.answers).to_contain_text("Relays switch large currents[1].")
    await page.reload()
    await expect(chat.answers).to_contain_text("Relays switch large currents[1].")


async def test_a_citation_of_another_site_points_at_its_passage_by_a_text_fragment(
    page: Page, site: str, model: ModelServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With the section's anchor, the first words and the last, in a new tab of the browser's own."""
    chat = Chat(page)
    data = tmp_path_factory.mktemp("published")
    key = "sk-test-never-shown"
    with serving(data, openai_base_url=model.url, openai_api_key=key, site_base_url="https://garden.example") as served:
        await page.goto(f"{site}/?server={served.url}")
        await chat.ask("What is a relay?")
        await chat.finished()
        mark = chat.answers.locator(".citation")
        await expect(mark).to_have_attribute("target", "_blank")
        await mark.focus()
        await page.keyboard.press("Shift")
        await expect(mark).to_have_attribute(
            "href",
            "https://garden.example/2-water/1-relay#the-relay"
            ":~:text=A%20relay%20is%20a%20switch,large%20one%20on%20and%20off.",
        )


async def test_an_origin_that_is_not_allowed_gets_a_plain_word(
    page: Page, site: str, complaints: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Where CORS refuses, the reader is told that the assistant can't be reached, and may try again."""
    chat = Chat(page)
    data = tmp_path_factory.mktemp("strict")
    with serving(data, host="0.0.0.0", allowed_origins="https://only.example") as strict:
        await page.goto(f"{site}/?server={strict.url}")
        await chat.ask("What is a relay?")
        await expect(chat.element.get_by_role("alert")).to_contain_text("can't be reached")
        await expect(chat.button("Try again")).to_be_visible()

    assert any("CORS" in complaint for complaint in complaints)
    complaints.clear()
