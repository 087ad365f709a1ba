"""The one way to make a client of OpenAI's API, or of a server that speaks it."""

from openai import DefaultAsyncHttpxClient

from bookside.models.connections import Connections
from bookside.models.listening import ListeningClient

MAX_CONNECTIONS = 1000
KEEP_ALIVE_S = 300.0
"""How long a connection is kept for the next question; a handshake costs a reader about a tenth of a second."""


def openai_client(*, api_key: str | None, base_url: str | None, timeout_s: float, max_retries: int) -> ListeningClient:
    """A client of OpenAI or of a server that speaks its API; a server without keys gets a word in its place.

    Args:
        timeout_s: For each wait, not for the whole.
    """
    return ListeningClient(
        api_key=api_key or "not-needed",
        base_url=base_url,
        timeout=timeout_s,
        max_retries=max_retries,
        http_client=DefaultAsyncHttpxClient(
            transport=Connections(at_once=MAX_CONNECTIONS, keep_alive_s=KEEP_ALIVE_S), timeout=timeout_s
        ),
    )
