"""Several books, versions and languages in one server: each page is answered from its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bookside.errors import BookError, Rejected
from bookside.library import open_libraries
from bookside.sayings import GERMAN, SPANISH
from bookside.settings import read_settings
from model_server import ModelServer
from serving import Served, done_items, serving, text_of, thread_id_of
from shelves import write_books

EDITIONS = Path(__file__).parents[1] / "fixtures" / "books" / "docusaurus-editions"
VERSIONS = ("2.0", "current", "1.0")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Quotes the books; four of them."""
    folder = tmp_path_factory.mktemp("books")
    with serving(folder / "data", book=None, books=write_books(folder)) as served:
        yield served


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Served]:
    """The same books with the scripted model, which searches by itself."""
    folder = tmp_path_factory.mktemp("written")
    key = "sk-test-never-shown"
    changes: dict[str, Any] = {"openai_base_url": shared_model.url, "openai_api_key": key, "retrieval": "agentic"}
    with serving(folder / "data", book=None, books=write_books(folder), **changes) as served:
        yield served


def at(path: str, **more: Any) -> dict[str, Any]:
    """A question's metadata on the page at ``path``."""
    return {"page_context": {"url": f"https://elsewhere.example{path}", "current_path": path}} | more


def sources(answer: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Address and attribution of each citation, in order."""
    annotations = done_items(answer)[0]["content"][0]["annotations"]
    return [(one["source"]["url"], one["source"]["attribution"]) for one in annotations]


@pytest.mark.parametrize(
    ("path", "question", "url", "title"),
    [
        ("/guide-2.0-de/pump", "Was schaltet ein Relais?", "/guide-2.0-de/pump#das-relais", "Handbuch"),
        ("/guide-2.0-en/pump", "What does a relay switch?", "/guide-2.0-en/pump#the-relay", "Guide"),
        ("/guide-1.0-en/pump/", "What does a relay switch?", "/guide-1.0-en/pump#the-relay", "Guide"),
        ("/clocks/", "What does the length of a pendulum decide?", "/clocks/pendulum#length", "All about clocks"),
    ],
)
def test_the_page_decides_which_book_answers(books: Served, path: str, question: str, url: str, title: str) -> None:
    """And the citation leads to its edition, under the title of that book."""
    answer = books.ask(question, **at(path))

    assert sources(answer)[0] == (url, title)
    assert "edition" not in text_of(answer)


def test_a_named_book_wins_over_the_page(books: Served) -> None:
    """By its id; or by the name of all its editions, among which page and language then choose."""
    relay = "What does a relay switch?"
    english = {"page_context": {"url": "https://elsewhere.example/", "locale": "en-GB"}, "book": "guide"}

    assert sources(books.ask(relay, **at("/guide-2.0-en/pump", book="guide-1.0-en")))[0][0].startswith("/guide-1.0-en/")
    assert sources(books.ask(relay, **at("/guide-1.0-en/", book="guide")))[0][0].startswith("/guide-1.0-en/")
    assert sources(books.ask(relay, **english))[0][0].startswith("/guide-2.0-en/")


def test_a_book_that_is_not_there_is_refused(books: Served) -> None:
    """With the books that there are; in both dialects, and for every route that takes a book."""
    simple = books.client.post("/assistant/chatkit", json={"query": "x", "context": {"book": "nowhere"}})
    search = books.client.get("/assistant/search", params={"q": "relay", "book": "nowhere"})

    for refused in (simple, search):
        assert refused.status_code == 422
        assert "there are guide-2.0-de, guide-2.0-en, guide-1.0-en, clocks" in refused.json()["detail"]


def test_another_edition_answers_only_what_the_own_does_not_and_says_so(books: Served) -> None:
    """First another language of the same version, then another version; the words and the source name it."""
    valve = books.ask("Solenoid valve?", **at("/guide-2.0-de/pump"))
    tank = books.ask("What reports an empty rain barrel?", **at("/guide-2.0-en/pump"))
    told = "The edition that you are reading (2.0, en) has nothing on this. The answer is from another one: 1.0, en."

    assert sources(valve)[0] == ("/guide-2.0-en/valve#solenoid-valves", "Guide · 2.0, en")
    assert sources(tank)[0] == ("/guide-1.0-en/tank#float-switches", "Guide · 1.0, en")
    assert text_of(tank).startswith(told)


TONGUES = """\
[[books]]
folder = "english"

[[books]]
folder = "new"
book = "garten"
version = "2.0"
locale = "{locale}"

[[books]]
folder = "old"
book = "garten"
version = "1.0"
locale = "{locale}"
"""


def write_tongues(folder: Path, locale: str) -> Path:
    """An English book, and then a German one in two versions."""
    pages = {
        "english/README.md": "# Pumps\n\nA pump moves water.\n",
        "new/README.md": "# Garten\n\n## Wasser\n\nDer Fühler im Beet ist sehr empfindlich.\n",
        "old/README.md": "# Garten\n\n## Wasser\n\nDie Empfindlichkeit ist einstellbar.\n",
    }
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "books.toml").write_text(TONGUES.format(locale=locale))
    return folder / "books.toml"


@pytest.mark.parametrize(("locale", "changes"), [("de", {}), ("xx", {"book_language": "de"})])
def test_each_book_is_read_in_its_own_language(tmp_path: Path, locale: str, changes: dict[str, str]) -> None:
    """Its stems judge whether it answers and choose what is quoted, whichever book comes first; the operator's word
    for the language counts before the list's."""
    catalogue = write_tongues(tmp_path, locale)
    with serving(tmp_path / "data", book=None, books=catalogue, **changes) as served:
        answer = served.ask("Welche Empfindlichkeit?", **at(f"/garten-2.0-{locale}/"))

    assert sources(answer)[0] == (f"/garten-2.0-{locale}/#wasser", "Garten")
    assert "> Der Fühler im Beet ist sehr empfindlich." in text_of(answer)


def test_the_server_speaks_the_readers_language(books: Served) -> None:
    """That nothing answers, that another edition does, and what stands before quotations."""
    spanish = {"page_context": {"url": "https://elsewhere.example/guide-2.0-en/pump", "locale": "es-MX"}}
    nothing = books.ask("Wer gewann die Weltmeisterschaft im Fußball?", **at("/guide-2.0-en/pump"))
    other = books.ask("Solenoid valve?", **at("/guide-2.0-de/pump"))
    quoted = books.ask("relay", **spanish)

    assert text_of(nothing).startswith(f"{GERMAN.nothing}\n\n{GERMAN.nearest}\n\n- ")
    assert text_of(other).startswith(GERMAN.told_of("2.0, en", "2.0, de"))
    assert text_of(quoted).startswith(f"{SPANISH.preface}\n\n> ")
    assert {event["text"] for event in quoted if event["type"] == "progress_update"} == {SPANISH.searching}


def test_another_book_never_answers(books: Served) -> None:
    """Editions are of one book; what a book of another subject says is no answer."""
    answer = books.ask("How long is a pendulum?", **at("/guide-2.0-en/pump"))

    assert "pendulum decides" not in text_of(answer)
    assert all(url.startswith("/guide") for url, _ in sources(answer))


def test_a_model_is_told_of_the_edition(written: Served, model: ModelServer) -> None:
    """The tool's result names the edition and has the note that the reader is to be told; the reader gets it anyway."""
    model.searches = {"queries": ["empty rain barrel"]}
    answer = written.ask("What reports an empty rain barrel?", **at("/guide-2.0-en/pump"))
    outputs = [
        json.loads(message["content"])
        for request in model.requests
        for message in request.get("messages", ())
        if message["role"] == "tool"
    ]

    assert outputs[-1]["passages"][0]["edition"] == "1.0, en"
    assert "(2.0, en) has nothing on this" in outputs[-1]["edition_note"]
    assert [event["message"] for event in answer if event["type"] == "notice"] == [outputs[-1]["edition_note"]]


def test_a_thread_remembers_its_book(books: Served) -> None:
    """A question that tells nothing of its page goes on with the thread's book; the thread says which it is."""
    reader = books.token()
    first = books.ask("What does a relay switch?", None, reader, **at("/guide-1.0-en/pump"))
    id = thread_id_of(first)
    again = books.ask("And what does the float switch report?", id, reader)
    thread = books.client.get(f"/assistant/thread/{id}", headers=reader).json()
    listed = books.client.get("/assistant/threads", headers=reader).json()["data"]

    assert sources(again)[0][0] == "/guide-1.0-en/tank#float-switches"
    assert thread["metadata"] == {"book": "guide-1.0-en"}
    assert [one["book"] for one in listed] == ["guide-1.0-en"]


def test_routes_take_a_book(books: Served) -> None:
    """Search, starters, config and status: by its id, or by the address of the page; else it is the first."""

    def get(path: str, **params: str) -> Any:
        return books.client.get(path, params=params).json()

    assert get("/assistant/search", q="relay", book="guide-1.0-en")[0]["url"] == "/guide-1.0-en/pump#the-relay"
    assert get("/assistant/search", q="Relais")[0]["url"] == "/guide-2.0-de/pump#das-relais"
    assert get("/assistant/config", url="/clocks/pendulum")["title"] == "All about clocks"
    assert get("/assistant/config")["book"] == "guide-2.0-de"
    assert get("/assistant/starters", url="/guide-2.0-en/valve")["page"]["title"] == "The valve"
    status = get("/assistant/index/status", book="clocks")
    assert (status["id"], status["pages"], status["in_step"]) == ("clocks", 2, True)
    assert status["collection"] == "clocks.book"
    assert get("/assistant/health")["checks"]["index"]["books"]["clocks.book"] == 2


def test_the_reader_serves_each_book_below_its_address(books: Served) -> None:
    """The root lists them; pages lead to their other editions, and search keeps to one book."""
    start = books.client.get("/").text
    page = books.client.get("/guide-2.0-de/pump").text
    found = books.client.get("/_bookside/search", params={"q": "relay volts", "book": "guide-1.0-en"}).text
    image = books.client.get("/_bookside/books/guide-2.0-de/plan.png")
    sitemap = books.client.get("/sitemap.xml").text

    assert '<a href="/guide-1.0-en/">1.0, en</a>' in start
    assert '<a href="/clocks/">All about clocks</a>' in start
    assert '<p class="editions"><a href="/">Bücher</a></p>' in page
    assert '<p class="editions">' not in start
    assert '<html lang="de"' in page
    assert '<a href="/guide-2.0-en/pump">2.0, en</a>' in page
    assert 'data-book="guide-2.0-de"' in page
    assert 'src="/_bookside/books/guide-2.0-de/plan.png"' in page
    assert "/guide-1.0-en/pump" in found
    assert "/guide-2.0-en/pump" not in found.split("<main")[1]
    assert image.headers["content-type"] == "image/png"
    assert books.client.get("/_bookside/books/clocks/plan.png").status_code == 404
    assert all(address in sitemap for address in ("/guide-2.0-de/pump", "/clocks/pendulum"))


async def test_folders_alone_are_books(tmp_path: Path) -> None:
    """Each is known by its folder's name, and lies below it."""
    write_books(tmp_path)
    folders = {"book": tmp_path / "clocks", "more_books": (tmp_path / "guide" / "1.0",)}
    async with open_libraries(read_settings(data=tmp_path / "data", **folders)) as libraries:
        urls = [library.book.pages[0].url for library in libraries if library.book]

    assert [library.entry.id for library in libraries if library.entry] == ["clocks", "1.0"]
    assert urls == ["/clocks/", "/1.0/en"]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("books = 1", r"books.toml: books: Input should be a valid list"),
        ("[[books]]\nfolder = 'clocks'\nfoldre = 'x'", r"books\.0\.foldre: Extra inputs are not permitted"),
        ("[[books]", "is not TOML"),
        ("[[books]]\nfolder = 'clocks'\n[[books]]\nfolder = 'clocks'", "several books have the id 'clocks'"),
        (
            "[[books]]\nfolder = 'clocks'\nbase_url = '/'\n[[books]]\nfolder = 'guide/1.0/en'\nbase_url = '/'",
            "'clocks' and 'en' both have a page at /",
        ),
    ],
)
async def test_a_wrong_list_is_refused(tmp_path: Path, listed: str, message: str) -> None:
    """In one sentence, which names the file and the field."""
    file = write_books(tmp_path)
    file.write_text(listed)
    with pytest.raises(Rejected, match=message):
        async with open_libraries(read_settings(books=file, data=tmp_path / "data")):
            pass


async def test_a_list_and_a_folder_are_one_too_many(tmp_path: Path) -> None:
    """Which of the two is meant cannot be known."""
    with pytest.raises(Rejected, match="BOOKSIDE_BOOKS lists the books, so name no other"):
        async with open_libraries(read_settings(books=write_books(tmp_path), book=tmp_path)):
            pass


def test_every_edition_of_a_docusaurus_site(tmp_path: Path) -> None:
    """One line of the list stands for all its versions and languages, each at the address that the site gives it."""
    file = tmp_path / "books.toml"
    file.write_text(f"[[books]]\nfolder = '{EDITIONS}'\nid = 'lanterns'\neditions = 'all'\n")
    with serving(tmp_path / "data", book=None, books=file) as served:
        status = served.client.get("/assistant/index/status", params={"book": "lanterns-1.0-de"}).json()
        found = {
            path: served.client.get("/assistant/config", params={"url": path}).json()["book"]
            for path in (
                "/lanterns/manual/guide/trim",
                "/lanterns/manual/first/",
                "/lanterns/de/manual/edge/guide/trim",
            )
        }
        shared = served.client.get("/assistant/config", params={"url": "/lanterns/recipes/oil"}).json()["book"]
        old = served.client.get("/lanterns/manual/first/guide/trim").text

    assert status["books"] == [f"lanterns-{version}-{locale}" for locale in ("en", "de") for version in VERSIONS]
    assert [*found.values()] == ["lanterns-2.0-en", "lanterns-1.0-en", "lanterns-current-de"]
    assert shared == "lanterns-2.0-en"
    assert '<a href="/lanterns/manual/guide/trim">2.0, en</a>' in old
    assert '<span class="edition">First, en</span>' in old


async def test_one_edition_of_a_docusaurus_site(tmp_path: Path) -> None:
    """By its version and its locale; one that the site has not is refused with those that it has."""
    file = tmp_path / "books.toml"
    file.write_text(f"[[books]]\nfolder = '{EDITIONS}'\nversion = '1.0'\nlocale = 'de'\n")
    async with open_libraries(read_settings(books=file, data=tmp_path / "data")) as (library,):
        assert library.book is not None
        assert library.book.pages[0].url == "/lanterns/de/manual/first"
    file.write_text(f"[[books]]\nfolder = '{EDITIONS}'\nversion = '9'\n")
    with pytest.raises(BookError, match=r"no version '9'; it has '2.0'"):
        async with open_libraries(read_settings(books=file, data=tmp_path / "data")):
            pass
