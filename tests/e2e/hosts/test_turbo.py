"""The assistant on a site with Turbo Drive, which replaces the page's whole body."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.hosts.host import Host
from e2e.hosts.journeys import HostJourneys, follow
from e2e.hosts.turbo_site import TURBO, turbo_site
from model_server import ModelServer
from serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _darken(page: Page) -> None:
    await page.get_by_role("button", name="Dark").click()


@contextmanager
def _hosted(has_element: bool, model: ModelServer, data: Path) -> Iterator[Host]:
    """The site and its assistant."""
    if not TURBO.exists():
        if os.environ.get("CI"):
            pytest.fail("CI must have Turbo: run make install-dev first")
        pytest.skip("Turbo is not installed: run make install-dev")
    with (
        turbo_site(has_element) as site,
        serving(data, site_base_url=site.url, openai_base_url=model.url, openai_api_key="sk-test") as served,
    ):
        site.server = served.url
        yield Host(
            origin=site.url,
            served=served,
            start="/1-soil/1-moisture",
            link="The relay",
            leads_to="/2-water/1-relay",
            heading="The relay",
            selected="It does not rust, as no metal touches the soil",
            question="when to measure again after the pump ran",
            cited="/2-water/1-relay#timing",
            quoted="Run the pump for five seconds",
            is_one_document=True,
            darken=_darken,
            makes_room=False,
        )


@pytest.fixture(scope="module")
def with_a_tag(shared_model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The site with the script tag alone."""
    with _hosted(False, shared_model, tmp_path_factory.mktemp("turbo")) as host:
        yield host


@pytest.fixture(scope="module")
def with_an_element(shared_model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The site with the element in its pages."""
    with _hosted(True, shared_model, tmp_path_factory.mktemp("turbo-element")) as host:
        yield host


class TestTurbo(HostJourneys):
    """With the script tag alone."""

    @pytest.fixture
    def host(self, with_a_tag: Host) -> Host:
        return with_a_tag

    async def test_it_is_the_same_element_after_many_visits(self, chat: Chat, host: Host) -> None:
        """Forwards, and back to a page that Turbo has kept: one element, the one that was there at first."""
        await chat.open(host.origin + host.start)
        await chat.composer.fill("What about")
        await chat.element.evaluate("element => { window.first = element; }")
        await follow(chat.page, host)
        await chat.page.go_back()
        await expect(chat.page).to_have_url(host.origin + host.start)
        await follow(chat.page, host)

        await expect(chat.element).to_have_count(1)
        assert await chat.element.evaluate("element => element === window.first")
        await expect(chat.composer).to_have_value("What about")
        await expect(chat.panel).to_be_visible()

    async def test_an_element_that_the_site_takes_away_stays_away(self, chat: Chat, host: Host) -> None:
        """A page that removes the assistant does not get it back with the next visit."""
        await chat.page.goto(host.origin + host.start)
        await chat.element.evaluate("element => element.remove()")
        await follow(chat.page, host)

        await expect(chat.element).to_have_count(0)


class TestTurboWithAnElementOfItsOwn(HostJourneys):
    """With ``<bookside-chat id data-turbo-permanent>`` in every page."""

    @pytest.fixture
    def host(self, with_an_element: Host) -> Host:
        return with_an_element
