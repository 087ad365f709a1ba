"""An answer whose server is gone becomes what it was as far as it was saved, wherever that ends."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ErrorEvent,
    ProgressUpdateEvent,
    StreamOptions,
    StreamOptionsEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    URLSource,
)

from bookside.chat.recovery import closing_events
from serving import done_items, question, serving, thread_id_of, wait_until

INSTANT = datetime(2026, 1, 1)
CITED = Annotation(source=URLSource(title="Relays", url="https://book.test/relays"), index=6)
WHOLE = [
    AssistantMessageContent(text="A relay ☂", annotations=[CITED]),
    AssistantMessageContent(text="\n switches.", annotations=[]),
]


def message(*content: AssistantMessageContent, id: str = "msg_1") -> AssistantMessageItem:
    return AssistantMessageItem(id=id, thread_id="thr_1", created_at=INSTANT, content=[*content])


def update(update: Any, id: str = "msg_1") -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=id, update=update)


def empty() -> AssistantMessageContent:
    return AssistantMessageContent(text="", annotations=[])


BEGINNING: list[ThreadStreamEvent] = [
    StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True)),
    ProgressUpdateEvent(text="Searching the book"),
]
ANSWER: list[ThreadStreamEvent] = [
    ThreadItemAddedEvent(item=message()),
    update(AssistantMessageContentPartAdded(content_index=0, content=empty())),
    update(AssistantMessageContentPartTextDelta(content_index=0, delta="A relay")),
    update(AssistantMessageContentPartAnnotationAdded(content_index=0, annotation_index=0, annotation=CITED)),
    update(AssistantMessageContentPartTextDelta(content_index=0, delta=" ☂")),
    update(AssistantMessageContentPartDone(content_index=0, content=WHOLE[0])),
    update(AssistantMessageContentPartAdded(content_index=1, content=empty())),
    update(AssistantMessageContentPartTextDelta(content_index=1, delta="\n switches.")),
    update(AssistantMessageContentPartDone(content_index=1, content=WHOLE[1])),
    ThreadItemDoneEvent(item=message(*WHOLE)),
]


def lines(events: Sequence[ThreadStreamEvent]) -> list[bytes]:
    return [event.model_dump_json(by_alias=True, exclude_none=True).encode() for event in events]


def closed(events: Sequence[ThreadStreamEvent]) -> tuple[str, list[AssistantMessageItem], list[dict[str, Any]]]:
    """How a run ends that said these: its status, what is kept, and the events that are added."""
    status, items, closing = closing_events(lines(events))
    return status, items, [json.loads(line) for line in closing]


@pytest.mark.parametrize("said", range(3, len(ANSWER)))
def test_an_answer_is_closed_as_far_as_it_was_said(said: int) -> None:
    """Cut behind any of its events: its words and citations so far are kept, told as done, and may be retried."""
    status, items, closing = closed([*BEGINNING, *ANSWER[:said]])
    texts = "".join(part.text for part in items[0].content)

    assert (status, len(items)) == ("interrupted", 1)
    assert [event["type"] for event in closing] == ["thread.item.done", "error"]
    assert closing[0]["item"] == json.loads(items[0].model_dump_json(by_alias=True, exclude_none=True))
    assert closing[1]["allow_retry"] is True
    assert texts == ("A relay" if said < 5 else "A relay ☂" if said < 8 else "A relay ☂\n switches.")
    assert items[0].content[0].annotations == ([CITED] if said > 3 else [])


def test_a_message_without_words_is_taken_back() -> None:
    """Begun, and nothing said: it is removed, nothing is kept, and asking again is offered."""
    for said in (1, 2):
        status, items, closing = closed([*BEGINNING, *ANSWER[:said]])

        assert (status, items) == ("interrupted", [])
        assert [event["type"] for event in closing] == ["thread.item.removed", "error"]


def test_a_run_that_has_said_nothing_is_told_to_be_interrupted() -> None:
    """Only that, as there is nothing else."""
    for events in ([], BEGINNING):
        status, items, closing = closed(events)

        assert (status, items) == ("interrupted", [])
        assert [(event["type"], event["allow_retry"]) for event in closing] == [("error", True)]


def test_a_run_that_had_said_everything_stays_as_it_is() -> None:
    """Complete, or failed in its own words."""
    assert closed([*BEGINNING, *ANSWER]) == ("completed", [], [])
    assert closed([*BEGINNING, ErrorEvent(code="custom", message="No.", allow_retry=True)]) == ("failed", [], [])


def test_of_two_messages_only_the_open_one_is_closed() -> None:
    """The one that was complete is in the thread already."""
    second: list[ThreadStreamEvent] = [
        ThreadItemAddedEvent(item=message(id="msg_2")),
        update(AssistantMessageContentPartTextDelta(content_index=0, delta="More"), "msg_2"),
    ]
    status, items, closing = closed([*ANSWER, *second])

    assert status == "interrupted"
    assert [(item.id, item.content[0].text) for item in items] == [("msg_2", "More")]
    assert [event["type"] for event in closing] == ["thread.item.done", "error"]


def test_words_before_a_search_are_no_complete_answer() -> None:
    """A model that had said what it would do, and was searching, has not answered."""
    status, items, closing = closed([*ANSWER, ProgressUpdateEvent(text="Searching the book")])

    assert (status, items) == ("interrupted", [])
    assert [(event["type"], event["allow_retry"]) for event in closing] == [("error", True)]


def test_an_orphan_that_cannot_be_read_is_in_nobodys_way(tmp_path: Path) -> None:
    """Events of another version of the server: the other orphans are closed, and new answers are saved as ever."""
    with serving(tmp_path) as served:
        threads = []
        for _ in range(2):
            with served.opened(question("What is a relay?", resumable=True)) as (response, stream):
                threads.append((b"".join(stream), response.headers["bookside-run"]))
        wait_until(lambda: served.live_runs == 0)
    strange, sound = (run_id for _, run_id in threads)
    with sqlite3.connect(tmp_path / "bookside.db") as database:
        database.execute("UPDATE runs SET status = 'running', server = 'gone', seen_at = '2020-01-01 00:00:00.000000'")
        told = '{"type":"thread.item.of_another_version","words":"?"}'
        database.execute("UPDATE run_frames SET frames = ? WHERE run_id = ?", (told, strange))
    database.close()
    with serving(tmp_path) as served:

        def status(run_id: str) -> str:
            return served.client.post(f"/assistant/runs/{run_id}/stop").json()["status"]

        wait_until(lambda: status(sound) == "completed", patience_s=8)
        wait_until(lambda: status(strange) == "interrupted", patience_s=8)
        answer = served.ask("What is a relay?", resumable=True)
        wait_until(lambda: served.live_runs == 0)

    assert done_items(answer)
    assert thread_id_of(answer)
