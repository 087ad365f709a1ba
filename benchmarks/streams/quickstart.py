"""The peer: a ChatKit server as OpenAI's quickstart has it, with one tool and a store in memory.

OPENAI_BASE_URL=… OPENAI_API_KEY=x python -m benchmarks.streams.quickstart --port 8102
"""

import argparse
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from agents import Agent, RunConfig, Runner, function_tool
from benchmarks.streams.script import PASSAGE
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata, ThreadStreamEvent, UserMessageItem
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

HISTORY_ITEMS = 20

Context = dict[str, Any]


class MemoryStore(Store[Context]):
    """Threads and their items in two dictionaries."""

    def __init__(self) -> None:
        self._threads: dict[str, ThreadMetadata] = {}
        self._items: dict[str, list[ThreadItem]] = defaultdict(list)

    async def load_thread(self, thread_id: str, context: Context) -> ThreadMetadata:
        thread = self._threads.get(thread_id)
        if thread is None:
            raise NotFoundError(f"Thread {thread_id} not found")
        return thread.model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: Context) -> None:
        self._threads[thread.id] = thread.model_copy(deep=True)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Context) -> Page[ThreadMetadata]:
        return Page(data=list(self._threads.values())[:limit])

    async def delete_thread(self, thread_id: str, context: Context) -> None:
        self._threads.pop(thread_id, None)
        self._items.pop(thread_id, None)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Context
    ) -> Page[ThreadItem]:
        items = self._items[thread_id]
        return Page(data=(items[::-1] if order == "desc" else items)[:limit])

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._items[thread_id].append(item)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._items[thread_id] = [item if old.id == item.id else old for old in self._items[thread_id]]

    async def load_item(self, thread_id: str, item_id: str, context: Context) -> ThreadItem:
        for item in self._items[thread_id]:
            if item.id == item_id:
                return item
        raise NotFoundError(f"Item {item_id} not found")

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Context) -> None:
        self._items[thread_id] = [item for item in self._items[thread_id] if item.id != item_id]

    async def save_attachment(self, attachment: Attachment, context: Context) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: Context) -> Attachment:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        raise NotImplementedError


@function_tool
async def search_book_content(queries: list[str]) -> str:
    """Search the book."""
    return PASSAGE


assistant: Agent[AgentContext[Context]] = Agent(
    name="Assistant", instructions="Answer from the book.", tools=[search_book_content], model="stand-in"
)


class QuickstartServer(ChatKitServer[Context]):
    """Runs the agent over the thread's latest items."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Context
    ) -> AsyncIterator[ThreadStreamEvent]:
        latest = await self.store.load_thread_items(thread.id, None, HISTORY_ITEMS, "desc", context)
        agent_context = AgentContext(thread=thread, store=self.store, request_context=context)
        result = Runner.run_streamed(
            assistant,
            await simple_to_agent_input(latest.data[::-1]),
            context=agent_context,
            run_config=RunConfig(tracing_disabled=True),
        )
        async for event in stream_agent_response(agent_context, result):
            yield event


def application() -> FastAPI:
    app, server = FastAPI(), QuickstartServer(MemoryStore())

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        result = await server.process(await request.body(), {})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(content=result.json, media_type="application/json")

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description="OpenAI's ChatKit quickstart.")
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(application(), port=parser.parse_args().port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
