"""``ChatKitClient`` alone, imported from the built file, speaks every request of the protocol to the SDK's server."""

from typing import Any

import pytest
from chatkit.types import ChatKitReq
from playwright.async_api import Page

from e2e.sdk_pages import sdk, tab
from e2e.sdk_server import SdkServed

__all__ = ["sdk", "tab"]

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEGIN = """
    const { ChatKitClient, userInput, thread } = await import("/bookside.js");
    const client = new ChatKitClient({ server: location.origin });
    const all = async (stream) => {
        const events = [];
        for await (const event of stream) events.push(event);
        return events;
    };
    const types = (events) => events.map(({ type }) => type);
    const created = await all(client.createThread(userInput("widgets")));
    const id = created[0].thread.id;
"""


async def run(page: Page, script: str) -> Any:
    await page.goto("/plain")
    return await page.evaluate(f"async () => {{ {BEGIN} {script} }}")


async def test_importing_it_puts_nothing_on_the_page(tab: Page) -> None:
    """A page that takes the client has no button, no panel and no request of the widget's."""
    await run(tab, "")
    assert await tab.locator("bookside-chat").count() == 0


async def test_every_type_of_request_is_one_that_the_sdk_takes(tab: Page, sdk: SdkServed) -> None:
    """All sixteen, each with an answer that is what it says; none is refused."""
    said = await run(
        tab,
        """
        const widget = created.findLast(({ type }) => type === "thread.item.done").item;
        const answers = {};
        answers.added = types(await all(client.addMessage(id, userInput("hello", "a quote"))));
        const booked = { type: "place.book", payload: { place: 1 } };
        answers.acted = types(await all(client.customAction(id, booked, widget.id)));
        answers.alone = types(await all(client.customAction(id, { type: "none" })));
        answers.sync = (await client.syncCustomAction(id, { type: "note.preview" }, widget.id)).widget.status.text;
        answers.nothing = await client.syncCustomAction(id, { type: "note.preview" });
        await all(client.addMessage(id, userInput("tool shout hi")));
        answers.tool = types(await all(client.addClientToolOutput(id, { said: "HI" })));
        const asked = (await all(client.addMessage(id, userInput("questions")))).findLast((event) => event.item).item;
        const input = { status: "answered", answers: { why: { values: ["so"], skipped: false } } };
        answers.input = types(await all(client.addStructuredInput(id, asked.id, input)));
        const first = created.find((event) => event.item?.type === "user_message").item;
        answers.retried = types(await all(client.retry(id, first.id)));
        answers.thread = (await client.getThread(id)).items.data.length;
        answers.threads = (await client.listThreads({ limit: 5 })).data.map((known) => known.id === id);
        answers.items = (await client.listItems(id, { limit: 3, order: "asc" })).data.map(({ type }) => type);
        answers.title = (await client.updateThread(id, "Relays")).title;
        answers.feedback = await client.feedback(id, [first.id], "positive");
        const file = new File(["dry"], "notes.txt", { type: "text/plain" });
        const shares = [];
        const attachment = await client.attach(file, { onProgress: (share) => shares.push(share) });
        answers.attachment = [attachment.name, attachment.upload_descriptor, shares.at(-1)];
        answers.deleted = await client.deleteAttachment(attachment.id);
        answers.words = await client.transcribe(new Blob(["abcd"], { type: "audio/webm;codecs=opus" }));
        answers.opened = (await client.openThread(id)).run;
        answers.config = await client.config();
        answers.gone = await client.deleteThread(id);
        return answers;
        """,
    )
    assert {request["type"] for request in sdk.requests} == types_of_requests()
    assert said["acted"][-1] == "thread.item.done"
    assert said["alone"] == ["stream_options"]
    assert (said["sync"], said["nothing"]) == ("Previewed", None)
    assert said["tool"][-1] == said["input"][-1] == "thread.item.done"
    assert said["input"][1] == "thread.item.replaced"
    assert said["thread"] == 8
    assert (said["threads"], said["title"]) == ([True], "Relays")
    assert said["items"] == ["user_message", "widget", "widget"]
    assert said["attachment"] == ["notes.txt", None, 1]
    assert said["words"] == "4 bytes of audio/webm"
    assert said["opened"] is None
    assert said["config"] == {
        "title": None,
        "attachments": None,
        "hasTranscription": False,
        "maxQuestionChars": None,
    }
    assert list(sdk.server.files.content.values()) == [b"dry"]
    assert sdk.server.feedback[0][1] == "positive"
    assert [kind for kind, _, _ in sdk.server.actions] == ["place.book", "none", "note.preview", "note.preview"]
    assert sdk.server.memory.threads == {}


def types_of_requests() -> set[str]:
    """All that the SDK knows."""
    union = ChatKitReq.__args__[0]  # pyright: ignore
    return {request.model_fields["type"].default for request in union.__args__}


async def test_a_file_goes_straight_to_a_server_that_takes_it_so(tab: Page, sdk: SdkServed) -> None:
    """As the field ``file`` of a form, and the attachment is what comes back."""
    sdk.pages["/plain"] = ""
    said = await run(
        tab,
        """
        const file = new File(["wet"], "direct.txt", { type: "text/plain" });
        const attachment = await client.attach(file, { uploadUrl: `${location.origin}/direct` });
        return [attachment.id, attachment.name];
        """,
    )
    assert said == ["atc_direct", "direct.txt"]
    assert sdk.uploads == [("direct.txt", b"wet")]
    assert sdk.sent("attachments.create") == []


async def test_what_is_strange_in_one_event_costs_no_other(tab: Page, sdk: SdkServed) -> None:
    """Items and updates with wrong fields are read as their words or left out; the stream goes on to its end."""
    sdk.raw = [
        {"type": "thread.item.done", "item": {"id": "a", "type": "widget", "widget": "none", "copy_text": 3}},
        {"type": "thread.item.done", "item": {"id": "b", "type": "of tomorrow", "title": "Its words", "x": [1, None]}},
        {
            "type": "thread.item.done",
            "item": {"id": "c", "type": "assistant_message", "content": [None, {"text": 4}, 7]},
        },
        {"type": "thread.item.done", "item": {"type": "assistant_message"}},
        {"type": "thread.item.done", "item": None},
        {"type": "thread.item.updated", "item_id": "c", "update": {"type": "workflow.task.added", "task_index": -1}},
        {
            "type": "thread.item.updated",
            "item_id": "c",
            "update": {"type": "assistant_message.content_part.text_delta", "content_index": 1e9, "delta": "x"},
        },
        {"type": "thread.item.updated", "item_id": 4},
        {"type": "progress_update", "text": {}},
        {"type": "notice", "message": None},
        {"type": "stream_options", "stream_options": 3},
        {"type": "thread.updated", "thread": {"id": None}},
        {"type": "constructor"},
        {"type": "thread.item.done", "item": {"id": "z", "type": "workflow", "workflow": {"tasks": [3, {"type": 1}]}}},
    ]
    said = await run(
        tab,
        """
        const state = created.reduce(thread.reduce, thread.EMPTY);
        return [created.length, state.items];
        """,
    )
    count, items = said
    assert count == len(sdk.raw) + 1
    assert [(item["id"], item["type"]) for item in items] == [
        ("a", "unreadable"),
        ("b", "unreadable"),
        ("c", "assistant_message"),
        ("z", "workflow"),
    ]
    assert (items[1]["name"], items[1]["text"]) == ("of tomorrow", "Its words")
    assert [part["text"] for part in items[2]["content"]] == ["", "", ""]
    assert items[3]["workflow"]["tasks"] == [{"type": 1}]
