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
