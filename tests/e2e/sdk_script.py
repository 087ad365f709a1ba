"""What the server that is written with the SDK answers: every kind of item, and every kind of update."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.server import stream_widget
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientEffectEvent,
    ClientToolCallItem,
    ClosedStatus,
    CustomSummary,
    CustomTask,
    DurationSummary,
    EntitySource,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ImageTask,
    NoticeEvent,
    ProgressUpdateEvent,
    SearchTask,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    UserMessageItem,
    WidgetItem,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import WidgetRoot

from e2e.pictures import png
from e2e.sdk_gallery import WIDGETS, text, widget

if TYPE_CHECKING:
    from e2e.sdk_server import ScriptedServer

Events = AsyncGenerator[ThreadStreamEvent, None]


class Script:
    """One answer."""

    def __init__(self, server: ScriptedServer, thread: ThreadMetadata, message: UserMessageItem | None) -> None:
        self.server, self.thread, self.message = server, thread, message

    def head(self) -> dict[str, Any]:
        """Fields that every item has."""
        number = sum(len(items) for items in self.server.memory.items.values())
        return {"id": f"itm_{number}_{id(self) % 9973}", "thread_id": self.thread.id, "created_at": datetime.now()}

    async def says(self, words: str, *annotations: Annotation) -> Events:
        """An answer in text, word by word."""
        head = self.head()
        yield ThreadItemAddedEvent(item=AssistantMessageItem(**head, content=[]))
        part = AssistantMessageContent(text="")
        added = AssistantMessageContentPartAdded(content_index=0, content=part)
        yield ThreadItemUpdatedEvent(item_id=head["id"], update=added)
        for word in words.split(" "):
            delta = AssistantMessageContentPartTextDelta(content_index=0, delta=f"{word} ")
            yield ThreadItemUpdatedEvent(item_id=head["id"], update=delta)
        whole = AssistantMessageContent(text=f"{words} ", annotations=list(annotations))
        yield ThreadItemDoneEvent(item=AssistantMessageItem(**head, content=[whole]))

    async def widgets(self) -> Events:
        for root in WIDGETS:
            async for event in stream_widget(self.thread, root, copy_text="A widget"):
                yield event

    async def growing(self) -> Events:
        """A widget whose text grows, whose text stays when all else changes."""

        def state(value: str, *, more: bool = False, streaming: bool = True) -> WidgetRoot:
            rest = [text("And a last line.")] if more else []
            grown = {"type": "Markdown", "id": "body", "value": value, "streaming": streaming}
            return widget({"type": "Card", "children": [text("Draft", id="title"), grown, *rest]})

        async def states() -> AsyncGenerator[WidgetRoot, None]:
            yield state("Dear")
            yield state("Dear **gardener**,")
            await self.server.gate.wait()
            yield state("Dear **gardener**, water")
            yield state("Dear **gardener**, water", more=True)
            yield state("Dear **gardener**, water less.", more=True)
            yield state("Dear **gardener**, water less.", more=True, streaming=False)

        async for event in stream_widget(self.thread, states()):
            yield event

    async def workflow(self) -> Events:
        head = self.head()
        tasks: list[Any] = [CustomTask(title="Looking at the question", icon="search", status_indicator="loading")]

        def item(**more: Any) -> WorkflowItem:
            return WorkflowItem(**head, workflow=Workflow(type="custom", tasks=list(tasks), **more))

        yield ProgressUpdateEvent(icon="search", text="Looking around")
        yield ThreadItemAddedEvent(item=item(expanded=True))
        done = CustomTask(title="Looked at the question", icon="search", status_indicator="complete")
        tasks[0] = done
        yield ThreadItemUpdatedEvent(item_id=head["id"], update=WorkflowTaskUpdated(task_index=0, task=done))
        for task in (
            SearchTask(
                title="Searched for relays",
                queries=["relay coil", "contact rating"],
                sources=[
                    URLSource(title="What a relay is", url="/p#p"),
                    URLSource(title="Elsewhere", url="https://elsewhere.example/relays"),
                ],
                status_indicator="complete",
            ),
            ThoughtTask(
                title="Weighed two ways", content="A relay is *slower* than a transistor.", status_indicator="none"
            ),
            FileTask(title="Read two files", sources=[FileSource(title="Data sheet", filename="sheet.pdf")]),
            ImageTask(title="Drew a picture", status_indicator="loading"),
        ):
            tasks.append(task)
            added = WorkflowTaskAdded(task_index=len(tasks) - 1, task=task)
            yield ThreadItemUpdatedEvent(item_id=head["id"], update=added)
        await self.server.gate.wait()
        tasks[-1] = ImageTask(title="Drew a picture", status_indicator="complete")
        updated = WorkflowTaskUpdated(task_index=4, task=tasks[-1])
        yield ThreadItemUpdatedEvent(item_id=head["id"], update=updated)
        yield ThreadItemDoneEvent(item=item(summary=CustomSummary(title="Looked it up", icon="check"), expanded=True))
        thought = Workflow(type="reasoning", tasks=[ThoughtTask(content="Hm.")], summary=DurationSummary(duration=12))
        yield ThreadItemDoneEvent(item=WorkflowItem(**self.head(), workflow=thought))
        yield ThreadItemDoneEvent(
            item=TaskItem(**self.head(), task=CustomTask(title="One task", content="Done by **me**."))
        )
        async for event in self.says("All looked up."):
            yield event

    async def image(self) -> Events:
        head = self.head()
        yield ThreadItemAddedEvent(item=GeneratedImageItem(**head))
        for name, progress in (("red", 0.3), ("blue", 0.7)):
            image = GeneratedImage(id="img", url=data_url(name))
            updated = GeneratedImageUpdated(image=image, progress=progress)
            yield ThreadItemUpdatedEvent(item_id=head["id"], update=updated)
        await self.server.gate.wait()
        yield ThreadItemDoneEvent(item=GeneratedImageItem(**head, image=GeneratedImage(id="img", url="/relay.png")))

    async def tool(self, name: str, **arguments: Any) -> Events:
        """A call of a tool of the page; or once it is done, what came of it."""
        items = self.server.memory.items[self.thread.id]
        last = items[-1] if items else None
        if self.message is None and isinstance(last, ClientToolCallItem):
            async for event in self.says(f"The page said {last.output!r}."):
                yield event
            return
        call = ClientToolCallItem(**self.head(), call_id=f"call_{len(items)}", name=name, arguments=arguments)
        yield ThreadItemDoneEvent(item=call)

    async def questions(self) -> Events:
        if self.message is None:
            async for event in self.says("Thank you."):
                yield event
            return
        yield ThreadItemDoneEvent(
            item=StructuredInputItem(
                **self.head(),
                inputs=[
                    StructuredInputMultipleChoice(
                        id="soil", question="Which soil do you have?", options=options("Sand", "Loam", "Clay")
                    ),
                    StructuredInputMultipleChoice(
                        id="tools", question="Which tools?", options=options("Spade", "Can"), multiple=True
                    ),
                    StructuredInputFreeform(id="why", question="What for?", description="A few words are enough."),
                    StructuredInputFreeform(id="else", question="Anything else?"),
                ],
            )
        )

    async def sources(self) -> Events:
        page = URLSource(title="What a relay is", url="/p#p", description="A relay is a switch")
        entity = EntitySource(id="e1", title="Relay K1", label="Part", interactive=True, data={"shelf": 4})
        async for event in self.says(
            "A relay is a switch. It is on the sheet, and on the shelf.",
            Annotation(source=page, index=19),
            Annotation(source=FileSource(title="Data sheet", filename="sheet.pdf"), index=39),
            Annotation(source=entity, index=57),
        ):
            yield event

    async def effects(self) -> Events:
        yield ClientEffectEvent(name="celebrate", data={"with": "confetti"})
        yield NoticeEvent(level="info", title="Good to know", message="See [the page](/p#p).")
        yield NoticeEvent(level="warning", message="Nearly **full**.")
        async for event in self.says("Look at the page."):
            yield event

    async def goes(self) -> Events:
        yield ClientEffectEvent(name="navigate", data={"url": "/other"})
        async for event in self.says("There it is."):
            yield event

    async def fails(self) -> Events:
        async for event in self.says("This far, and"):
            yield event
        raise CustomStreamError("The well is dry.", allow_retry=True)

    async def closes(self) -> Events:
        async for event in self.says("That was all."):
            yield event
        self.thread.status = ClosedStatus(reason="The lesson is over.")


def options(*values: str) -> list[StructuredInputMultipleChoiceOption]:
    return [StructuredInputMultipleChoiceOption(value=value) for value in values]


def data_url(colour: str) -> str:
    """A small picture of one colour, as models of images send theirs."""
    return "data:image/png;base64," + base64.b64encode(png(colour)).decode()


def answer(
    server: ScriptedServer, thread: ThreadMetadata, message: UserMessageItem | None
) -> AsyncIterator[ThreadStreamEvent]:
    """What the last question names, or else an answer that repeats it."""
    asked = message or next(
        item for item in reversed(server.memory.items[thread.id]) if isinstance(item, UserMessageItem)
    )
    words = "".join(part.text for part in asked.content)
    script = Script(server, thread, message)
    kinds: dict[str, Callable[[], Events]] = {
        "widgets": script.widgets,
        "growing": script.growing,
        "workflow": script.workflow,
        "image": script.image,
        "questions": script.questions,
        "sources": script.sources,
        "effects": script.effects,
        "goes": script.goes,
        "fails": script.fails,
        "closes": script.closes,
    }
    if words in kinds:
        return kinds[words]()
    if words.startswith("tool "):
        name, _, argument = words.removeprefix("tool ").partition(" ")
        given = {"navigate": "url", "highlight": "text"}.get(name, "value")
        return script.tool(name, **{given: argument})
    return script.says(f"You asked: {words}")


async def reaction(
    server: ScriptedServer, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None
) -> Events:
    """What follows an action: a changed widget, a failure, or a word."""
    script = Script(server, thread, None)
    if action.type == "one":
        await server.gate.wait()
    elif action.type == "two":
        raise CustomStreamError("That cannot be done twice.", allow_retry=False)
    if action.type == "note.save" and sender is not None:
        saved = widget({"type": "Card", "children": [text("Saved.", color="success")]})
        yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": saved}))
    elif action.type in ("chapter.open", "place.book"):
        async for event in script.says(f"Done: {action.type}"):
            yield event


def previewed(sender: WidgetItem | None) -> ThreadItem | None:
    """A widget that has been looked at."""
    if sender is None:
        return None
    seen = widget({"type": "Card", "status": {"text": "Previewed"}, "children": [text("A preview")]})
    return sender.model_copy(update={"widget": seen})
