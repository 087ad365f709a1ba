"""A book that is followed while its author writes: by the command, and by a server whose pages follow."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.processes import Process, bookside
from serving import GARDEN

SLUGS = "# Slugs\n\n## Moonlight\n\nMoonlight attracts slugs to the wet moss.\n"
BROKEN = "---\ntitle: [Slugs\n---\n\n# Slugs\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GARDEN, tmp_path / "book"))


def search(folder: Path, question: str) -> list[dict[str, Any]]:
    """What another process finds in the index below ``folder``."""
    with bookside(folder, "search", question, "--json", "-n", "1") as process:
        assert process.ended() == 0, process.err
        return json.loads(process.out)


def lines(process: Process) -> list[str]:
    return process.out.splitlines()


def test_index_watch_follows_the_author(tmp_path: Path, book: Path) -> None:
    """What is saved is indexed at once, and only that; what is removed goes; Ctrl+C ends it."""
    page = book / "2-water" / "9-slugs.md"
    with bookside(tmp_path, "index", book, "--watch") as process:
        process.wait_for(lambda: "Watching" in process.err)
        page.write_text(SLUGS)
        process.wait_for(lambda: len(lines(process)) == 2)
        found = search(tmp_path, "moonlight slugs")
        page.write_text(SLUGS.replace("moss", "lawn"))
        process.wait_for(lambda: len(lines(process)) == 3)
        page.unlink()
        process.wait_for(lambda: len(lines(process)) == 4)
        process.ended(signal.SIGINT)

    assert found[0]["page"] == "2-water/9-slugs.md"
    first, added, changed, removed = (line.partition(" ")[2] if line[2] == ":" else line for line in lines(process))
    count = int(first.split()[0])
    assert added == f"1 added, 0 removed, {count} unchanged"
    assert changed == f"1 added, 1 removed, {count} unchanged"
    assert removed == f"0 added, 1 removed, {count} unchanged"
    assert "Traceback" not in process.err


def test_a_half_saved_page_leaves_the_index_as_it_was(tmp_path: Path, book: Path) -> None:
    """It is named with its line, and indexed once it is whole; what is saved meanwhile comes with it."""
    page = book / "2-water" / "9-slugs.md"
    page.write_text(SLUGS)
    with bookside(tmp_path, "index", book, "--watch") as process:
        process.wait_for(lambda: "Watching" in process.err)
        page.write_text(BROKEN)
        process.wait_for(lambda: "the index is as it was" in process.err)
        kept = search(tmp_path, "moonlight slugs")
        page.write_text(SLUGS.replace("moss", "lawn"))
        process.wait_for(lambda: len(lines(process)) == 2)

    assert "2-water/9-slugs.md:3: broken YAML" in process.err
    assert "moss" in kept[0]["text"]
    assert lines(process)[1].partition(" ")[2].startswith("1 added, 1 removed")


def test_a_server_that_watches_serves_what_is_saved(tmp_path: Path, book: Path) -> None:
    """Its pages, its search and its starters follow without a restart; the old ones stay while a page is broken."""
    page = book / "2-water" / "9-slugs.md"
    with bookside(tmp_path, "serve", book, "--watch", "--port", "0") as process:
        url = process.address()

        def get(path: str, **params: str) -> httpx.Response:
            return httpx.get(f"{url}{path}", params=params)

        assert get("/2-water/9-slugs").status_code == 404
        page.write_text(SLUGS)
        process.wait_for(lambda: get("/2-water/9-slugs").status_code == 200)
        starters = get("/assistant/starters", url="/2-water/9-slugs").json()["starters"]
        found = get("/assistant/search", q="moonlight slugs").json()[0]["url"]
        page.write_text(BROKEN)
        process.wait_for(lambda: "the index is as it was" in process.err)
        kept = get("/2-water/9-slugs")
        status = get("/assistant/index/status").json()
        page.write_text(SLUGS.replace("moss", "lawn"))
        process.wait_for(lambda: "lawn" in get("/2-water/9-slugs").text)
        after = get("/assistant/index/status").json()

    assert starters == [{"kind": "question", "text": "Moonlight"}]
    assert found == "/2-water/9-slugs#moonlight"
    assert "moss" in kept.text
    assert (status["in_step"], status["changed"]) == (False, ["2-water/9-slugs.md"])
    assert (after["in_step"], after["changed"]) == (True, [])


def test_several_workers_do_not_watch(tmp_path: Path, book: Path) -> None:
    """One of them would be enough, so the command beside them does it."""
    shared = {"DATABASE_URL": "postgresql://bookside@127.0.0.1:9/bookside", "QDRANT_URL": "http://127.0.0.1:9"}
    with bookside(tmp_path, "serve", book, "--watch", "--workers", "2", **shared) as process:
        assert process.ended() == 1
        assert "run `bookside index --watch` beside several" in process.err
