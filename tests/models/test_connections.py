"""Connections to a model's server: kept, left unread between ticks, and their faults told as the client knows them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

import httpx2
import pytest
import uvloop
from agents import Agent, RunConfig, Runner

from bookside.models.chat import ChatApi, chat_model
from bookside.models.connections import RESTS, Body, Connections
from bookside.models.listening import FrameClock
from bookside.models.openai_client import openai_client
from bookside.models.text_tap import Heard, TextHeard
from model_server import ModelServer

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
Answers = Callable[[asyncio.StreamWriter, int], object]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@asynccontextmanager
async def asking(answers: Answers) -> AsyncIterator[tuple[httpx2.AsyncClient, str]]:
    """A client, and the address of a server that has read a request when it calls ``answers`` with its number."""
    count = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        while head := await reader.read(65536):
            assert head.endswith(b"\r\n\r\n")
            count += 1
            if asyncio.iscoroutine(answered := answers(writer, count)):
                await answered

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    transport = Connections(at_once=10, keep_alive_s=30.0)
    async with server, httpx2.AsyncClient(transport=transport, timeout=5.0) as client:
        yield client, f"http://{host}:{port}/"


async def test_a_connection_is_used_again() -> None:
    """The next request goes over the connection of the last one, once that is read."""
    peers: set[object] = set()

    def answers(writer: asyncio.StreamWriter, number: int) -> None:
        peers.add(writer.get_extra_info("peername"))
        writer.write(HEAD + chunk(b"%d" % number) + chunk(b""))

    async with asking(answers) as (client, url):
        texts = [(await client.get(url)).text for _ in range(3)]

    assert texts == ["1", "2", "3"]
    assert len(peers) == 1


async def test_what_is_left_unread_comes_in_one_piece() -> None:
    """A body that rests is given nothing, and what came meanwhile when it wakes, with all that follows."""

    def answers(writer: asyncio.StreamWriter, _: int) -> object:
        async def slowly() -> None:
            writer.write(HEAD + chunk(b"a"))
            for letter in b"bcde":
                await asyncio.sleep(0.01)
                writer.write(chunk(bytes([letter])))
            writer.write(chunk(b""))
            sent.set()

        return slowly()

    sent = asyncio.Event()
    async with asking(answers) as (client, url), client.stream("GET", url) as response:
        body: Body = response.extensions[RESTS]
        pieces = response.aiter_raw()
        first = await anext(pieces)
        assert body.rest()
        waiting = asyncio.ensure_future(anext(pieces))
        await sent.wait()
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
        body.wake()

        assert first == b"a"
        assert await waiting + b"".join([piece async for piece in pieces]) == b"bcde"


async def test_a_body_that_rests_can_be_closed() -> None:
    """Closing in the middle ends the connection, and the next request has another one."""
    peers: set[object] = set()

    def answers(writer: asyncio.StreamWriter, _: int) -> None:
        peers.add(writer.get_extra_info("peername"))
        writer.write(HEAD + chunk(b"more to come"))

    async with asking(answers) as (client, url):
        for _ in range(2):
            async with client.stream("GET", url) as response:
                assert await anext(response.aiter_raw()) == b"more to come"
                assert response.extensions[RESTS].rest()

    assert len(peers) == 2


@pytest.mark.parametrize("ending", [b"0\r\n\r\n", b""], ids=["end", "cut"])
async def test_a_tick_gives_what_came_and_leaves_the_end_to_the_reader(ending: bytes) -> None:
    """Pieces go to whoever takes them until it wants no more or none comes; how the body ends is told by reading."""

    def answers(writer: asyncio.StreamWriter, _: int) -> object:
        async def slowly() -> None:
            writer.write(HEAD + chunk(b"a"))
            for letter in b"bcd":
                await taken.wait()
                taken.clear()
                writer.write(chunk(bytes([letter])))
            await taken.wait()
            writer.write(ending)
            writer.close()

        return slowly()

    taken = asyncio.Event()
    told: list[bytes] = []

    def take(data: bytes) -> bool:
        told.append(data)
        taken.set()
        return data != b"c"

    clock = FrameClock(0.02)
    async with asking(answers) as (client, url), client.stream("GET", url) as response:
        body: Body = response.extensions[RESTS]
        pieces = response.aiter_raw()
        first = await anext(pieces)
        taken.set()
        while b"c" not in told:  # a tick at which nothing has come yet ends it as well
            await clock.read(body, take)
        with nullcontext() if ending.startswith(b"0") else pytest.raises(httpx2.TransportError):
            async for piece in pieces:
                take(piece)

    assert first == b"a"
    assert b"".join(told).startswith(b"bcd")


async def test_a_fault_in_taking_is_the_waiting_tasks() -> None:
    """What is raised at a tick is raised where the tick was waited for."""

    def answers(writer: asyncio.StreamWriter, _: int) -> None:
        writer.write(HEAD + chunk(b"a") + chunk(b"b"))

    def take(data: bytes) -> bool:
        raise ValueError(data)

    async with asking(answers) as (client, url), client.stream("GET", url) as response:
        body: Body = response.extensions[RESTS]
        with pytest.raises(ValueError, match="ab"):
            while True:
                await FrameClock(0.01).read(body, take)


async def test_a_task_that_waits_for_a_tick_can_be_cancelled() -> None:
    """Nothing is given to it any more, and those that wait for the same tick get theirs."""

    def answers(writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(HEAD + chunk(b"%d" % number))

    told: list[bytes] = []

    def take(data: bytes) -> bool:
        told.append(data)
        return False

    clock = FrameClock(0.05)
    async with (
        asking(answers) as (client, url),
        client.stream("GET", url) as first,
        client.stream("GET", url) as second,
    ):
        leaving, staying = (
            asyncio.create_task(clock.read(response.extensions[RESTS], take)) for response in (first, second)
        )
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wait({leaving, staying})

    assert leaving.cancelled()
    assert told == [b"2"]


def closes(writer: asyncio.StreamWriter, _: int) -> None:
    writer.close()


def is_cut(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(HEAD + chunk(b"a") + b"ff\r\nhalf a chu")
    writer.close()


def is_silent(_: asyncio.StreamWriter, __: int) -> None:
    pass


def is_no_http(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"SSH-2.0-nothing\r\n\r\n")


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (closes, httpx2.RemoteProtocolError),
        (is_cut, httpx2.ReadError),
        (is_silent, httpx2.ReadTimeout),
        (is_no_http, httpx2.NetworkError),
    ],
)
async def test_a_fault_of_the_server_is_an_error_of_the_clients(answers: Answers, error: type[Exception]) -> None:
    """Whatever a server does instead of answering has its own kind of error, which OpenAI's client can read."""
    async with asking(answers) as (client, url):
        with pytest.raises(error):
            await client.get(url, timeout=httpx2.Timeout(5.0, read=0.2))


async def test_nobody_at_the_address_is_a_connect_error() -> None:
    """A port that nobody listens on is told at once."""
    async with asking(is_silent) as (client, _):
        free = await asyncio.start_server(lambda _, __: None, "127.0.0.1", 0)
        port = free.sockets[0].getsockname()[1]
        free.close()
        await free.wait_closed()
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")


async def test_the_environments_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests go through the proxy that is named there, except to hosts that are to be reached without."""
    heads: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n"))
        writer.write(HEAD + chunk(b"by proxy") + chunk(b""))

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with server, asking(lambda writer, _: writer.write(HEAD + chunk(b"direct") + chunk(b""))) as (client, url):
        texts = [(await client.get(address)).text for address in ("http://model.invalid/v1", url)]

    assert texts == ["by proxy", "direct"]
    assert heads == [b"GET http://model.invalid/v1 HTTP/1.1\r\n"]


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_words_between_two_ticks_are_heard_together(
    model: ModelServer, api: ChatApi, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    """The first words are heard alone, and those of a tick as one, on either event loop; none is missing."""
    model.says, model.gap_s, model.searches = [f"w{number} " for number in range(30)], 0.005, None
    heard: list[Heard] = []

    async def ask() -> None:
        async with openai_client(api_key="k", base_url=model.url, timeout_s=10.0, max_retries=0) as client:
            chat = chat_model(client, "m", api, frame_s=1.0).listening(heard.append)
            config = RunConfig(model=chat, tracing_disabled=True)
            async for _ in Runner.run_streamed(Agent(name="Test"), "Ready?", run_config=config).stream_events():
                pass

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(ask())
    texts = [one.text for one in heard if isinstance(one, TextHeard)]
    assert "".join(model.says) == "".join(texts)
    assert texts[0] in ("w0 ", "w0 w1 ")
    assert len(texts) <= 3
