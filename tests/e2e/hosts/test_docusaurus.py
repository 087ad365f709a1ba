"""The assistant on a Docusaurus site, which changes its pages by React."""

import pytest
from playwright.async_api import Page

from e2e.hosts.conftest import Published
from e2e.hosts.host import Host
from e2e.hosts.journeys import HostJourneys

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _darken(page: Page) -> None:
    switch = page.get_by_role("button", name="Switch between dark and light mode")
    while await page.locator("html").get_attribute("data-theme-choice") != "dark":
        await switch.first.click()


class TestDocusaurus(HostJourneys):
    @pytest.fixture
    def host(self, docusaurus: Published) -> Host:
        return Host(
            origin=docusaurus.site.url,
            served=docusaurus.served,
            start="/fieldnote/",
            link="Assemble the kit",
            leads_to="/fieldnote/begin/assembly",
            heading="Assemble the kit",
            selected="It writes its readings into a file that belongs to you",
            question="Pour 100 millilitres of water: how many tips must be counted?",
            cited="/fieldnote/sensors/rain#test-the-bucket",
            quoted="Pour 100 millilitres of water into the funnel",
            is_one_document=True,
            darken=_darken,
        )
