"""The one way to make a client of OpenAI's API, or of a server that speaks it."""

import httpx2
from openai import DefaultAioHttpClient

from bookside.models.listening import ListeningClient

MAX_CONNECTIONS = 1000
KEEP_ALIVE_S = 300.0
"""How long a connection is kept for the next question; a handshake costs a reader about a tenth of a second."""


def openai_client(*, api_key: str | None, base_url: str | None, timeout_s: float, max_retries: int) -> ListeningClient:
    """A client of OpenAI or of a server that speaks its API; a server without keys gets a word in its place.

    aiohttp makes the connections: its parser is compiled, and an answer comes in hundreds of small pieces.

    Args:
        timeout_s: For each wait, not for the whole.
    """
    limits = httpx2.Limits(
        max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_S
    )
    return ListeningClient(
        api_key=api_key or "not-needed",
        base_url=base_url,
        timeout=timeout_s,
        max_retries=max_retries,
        http_client=DefaultAioHttpClient(limits=limits, timeout=timeout_s),
    )
