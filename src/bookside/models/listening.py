"""A language model that tells its words to a listener as they come, past the SDKs, which get them once and whole."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, cast, get_args

import httpx2
from agents import Model, OpenAIChatCompletionsModel, OpenAIResponsesModel
from openai import AsyncOpenAI, AsyncStream, NotGiven, Omit
from openai.resources.chat import AsyncChat, AsyncCompletions
from openai.resources.responses import AsyncResponses
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, ValidationError

from bookside.models.connections import RESTS, Body
from bookside.models.text_tap import ChatCompletionsTap, Hear, ResponsesTap, TextTap

OPTIONS = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json", "timeout": "timeout"}
"""Arguments of the client's methods that are not part of the body, by the name that ``post`` has for them."""


Take = Callable[[bytes], bool]
"""Takes a piece of a response; whether the next one may wait for a tick."""


class FrameClock:
    """Ticks for as long as anything rests; all that rests is read again at the same time.

    Answers that are read one after the other, all at the same time, cost much less than when each has a time of its
    own, as a processor is fastest at what it has just done: 19 ms of client and tap instead of 30 for each of 48. And
    what comes between two ticks stays with the system until then, so it is read in one go.

    Args:
        frame_s: Seconds between two ticks.
    """

    def __init__(self, frame_s: float) -> None:
        self._frame_s = frame_s
        self._resting: list[_Resting] = []

    async def read(self, body: Body, take: Take) -> None:
        """Give ``take`` what comes between two ticks, one piece a tick, until it wants the next one at once.

        Also until nothing has come between two ticks, or the response is at its end or broken, which reading it tells.
        No task is woken meanwhile.
        """
        resting = _Resting(body, take, asyncio.get_running_loop().create_future())
        self._rest(resting)
        await resting.over

    def _rest(self, resting: "_Resting") -> None:
        if not resting.body.rest():
            resting.over.set_result(None)
            return
        if not self._resting:
            asyncio.get_running_loop().call_later(self._frame_s, self._tick)
        self._resting.append(resting)

    def _tick(self) -> None:
        """Let the loop read, and then go on: it reads between what is to be done now and what is then."""
        due, self._resting = [resting for resting in self._resting if not resting.over.done()], []
        for resting in due:
            resting.body.wake()
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._take, due)

    def _take(self, due: list["_Resting"]) -> None:
        for resting in due:
            if resting.over.done():
                continue
            try:
                data = resting.body.taken()
                may_wait = bool(data) and resting.take(data)
            except Exception as error:  # noqa: BLE001 - raised by whoever waits for it
                resting.over.set_exception(error)
                continue
            if may_wait:
                self._rest(resting)
            else:
                resting.over.set_result(None)


@dataclass(frozen=True, slots=True)
class _Resting:
    """A response that is left unread until the next tick.

    Args:
        over: Done when it has to be read in another way, or is not read any more.
    """

    body: Body
    take: Take
    over: asyncio.Future[None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenedModel:
    """A model of an OpenAI-compatible server; each turn takes one of its own, which has that turn's listener.

    Args:
        client: Whose connections all turns share.
        api: The Agents SDK's model for the API that the server speaks.
        clock: Between two of its ticks deltas are gathered before they are told; the first ones are told at once.
    """

    client: "ListeningClient"
    name: str
    api: type[OpenAIResponsesModel] | type[OpenAIChatCompletionsModel]
    clock: FrameClock

    def listening(self, hear: Hear) -> Model:
        """The model for one turn; its words go to ``hear``, in the order in which they were written.

        ``hear`` is called from the task that reads the response, and must not wait.
        """
        return self.api(self.name, self.client.listened(hear, self.clock))


class ListeningClient(AsyncOpenAI):
    """OpenAI's client, whose event streams are tapped.

    The body of a request goes out as it is given: the client would walk through every field of every item, and try
    each of two dozen forms on it, in search of names and dates that neither API has.
    """

    hear: Hear | None = None
    clock: FrameClock | None = None

    def listened(self, hear: Hear, clock: FrameClock) -> "ListeningClient":
        """The same client for one listener."""
        client = self.copy()
        client.hear, client.clock = hear, clock
        return client

    def _process_response_data(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, *, data: Any, cast_to: Any, response: httpx2.Response
    ) -> Any:
        """What the client makes of ``data``; of an event of the Responses API at once what its type says.

        The client would first try each of five dozen kinds of events on it, whole answers in them.
        """
        match data:
            case {"type": str(name)} if cast_to is ResponseStreamEvent and name in (kinds := _event_kinds()):
                try:
                    return kinds[name].model_validate(data)
                except ValidationError:  # of a server that leaves fields out, which the client takes as it is
                    cast_to = kinds[name]
            case _:
                pass
        return super()._process_response_data(data=data, cast_to=cast_to, response=response)

    @cached_property
    def responses(self) -> AsyncResponses:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The Responses API."""
        return _Responses(self)

    @cached_property
    def chat(self) -> AsyncChat:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Chat Completions."""
        return _Chat(self)


@cache
def _event_kinds() -> dict[str, type[BaseModel]]:
    """The class of each type of event of the Responses API."""
    union, *_ = get_args(ResponseStreamEvent)
    return {name: kind for kind in get_args(union) for name in get_args(kind.model_fields["type"].annotation)}


class _Responses(AsyncResponses):
    async def create(self, **given: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return await _posted(self._client, "/responses", given, Response, _ResponsesStream)


class _Chat(AsyncChat):
    @cached_property
    def completions(self) -> AsyncCompletions:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _Completions(self._client)


class _Completions(AsyncCompletions):
    async def create(self, **given: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return await _posted(self._client, "/chat/completions", given, ChatCompletion, _ChatCompletionsStream)


async def _posted(
    client: AsyncOpenAI, path: str, given: dict[str, Any], whole: type[Any], stream_cls: type[AsyncStream[Any]]
) -> Any:
    """What the client's method for ``path`` gives for these arguments: ``whole``, or a tapped stream of its pieces.

    Silence in a stream is the listener's to judge: it has one timer for all, where the client sets one for each piece.
    """
    present = {name: value for name, value in given.items() if not isinstance(value, Omit | NotGiven)}
    options: Any = {OPTIONS[name]: present[name] for name in OPTIONS if present.get(name) is not None}
    options["headers"] = {"Accept-Encoding": "identity"} | options.get("headers", {})
    body = {name: value for name, value in present.items() if name not in OPTIONS}
    streams = bool(body.get("stream"))
    if streams and "timeout" not in options:
        waits = httpx2.Timeout(client.timeout)
        options["timeout"] = httpx2.Timeout(connect=waits.connect, read=None, write=waits.write, pool=waits.pool)
    return await client.post(path, body=body, options=options, cast_to=whole, stream=streams, stream_cls=stream_cls)


class _ResponsesStream(AsyncStream[ResponseStreamEvent]):
    def __init__(self, *, response: httpx2.Response, client: AsyncOpenAI, **more: Any) -> None:
        _tap(response, ResponsesTap, client)
        super().__init__(response=response, client=client, **more)


class _ChatCompletionsStream(AsyncStream[ChatCompletionChunk]):
    def __init__(self, *, response: httpx2.Response, client: AsyncOpenAI, **more: Any) -> None:
        _tap(response, ChatCompletionsTap, client)
        super().__init__(response=response, client=client, **more)


def _tap(response: httpx2.Response, kind: type[ResponsesTap] | type[ChatCompletionsTap], client: AsyncOpenAI) -> None:
    if not isinstance(client, ListeningClient) or "content-encoding" in response.headers:
        return
    if client.hear is not None and client.clock is not None:
        stream = cast(httpx2.AsyncByteStream, response.stream)
        response.stream = _Tapped(stream, response.extensions.get(RESTS), kind(client.hear), client.clock)


class _Tapped(httpx2.AsyncByteStream):
    """The bytes of a response that are left for the SDK.

    Args:
        body: What is left unread between two ticks; ``None`` for a response that is not of our own connections.
    """

    def __init__(self, stream: httpx2.AsyncByteStream, body: Body | None, tap: TextTap, clock: FrameClock) -> None:
        self._stream = stream
        self._body = body
        self._tap = tap
        self._clock = clock
        self._left: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """What is left; it is read by a task of its own, so that words do not wake all of the SDKs' generators."""
        self._reading = asyncio.create_task(self._read())
        while (left := await self._left.get()) is not None:
            yield left
        await self._reading

    async def _read(self) -> None:
        try:
            await self._listen()
        finally:
            self._left.put_nowait(None)

    async def _listen(self) -> None:
        async for data in self._stream:
            if self._take(data) and self._body is not None:
                await self._clock.read(self._body, self._take)
        if left := self._tap.end():
            self._left.put_nowait(left)

    def _take(self, data: bytes) -> bool:
        """Tell what is in ``data``; whether that were words and nothing else."""
        told = self._tap.told
        if left := self._tap.feed(data):
            self._left.put_nowait(left)
            return False
        return self._tap.told > told

    async def aclose(self) -> None:
        """Give the connection back, or close it if there is more to come."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
            if not self._reading.cancelled():
                self._reading.exception()  # the SDK has it, or has gone before it came
        await self._stream.aclose()
