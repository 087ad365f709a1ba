"""Things to keep: readers, threads, and at least one item of each kind that ChatKit has."""

from datetime import datetime
from typing import Any

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    DurationSummary,
    EndOfTurnItem,
    EntitySource,
    FileAttachment,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    HiddenContextItem,
    ImageAttachment,
    ImageTask,
    InferenceOptions,
    SDKHiddenContextItem,
    SearchTask,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadMetadata,
    ToolChoice,
    URLSource,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Card, DynamicWidgetRoot, Text

from bookside.context import HOLDER_ID, Reader

ANN = Reader(id="ann")
BOB = Reader(id="bob")
HOLDER = Reader(id=HOLDER_ID)
NOON = datetime(2026, 3, 29, 12, 0, 0, 123456)
"""The instant of everything, so that all is a tie."""


def thread(id: str = "thr_1", **fields: Any) -> ThreadMetadata:
    return ThreadMetadata(**{"id": id, "created_at": NOON, **fields})


def message(id: str, text: str = "hello", thread_id: str = "thr_1") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=id, thread_id=thread_id, created_at=NOON, content=content)


def file(id: str = "atc_1", **fields: Any) -> FileAttachment:
    return FileAttachment(**{"id": id, "name": "notes.txt", "mime_type": "text/plain", **fields})


def image(id: str = "atc_2", **fields: Any) -> ImageAttachment:
    basics = {"id": id, "name": "a.png", "mime_type": "image/png", "preview_url": "https://example.com/a.png?b=c#d"}
    return ImageAttachment(**{**basics, **fields})


UPLOAD = {"url": "https://example.com/upload?x=1", "method": "PUT", "headers": {"X-Key": "1"}}


def every_kind() -> list[ThreadItem]:
    """An item of each kind, with as much in it as it holds."""

    def base(id: str) -> dict[str, Any]:
        return {"id": id, "thread_id": "thr_1", "created_at": NOON}

    web = URLSource(title="Web", url="https://example.com", description="d", attribution="by", group="g")
    paper = FileSource(title="Paper", filename="a.pdf", timestamp="2026")
    entity = EntitySource(title="Thing", id="e1", icon="book-open", label="l", interactive=True, data={"deep": [None]})
    return [
        UserMessageItem(
            **base("user"),
            content=[
                UserMessageTextContent(text="What is NUL\0?"),
                UserMessageTagContent(id="t", text="@x", data={"n": None, "one": 1.0}, group="g", interactive=True),
            ],
            attachments=[file(metadata={"kept": [1, None]}), image(thread_id="thr_1", upload_descriptor=UPLOAD)],
            quoted_text="",
            inference_options=InferenceOptions(tool_choice=ToolChoice(id="tool"), model="m"),
        ),
        AssistantMessageItem(
            **base("assistant"),
            content=[
                AssistantMessageContent(
                    text="So it is.", annotations=[Annotation(source=it, index=4) for it in (web, paper, entity)]
                ),
                AssistantMessageContent(text="", annotations=[Annotation(source=web)]),
            ],
        ),
        ClientToolCallItem(**base("tool pending"), call_id="c", name="n", arguments={"a": {"b": [None, 2.0, 2]}}),
        ClientToolCallItem(
            **base("tool done"), call_id="c", name="n", arguments={}, status="completed", output=[None, False, 0, ""]
        ),
        WidgetItem(**base("widget"), widget=Card(children=[Text(value="a")]), copy_text="a"),
        WidgetItem(
            **base("template"),
            widget=DynamicWidgetRoot(type="Card", children=[], rows=[None, {"empty": None}], **{"$class": "Card"}),
        ),
        GeneratedImageItem(**base("image"), image=GeneratedImage(id="i", url="data:image/png;base64,AA==")),
        GeneratedImageItem(**base("no image")),
        StructuredInputItem(
            **base("form"),
            status="answered",
            inputs=[
                StructuredInputMultipleChoice(
                    id="q1",
                    question="?",
                    options=[StructuredInputMultipleChoiceOption(value="v")],
                    multiple=True,
                    answer=StructuredInputAnswer(values=["v", "own"]),
                ),
                StructuredInputFreeform(
                    id="q2", question="?", description="d", answer=StructuredInputAnswer(skipped=True)
                ),
            ],
        ),
        WorkflowItem(
            **base("workflow"),
            workflow=Workflow(
                type="reasoning",
                expanded=True,
                summary=DurationSummary(duration=3),
                tasks=[
                    CustomTask(title="t", icon="bolt", content="c", status_indicator="loading"),
                    SearchTask(title="t", title_query="q", queries=["a", "b"], sources=[web]),
                    ThoughtTask(content="hm"),
                    FileTask(sources=[paper]),
                    ImageTask(title="i"),
                ],
            ),
        ),
        WorkflowItem(
            **base("summary"),
            workflow=Workflow(type="custom", tasks=[], summary=CustomSummary(title="Done", icon="check")),
        ),
        TaskItem(**base("task"), task=ThoughtTask(title="t", content="c", status_indicator="complete")),
        HiddenContextItem(**base("hidden"), content={"half": "\ud800", "nul": "\0", "big": 10**400, "one": 1.0}),
        HiddenContextItem(**base("hidden none"), content=None),
        SDKHiddenContextItem(**base("sdk hidden"), content="stopped"),
        EndOfTurnItem(**base("end")),
    ]
