"""Words that are heard from the model take the short way only when nothing is before them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from agents import Agent, RunConfig, Runner
from chatkit.types import ThreadMetadata

from bookside.chat.at_hand import BookAtHand
from bookside.chat.merge import Line, TimeLimits
from bookside.chat.turn import Consulted, TurnContext
from bookside.context import Turn
from bookside.models.chat import chat_model
from bookside.models.listening import ListeningClient
from bookside.models.openai_client import openai_client
from bookside.models.text_tap import Heard, TextHeard
from bookside.sayings import ENGLISH
from bookside.search.model import Passage
from bookside.store import ThreadStore, open_store
from model_server import ModelServer


class Nothing:
    """A book in which nothing is found."""

    async def find(self, queries: Sequence[str], **_: object) -> list[Passage]:
        return []


EARLY, BETWEEN = TextHeard(0, "early"), TextHeard(0, "between")


@pytest.fixture
async def client(model: ModelServer) -> AsyncIterator[ListeningClient]:
    async with openai_client(api_key="k", base_url=model.url, timeout_s=10.0, max_retries=0) as client:
        yield client


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ThreadStore]:
    async with open_store(f"sqlite:///{tmp_path / 'threads.db'}") as store:
        yield store


async def test_words_never_overtake_what_is_before_them(
    client: ListeningClient, store: ThreadStore, model: ModelServer
) -> None:
    """Words heard before anybody reads, or while the reader is busy with an event, wait in the line for their turn."""
    model.says, model.gap_s, model.searches = ["one ", "two ", "three "], 0.02, None
    at_once: list[Heard] = []

    def take(heard: Heard) -> bool:
        at_once.append(heard)
        return True

    line = Line(TimeLimits(), at_once=take)
    turn = Turn(id="ann")
    thread = ThreadMetadata(id="thr_1", created_at=datetime(2026, 1, 1))
    book = BookAtHand(
        title="A book",
        instructions="",
        search=Nothing(),
        is_known_link=lambda _: False,
        is_known_image=lambda _: False,
        is_citable=lambda _: False,
    )
    context = TurnContext(
        thread=thread,
        store=store,
        request_context=turn,
        turn=turn,
        consulted=Consulted(),
        book=book,
        sayings=ENGLISH,
    )
    config = RunConfig(
        model=chat_model(client, "m", "responses", frame_s=0.0).listening(line.hear), tracing_disabled=True
    )

    line.hear(EARLY)
    given: list[object] = []
    async for event in line.follow(Runner.run_streamed(Agent(name="Test"), "Go", run_config=config), context):
        given.append(event)
        if event is EARLY:
            line.hear(BETWEEN)

    assert given[:2] == [EARLY, BETWEEN]
    assert [one.text for one in at_once if isinstance(one, TextHeard)] == model.says
