"""The assistant on the pages that Bookside serves itself, which are loaded one by one."""

import pytest
from playwright.async_api import Page

from e2e.hosts.host import Host
from e2e.hosts.journeys import HostJourneys
from serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _darken(page: Page) -> None:
    await page.emulate_media(color_scheme="dark")


class TestBuiltInReader(HostJourneys):
    @pytest.fixture
    def host(self, garden: Served) -> Host:
        return Host(
            origin=garden.url,
            served=garden,
            start="/1-soil/1-moisture",
            link="The relay",
            leads_to="/2-water/1-relay",
            heading="The relay",
            selected="It does not rust, as no metal touches the soil",
            question="when to measure again after the pump ran",
            cited="/2-water/1-relay#timing",
            quoted="Run the pump for five seconds",
            is_one_document=False,
            darken=_darken,
        )
