"""The command: what it prints where, and how it ends."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bookside import __version__
from bookside.cli import cli
from command import Ended, Run, bookside, one_line
from model_server import ModelServer, model_server
from serving import GARDEN

COMMANDS = ("serve", "index", "status", "outline", "crawl", "search", "ask", "eval", "settings", "migrate")

__all__ = ["bookside"]


@pytest.fixture(scope="module")
def garden_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the garden's index, to copy; made by the real command, in a process of its own."""
    folder = tmp_path_factory.mktemp("indexed")
    program = Path(sys.executable).with_name("bookside")
    made = subprocess.run([program, "index", GARDEN, "--json"], cwd=folder, capture_output=True, text=True, check=True)
    assert json.loads(made.stdout)["added"] == 9
    assert made.stderr == ""
    return folder / ".bookside"


@pytest.fixture
def indexed(tmp_path: Path, garden_data: Path) -> None:
    """The index is there, in the folder where the command runs."""
    shutil.copytree(garden_data, tmp_path / ".bookside")


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


# The command itself


def test_version(bookside: Run) -> None:
    """The version, alone, on stdout."""
    assert bookside("--version") == Ended(0, f"{__version__}\n", "")


def test_help_names_every_command(bookside: Run) -> None:
    """Every command stands in the help, with what it does."""
    names = [command.name or getattr(command.callback, "__name__", "") for command in cli.registered_commands]
    shown = bookside("--help")

    assert sorted(names) == sorted(COMMANDS)
    assert shown.status == 0
    assert all(f"  {name} " in shown.out for name in names), shown.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(bookside: Run, command: str) -> None:
    """Each says in a sentence what it does."""
    shown = bookside(command, "--help")

    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith("Usage:")
    assert "." in shown.out


@pytest.mark.parametrize(
    "arguments", [["frob"], ["search"], ["search", "x", "-n", "0"], ["outline", "a", "b"], ["--frob"]]
)
def test_wrong_usage_is_status_2(bookside: Run, arguments: list[str]) -> None:
    """What is wrong goes to stderr, with the way to the help."""
    ended = bookside(*arguments)

    assert (ended.status, ended.out) == (2, "")
    assert "Usage:" in ended.err


# Expected failures: one line, status 1


@pytest.mark.parametrize("command", ["index", "outline", "serve"])
def test_no_book(bookside: Run, command: str) -> None:
    """Which book? The line says how to name one."""
    assert "BOOK" in one_line(bookside(command))


@pytest.mark.parametrize("command", ["index", "outline", "serve"])
def test_a_folder_that_is_not_there(bookside: Run, tmp_path: Path, command: str) -> None:
    """Its name is in the line; nothing is made."""
    assert "no-such-book" in one_line(bookside(command, tmp_path / "no-such-book"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_page(bookside: Run, tmp_path: Path) -> None:
    """An empty folder is no book."""
    (tmp_path / "empty").mkdir()

    assert "empty" in one_line(bookside("index", tmp_path / "empty"))


@pytest.mark.parametrize("command", [["index", GARDEN], ["search", "x"], ["ask", "x"], ["settings"], ["migrate"]])
def test_a_misspelt_setting(bookside: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    """Named, not ignored; its value is not shown."""
    monkeypatch.setenv("BOOKSIDE_STOER", "never-shown")
    line = one_line(bookside(*command))

    assert "BOOKSIDE_STOER" in line
    assert "never-shown" not in line


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("me.github.io", "give the site's origin, as in https://me.github.io"),
        ("/handbook", "give the site's origin"),
        ("ftp://me.github.io", "give the site's origin"),
        ("https://me.github.io/?a=b", "give the site's origin"),
        ("https://me.github.io:port", "give the site's origin"),
        ("https://", "give the site's origin"),
        (
            "https://me.github.io/handbook/",
            "https://me.github.io, and the path as BOOK_BASE_URL (or base_url): /handbook/",
        ),
    ],
)
@pytest.mark.parametrize("command", ["serve", "outline"])
def test_a_site_address_that_is_no_origin(
    bookside: Run, monkeypatch: pytest.MonkeyPatch, command: str, address: str, advice: str
) -> None:
    """It is refused before anything is served or indexed, with what to set."""
    monkeypatch.setenv("SITE_BASE_URL", address)
    line = one_line(bookside(command, GARDEN))

    assert line.startswith(f"bookside: SITE_BASE_URL (or a book's site_url) is {address!r}: ")
    assert advice in line


def test_an_id_where_no_books_are_listed(bookside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not set is named, and one book needs no id."""
    line = one_line(bookside("search", "water", "--book", "garden"))
    assert line.startswith("bookside: no book 'garden'; BOOKSIDE_BOOKS, the file that lists the books, is not set")
    monkeypatch.setenv("BOOK", str(GARDEN))
    line = one_line(bookside("search", "water", "--book", "garden"))
    assert line.startswith(f"bookside: no book 'garden'; there is only the one in {str(GARDEN)!r}")


def test_a_scope_that_is_none(bookside: Run) -> None:
    """Those that there are stand in the line."""
    assert "full_book, up_to_here, current_chapter or current_page" in one_line(
        bookside("search", "x", "--scope", "page")
    )


def test_a_scope_without_its_place(bookside: Run, indexed: None) -> None:
    """The search is not silently widened."""
    assert "page is not known" in one_line(bookside("search", "x", "--scope", "current_page"))


@pytest.mark.parametrize("command", ["search", "ask"])
def test_nothing_indexed_yet(bookside: Run, command: str) -> None:
    """Without an index and without a book there is nothing to answer from."""
    assert "bookside index" in one_line(bookside(command, "What is a relay?"))


@pytest.mark.parametrize(
    "address",
    ["mysql://u:never-shown@h/d", "postgresql://u:never-shown@127.0.0.1:1/d", "sqlite:////proc/no/such/file.db"],
)
def test_a_database_that_is_none(bookside: Run, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Refused in one line that does not hold its password."""
    monkeypatch.setenv("DATABASE_URL", address)

    assert "never-shown" not in one_line(bookside("migrate"))


# What comes out


def test_index_twice(bookside: Run) -> None:
    """The first run adds all, the second nothing; the same as JSON."""
    assert bookside("index", GARDEN) == Ended(0, "9 added, 0 removed, 0 unchanged\n", "")
    assert bookside("index", GARDEN) == Ended(0, "0 added, 0 removed, 9 unchanged\n", "")
    again = bookside("index", GARDEN, "--json")

    assert json.loads(again.out) == {"added": 0, "removed": 0, "unchanged": 9, "problems": []}
    assert again.err == ""


def test_a_page_that_cannot_be_read_is_named(bookside: Run, tmp_path: Path) -> None:
    """With its line, on stderr and in the JSON; the rest is indexed, and the status is 0."""
    book = tmp_path / "a-folder-with-a-very-long-name-so-that-the-line-does-not-fit-into-eighty-columns"
    book.mkdir()
    (book / "README.md").write_text("# Fine\n\nAll is well here.\n")
    (book / "bad.md").write_bytes(b"# Bad\n\n\xff\xfe\n")
    ended = bookside("index", book, "--json")
    report = json.loads(ended.out)

    assert (ended.status, report["added"], len(report["problems"])) == (0, 1, 1)
    assert "bad.md:3: " in report["problems"][0]
    assert ended.err == f"left out: {report['problems'][0]}\n"


def test_outline(bookside: Run) -> None:
    """As JSON: pages in reading order, with exactly the fields that tools rely on; for people, indented titles."""
    pages = json.loads(bookside("outline", GARDEN, "--json").out)
    shown = bookside("outline", GARDEN)

    assert {tuple(page) for page in pages} == {("page", "url", "title", "part", "chapter", "lesson", "sections")}
    assert [page["page"] for page in pages] == [
        "README.md",
        "1-soil/README.md",
        "1-soil/1-moisture.md",
        "1-soil/2-roots.md",
        "2-water/README.md",
        "2-water/1-relay.md",
    ]
    assert pages[-1]["sections"] == [
        {"heading": "The relay", "url": "/2-water/1-relay#the-relay"},
        {"heading": "Wiring", "url": "/2-water/1-relay#wiring"},
        {"heading": "Timing", "url": "/2-water/1-relay#timing"},
    ]
    assert pages[-1]["chapter"]["number"] == 2
    assert pages[0]["part"] is None
    assert shown.out.startswith("The Garden Machine (folder, 6 pages)\n")


def test_an_outline_touches_nothing(bookside: Run, tmp_path: Path) -> None:
    """Reading a book makes no data folder."""
    bookside("outline", GARDEN)

    assert list(tmp_path.iterdir()) == []


def test_search(bookside: Run, indexed: None) -> None:
    """As JSON: passages, best first, with exactly the fields that tools rely on; for people, address and words."""
    passages = json.loads(bookside("search", "What is a relay?", "-n", "3", "--json").out)
    shown = bookside("search", "What is a relay?", "-n", "1")

    assert [tuple(passage) for passage in passages] == [("page", "url", "title", "heading", "text", "score")] * 3
    assert passages[0]["page"] == "2-water/1-relay.md"
    assert passages[0]["url"] == "/2-water/1-relay#the-relay"
    assert [p["score"] for p in passages] == sorted((p["score"] for p in passages), reverse=True)
    assert "/2-water/1-relay#the-relay" in shown.out
    assert (shown.status, shown.err) == (0, "")


def test_search_says_that_nothing_quite_fits(bookside: Run, indexed: None) -> None:
    """As the page of results does; on stderr, so that the passages stay alone on stdout."""
    far = bookside("search", "Who won the football world cup in 1998?", "-n", "2")
    as_json = bookside("search", "Who won the football world cup in 1998?", "--json")
    none = bookside("search", "water", "--scope", "current_page", "--lesson", "no-such-page")

    assert (far.status, far.err) == (0, "Nothing in this book quite fits. These come nearest:\n")
    assert far.out.count("/") >= 2
    assert (as_json.err, len(json.loads(as_json.out))) == ("", 5)
    assert none == Ended(0, "", "Nothing in this book fits.\n")


def test_search_keeps_to_its_scope(bookside: Run, indexed: None) -> None:
    """--scope with --chapter or --lesson filters strictly."""
    chapter = bookside("search", "water", "-n", "20", "--scope", "current_chapter", "--chapter", "1", "--json")
    page = bookside("search", "water", "-n", "20", "--scope", "current_page", "--lesson", "2-roots", "--json")

    assert {passage["page"].split("/")[0] for passage in json.loads(chapter.out)} == {"1-soil"}
    assert {passage["page"] for passage in json.loads(page.out)} == {"1-soil/2-roots.md"}


@pytest.mark.parametrize(
    "page", ["/1-soil/2-roots", "https://garden.example/1-soil/2-roots/?a=b#c", "1-soil/2-roots.md"]
)
def test_search_in_what_was_read_so_far(
    bookside: Run, indexed: None, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """--page is an address or a file; nothing after it is found."""
    monkeypatch.setenv("BOOK", str(GARDEN))
    ended = bookside("search", "water", "-n", "50", "--scope", "up_to_here", "--page", page, "--json")

    so_far = {"README.md", "1-soil/README.md", "1-soil/1-moisture.md", "1-soil/2-roots.md"}
    assert {passage["page"] for passage in json.loads(ended.out)} == so_far


def test_a_page_that_is_none_of_the_books(bookside: Run, indexed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused; and without the book's folder no page has a place."""
    assert "set BOOK" in one_line(bookside("search", "water", "--scope", "up_to_here", "--lesson", "2-roots"))
    monkeypatch.setenv("BOOK", str(GARDEN))
    assert "bookside outline" in one_line(bookside("search", "water", "--scope", "up_to_here", "--page", "/nowhere"))
    assert "what they have read" in one_line(bookside("search", "water", "--scope", "up_to_here"))


def test_search_makes_the_index_of_a_book_that_is_set(bookside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With BOOK the first search indexes; that is told on stderr, so that stdout stays JSON."""
    monkeypatch.setenv("BOOK", str(GARDEN))
    ended = bookside("search", "relay", "--json")

    assert json.loads(ended.out)[0]["page"] == "2-water/1-relay.md"
    assert ended.err == "9 passages added, 0 removed, 0 unchanged\n"


def test_ask(bookside: Run, indexed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer, then its sources, numbered as in the text."""
    monkeypatch.setenv("BOOK", str(GARDEN))
    ended = bookside("ask", "What is a relay?", "--page", "/2-water/1-relay")
    answer, _, sources = ended.out.partition("\nSources\n")

    assert (ended.status, ended.err) == (0, "")
    assert "A relay is a switch that a small current moves, so that it can turn a large one on and off. [1]" in answer
    assert sources.startswith("  [1] The relay\n      /2-water/1-relay#the-relay\n")


@pytest.mark.parametrize(
    ("page", "nearest"),
    [
        ("2-water/1-realy", "; is it 2-water/1-relay.md? `bookside outline` lists them all"),
        ("nope", "; `bookside outline` lists them"),
    ],
)
def test_a_page_that_the_book_has_not_is_refused(
    bookside: Run, indexed: None, monkeypatch: pytest.MonkeyPatch, page: str, nearest: str
) -> None:
    """An answer for no page would be taken for one; a name that is nearly right is told."""
    monkeypatch.setenv("BOOK", str(GARDEN))
    for command in ("ask", "search"):
        told = one_line(bookside(command, "What is a relay?", "--page", page))
        assert told == f"bookside: no page of the book is {page!r}{nearest}\n"
    monkeypatch.delenv("BOOK")
    assert "set BOOK" in one_line(bookside("ask", "What is a relay?", "--page", page))


def test_ask_shows_no_escapes(bookside: Run, indexed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A heading with signs of Markdown is named as it is on its page."""
    book = Path("signs")
    book.mkdir()
    (book / "README.md").write_text("# Signs\n\n## C# and \\[x\\]\n\nA pump moves water.\n")
    monkeypatch.setenv("BOOK", str(book))
    monkeypatch.setenv("BOOKSIDE_DATA", "signs-data")

    assert "- Signs › C# and [x] [1]" in bookside("ask", "Who won the football world cup?").out


def test_ask_a_model(bookside: Run, indexed: None, monkeypatch: pytest.MonkeyPatch, model: ModelServer) -> None:
    """With a model configured the answer is its own, with the same sources below."""
    monkeypatch.setenv("BOOK", str(GARDEN))
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    ended = bookside("ask", "What is a relay?")

    assert ended == Ended(
        0,
        "Relays switch large currents [1].\n\nSources\n  [1] The relay\n      /2-water/1-relay#the-relay\n",
        "",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"status": 401, "error_text": "bad key sk-never-shown"},
        {"says": []},
        {"says": ["  "]},
        {"cut_after": 1, "gap_s": 0.1},
    ],
    ids=["refused", "empty", "blank", "cut"],
)
def test_an_answer_that_failed_is_status_1(
    bookside: Run, indexed: None, monkeypatch: pytest.MonkeyPatch, model: ModelServer, changes: dict[str, object]
) -> None:
    """One line on stderr says why; what was written before stays on stdout; the key is nowhere."""
    monkeypatch.setenv("BOOK", str(GARDEN))
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-shown")
    model.__dict__.update(changes)
    ended = bookside("ask", "What is a relay?")

    assert ended.status == 1
    assert ended.err.strip().startswith("bookside: ")
    assert ended.err.strip().count("\n") == 0, ended.err
    assert "sk-never-shown" not in ended.out + ended.err
    assert ended.out.strip() == ("Relays switch" if "cut_after" in changes else "")


def test_settings_hide_secrets(bookside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting with its value and meaning; of a secret only that it is set."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-shown")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:never-shown@db/book")
    monkeypatch.setenv("PORT", "8123")
    shown, rows = bookside("settings"), json.loads(bookside("settings", "--json").out)
    values = {row["name"]: row["value"] for row in rows}

    assert "never-shown" not in shown.out + str(rows)
    assert "PORT=8123\n" in shown.out
    assert values["OPENAI_API_KEY"] == values["DATABASE_URL"] == "********"
    assert (values["PORT"], values["QDRANT_API_KEY"], values["QDRANT_URL"]) == ("8123", "", "")
    assert all(row["meaning"].endswith(".") for row in rows)


@pytest.mark.parametrize("name", ["BOOKSIDE_RERANKER", "QDRANT_URL", "OPENAI_BASE_URL"])
def test_settings_hide_what_may_be_a_key_in_an_address(
    bookside: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Of an address the server and the path are shown, not who signs in nor the query."""
    monkeypatch.setenv(name, "https://me:never@shown?@host:8080/v1/rerank?key=never-shown#never")
    shown = bookside("settings")
    assert f"{name}=https://********@host:8080/v1/rerank?********\n" in shown.out
    monkeypatch.setenv(name, "http://127.0.0.1:8080/v1/rerank")
    assert f"{name}=http://127.0.0.1:8080/v1/rerank\n" in bookside("settings").out


def test_migrate(bookside: Run) -> None:
    """From no schema to the newest; then from the newest to the newest."""
    first, second = bookside("migrate"), bookside("migrate")
    newest = first.out.strip().rpartition(" ")[2]

    assert first == Ended(0, f"schema none → {newest}\n", "")
    assert second == Ended(0, f"schema {newest} → {newest}\n", "")


def test_one_is_not_many(bookside: Run, tmp_path: Path) -> None:
    """A book of one page has one page."""
    (tmp_path / "book").mkdir()
    (tmp_path / "book/a.md").write_text("# A\n\nWords.\n")

    assert " (folder, 1 page)\n" in bookside("outline", tmp_path / "book").out
    bookside("index", tmp_path / "book")
    assert "1 passage of 1 page, 1 chapter\n" in bookside("status", tmp_path / "book").out
