"""The page with OpenAI's own component, as far as it can be tried without OpenAI's servers.

The component itself comes from OpenAI's CDN. A written one stands in its place here, which only keeps the options that
the page gives it; the page's script, its ``fetch``, and all that it asks of the Bookside server are the real ones.
"""

import json
import mimetypes
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Page
from playwright.async_api import Route as Intercepted
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from e2e.hosts.builds import EXAMPLES
from model_server import ModelServer, running
from serving import Served, events, text_of, thread_id_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

OFFICIAL_HEADERS = "accept-language, authorization, chatkit-frame-instance-id, content-type"
"""Headers that requests of the official client carry, with a custom ``fetch`` that adds a token."""

COMPONENT = """customElements.define("openai-chatkit", class extends HTMLElement {
  setOptions(options) { window.options = options; }
});"""

SEND = """async ([body, more]) => {
  const headers = {"Content-Type": "application/json", "Accept-Language": "en", "chatkit-frame-instance-id": "f1"};
  const {url, fetch} = window.options.api;
  const response = await fetch(url, {method: "POST", headers, body: JSON.stringify(body), ...more});
  return [response.status, await response.text()];
}"""


@pytest.fixture(scope="module")
def origin(garden: Served) -> Iterator[str]:
    """Where the example's files are served, with the garden's server in their settings."""

    async def file(request: Request) -> Response:
        path = EXAMPLES / "openai-chatkit" / (request.path_params["name"] or "index.html")
        text = path.read_text("utf-8").replace("http://127.0.0.1:8000", garden.url)
        return Response(text, media_type=mimetypes.guess_type(path.name)[0])

    app = Starlette(routes=[Route("/{name:path}", file)])
    with running(uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))) as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def example(page: Page, origin: str) -> Page:
    """The example's page, with what stands in the component's place."""

    async def component(route: Intercepted) -> None:
        await route.fulfill(body=COMPONENT, content_type="text/javascript")

    await page.route("https://cdn.platform.openai.com/**", component)
    await page.goto(origin)
    await page.wait_for_function("() => window.options !== undefined")
    return page


def _question(text: str) -> dict[str, Any]:
    asked = {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "quoted_text": "",
        "inference_options": {},
    }
    return {"type": "threads.create", "params": {"input": asked}}


async def test_the_options_lead_to_the_bookside_server(example: Page, garden: Served) -> None:
    """Address, key and way of uploading are where the component looks for them."""
    api = await example.evaluate("() => ({...window.options.api, fetch: typeof window.options.api.fetch})")

    assert api == {
        "url": f"{garden.url}/chatkit",
        "domainKey": "local-trial",
        "uploadStrategy": {"type": "two_phase"},
        "fetch": "function",
    }


async def test_a_question_is_answered_and_its_thread_is_the_readers(
    example: Page, garden: Served, model: ModelServer
) -> None:
    """With the official client's headers, from another origin: the answer streams, knows the page, and is kept."""
    status, stream = await example.evaluate(SEND, [_question("What is a relay?"), {}])
    assert status == 200, stream
    assert text_of(events(stream)) == "Relays switch large currents."

    status, threads = await example.evaluate(SEND, [{"type": "threads.list", "params": {"limit": 9}}, {}])
    assert status == 200
    assert [thread["id"] for thread in json.loads(threads)["data"]] == [thread_id_of(events(stream))]
    token = await example.evaluate("() => localStorage.getItem('bookside-token')")
    nobodys = garden.chatkit("threads.list", limit=9).json()["data"]
    assert token
    assert nobodys == []


async def test_the_page_goes_with_every_question(example: Page, garden: Served, origin: str) -> None:
    """``metadata`` says where the reader is, and what the component put there itself stays."""
    async with example.expect_request(f"{garden.url}/chatkit") as asked:
        await example.evaluate(SEND, [_question("What is a relay?") | {"metadata": {"mine": 1}}, {}])
    request = await asked.value
    body = json.loads(request.post_data or "")

    page = {"url": f"{origin}/", "title": "OpenAI's ChatKit component with a Bookside server"}
    assert body["metadata"] == {"mine": 1, "page_context": page}


async def test_a_token_that_is_refused_is_replaced_once(example: Page, garden: Served, complaints: list[str]) -> None:
    """With an expired token the reader gets a new one and the answer, and no endless loop."""
    await example.evaluate("() => localStorage.setItem('bookside-token', 'not.a.token')")
    status, _ = await example.evaluate(SEND, [{"type": "threads.list", "params": {"limit": 9}}, {}])

    assert status == 200
    assert ["401" in complaint for complaint in complaints] == [True]
    complaints.clear()


async def test_the_preflight_of_the_official_client_is_allowed(garden: Served, origin: str) -> None:
    """Each header that the official client sends is named in the server's answer, for an allowed origin."""
    async with httpx.AsyncClient() as client:
        answer = await client.options(
            f"{garden.url}/chatkit",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": OFFICIAL_HEADERS,
            },
        )

    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] in (origin, "*")
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert set(OFFICIAL_HEADERS.split(", ")) <= allowed
