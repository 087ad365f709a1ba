"""A language model that tells its words to a listener as they come, past the SDKs, which get them once and whole."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import httpx2
from agents import Model, OpenAIChatCompletionsModel, OpenAIResponsesModel
from openai import AsyncOpenAI, AsyncStream, NotGiven, Omit
from openai.resources.chat import AsyncChat, AsyncCompletions
from openai.resources.responses import AsyncResponses
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent

from bookside.models.text_tap import ChatCompletionsTap, Hear, ResponsesTap, TextTap

OPTIONS = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json", "timeout": "timeout"}
"""Arguments of the client's methods that are not part of the body, by the name that ``post`` has for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenedModel:
    """A model of an OpenAI-compatible server; each turn takes one of its own, which has that turn's listener.

    Args:
        client: Whose connections all turns share.
        api: The Agents SDK's model for the API that the server speaks.
        frame_s: Seconds in which deltas are gathered before they are told; the first ones are told at once.
    """

    client: "ListeningClient"
    name: str
    api: type[OpenAIResponsesModel] | type[OpenAIChatCompletionsModel]
    frame_s: float

    def listening(self, hear: Hear) -> Model:
        """The model for one turn; its words go to ``hear``, in the order in which they were written.

        ``hear`` is called from the task that reads the response, and must not wait.
        """
        return self.api(self.name, self.client.listened(hear, self.frame_s))


class ListeningClient(AsyncOpenAI):
    """OpenAI's client, whose event streams are tapped.

    The body of a request goes out as it is given: the client would walk through every field of every item, and try
    each of two dozen forms on it, in search of names and dates that neither API has.
    """

    hear: Hear | None = None
    frame_s: float = 0.0

    def listened(self, hear: Hear, frame_s: float) -> "ListeningClient":
        """The same client for one listener."""
        client = self.copy()
        client.hear, client.frame_s = hear, frame_s
        return client

    @cached_property
    def responses(self) -> AsyncResponses:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The Responses API."""
        return _Responses(self)

    @cached_property
    def chat(self) -> AsyncChat:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Chat Completions."""
        return _Chat(self)


class _Responses(AsyncResponses):
    async def create(self, **given: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        body, options = _parted(given)
        stream = bool(body.get("stream"))
        return await self._client.post(
            "/responses", body=body, options=options, cast_to=Response, stream=stream, stream_cls=_ResponsesStream
        )


class _Chat(AsyncChat):
    @cached_property
    def completions(self) -> AsyncCompletions:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _Completions(self._client)


class _Completions(AsyncCompletions):
    async def create(self, **given: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        body, options = _parted(given)
        stream = bool(body.get("stream"))
        return await self._client.post(
            "/chat/completions",
            body=body,
            options=options,
            cast_to=ChatCompletion,
            stream=stream,
            stream_cls=_ChatCompletionsStream,
        )


def _parted(given: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """A method's arguments as the body and the options of its request, without what was left out."""
    present = {name: value for name, value in given.items() if not isinstance(value, Omit | NotGiven)}
    options = {OPTIONS[name]: present.pop(name) for name in OPTIONS if present.get(name) is not None}
    body = {name: value for name, value in present.items() if name not in OPTIONS}
    return body, {"headers": {"Accept-Encoding": "identity"} | options.pop("headers", {}), **options}


class _ResponsesStream(AsyncStream[ResponseStreamEvent]):
    def __init__(self, *, response: httpx2.Response, client: AsyncOpenAI, **more: Any) -> None:
        _tap(response, ResponsesTap, client)
        super().__init__(response=response, client=client, **more)


class _ChatCompletionsStream(AsyncStream[ChatCompletionChunk]):
    def __init__(self, *, response: httpx2.Response, client: AsyncOpenAI, **more: Any) -> None:
        _tap(response, ChatCompletionsTap, client)
        super().__init__(response=response, client=client, **more)


def _tap(response: httpx2.Response, kind: type[ResponsesTap] | type[ChatCompletionsTap], client: AsyncOpenAI) -> None:
    if isinstance(client, ListeningClient) and client.hear is not None and "content-encoding" not in response.headers:
        body = cast(httpx2.AsyncByteStream, response.stream)
        response.stream = _Tapped(body, kind(client.hear), client.frame_s)


class _Tapped(httpx2.AsyncByteStream):
    """The bytes of a response that are left for the SDK."""

    def __init__(self, body: httpx2.AsyncByteStream, tap: TextTap, frame_s: float) -> None:
        self._body = body
        self._tap = tap
        self._frame_s = frame_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        tap = self._tap
        async for data in self._body:
            told = tap.told
            if left := tap.feed(data):
                yield left
            elif tap.told > told:
                await asyncio.sleep(self._frame_s)  # what comes meanwhile is read as one
        if left := tap.end():
            yield left

    async def aclose(self) -> None:
        """Give the connection back, or close it if there is more to come."""
        await self._body.aclose()
