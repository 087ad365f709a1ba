"""The operator's route: a book is indexed anew as a job, for who has the key."""

import asyncio
import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bookside.jobs import Job
from bookside.store import open_store
from bookside.store.jobs import SILENT_S
from serving import GARDEN, Served, done_items, serving, wait_until
from shelves import write_books
from store.looking import ask_sql

KEY = "correct-horse-battery"
OPERATOR = {"Authorization": f"Bearer {KEY}"}
SLUGS = "# Slugs\n\nMoonlight attracts slugs to the wet moss.\n"


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[tuple[Served, Path]]:
    """A server with an admin key, and its book's folder, which may be changed."""
    book = tmp_path / "book"
    shutil.copytree(GARDEN, book)
    with serving(tmp_path / "data", book=book, admin_key=KEY) as served:
        yield served, book


def ended(served: Served, location: str) -> dict[str, Any]:
    """The job at ``location``, once it is at work no more."""
    wait_until(lambda: served.client.get(location, headers=OPERATOR).json()["status"] != "running")
    return served.client.get(location, headers=OPERATOR).json()


def test_the_book_is_indexed_and_served_anew(garden: tuple[Served, Path]) -> None:
    """202 with the job's address; it embeds what changed alone, and says how it ended; a second one changes nothing."""
    served, book = garden
    (book / "2-water" / "2-slugs.md").write_text(SLUGS)
    begun = served.client.post("/assistant/reindex", headers=OPERATOR)
    job = ended(served, begun.headers["location"])
    answer = served.ask("What attracts slugs by moonlight?")
    page = served.client.get("/2-water/2-slugs")
    again = ended(served, served.client.post("/assistant/reindex", headers=OPERATOR).headers["location"])

    assert begun.status_code == 202
    assert begun.json()["status"] == "running"
    assert begun.headers["location"] == f"/assistant/reindex/{begun.json()['id']}"
    assert (job["status"], job["error"]) == ("completed", None)
    assert job["result"]["added"] == 1
    assert job["result"]["unchanged"] > 1
    assert job["ended_at"] >= job["began_at"]
    assert done_items(answer)[0]["content"][0]["annotations"][0]["source"]["url"] == "/2-water/2-slugs#slugs"
    assert "Moonlight" in page.text
    assert again["result"] == job["result"] | {"added": 0, "unchanged": job["result"]["unchanged"] + 1}


def test_who_has_no_key_is_refused(garden: tuple[Served, Path], caplog: pytest.LogCaptureFixture) -> None:
    """401 without one, 403 with another; a reader's token is none; nothing tells the key, or what was tried."""
    served, _ = garden
    with caplog.at_level(logging.DEBUG):
        none = served.client.post("/assistant/reindex")
        other = served.client.post("/assistant/reindex", headers={"Authorization": "Bearer wrong-key-0000000000"})
        reader = served.client.post("/assistant/reindex", headers=served.token())
        job = served.client.get("/assistant/reindex/job_x", headers={"Authorization": f"Bearer {KEY}x"})
        unknown = served.client.get("/assistant/reindex/job_x", headers=OPERATOR)

    assert [answer.status_code for answer in (none, other, reader, job, unknown)] == [401, 403, 403, 403, 404]
    assert none.headers["www-authenticate"] == "Bearer"
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in (none, other, unknown))
    assert KEY not in caplog.text + none.text + other.text
    assert "wrong-key" not in caplog.text + other.text


def test_keys_cannot_be_tried_out(garden: tuple[Served, Path]) -> None:
    """After a minute's worth of requests there is no answer but to wait, also where readers have no limit."""
    served, _ = garden
    wrong = {"Authorization": "Bearer wrong-key-0000000000"}
    statuses = [served.client.post("/assistant/reindex", headers=wrong).status_code for _ in range(61)]
    right = served.client.post("/assistant/reindex", headers=OPERATOR)

    assert statuses == [403] * 60 + [429]
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


def test_without_a_key_the_route_is_not_there(tmp_path: Path) -> None:
    """404 that says which setting opens it, whatever is sent."""
    with serving(tmp_path) as served:
        answer = served.client.post("/assistant/reindex", headers=OPERATOR)

    assert answer.status_code == 404
    assert "BOOKSIDE_ADMIN_KEY" in answer.json()["detail"]


def test_a_job_at_a_time(garden: tuple[Served, Path]) -> None:
    """While another process is at work: 409 with its address; one that has died does not stand in the way."""
    served, _ = garden
    url = f"sqlite:///{served.data / 'bookside.db'}"

    async def begin() -> None:
        async with open_store(url) as store:
            await store.jobs.begin(Job(id="job_other", kind="reindex", status="running", began_at="2030-01-01"))

    asyncio.run(begin())
    refused = served.client.post("/assistant/reindex", headers=OPERATOR)
    at_work = served.client.get(refused.headers["location"], headers=OPERATOR).json()
    asyncio.run(ask_sql(url, f"UPDATE jobs SET seen_at = {time.time() - SILENT_S - 1} RETURNING id"))
    died = served.client.get(refused.headers["location"], headers=OPERATOR).json()
    begun = served.client.post("/assistant/reindex", headers=OPERATOR)
    job = ended(served, begun.headers["location"])

    assert refused.status_code == 409
    assert refused.json()["job"] == "job_other"
    assert int(refused.headers["retry-after"]) > 0
    assert at_work["status"] == "running"
    assert (died["status"], died["error"]) == ("interrupted", "its process died")
    assert (begun.status_code, job["status"]) == (202, "completed")


def test_a_book_that_cannot_be_read_leaves_the_old_index(garden: tuple[Served, Path]) -> None:
    """The job says why, and readers are answered as before."""
    served, book = garden
    shutil.move(book, book.with_name("elsewhere"))
    job = ended(served, served.client.post("/assistant/reindex", headers=OPERATOR).headers["location"])
    answer = served.ask("What does a relay switch?")

    assert job["status"] == "failed"
    assert "there is no such folder" in job["error"]
    assert done_items(answer)[0]["content"][0]["annotations"]


def test_one_of_several_books(tmp_path: Path) -> None:
    """``book`` names one, or all editions of one; without it all are indexed."""
    file = write_books(tmp_path)
    with serving(tmp_path / "data", book=None, books=file, admin_key=KEY) as served:

        def reindexed(**params: str) -> Any:
            begun = served.client.post("/assistant/reindex", params=params, headers=OPERATOR)
            return ended(served, begun.headers["location"])["result"]

        one = reindexed(book="clocks")
        guide = [book["book"] for book in reindexed(book="guide")["books"]]
        every = [book["book"] for book in reindexed()["books"]]
        unknown = served.client.post("/assistant/reindex", params={"book": "nowhere"}, headers=OPERATOR)

    assert (one["book"], one["unchanged"]) == ("clocks", 2)
    assert guide == ["guide-2.0-de", "guide-2.0-en", "guide-1.0-en"]
    assert every == [*guide, "clocks"]
    assert unknown.status_code == 422
