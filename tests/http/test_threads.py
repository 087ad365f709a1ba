"""The list of a reader's threads, and the search in it."""

from datetime import UTC, datetime

import pytest

from model_server import ModelServer
from serving import Served, thread_id_of


def test_a_reader_lists_and_finds_their_own_threads(garden: Served, model: ModelServer) -> None:
    """The newest first, a page after the other; a search looks at titles and messages; nobody else's are there."""
    ann, bob = garden.token(), garden.token()
    relay = thread_id_of(garden.ask("What is a relay?", None, ann))
    roots = thread_id_of(garden.ask("How do roots drink?", None, ann))
    garden.ask("What is a relay to bob?", None, bob)
    garden.ask("What is a relay to nobody?")

    first = garden.client.get("/assistant/threads", params={"limit": 1}, headers=ann).json()
    rest = garden.client.get("/assistant/threads", params={"after": first["after"]}, headers=ann).json()
    found = garden.client.get("/assistant/threads", params={"q": "ROOTS drink"}, headers=ann).json()

    assert [thread["id"] for thread in [*first["data"], *rest["data"]]] == [roots, relay]
    assert (first["has_more"], rest["has_more"], rest["after"]) == (True, False, None)
    assert [thread["id"] for thread in found["data"]] == [roots]
    assert garden.client.get("/assistant/threads").json() == {"data": [], "has_more": False, "after": None}


def test_a_thread_is_read_from_either_end(garden: Served, model: ModelServer) -> None:
    """So many items as are wanted, and where the rest of them begins."""
    thread_id = thread_id_of(garden.ask("What is a relay?"))
    garden.ask("And a pump?", thread_id)
    path = f"/assistant/thread/{thread_id}"
    whole = garden.client.get(path).json()["items"]
    last = garden.client.get(path, params={"order": "desc", "limit": 3}).json()["items"]
    rest = garden.chatkit("items.list", thread_id=thread_id, order="desc", limit=10, after=last["after"]).json()

    assert (whole["has_more"], last["has_more"], rest["has_more"]) == (False, True, False)
    assert len(last["data"]) == 3
    ids = [item["id"] for item in [*last["data"], *rest["data"]]]
    assert ids[::-1] == [item["id"] for item in whole["data"]]


def test_a_thread_says_when_it_was_made(garden: Served, model: ModelServer) -> None:
    """With its offset, so that a browser anywhere knows the day."""
    reader = garden.token()
    garden.ask("What is a relay?", None, reader)
    (thread,) = garden.client.get("/assistant/threads", headers=reader).json()["data"]
    made = datetime.fromisoformat(thread["created_at"])

    assert made.tzinfo is not None
    assert abs((datetime.now(UTC) - made).total_seconds()) < 600


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"after": "thr_nowhere"}, 404),
        ({"limit": 0}, 422),
        ({"limit": 101}, 422),
        ({"order": "up"}, 422),
        ({"q": "x" * 201}, 422),
    ],
)
def test_a_list_that_cannot_be_is_refused(garden: Served, params: dict[str, str | int], status: int) -> None:
    """With a problem document."""
    response = garden.client.get("/assistant/threads", params=params, headers=garden.token())

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_session_says_how_long_a_question_may_be(garden: Served) -> None:
    """So that a client can count while the reader types."""
    assert garden.client.post("/assistant/session").json()["max_question_chars"] == 2_000
