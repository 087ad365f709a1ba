"""Who may read what: tokens, sessions, and threads that belong to whoever holds their id."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import jwt
import pytest

from bookside.app import signing_secret
from bookside.context import HOLDER_ID
from bookside.errors import NotSignedIn, Rejected
from bookside.http.readers import Readers
from bookside.settings import Settings, read_settings
from serving import Served, thread_id_of

SECRET = "s" * 40


def test_a_token_makes_its_bearer_the_same_reader_each_time() -> None:
    """Two tokens are two readers."""
    readers = Readers(SECRET, timedelta(days=1))
    ann, bob = readers.mint(), readers.mint()

    assert readers.verify(f"Bearer {ann.text}", None) == readers.verify(f"bearer {ann.text}", "ignored")
    assert readers.verify(f"Bearer {ann.text}", None) != readers.verify(f"Bearer {bob.text}", None)


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        jwt.encode(
            {"sub": "rdr_x", "aud": "bookside", "exp": 4_000_000_000}, "another secret of forty characters", "HS256"
        ),
        jwt.encode({"sub": "rdr_x", "aud": "other", "exp": 4_000_000_000}, SECRET, "HS256"),
        jwt.encode({"sub": "rdr_x", "aud": "bookside", "exp": 1}, SECRET, "HS256"),
        jwt.encode({"sub": "rdr_x", "aud": "bookside"}, SECRET, "HS256"),
        jwt.encode({"aud": "bookside", "exp": 4_000_000_000}, SECRET, "HS256"),
        jwt.encode({"sub": "rdr_x", "aud": "bookside", "exp": 4_000_000_000}, "", "none"),
    ],
)
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    """Another secret, audience or algorithm, no subject, no or a past expiry."""
    with pytest.raises(NotSignedIn):
        Readers(SECRET, timedelta(days=1)).verify(f"Bearer {token}", None)


def test_a_session_is_a_reader_by_its_hash() -> None:
    """The session's name itself is not the id; nobody is the holder."""
    readers = Readers(SECRET, timedelta(days=1))

    assert readers.verify(None, "ann") == readers.verify(None, "ann")
    assert "ann" not in readers.verify(None, "ann").id
    assert readers.verify(None, None).id == readers.verify("", "").id == HOLDER_ID


def test_a_bad_token_is_401_and_says_where_to_get_one(garden: Served) -> None:
    """The problem names the way out."""
    refused = garden.client.get("/assistant/thread/x", headers={"Authorization": "Bearer x"})

    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert "/assistant/session" in refused.json()["detail"]


@pytest.mark.parametrize("who", ["token", "session", "holder"])
def test_a_thread_is_its_readers(garden: Served, who: str) -> None:
    """Its reader reads, asks on and deletes; to anybody else it does not exist, except a holder's to who has its id."""
    headers = garden.token() if who == "token" else None
    query = "?session_id=ann" if who == "session" else ""
    context = {"context": {"session_id": "ann"}} if who == "session" else {}
    thread_id = garden.simple("What is a relay?", headers, **context)[0][1]["id"]
    own = garden.client.get(f"/assistant/thread/{thread_id}{query}", headers=headers)
    others = [
        garden.client.get(f"/assistant/thread/{thread_id}", headers=garden.token()).status_code,
        garden.client.get(f"/assistant/thread/{thread_id}?session_id=bob").status_code,
        garden.client.get(f"/assistant/thread/{thread_id}").status_code,
    ]
    asked_on = garden.simple("And why?", headers, thread_id=thread_id, **context)

    assert own.status_code == 200
    assert [item["type"] for item in own.json()["items"]["data"]] == ["user_message", "assistant_message"]
    assert others == ([200] * 3 if who == "holder" else [404] * 3)
    assert asked_on[-1] == ("done", {})
    assert garden.client.delete(f"/assistant/thread/{thread_id}{query}", headers=headers).status_code == 204
    assert garden.client.get(f"/assistant/thread/{thread_id}{query}", headers=headers).status_code == 404


def test_a_foreign_thread_cannot_be_asked_on(garden: Served) -> None:
    """404 before anything is streamed, in the simple dialect, too."""
    theirs = garden.simple("What is a relay?", garden.token())[0][1]["id"]
    refused = garden.client.post("/assistant/chatkit", json={"query": "x", "thread_id": theirs}, headers=garden.token())

    assert refused.status_code == 404


def test_a_holders_threads_are_never_listed(garden: Served) -> None:
    """Nobody's list is empty, and nobody's threads are in somebody's."""
    thread_id = thread_id_of(garden.ask("What is a relay?"))

    assert garden.chatkit("threads.list").json()["data"] == []
    assert thread_id not in garden.chatkit("threads.list", garden.token()).text


def test_a_secret_is_made_once_however_many_ask_at_the_same_moment(tmp_path: Path) -> None:
    """Nobody reads half a file, all get one secret, and nothing else is left behind."""
    at_once = 8
    for number in range(20):
        settings = read_settings(data=tmp_path / str(number))
        start = Barrier(at_once)

        def ask(settings: Settings, start: Barrier) -> str:
            start.wait()
            return signing_secret(settings)

        with ThreadPoolExecutor(at_once) as pool:
            made = list(pool.map(ask, [settings] * at_once, [start] * at_once))

        assert len(set(made)) == 1
        assert len(made[0]) >= 32
        assert [file.name for file in settings.data.iterdir()] == ["secret"]


@pytest.mark.parametrize("kept", ["", "\n", "too short"])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, kept: str) -> None:
    """The message names the file; tokens are never signed with nothing."""
    (tmp_path / "secret").write_text(kept)

    with pytest.raises(Rejected, match="secret has no secret of 32 characters"):
        signing_secret(read_settings(data=tmp_path))
