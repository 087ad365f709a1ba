"""The sites that journeys are made on, each with an assistant that has read the same book."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from e2e.conftest import PATIENCE_MS
from e2e.hosts.builds import DOCUSAURUS, MKDOCS, Example, built
from e2e.hosts.static_site import StaticSite, static_site
from model_server import ModelServer
from serving import Served, serving

SCREEN = {"width": 1360, "height": 860}
"""Wide enough for a site's own navigation beside the open panel."""


@dataclass(frozen=True, slots=True)
class Published:
    """An example's build on a web server, and its assistant on another."""

    site: StaticSite
    served: Served


@contextmanager
def published(example: Example, model: ModelServer, data: Path) -> Iterator[Published]:
    """Both servers; the assistant knows the site's origin, and the site the assistant's address."""
    with (
        static_site(built(example), example.address) as site,
        serving(
            data,
            book=example.folder,
            site_base_url=site.url,
            openai_base_url=model.url,
            openai_api_key="sk-test-never-shown",
        ) as served,
    ):
        site.server = served.url
        yield Published(site, served)


@pytest.fixture(scope="session")
def docusaurus(shared_model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The Docusaurus example."""
    with published(DOCUSAURUS, shared_model, tmp_path_factory.mktemp("docusaurus")) as example:
        yield example


@pytest.fixture(scope="session")
def mkdocs(shared_model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The MkDocs Material example."""
    with published(MKDOCS, shared_model, tmp_path_factory.mktemp("mkdocs")) as example:
        yield example


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, complaints: list[str]) -> AsyncIterator[Page]:
    """A wide screen; no script may fail, and nothing may break the site's content security policy."""
    context = await browser.new_context(viewport=SCREEN, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{message.text} {message.location.get('url')}") if message.type == "error" else None
        ),
    )
    yield page
    await context.close()
