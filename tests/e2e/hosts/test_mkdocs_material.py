"""The assistant on a MkDocs Material site, which changes its pages by instant loading."""

import pytest
from playwright.async_api import Page, expect

from e2e.hosts.conftest import Published
from e2e.hosts.host import Host
from e2e.hosts.journeys import HostJourneys

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _darken(page: Page) -> None:
    await page.locator("label[title='Switch to dark']").click()
    await expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


class TestMkDocsMaterial(HostJourneys):
    @pytest.fixture
    def host(self, mkdocs: Published) -> Host:
        return Host(
            origin=mkdocs.site.url,
            served=mkdocs.served,
            start="/handbook/",
            link="Parts and tools",
            leads_to="/handbook/build/parts/",
            heading="Parts and tools",
            selected="It is built from wood",
            question="The hand lies across a pencil: which end gets the nut?",
            cited="/handbook/build/dial/#balance-the-hand",
            quoted="Lay the hand across a pencil",
            is_one_document=True,
            darken=_darken,
            restless=".md-header",
        )
