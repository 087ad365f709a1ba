"""The status of an index: what is in it, what was left out and why, and whether it is in step with the book."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bookside.app import build
from bookside.cli import cli
from bookside.errors import Unavailable
from bookside.http.limits import ADMINISTRATION
from bookside.index.edge import EdgeIndex
from bookside.index.model import IndexStatus
from bookside.settings import read_settings
from serving import serving

PAGES = {
    "README.md": "# Book\n\nThis book is about moss.\n",
    "1-moss.md": "# Moss\n\n## Wet\n\nMoss is wet.\n",
    "2-empty.md": "",
    "3-broken.md": "---\ntitle: [x\n---\n\nMoss.\n",
    "4-latin.md": b"caf\xe9",
    "paper.typ": b"= Moss",
}
REASONS = {
    "2-empty.md": "it has no words to be found by",
    "4-latin.md": "not UTF-8 at byte 3; save the file as UTF-8",
    "paper.typ": "files of the kind .typ are not read in a book of the kind folder",
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    for name, text in PAGES.items():
        file = tmp_path / "book" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path / "book"


def reasons(left_out: list[dict[str, Any]]) -> dict[str, str]:
    return {one["page"]: one["reason"] for one in left_out}


def test_a_server_says_what_was_left_out(tmp_path: Path, book: Path) -> None:
    """What cannot be read with its line, what has no words, and files of another kind; and what there is, counted."""
    with serving(tmp_path / "data", book=book) as served:
        status = served.client.get("/assistant/index/status").json()
        (book / "1-moss.md").write_text("# Moss\n\nMoss is dry.\n")
        later = served.client.get("/assistant/index/status").json()

    found = reasons(status["left_out"])
    assert {page: found[page] for page in REASONS} == REASONS
    assert found["3-broken.md"].startswith("broken YAML")
    assert next(one["line"] for one in status["left_out"] if one["page"] == "3-broken.md") == 3
    assert (status["left_out_count"], len(status["problems"])) == (4, 2)
    assert (status["chunks"], status["pages"], status["pages_read"], status["sections"]) == (2, 2, 3, 4)
    assert (status["book"], status["kind"], status["in_step"]) == ("Book", "folder", True)
    assert status["embedder"].startswith("wordllama")
    assert (later["in_step"], later["changed"]) == (False, ["1-moss.md"])


def test_files_are_named_only_to_who_has_the_admin_key_where_there_is_one(tmp_path: Path, book: Path) -> None:
    """Drafts have names that nobody has published; how many there are is no secret. Another token is no error, but the
    key cannot be found by trying, which is counted apart from the operator's requests."""
    key = "an-admin-key-of-some-length-0123456789"
    with serving(tmp_path / "data", book=book, admin_key=key) as served:

        def ask(**headers: str) -> tuple[int, dict[str, Any]]:
            answer = served.client.get("/assistant/index/status", headers=headers)
            return answer.status_code, answer.json()

        (code, public), (_, basic) = ask(), ask(Authorization="Basic YTpi")
        _, whole = ask(Authorization=f"Bearer {key}")
        others = [ask(Authorization=f"Bearer {number}") for number in range(ADMINISTRATION.amount)]
        late = ask(Authorization=f"Bearer {key}")
        job = served.client.get("/assistant/reindex/none", headers={"Authorization": f"Bearer {key}"})

    assert (code, job.status_code) == (200, 404)
    assert all(other == (200, public) for other in [*others, late])
    assert (public["left_out_count"], public["in_step"]) == (4, True)
    assert not {"left_out", "problems", "changed"} & (public.keys() | basic.keys())
    assert not any(name in str(public) for name in PAGES)
    assert reasons(whole["left_out"]).keys() >= REASONS.keys()


@asynccontextmanager
async def left_status(
    book: Path, data: Path, monkeypatch: pytest.MonkeyPatch, status: Callable[[EdgeIndex], Awaitable[IndexStatus]]
) -> AsyncIterator[None]:
    """A server whose index answers with ``status``, and an asker who has gone."""
    async with build(read_settings(book=book, data=data)) as app:
        monkeypatch.setattr(EdgeIndex, "status", status)
        assert app.asgi is not None
        assert app.shelf is not None
        asker = asyncio.create_task(app.asgi.state.services.index_status(app.shelf.volumes[0]))
        await asyncio.sleep(0)
        asker.cancel()
        await asyncio.wait([asker])
        assert asker.cancelled()
        yield


async def test_a_status_that_nobody_waits_for_ends_with_the_server(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: EdgeIndex) -> IndexStatus:
        await asyncio.Event().wait()
        raise AssertionError

    async with left_status(book, tmp_path / "data", monkeypatch, never):
        pass
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_status_that_fails_when_nobody_waits_for_it_is_no_news(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = asyncio.Event()
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what))

    async def fails(_: EdgeIndex) -> IndexStatus:
        await failing.wait()
        raise Unavailable("index", "it is gone")

    async with left_status(book, tmp_path / "data", monkeypatch, fails):
        failing.set()
        await asyncio.sleep(0.01)
    gc.collect()
    assert told == []


def test_the_command_says_the_same(tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the book is indexed, after it, and when a page was edited since."""
    monkeypatch.setenv("BOOKSIDE_DATA", str(tmp_path / "data"))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, [*arguments, str(book)])
        assert done.exit_code == 0, done.output
        return done.stdout

    before = json.loads(run("status", "--json"))
    run("index")
    after, told = json.loads(run("status", "--json")), run("status")
    (book / "1-moss.md").write_text("# Moss\n\nMoss is dry.\n")
    edited = json.loads(run("status", "--json"))

    assert (before["chunks"], before["indexed_at"], before["in_step"]) == (0, None, False)
    assert reasons(after["left_out"]).keys() >= REASONS.keys()
    assert (after["chunks"], after["in_step"], edited["in_step"]) == (2, True, False)
    assert "2 passages of 2 pages" in told
    assert "left out: 4-latin.md:1: not UTF-8 at byte 3" in told
    assert "in step with the book, which has 3 pages" in told


@pytest.mark.parametrize(
    ("files", "page", "reason"),
    [
        (
            {"book.toml": '[book]\ntitle = "B"\n', "src/SUMMARY.md": "# Summary\n\n- [A](a.md)\n", "src/b.md": "# B\n"},
            "src/b.md",
            "SUMMARY.md does not name it",
        ),
        (
            {
                "docusaurus.config.js": "module.exports = {title: 'B', url: 'https://b.org', baseUrl: '/', "
                "presets: [['classic', {}]]};\n",
                "docs/b.md": "---\ndraft: true\n---\n\n# B\n",
            },
            "docs/b.md",
            "its front matter says draft: true",
        ),
    ],
    ids=["mdbook", "docusaurus"],
)
def test_sites_leave_pages_out(tmp_path: Path, files: dict[str, str], page: str, reason: str) -> None:
    """Each kind by its own rules, which the reason names."""
    a = "src/a.md" if "book.toml" in files else "docs/a.md"
    for name, text in {**files, a: "# A\n\nWords.\n"}.items():
        (tmp_path / "book" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "book" / name).write_text(text)
    with serving(tmp_path / "data", book=tmp_path / "book") as served:
        status = served.client.get("/assistant/index/status").json()

    assert reasons(status["left_out"])[page] == reason
