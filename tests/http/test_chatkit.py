"""The ChatKit protocol: every kind of request answers as the SDK's own server would, and nothing is lost."""

import asyncio
import base64
from datetime import datetime

import pytest
from chatkit.types import (
    ClientToolCallItem,
    StructuredInputFreeform,
    StructuredInputItem,
    ThreadItem,
    WidgetItem,
)
from chatkit.widgets import Card, Text

from bookside.context import HOLDER_ID, Reader
from model_server import ModelServer
from serving import Served, done_items, events, serving, text_of, thread_id_of

HOLDER = Reader(id=HOLDER_ID)
INSTANT = datetime(2026, 1, 1)
ASKED = {"content": [{"type": "input_text", "text": "x"}], "attachments": [], "inference_options": {}}


def put(served: Served, item: ThreadItem) -> None:
    """Store an item as a tool or a widget would."""
    saving = served.app.store.add_thread_item(item.thread_id, item, HOLDER)
    asyncio.run_coroutine_threadsafe(saving, served.loop).result(10)


def test_a_new_thread_has_the_events_in_order(garden: Served) -> None:
    """thread.created with its title, the question, stream options, progress, the answer's parts, the answer."""
    answer = garden.ask("What is a relay?")
    kinds = [event["update"]["type"] if event["type"] == "thread.item.updated" else event["type"] for event in answer]

    assert kinds[:5] == ["thread.created", "thread.item.done", "stream_options", "progress_update", "thread.item.added"]
    assert kinds[5] == "assistant_message.content_part.added"
    assert kinds[-2:] == ["assistant_message.content_part.done", "thread.item.done"]
    assert answer[0]["thread"]["title"] == "What is a relay?"


def test_the_answer_is_the_sum_of_its_deltas(written: Served, model: ModelServer) -> None:
    """The text of the deltas, of the done item and of the stored item are the same, character for character."""
    model.says = ["Ein Relais [", "1] sch", "altet 😀 große", " Ströme [1", "][2].", " See [x](http://evil.example)."]
    answer = written.ask("Was ist ein Relais?")
    item = done_items(answer)[0]
    stored = written.chatkit("threads.get_by_id", thread_id=thread_id_of(answer)).json()["items"]["data"][-1]

    assert text_of(answer) == "Ein Relais schaltet 😀 große Ströme. See x."
    assert text_of(answer) == item["content"][0]["text"] == stored["content"][0]["text"]
    assert item == stored
    places = [annotation["index"] for annotation in item["content"][0]["annotations"]]
    assert places == [10, 34, 34]


def test_a_citation_leads_to_a_section_of_the_book(written: Served, model: ModelServer) -> None:
    """Its address is one of the book's, its words stand in the book; a number that was not given is dropped."""
    model.says = ["A relay is a switch [1][7]."]
    annotations = done_items(written.ask("What is a relay?"))[0]["content"][0]["annotations"]
    page = written.client.get(annotations[0]["source"]["url"].split("#")[0])

    assert len(annotations) == 1
    assert page.status_code == 200
    assert "so that it can turn a large one on and off" in page.text
    assert "so that it can turn a large one on and off" in annotations[0]["source"]["description"]


def test_every_message_has_an_id_of_ours(written: Served, model: ModelServer) -> None:
    """A provider that names all messages alike overwrites nothing."""
    first = written.ask("One?")
    second = written.ask("Two?", thread_id_of(first))
    thread = written.chatkit("threads.get_by_id", thread_id=thread_id_of(first)).json()

    assert [item["type"] for item in thread["items"]["data"]] == ["user_message", "assistant_message"] * 2
    assert done_items(first)[0]["id"] != done_items(second)[0]["id"]
    assert "msg_1" not in [item["id"] for item in thread["items"]["data"]]


def test_quoted_text_is_kept_with_the_question_and_given_once(written: Served, model: ModelServer) -> None:
    """The selection stays in the stored question; the model reads it once, as data."""
    asked = {
        "content": [{"type": "input_text", "text": "Why?"}],
        "attachments": [],
        "quoted_text": "normally open",
        "inference_options": {},
    }
    answer = events(written.chatkit("threads.create", input=asked).text)

    assert done_items(answer, "user_message")[0]["quoted_text"] == "normally open"
    assert str(model.requests[0]["messages"]).count("normally open") == 1


def test_retry_answers_the_same_question_again(written: Served, model: ModelServer) -> None:
    """retry_after_item leaves one question and one new answer."""
    answer = written.ask("What is a relay?")
    thread_id, question = thread_id_of(answer), done_items(answer, "user_message")[0]["id"]
    model.says = ["Another answer."]
    again = events(written.chatkit("threads.retry_after_item", thread_id=thread_id, item_id=question).text)
    items = written.chatkit("items.list", thread_id=thread_id, order="asc").json()["data"]

    assert text_of(again) == "Another answer."
    assert [item["type"] for item in items] == ["user_message", "assistant_message"]
    assert items[1]["content"][0]["text"] == "Another answer."


def test_a_retry_that_fails_keeps_the_old_answer(written: Served, model: ModelServer) -> None:
    """Nothing is deleted until the new answer has begun."""
    answer = written.ask("What is a relay?")
    thread_id, question = thread_id_of(answer), done_items(answer, "user_message")[0]["id"]
    model.status = 401
    again = events(written.chatkit("threads.retry_after_item", thread_id=thread_id, item_id=question).text)
    items = written.chatkit("items.list", thread_id=thread_id, order="asc").json()["data"]

    assert [event["allow_retry"] for event in again if event["type"] == "error"] == [True]
    assert [item["type"] for item in items] == ["user_message", "assistant_message"]
    assert items[1] == done_items(answer)[0]


def test_retry_of_an_answer_is_refused_and_loses_nothing(garden: Served) -> None:
    """Only a question can be asked again."""
    answer = garden.ask("What is a relay?")
    thread_id = thread_id_of(answer)
    refused = garden.chatkit("threads.retry_after_item", thread_id=thread_id, item_id=done_items(answer)[0]["id"])

    assert refused.status_code == 422
    assert len(garden.chatkit("items.list", thread_id=thread_id).json()["data"]) == 2


def test_a_client_tool_output_goes_on_with_the_thread(written: Served, model: ModelServer) -> None:
    """The pending call is completed, and the model reads its output."""
    thread_id = thread_id_of(written.ask("Where am I?"))
    call = ClientToolCallItem(
        id="tc_1", thread_id=thread_id, created_at=INSTANT, call_id="call_x", name="page", arguments={"a": 1}
    )
    put(written, call)
    model.requests.clear()
    answer = events(written.chatkit("threads.add_client_tool_output", thread_id=thread_id, result={"at": "relay"}).text)

    assert text_of(answer)
    assert '{\\"at\\": \\"relay\\"}' in str(model.requests[0]["messages"]).replace("'", '"') or "relay" in str(
        model.requests[0]["messages"][-1]
    )
    assert written.chatkit("threads.add_client_tool_output", thread_id=thread_id, result={}).status_code == 422


def test_a_form_that_was_filled_in_goes_on_with_the_thread(written: Served, model: ModelServer) -> None:
    """The item is replaced by its answered self, then the model answers."""
    thread_id = thread_id_of(written.ask("Quiz me"))
    form = StructuredInputItem(
        id="si_1",
        thread_id=thread_id,
        created_at=INSTANT,
        inputs=[StructuredInputFreeform(id="q", question="What is a relay?")],
    )
    put(written, form)
    given = {"status": "answered", "answers": {"q": {"values": ["a switch"]}}}
    response = written.chatkit("threads.add_structured_input", thread_id=thread_id, item_id="si_1", input=given)
    answer = events(response.text)

    assert answer[1]["type"] == "thread.item.replaced"
    assert answer[1]["item"]["inputs"][0]["answer"]["values"] == ["a switch"]
    assert "a switch" in str(model.requests[-1]["messages"])


def test_an_action_of_a_widget_asks_its_question(garden: Served) -> None:
    """bookside.ask adds the question and its answer; an action that is not known is an error event."""
    thread_id = thread_id_of(garden.ask("What is a relay?"))
    put(garden, WidgetItem(id="w", thread_id=thread_id, created_at=INSTANT, widget=Card(children=[Text(value="x")])))
    action = {"type": "bookside.ask", "payload": {"question": "How is the pump wired?"}}
    answer = events(garden.chatkit("threads.custom_action", thread_id=thread_id, item_id="w", action=action).text)
    unknown = events(
        garden.chatkit("threads.custom_action", thread_id=thread_id, action={"type": "x", "payload": {}}).text
    )

    assert done_items(answer, "user_message")[0]["content"][0]["text"] == "How is the pump wired?"
    assert "normally open contact" in text_of(answer)
    assert unknown[-1]["type"] == "error"
    assert "'x'" in unknown[-1]["message"]


def test_a_sync_action_that_is_not_known_is_refused(garden: Served) -> None:
    """threads.sync_custom_action answers with a problem that names the action."""
    thread_id = thread_id_of(garden.ask("What is a relay?"))
    refused = garden.chatkit("threads.sync_custom_action", thread_id=thread_id, action={"type": "x", "payload": {}})

    assert (refused.status_code, "'x'" in refused.json()["detail"]) == (422, True)


def test_threads_are_listed_renamed_and_deleted(garden: Served) -> None:
    """A reader with a token has a list of threads, newest first; a page says where the next begins."""
    ann = garden.token()
    ids = [thread_id_of(garden.ask(f"Question {n}?", headers=ann)) for n in range(3)]
    first = garden.chatkit("threads.list", ann, limit=2).json()
    rest = garden.chatkit("threads.list", ann, limit=2, after=first["after"]).json()
    renamed = garden.chatkit("threads.update", ann, thread_id=ids[0], title="Relays").json()
    deleted = garden.chatkit("threads.delete", ann, thread_id=ids[1])

    assert ([t["id"] for t in first["data"]], first["has_more"]) == ([ids[2], ids[1]], True)
    assert ([t["id"] for t in rest["data"]], rest["has_more"]) == ([ids[0]], False)
    assert renamed["title"] == "Relays"
    assert (deleted.status_code, deleted.json()) == (200, {})
    assert [t["id"] for t in garden.chatkit("threads.list", ann).json()["data"]] == [ids[2], ids[0]]


def test_feedback_is_kept(garden: Served) -> None:
    """items.feedback answers {}; feedback on what is not there is 404."""
    answer = garden.ask("What is a relay?")
    thread_id, item_id = thread_id_of(answer), done_items(answer)[0]["id"]

    assert garden.chatkit("items.feedback", thread_id=thread_id, item_ids=[item_id], kind="positive").json() == {}
    assert garden.chatkit("items.feedback", thread_id=thread_id, item_ids=["no"], kind="positive").status_code == 404
    by_rest = {"thread_id": thread_id, "item_ids": [item_id], "kind": "negative", "reason": "too short"}
    assert garden.client.post("/assistant/feedback", json=by_rest).status_code == 204


def test_speech_becomes_text_where_a_model_does_it(written: Served, garden: Served) -> None:
    """input.transcribe answers with the model's words; without a model it says so."""
    speech = {"audio_base64": base64.b64encode(b"\x1aE\xdf\xa3").decode(), "mime_type": "audio/webm;codecs=opus"}

    assert written.chatkit("input.transcribe", **speech).json() == {"text": "what is a relay"}
    assert "no model is configured" in garden.chatkit("input.transcribe", **speech).json()["detail"]


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("threads.add_user_message", {"input": ASKED}),
        ("threads.add_client_tool_output", {"result": 1}),
        ("threads.add_structured_input", {"item_id": "i", "input": {}}),
        ("threads.retry_after_item", {"item_id": "i"}),
        ("threads.custom_action", {"action": {"type": "x", "payload": {}}}),
        ("threads.get_by_id", {}),
        ("items.list", {}),
        ("items.feedback", {"item_ids": ["i"], "kind": "positive"}),
        ("threads.update", {"title": "x"}),
        ("threads.delete", {}),
    ],
)
def test_an_unknown_thread_is_404_for_every_request(garden: Served, kind: str, params: dict[str, object]) -> None:
    """Before anything is streamed, and with another reader's thread just the same."""
    theirs = thread_id_of(garden.ask("What is a relay?", headers=garden.token()))
    unknown = garden.chatkit(kind, thread_id="thr_unknown", **params)
    foreign = garden.chatkit(kind, garden.token(), thread_id=theirs, **params)

    assert (unknown.status_code, foreign.status_code) == (404, 404)
    assert unknown.headers["content-type"] == "application/problem+json"
    assert unknown.text.replace("thr_unknown", "X") == foreign.text.replace(theirs, "X")


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"type": "threads.nothing"}', '{"type": "threads.create", "params": {}}', '{"params": {}}']
)
def test_a_body_that_is_no_request_is_refused(garden: Served, body: str) -> None:
    """422 with a problem document that says where the fault is."""
    refused = garden.client.post("/chatkit", content=body)

    assert refused.status_code == 422
    assert refused.json()["detail"]


def test_wrong_arguments_are_told_to_the_model(written: Served, model: ModelServer) -> None:
    """A model that calls the tool in the wrong form reads what was wrong, and the turn goes on."""
    model.searches, model.says = {"queries": ["relay"], "current_chapter": -1, "search_scope": "shelf"}, ["I see."]
    answer = written.ask("What is a relay?")

    assert text_of(answer) == "I see."
    assert "the arguments are not as" in str(model.requests[-1]["messages"][-1])


def test_a_refusal_is_shown(written: Served, model: ModelServer) -> None:
    """What a model gives as a refusal is an answer to its reader."""
    model.refuses = "I cannot help with that."
    answer = written.ask("What is a relay?")

    assert done_items(answer)[0]["content"][0]["text"] == "I cannot help with that."
    assert text_of(answer) == "I cannot help with that."


def test_both_of_openais_apis_are_spoken(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> None:
    """The Responses API gives the same answer, with the same citations, as Chat Completions."""
    data = tmp_path_factory.mktemp("responses")
    with serving(data, openai_base_url=model.url, openai_api_key="x", chat_api="responses") as served:
        answer = served.ask("What is a relay?")
        second = served.ask("And why?", thread_id_of(answer))

    assert text_of(answer) == "Relays switch large currents."
    assert len(done_items(answer)[0]["content"][0]["annotations"]) == 1
    assert text_of(second) == "Relays switch large currents."
    assert "Relays switch large currents." in str(model.requests[2]["input"])
