"""The language model that writes the answers, behind the Agents SDK's ``Model``."""

from typing import Literal

from agents import Model, OpenAIChatCompletionsModel, OpenAIResponsesModel
from openai import AsyncOpenAI

ChatApi = Literal["responses", "chat_completions"]


def chat_model(client: AsyncOpenAI, name: str, api: ChatApi) -> Model:
    """The model ``name`` of ``client``'s server, over the API that the server speaks."""
    if api == "responses":
        return OpenAIResponsesModel(name, client)
    return OpenAIChatCompletionsModel(name, client)


def openai_client(*, api_key: str | None, base_url: str | None, timeout_s: float, max_retries: int) -> AsyncOpenAI:
    """A client of OpenAI or of a server that speaks its API; a server without keys gets a word in its place."""
    return AsyncOpenAI(api_key=api_key or "not-needed", base_url=base_url, timeout=timeout_s, max_retries=max_retries)
