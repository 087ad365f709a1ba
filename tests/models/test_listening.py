"""A model that is listened to is, for the SDKs, the model that it was: tools, usage, refusals, retries and errors."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import openai
import pytest
from agents import Agent, AgentsException, ModelRefusalError, ModelSettings, RunConfig, Runner, function_tool

from bookside.models.chat import ChatApi, chat_model
from bookside.models.listening import ListeningClient
from bookside.models.openai_client import openai_client
from bookside.models.text_tap import Heard, MessageHeard, TextHeard
from model_server import ModelServer

KEY = "sk-test-never-shown"
APIS = ["responses", "chat_completions"]
ASKED: dict[str, Any] = {"model": "m", "input": [{"role": "user", "content": "?"}], "stream": True}


@pytest.fixture
async def client(model: ModelServer) -> AsyncIterator[ListeningClient]:
    client = openai_client(api_key=KEY, base_url=model.url, timeout_s=10.0, max_retries=2)
    yield client
    await client.close()


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> ChatApi:
    return request.param


@dataclass
class Told:
    """What one run gave: to the listener, and to the SDK's user."""

    heard: list[Heard] = field(default_factory=list[Heard])
    searched: list[str] = field(default_factory=list[str])
    run: Any = None
    error: Exception | None = None

    @property
    def text(self) -> str:
        return "".join(one.text for one in self.heard if isinstance(one, TextHeard))

    @property
    def messages(self) -> list[str]:
        return ["".join(one.texts) for one in self.heard if isinstance(one, MessageHeard)]


async def ran(client: ListeningClient, api: ChatApi, *, frame_s: float = 0.0) -> Told:
    """One run of an agent with a tool, to its end or its error."""
    told = Told()

    @function_tool
    def search_book(queries: list[str]) -> str:
        """Search."""
        told.searched += queries
        return "[1] A relay is a switch."

    agent = Agent(name="Test", tools=[search_book], model_settings=ModelSettings(include_usage=True))
    model = chat_model(client, "m", api, frame_s=frame_s).listening(told.heard.append)
    told.run = Runner.run_streamed(agent, "What is a relay?", run_config=RunConfig(model=model, tracing_disabled=True))
    try:
        async for _ in told.run.stream_events():
            pass
    except (openai.OpenAIError, AgentsException) as error:
        told.error = error
    return told


@pytest.mark.parametrize("frame_s", [0.0, 0.03])
async def test_what_is_heard_is_the_final_output(
    client: ListeningClient, model: ModelServer, api: ChatApi, frame_s: float
) -> None:
    """The tool is called with its arguments, usage is counted, and the SDK has the text that was heard."""
    model.says, model.gap_s = [f"wörd{number} ☂ " for number in range(40)], 0.002
    told = await ran(client, api, frame_s=frame_s)

    assert told.error is None
    assert told.searched == ["relay"]
    assert told.text == "".join(model.says) == told.run.final_output
    assert told.messages == [told.text]
    assert told.run.context_wrapper.usage.total_tokens == 24
    assert told.run.context_wrapper.usage.output_tokens == 14


async def test_words_come_while_they_are_written(client: ListeningClient, model: ModelServer, api: ChatApi) -> None:
    """The first ones at once, the others gathered; without a frame every piece that arrives is told."""
    model.says, model.gap_s, model.searches = ["one ", "two ", "three "], 0.1, None
    told = await ran(client, api)

    assert [one.text for one in told.heard if isinstance(one, TextHeard)] == model.says


async def test_words_before_a_call_are_a_message_of_their_own(
    client: ListeningClient, model: ModelServer, api: ChatApi
) -> None:
    """They are told as one, the call is made, and the answer is told as another."""
    model.preamble = "Let me look."
    told = await ran(client, api)

    assert told.error is None
    assert told.searched == ["relay"]
    assert told.messages == ["Let me look.", "".join(model.says)]
    assert told.run.final_output == "".join(model.says)


async def test_a_refusal_is_the_sdks(client: ListeningClient, model: ModelServer, api: ChatApi) -> None:
    """No words are heard, and the run says that the model refused."""
    model.refuses, model.searches = "I will not.", None
    told = await ran(client, api)

    assert told.heard == []
    assert isinstance(told.error, ModelRefusalError)
    assert told.error.refusal == "I will not."


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_model_that_fails_at_first_is_asked_again(
    client: ListeningClient, model: ModelServer, api: ChatApi, status: int
) -> None:
    """Twice at most, before anything is heard; the answer is told once."""
    model.first_statuses, model.searches = [status, status], None
    told = await ran(client, api)

    assert told.error is None
    assert len(model.requests) == 3
    assert told.messages == ["".join(model.says)]


async def test_an_error_has_its_status(client: ListeningClient, model: ModelServer, api: ChatApi) -> None:
    """A model that goes on failing raises the SDK's own error."""
    model.status = 429
    told = await ran(client, api)

    assert isinstance(told.error, openai.RateLimitError)
    assert len(model.requests) == 3
    assert told.heard == []


async def test_requests_are_what_the_sdk_would_send(client: ListeningClient, model: ModelServer, api: ChatApi) -> None:
    """With the key, as JSON, for a stream that is not compressed; nothing that was left out is in the body."""
    told = await ran(client, api)
    first, second = model.requests

    assert told.error is None
    for headers in model.headers:
        assert headers["authorization"] == f"Bearer {KEY}"
        assert headers["content-type"] == "application/json"
        assert headers["accept-encoding"] == "identity"
    assert first["model"] == "m"
    assert first["stream"] is True
    assert None not in first.values()
    assert "NOT_GIVEN" not in str(first)
    assert not {"extra_headers", "extra_query", "extra_body", "timeout"} & {*first, *second}


async def test_a_compressed_stream_is_left_to_the_sdk(
    client: ListeningClient, model: ModelServer, api: ChatApi
) -> None:
    """Nothing is heard of what cannot be read, and the answer is whole."""
    model.is_compressed = True
    told = await ran(client, api)

    assert told.error is None
    assert told.searched == ["relay"]
    assert told.run.final_output == "".join(model.says)
    assert told.text in ("", told.run.final_output)


@pytest.mark.parametrize(
    "raw",
    [
        (b'{"id": "c", "object": "chat.completion", "choices": []}', "application/json"),
        (b"<html>\n\n<p>Welcome to the proxy</p>\n\n</html>", "text/html"),
        (b"data: not JSON\n\n", "text/event-stream"),
        (b"\xff\xfe\x00garbage", "text/event-stream"),
        (b"", "text/event-stream"),
    ],
    ids=["JSON", "HTML", "no JSON", "bytes", "nothing"],
)
async def test_what_is_no_stream_is_heard_as_nothing(
    client: ListeningClient, model: ModelServer, api: ChatApi, raw: tuple[bytes, str]
) -> None:
    """The run ends with the SDK's own verdict, an error or no words, and none are made up."""
    model.raw = raw
    told = Told()
    agent = Agent(name="Test")
    listened = chat_model(client, "m", api, frame_s=0.0).listening(told.heard.append)
    run = Runner.run_streamed(agent, "?", run_config=RunConfig(model=listened, tracing_disabled=True))
    try:
        async for _ in run.stream_events():
            pass
    except (openai.OpenAIError, AgentsException, ValueError):
        pass

    assert not run.final_output
    assert told.heard == []


async def test_an_answer_that_breaks_off_is_an_error(client: ListeningClient, model: ModelServer, api: ChatApi) -> None:
    """What was written was heard, no message is complete, and the run fails."""
    model.says, model.cut_after, model.searches, model.gap_s = ["one ", "two ", "three "], 2, None, 0.05
    told = await ran(client, api)

    assert isinstance(told.error, openai.APIConnectionError | AgentsException)
    assert told.text == "one two "
    assert told.messages == []


async def test_two_turns_hear_their_own_words(client: ListeningClient, model: ModelServer, api: ChatApi) -> None:
    """Listeners share a client and its connections, and nothing else."""
    model.searches = None
    model.says = ["first"]
    first = await ran(client, api)
    model.says = ["second"]
    second = await ran(client, api)

    assert (first.text, second.text) == ("first", "second")


@pytest.mark.parametrize("left_out", ["", '"usage"', '"sequence_number"', '"output"'])
async def test_events_are_what_the_client_makes_of_them(
    client: ListeningClient, model: ModelServer, left_out: str
) -> None:
    """Known kinds and unknown ones, whole or with a field missing, are equal to those of OpenAI's own client."""
    model.refuses = "I will not."
    lines: list[str] = []
    for _ in range(2):  # the call of the tool, then the refusal
        response = await client.responses.with_raw_response.create(**ASKED)
        lines += [line async for line in response.http_response.aiter_lines()]
        model.searches = None
    lines += ["", 'data: {"type": "response.of_tomorrow", "item": {"id": "i"}}', "", 'data: ["no object"]', "", ""]
    raw = "\n".join(lines).replace(left_out, '"left_out"') if left_out else "\n".join(lines)
    model.raw = (raw.encode(), "text/event-stream")

    ours = [event async for event in await client.responses.create(**ASKED)]
    async with openai.AsyncOpenAI(api_key=KEY, base_url=model.url) as plain:
        theirs = [event async for event in await plain.responses.create(**ASKED)]

    assert len(ours) > 10
    assert [type(event) for event in theirs] == [type(event) for event in ours]
    assert theirs == ours


async def test_nobody_need_listen(client: ListeningClient, model: ModelServer) -> None:
    """Without a listener it is OpenAI's client: a stream has all its events."""
    model.searches = None
    stream = await client.responses.create(model="m", input=[{"role": "user", "content": "?"}], stream=True)
    kinds = [event.type async for event in stream]

    assert kinds[0] == "response.created"
    assert kinds.count("response.output_text.delta") == len(model.says)
    assert kinds[-1] == "response.completed"
