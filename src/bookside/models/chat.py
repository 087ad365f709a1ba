"""The language model that writes the answers, behind the Agents SDK's ``Model``."""

from typing import Literal

from agents import OpenAIChatCompletionsModel, OpenAIResponsesModel

from bookside.models.listening import FrameClock, ListenedModel, ListeningClient

ChatApi = Literal["responses", "chat_completions"]


def chat_model(client: ListeningClient, name: str, api: ChatApi, *, frame_s: float) -> ListenedModel:
    """The model ``name`` of ``client``'s server, over the API that the server speaks.

    Args:
        frame_s: Seconds in which words are gathered before they go on.
    """
    sdk_model = OpenAIResponsesModel if api == "responses" else OpenAIChatCompletionsModel
    return ListenedModel(client=client, name=name, api=sdk_model, clock=FrameClock(frame_s))
