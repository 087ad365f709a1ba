"""Whatever updates the SDK sends of an item, folding them gives the item as it is when it is done."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from random import Random
from typing import Any

import pytest
from chatkit.agents import AgentContext
from chatkit.server import stream_widget
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    CustomTask,
    SearchTask,
    Task,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    Workflow,
)
from chatkit.widgets import WidgetRoot
from playwright.async_api import Page

from e2e.sdk_gallery import JSON, widget
from e2e.sdk_pages import sdk, tab
from e2e.sdk_server import MemoryStore, ScriptedServer

__all__ = ["sdk", "tab"]

pytestmark = pytest.mark.asyncio(loop_scope="session")

THREAD = ThreadMetadata(id="thr_1", created_at=datetime(2026, 1, 1))
SEQUENCES = 150
PIECES = ["word ", "**bold** ", "🎓 ", "\n\n- a\n", "<b>x</b>", "ü"]


async def widgets(random: Random) -> AsyncIterator[ThreadStreamEvent]:
    """A widget whose texts grow, and whose other parts come, go and change."""

    def tree(depth: int) -> JSON:
        if depth == 0 or random.random() < 0.4:
            kind = random.choice(["Text", "Markdown"])
            return {"type": kind, "id": f"t{random.randrange(10**6)}", "value": "", "streaming": True}
        children = [tree(depth - 1) for _ in range(random.randrange(1, 4))]
        return {"type": random.choice(["Box", "Row", "Col"]), "children": children}

    def texts(node: JSON) -> list[JSON]:
        return [node] if "value" in node else [text for child in node["children"] for text in texts(child)]

    root: JSON = {"type": "Card", "children": [tree(3) for _ in range(2)]}

    async def states() -> AsyncGenerator[WidgetRoot, None]:
        yield widget(root)
        for _ in range(random.randrange(1, 12)):
            grown = random.choice(texts(root))
            grown["value"] += "".join(random.choices(PIECES, k=random.randrange(3)))
            if random.random() < 0.15:
                grown["streaming"] = False
            if random.random() < 0.15:
                root["children"].append(tree(1))
            if random.random() < 0.1:
                root["status"] = {"text": f"state {random.randrange(9)}"}
            yield widget(root)

    async for event in stream_widget(THREAD, states()):
        yield event


async def workflows(random: Random) -> AsyncIterator[ThreadStreamEvent]:
    """A workflow as an agent's tools make it: its events are read late, when the item has changed again."""
    context: AgentContext[None] = AgentContext(thread=THREAD, store=MemoryStore(), request_context=None)

    def task(number: int) -> Task:
        match random.randrange(3):
            case 0:
                return CustomTask(title=f"Step {number}", content="".join(random.choices(PIECES, k=2)))
            case 1:
                source = URLSource(title="A page", url="/p")
                return SearchTask(title=f"Search {number}", queries=["a", "b"], sources=[source])
            case _:
                return ThoughtTask(content=f"Thought {number}")

    if random.random() < 0.5:
        await context.start_workflow(Workflow(type=random.choice(["custom", "reasoning"]), tasks=[]))
    count = random.randrange(1, 8)
    for number in range(count):
        await context.add_workflow_task(task(number))
        if random.random() < 0.5:
            assert context.workflow_item is not None
            place = random.randrange(len(context.workflow_item.workflow.tasks))
            await context.update_workflow_task(task(100 + number), place)
        if random.random() < 0.5:
            while not context._events.empty():  # pyright: ignore
                yield context._events.get_nowait()  # pyright: ignore
    await context.end_workflow()
    while not context._events.empty():  # pyright: ignore
        yield context._events.get_nowait()  # pyright: ignore


async def answers(random: Random) -> AsyncIterator[ThreadStreamEvent]:
    """An answer in parts, which the SDK's own server folds as well."""
    item = AssistantMessageItem(id="a", thread_id="thr_1", created_at=THREAD.created_at, content=[])
    yield ThreadItemAddedEvent(item=item.model_copy(deep=True))
    for _ in range(random.randrange(1, 25)):
        index = random.randrange(3)
        part = item.content[index] if index < len(item.content) else None
        update: Any
        match random.randrange(6):
            case 0:
                update = AssistantMessageContentPartAdded(
                    content_index=index, content=AssistantMessageContent(text="new")
                )
            case 1:
                content = AssistantMessageContent(text="whole", annotations=part.annotations if part else [])
                update = AssistantMessageContentPartDone(content_index=index, content=content)
            case 2:
                update = AssistantMessageContentPartAnnotationAdded(
                    content_index=index,
                    annotation_index=random.randrange(4),
                    annotation=Annotation(source=URLSource(title="P", url=f"/p{random.randrange(9)}"), index=2),
                )
            case _:
                update = AssistantMessageContentPartTextDelta(content_index=index, delta=random.choice(PIECES))
        yield ThreadItemUpdatedEvent(item_id="a", update=update)
        item = ScriptedServer()._apply_assistant_message_update(item, update)  # pyright: ignore
    yield ThreadItemDoneEvent(item=item)


@pytest.mark.parametrize("make", [widgets, workflows, answers])
async def test_updates_lead_to_the_item_that_is_done(tab: Page, make: Any) -> None:
    """For many sequences of the SDK's own events, the state before the last event is the state behind it."""
    server = ScriptedServer()
    sequences = [
        [server._serialize(event).decode() async for event in make(Random(seed))]  # pyright: ignore
        for seed in range(SEQUENCES)
    ]
    assert sum(len(events) for events in sequences) > 4 * SEQUENCES
    await tab.goto("/plain")
    differing = await tab.evaluate(
        """async (sequences) => {
            const { thread, parseEvent } = await import("/bookside.js");
            const sorted = (value) => Array.isArray(value) ? value.map(sorted)
                : typeof value === "object" && value !== null
                ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value;
            const said = ({ items }) => JSON.stringify(sorted(items.map((item) => {
                // How long it took, and that it is over, is told at the end only.
                if (item.type === "workflow") return { ...item, workflow: { ...item.workflow, summary: null } };
                return item;
            })));
            return sequences.map((lines) => {
                const events = lines.map(parseEvent);
                const before = events.slice(0, -1).reduce(thread.reduce, thread.EMPTY);
                return [said(before), said(thread.reduce(before, events.at(-1)))];
            }).filter(([before, after]) => before !== after);
        }""",
        sequences,
    )
    assert differing == []
