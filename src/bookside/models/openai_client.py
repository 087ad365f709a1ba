"""The one way to make a client of OpenAI's API, or of a server that speaks it."""

from openai import AsyncOpenAI


def openai_client(*, api_key: str | None, base_url: str | None, timeout_s: float, max_retries: int) -> AsyncOpenAI:
    """A client of OpenAI or of a server that speaks its API; a server without keys gets a word in its place."""
    return AsyncOpenAI(api_key=api_key or "not-needed", base_url=base_url, timeout=timeout_s, max_retries=max_retries)
