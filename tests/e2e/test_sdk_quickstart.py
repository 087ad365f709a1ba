"""The widget against what people begin with: the SDK, an agent with a tool, and a store in memory."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from agents import Agent, OpenAIResponsesModel, RunConfig, RunContextWrapper, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from openai import AsyncOpenAI
from playwright.async_api import expect

from e2e.chat import Chat
from e2e.sdk_pages import tab, talk
from e2e.sdk_server import MemoryStore, SdkServed, sdk_server
from model_server import ModelServer

__all__ = ["tab", "talk"]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@function_tool(name_override="search_book_content")
async def look_up(context: RunContextWrapper[AgentContext[None]], queries: list[str]) -> str:
    """What the shelf has on some words."""
    return f"On the shelf: {', '.join(queries)}"


class Quickstart(ChatKitServer[None]):
    """An agent that answers."""

    def __init__(self, model_url: str) -> None:
        self.memory = MemoryStore()
        super().__init__(self.memory)
        client = AsyncOpenAI(base_url=model_url, api_key="sk-test")
        model = OpenAIResponsesModel("scripted", client)
        self.agent: Agent[Any] = Agent(name="Helper", instructions="Help.", tools=[look_up], model=model)

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: None
    ) -> AsyncIterator[ThreadStreamEvent]:
        items = await self.store.load_thread_items(thread.id, after=None, limit=20, order="asc", context=context)
        asked = await simple_to_agent_input(items.data)
        told = AgentContext(thread=thread, store=self.store, request_context=context)
        result = Runner.run_streamed(
            self.agent,
            asked,
            context=told,
            run_config=RunConfig(tracing_disabled=True, trace_include_sensitive_data=False),
        )
        answer_id = f"msg_{len(items.data)}"  # each message has an id of its own, as OpenAI's have
        async for event in stream_agent_response(told, result):
            if isinstance(event, ThreadItemUpdatedEvent):
                event.item_id = answer_id
            elif isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent):
                event.item.id = answer_id
            yield event


@pytest.fixture
def sdk(model: ModelServer) -> Iterator[SdkServed]:
    """The quickstart, its model the scripted one."""
    with sdk_server(Quickstart(model.url)) as served:
        yield served


async def test_a_conversation_with_the_quickstart(talk: Chat, sdk: SdkServed, model: ModelServer) -> None:
    """Ask, ask on, have it all again after a reload, fail, try again, and begin anew."""
    model.says = ["A relay ", "is a **switch**."]
    await talk.page.goto("/p")
    await talk.opener.click()
    await talk.ask("What is a relay?")
    await talk.finished()
    await expect(talk.answers.locator("strong")).to_have_text("switch")
    model.says = ["With a coil."]
    await talk.ask("How does it work?")
    await talk.finished(2)
    assert "What is a relay?" in str(model.requests[-1])

    await talk.page.reload()
    await expect(talk.questions).to_have_count(2)
    await expect(talk.answers).to_contain_text(["A relay is a switch.", "With a coil."])

    model.status = 500
    await talk.ask("And then?")
    await expect(talk.element.get_by_role("alert")).to_be_visible()
    model.status, model.says = 200, ["It clicks."]
    await talk.element.get_by_role("button", name="Try again").click()
    await talk.finished(3)
    await expect(talk.answers.last).to_contain_text("It clicks.")
    assert len(sdk.sent("threads.retry_after_item")) == 1

    await talk.element.get_by_label("New conversation").click()
    await talk.ask("Something else?")
    await talk.finished()
    assert [request["type"] for request in sdk.requests].count("threads.create") == 2
