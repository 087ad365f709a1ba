"""The composition root: parts are built from settings, when asked and not before, and closed with the context."""

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bookside.app import build, database_url, signing_secret
from bookside.errors import BookError, Rejected, Unavailable
from bookside.index.model import Filter
from bookside.library import open_library
from bookside.settings import read_settings
from serving import GARDEN, done_items, serving


def test_importing_builds_nothing(tmp_path: Path) -> None:
    """The command can be imported with wrong settings all around; no file, thread or application comes of it."""
    code = """
import threading, bookside.cli, bookside.app
assert threading.active_count() == 1, threading.enumerate()
assert not [name for name, value in vars(bookside.app).items() if type(value).__name__ in ("FastAPI", "Settings")]
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PORT": "none", "BOOKSIDE_STOER": "x", "DATABASE_URL": "nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert [*tmp_path.iterdir()] == []


async def test_two_configurations_live_in_one_process(tmp_path: Path) -> None:
    """Each has its own book, index and threads."""
    other = tmp_path / "book"
    other.mkdir()
    (other / "README.md").write_text("# Clocks\n\nA clock shows the time.\n")
    async with (
        build(read_settings(book=GARDEN, data=tmp_path / "a")) as first,
        build(read_settings(book=other, data=tmp_path / "b")) as second,
    ):
        await first.library.sync()
        await second.library.sync()
        found = [await app.library.search.find(["clock"], scope="full_book", limit=1) for app in (first, second)]

    assert [passages[0].page for passages in found][1] == "README.md"
    assert "clock" not in found[0][0].text


async def test_what_was_built_is_closed(tmp_path: Path) -> None:
    """After the context neither the index nor the store answers, and it can all be built again."""
    settings = read_settings(book=GARDEN, data=tmp_path)
    for _ in range(2):
        async with build(settings) as app:
            await app.library.sync()
        with pytest.raises(Unavailable):
            await app.library.index.status()


async def test_without_a_book_there_is_no_application(tmp_path: Path) -> None:
    """What is indexed can still be searched."""
    async with build(read_settings(book=GARDEN, data=tmp_path)) as app:
        await app.library.sync()
    async with build(read_settings(data=tmp_path)) as bare:
        assert bare.asgi is None
        found = await bare.library.search.find(["relay"], scope="full_book", limit=1)
        with pytest.raises(Rejected, match="BOOK"):
            await bare.library.sync()

    assert found[0].page == "2-water/1-relay.md"


@pytest.mark.parametrize(
    "changes",
    [{"answers": "model"}, {"embedder": "openai"}, {"embedder": "auto", "embedding_model": "some-model"}],
    ids=["answers", "embedder", "embedding model"],
)
async def test_a_model_without_a_key_is_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    """The setting that asks for a model needs a key or an address; the message names both."""
    with pytest.raises(Rejected, match="OPENAI_API_KEY nor OPENAI_BASE_URL"):
        async with build(read_settings(book=GARDEN, data=tmp_path, **changes)):
            pass


async def test_a_book_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(BookError, match="nowhere"):
        async with open_library(read_settings(book=tmp_path / "nowhere", data=tmp_path / "data")):
            pass

    assert not (tmp_path / "data").exists()


def test_the_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Tokens outlive a restart; nobody but the owner reads the file; a secret that is set wins."""
    settings = read_settings(data=tmp_path / "data")
    made = signing_secret(settings)
    mode = stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode)

    assert len(made) >= 32
    assert signing_secret(settings) == made
    assert mode == 0o600
    assert signing_secret(read_settings(data=tmp_path, secret="s" * 32)) == "s" * 32


def test_threads_are_kept_in_the_data_folder_unless_told(tmp_path: Path) -> None:
    """A SQLite file, or what DATABASE_URL says."""
    assert database_url(read_settings(data=tmp_path)) == f"sqlite:///{tmp_path / 'bookside.db'}"
    assert database_url(read_settings(database_url="postgresql://h/d")) == "postgresql://h/d"


def test_a_book_that_is_indexed_anew_is_served_anew(tmp_path: Path) -> None:
    """A running server reads the book again when another process has indexed it: pages and citations follow."""
    book = tmp_path / "book"
    shutil.copytree(GARDEN, book)
    with serving(tmp_path / "data", book=book) as served:
        (book / "2-water" / "2-slugs.md").write_text("# Slugs\n\nMoonlight attracts slugs to the wet moss.\n")
        command = [Path(sys.executable).with_name("bookside"), "index", book]
        environment = os.environ | {"BOOKSIDE_DATA": str(tmp_path / "data")}
        subprocess.run(command, env=environment, check=True, capture_output=True)
        deadline = time.monotonic() + 20
        while served.client.get("/2-water/2-slugs").status_code == 404 and time.monotonic() < deadline:
            time.sleep(0.1)
        answer = served.ask("What attracts slugs by moonlight?")
    sources = [a["source"]["url"] for a in done_items(answer)[0]["content"][0]["annotations"]]

    assert sources == ["/2-water/2-slugs#slugs"]


async def test_minilm_embeds_where_its_weights_are_installed_unless_told_otherwise(tmp_path: Path) -> None:
    """The whole way with the embedder that ``make install`` brings: its graph, the index, a question."""
    (tmp_path / "relay.md").write_text("# Relays\n\nA relay switches the pump.\n")
    settings = read_settings(book=tmp_path, data=tmp_path / "data", embedder="auto")
    async with open_library(settings) as library:
        await library.sync()
        status = await library.index.status()
        assert (status.embedder, status.vector_size) == ("all-MiniLM-L6-v2-int8-1-53aa5117", 384)
        (passage,) = await library.search.find(["What turns the water on?"])
        assert passage.page == "relay.md"
    async with open_library(read_settings(book=tmp_path, data=tmp_path / "data", embedder="static")) as library:
        await library.sync()
        assert (await library.index.status()).vector_size == 256


async def test_words_are_those_of_the_books_language(tmp_path: Path) -> None:
    """A site says its language; elsewhere a setting does. Without either, words are English."""
    site = tmp_path / "site"
    (site / "docs").mkdir(parents=True)
    (site / "mkdocs.yml").write_text("site_name: Stadt\ntheme:\n  name: material\n  language: de\n")
    (site / "docs" / "index.md").write_text("# Stadt\n\nEin Haus steht am Fluss.\n")
    for number, (book, changes, is_found) in enumerate(
        [(site, {}, True), (site / "docs", {"book_language": "de-AT"}, True), (site / "docs", {}, False)]
    ):
        settings = read_settings(book=book, data=tmp_path / f"data-{number}", **changes)
        async with open_library(settings) as library:
            await library.sync()
            vectors = await library.embedder.embed(["Häuser"])
            (found,) = await library.index.candidates(["Häuser"], vectors, Filter(), 5)
            assert bool(found.sparse) == is_found
