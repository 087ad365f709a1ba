"""What every database must do."""

from collections.abc import AsyncIterator

import pytest

from bookside.store import ThreadStore, open_store
from store.contract_conversation import Conversation
from store.contract_files import Files
from store.contract_finding import Finding
from store.contract_jobs import Jobs
from store.contract_keeping import Keeping
from store.contract_owners import Owners
from store.contract_pages import Pages
from store.contract_runs import Runs
from store.contract_together import Together


class StoreContract(Keeping, Files, Pages, Finding, Conversation, Owners, Runs, Jobs, Together):
    """Inherit, and give a fixture ``url``: the address of a database with nothing in it."""

    @pytest.fixture
    async def store(self, url: str) -> AsyncIterator[ThreadStore]:
        async with open_store(url) as store:
            yield store
