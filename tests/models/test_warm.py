"""Preparing for the first answer reads one as it would come from a server."""

import pytest

from bookside.models.chat import ChatApi
from bookside.models.warm import warm


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_the_made_up_answer_can_be_read(api: ChatApi) -> None:
    """By the same SDKs, without a server and without an error."""
    await warm(api)
