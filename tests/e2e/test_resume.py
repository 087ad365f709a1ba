"""An answer outlives its page and its connection: in a real browser, with the real server behind it."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.processes import bookside
from model_server import ENDLESS, ModelServer
from serving import GARDEN, Served

pytestmark = pytest.mark.asyncio(loop_scope="session")

WORDS = [f"word{n} " for n in range(60)]
WHOLE = "".join(WORDS).strip()
GAP_S = 0.05
"""An answer takes three seconds: time to leave in the middle of it and to come back."""


LOST = "The connection was lost. Reconnecting…"


@dataclass
class Wire:
    """A connection to a server that can be cut.

    Args:
        port: The server's.
        ends: Both ends of all that is connected.
    """

    port: int
    url: str = ""
    ends: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    def cut(self) -> None:
        """Break all connections at once, as a lost network does."""
        for end in self.ends:
            end.transport.abort()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to the server."""
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        ends = {writer, far_writer}
        self.ends |= ends
        try:
            await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))
        except ConnectionError:
            pass
        finally:
            self.ends -= ends
            for end in ends:
                end.transport.abort()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    raise ConnectionResetError


@pytest_asyncio.fixture(loop_scope="session")
async def wire(garden: Served) -> AsyncIterator[Wire]:
    """A connection to the garden book."""
    wire = Wire(urlsplit(garden.url).port or 0)
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield wire
    wire.cut()
    server.close()


@pytest.fixture
def chat(page: Page, model: ModelServer) -> Chat:
    model.says, model.gap_s = WORDS, GAP_S
    return Chat(page)


@pytest.fixture
def outages(complaints: list[str]) -> Iterator[list[str]]:
    """For tests that cut the connection: the browser may complain of that, and of nothing else."""
    yield complaints
    assert [complaint for complaint in complaints if "Failed to load resource: net::ERR_" not in complaint] == []
    complaints.clear()


async def in_mid_answer(chat: Chat, address: str = "/", word: str = "word5 ") -> None:
    """Ask, and wait until the answer has come as far as ``word``."""
    await chat.open(address)
    await chat.ask("What is a relay?")
    await expect(chat.answers).to_contain_text(word)


async def is_whole(chat: Chat) -> None:
    """One question, and all words of its answer, each once; nothing has failed."""
    await chat.finished()
    assert (await chat.answers.locator(".answer").inner_text()).strip() == WHOLE
    await expect(chat.questions).to_have_text(["What is a relay?"])
    await expect(chat.element.get_by_role("alert")).to_have_count(0)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the server keeps of a conversation.

    Args:
        thread_id: The thread that the widget has open.
        headers: Those of its reader.
    """

    served: Served
    thread_id: str
    headers: dict[str, str]

    @classmethod
    async def of(cls, chat: Chat, served: Served) -> "Kept":
        """The conversation that is on the page."""
        found = "name => localStorage.getItem(Object.keys(localStorage).find(key => key.startsWith(name)))"
        token = json.loads(await chat.page.evaluate(found, "bookside-token:"))["token"]
        thread_id = await chat.page.evaluate(found, "bookside-thread:")
        return cls(served, thread_id, {"Authorization": f"Bearer {token}"})

    def run(self) -> tuple[str, str]:
        """The status of the thread's latest run, and the text of all its answers."""
        thread = self.served.client.get(f"/assistant/thread/{self.thread_id}", headers=self.headers).json()
        answers = [item for item in thread["items"]["data"] if item["type"] == "assistant_message"]
        return thread["run"]["status"], "".join(part["text"] for answer in answers for part in answer["content"])

    def ended(self) -> str:
        """The run's status, once it does not run any more."""
        while (status := self.run()[0]) == "running":
            time.sleep(0.05)
        return status

    def ask(self, question: str) -> str:
        """Ask in the same thread, and read the answer to its end."""
        asked = {"content": [{"type": "input_text", "text": question}], "attachments": [], "inference_options": {}}
        response = self.served.chatkit(
            "threads.add_user_message",
            self.headers,
            thread_id=self.thread_id,
            input=asked,
            metadata={"resumable": True},
        )
        assert response.status_code == 200, response.text
        return response.text


async def test_an_answer_goes_on_over_a_reload(chat: Chat, model: ModelServer, garden: Served) -> None:
    """It grows on where it was, ends whole, and the model was asked for it once."""
    await in_mid_answer(chat)
    requests = len(model.requests)
    await chat.page.reload()
    await expect(chat.element.locator("article[aria-busy=true]")).to_contain_text("word5 ")
    await expect(chat.button("Stop")).to_be_visible()
    await is_whole(chat)

    assert len(model.requests) == requests
    assert (await Kept.of(chat, garden)).run() == ("completed", "".join(WORDS))


async def test_an_answer_goes_on_over_several_reloads(chat: Chat) -> None:
    """However often the reader leaves, no word is lost and none comes twice."""
    await in_mid_answer(chat)
    for _ in range(3):
        await chat.page.reload()
        await expect(chat.answers).to_contain_text("word5 ")
    await is_whole(chat)


async def test_an_answer_goes_on_on_another_page(chat: Chat) -> None:
    """A reader who follows a link in mid-answer finds it there, and growing."""
    await in_mid_answer(chat, "/1-soil/1-moisture")
    await chat.page.goto("/2-water/1-relay")
    await expect(chat.answers).to_contain_text("word5 ")
    await is_whole(chat)


async def test_an_answer_that_ended_meanwhile_is_there(chat: Chat, garden: Served) -> None:
    """The answer is made although nobody is connected."""
    await in_mid_answer(chat)
    kept = await Kept.of(chat, garden)
    await chat.page.goto("about:blank")
    assert await asyncio.to_thread(kept.ended) == "completed"
    await chat.page.goto("/")
    await is_whole(chat)


async def test_an_answer_comes_back_with_the_connection(
    chat: Chat, model: ModelServer, outages: list[str], garden: Served, wire: Wire
) -> None:
    """Offline in mid-answer: what has come stays, the reader is told, and back online the rest follows."""
    await in_mid_answer(chat, wire.url)
    requests = len(model.requests)
    await chat.page.context.set_offline(True)
    wire.cut()
    await expect(chat.element.locator(".progress")).to_have_text(LOST)
    await expect(chat.said).to_have_text(LOST)
    await expect(chat.answers).to_contain_text("word5 ")
    await expect(chat.answers).not_to_contain_text("word59")
    await chat.page.context.set_offline(False)
    await is_whole(chat)

    assert len(model.requests) == requests
    assert (await Kept.of(chat, garden)).run() == ("completed", "".join(WORDS))


async def test_an_answer_survives_cut_after_cut(chat: Chat, model: ModelServer, outages: list[str], wire: Wire) -> None:
    """Connections that break while the browser believes in its network are found again, as often as it takes."""
    await in_mid_answer(chat, wire.url)
    requests = len(model.requests)
    for word in ("word15 ", "word30 ", "word45 "):
        wire.cut()
        await expect(chat.answers).to_contain_text(word)
    await is_whole(chat)

    assert len(model.requests) == requests


async def test_stop_ends_the_answer_at_the_server(chat: Chat, model: ModelServer, garden: Served) -> None:
    """The stream ends by itself; what is shown is what is kept, also over a reload."""
    model.says = ENDLESS
    await in_mid_answer(chat)
    await chat.button("Stop").click()
    await chat.finished()
    shown = (await chat.answers.locator(".answer").inner_text()).strip()
    status, text = (await Kept.of(chat, garden)).run()

    assert (status, text.strip()) == ("stopped", shown)
    await expect(chat.element.get_by_role("alert")).to_have_count(0)
    await chat.page.reload()
    await chat.finished()
    assert (await chat.answers.locator(".answer").inner_text()).strip() == shown
    await expect(chat.element.get_by_role("alert")).to_have_count(0)


async def test_stop_ends_an_answer_that_was_found_again(chat: Chat, model: ModelServer, garden: Served) -> None:
    """After a reload too."""
    model.says = ENDLESS
    await in_mid_answer(chat)
    await chat.page.reload()
    await expect(chat.answers).to_contain_text("word5 ")
    await chat.button("Stop").click()
    await chat.finished()

    assert (await Kept.of(chat, garden)).run()[0] == "stopped"


async def test_two_tabs_follow_one_answer(chat: Chat) -> None:
    """A tab that is opened in mid-answer shows it growing as well."""
    await in_mid_answer(chat)
    second = Chat(await chat.page.context.new_page())
    await second.open()
    await expect(second.answers).to_contain_text("word5 ")
    await is_whole(chat)
    await is_whole(second)


async def test_a_question_from_elsewhere_ends_the_first_answer(chat: Chat, model: ModelServer, garden: Served) -> None:
    """The page keeps the words so far, and nothing has failed there."""
    model.says = ENDLESS
    await in_mid_answer(chat)
    kept = await Kept.of(chat, garden)
    model.says, model.gap_s = ["Yes [1]."], 0.0
    await asyncio.to_thread(kept.ask, "Really?")
    await chat.finished()

    await expect(chat.answers).to_contain_text("word5 ")
    await expect(chat.answers).not_to_contain_text("word1199")
    await expect(chat.element.get_by_role("alert")).to_have_count(0)


async def test_a_server_that_dies_says_so_when_it_is_back(
    page: Page, model: ModelServer, outages: list[str], tmp_path: Path
) -> None:
    """After kill -9 in mid-answer the same page shows what was written, and gets a whole answer by Try again."""
    model.says, model.gap_s = ENDLESS, GAP_S
    chat = Chat(page)
    with bookside(tmp_path, "serve", GARDEN, "--port", "0", OPENAI_BASE_URL=model.url) as process:
        url = process.address()
        await in_mid_answer(chat, url, "word30 ")
        process.kill()
    await expect(chat.element.locator(".progress")).to_have_text(LOST)
    model.says, model.gap_s = WORDS, 0.0
    port = re.findall(r":(\d+)", url)[0]
    with bookside(tmp_path, "serve", GARDEN, "--port", port, OPENAI_BASE_URL=model.url) as process:
        process.address()
        await expect(chat.element.get_by_role("alert")).to_contain_text("interrupted")
        await expect(chat.answers).to_contain_text("word5 ")
        await chat.button("Try again").click()
        await expect(chat.answers).to_contain_text("word59")
        await is_whole(chat)
