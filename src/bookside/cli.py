"""The command: parse, call, print. Results go to stdout, progress and notices to stderr.

The agent and the server take seconds to import, so the commands that use them import them when they run.
"""

import asyncio
import json
import logging
import os
import re
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import SecretStr

from bookside.book import Book, Page
from bookside.book.built import check_folder
from bookside.commands.crawl import crawl
from bookside.commands.evaluate import evaluate
from bookside.commands.status import status
from bookside.commands.terminal import Unescaped, counted, notices, progress
from bookside.context import Location, Turn
from bookside.errors import BooksideError, Rejected, Unavailable
from bookside.http.places import Places, no_such_page
from bookside.library import NO_PAGES, Library, books_of, open_libraries, open_library, read_library_book
from bookside.search.model import Passage, SearchScope
from bookside.settings import Settings, plain, read_settings, variable

if TYPE_CHECKING:
    from bookside.app import App

HIDDEN = "********"
NO_BOOK = "which book? Give its folder, as in `bookside serve docs`, or set BOOK"

cli = typer.Typer(
    name="bookside",
    help="Put an assistant beside a book: it answers from the book, and every claim leads to its passage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

BookArgument = Annotated[
    Path | None, typer.Argument(help="Folder of the book, or its one file; the setting BOOK when left out.")
]
BooksArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Folder or file of the book, or of each of several; the settings BOOK or BOOKSIDE_BOOKS when left out."
    ),
]
IdOption = Annotated[str | None, typer.Option("--book", help="Which book, by its id, where there are several.")]
WatchOption = Annotated[bool, typer.Option("--watch", help="Go on, and index what is saved as soon as it is.")]
KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        help="How to read it: docusaurus, mkdocs, mdbook, hugo, quarto, sphinx, jupyter-book, html or folder; "
        "found when left out.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@cli.callback(invoke_without_command=True)
def _root(show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if show_version:
        typer.echo(version("bookside"))
        raise typer.Exit


@cli.command()
def serve(
    books: BooksArgument = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve; needs PostgreSQL and Qdrant.")] = None,
    kind: KindOption = None,
    watch: WatchOption = False,
) -> None:
    """Index the book if needed, then serve it with its assistant."""
    settings = read_settings(**_folders(books), host=host, port=port, workers=workers, book_kind=kind)
    if settings.workers > 1:
        _check_shared(settings)
        if watch:
            raise Rejected("--watch is for one worker; run `bookside index --watch` beside several")
    _log_at(settings.log_level)
    if settings.workers == 1:
        _run_server(_serve(settings, watch=watch))
    else:
        _serve_together(settings)


def _folders(books: list[Path] | None) -> dict[str, Any]:
    """The folders that the command names, as settings."""
    first, *more = books or [None]
    return {"book": first, "more_books": tuple(more) or None}


def _run_server(main: Coroutine[Any, Any, None]) -> None:
    from bookside.http.running import event_loop  # noqa: PLC0415 - see the module's docstring

    with asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(main)


async def _serve(settings: Settings, *, watch: bool) -> None:
    from bookside.app import build  # noqa: PLC0415 - see the module's docstring
    from bookside.commands.living import watching  # noqa: PLC0415
    from bookside.http.running import listen, run  # noqa: PLC0415

    async with build(settings) as app:
        if app.asgi is None:
            raise Rejected(NO_BOOK)
        sockets = listen(settings.host, settings.port)
        await _make_ready(app, settings, port=_port(sockets))
        async with watching(app.keepers if watch else (), settings.data):
            served = await run(app.asgi, sockets, log_level=settings.log_level)
        if not served:
            raise typer.Exit(1)


def _port(sockets: list[socket.socket]) -> int:
    return sockets[0].getsockname()[1]


async def _make_ready(app: "App", settings: Settings, *, port: int) -> None:
    for library in app.libraries:
        await _sync(library, quiet=False)
    _announce(app, settings, port=port)


def _check_shared(settings: Settings) -> None:
    """Several processes need a database and an index that are made to be shared.

    Raises:
        Rejected: What is set serves one process; the message says what to set instead.
    """
    if sys.platform == "win32":
        raise Rejected("several workers need a system with POSIX signals, and this is Windows: leave out --workers")
    lacks: list[str] = []
    if not (plain(settings.database_url) or "").startswith("postgres"):
        lacks.append("SQLite serves one process, so set DATABASE_URL to a PostgreSQL address, as in postgresql://…")
    if settings.qdrant_url is None:
        lacks.append("the index in the data folder serves one process, so set QDRANT_URL to a Qdrant server's address")
    if lacks:
        raise Rejected(f"{settings.workers} workers cannot share what is configured: {'; '.join(lacks)}")


def _serve_together(settings: Settings) -> None:
    """Take the port, make ready once for all workers, and keep them at work; this process itself stays small."""
    from bookside.http.metrics import forget_live  # noqa: PLC0415 - see the module's docstring
    from bookside.http.running import listen  # noqa: PLC0415
    from bookside.http.workers import apart, supervise  # noqa: PLC0415

    if settings.book is None and not books_of(settings):
        raise Rejected(NO_BOOK)
    sockets = listen(settings.host, settings.port)
    if not apart(partial(_prepare, settings, _port(sockets))):
        raise typer.Exit(1)
    with TemporaryDirectory(prefix="bookside-metrics-") as folder:
        work = partial(_work, settings, sockets, Path(folder))
        supervise(work, settings.workers, forget=partial(forget_live, Path(folder)))


def _prepare(settings: Settings, port: int) -> None:
    """What is done once: the database is migrated, and the index brought in step."""
    from bookside.app import build  # noqa: PLC0415 - see the module's docstring
    from bookside.http.workers import ended_with_parent  # noqa: PLC0415

    async def prepare() -> None:
        with ended_with_parent():
            async with build(settings) as app:
                await _make_ready(app, settings, port=port)

    _log_at(settings.log_level)
    with _failing_in_a_line():
        asyncio.run(prepare())


def _work(
    settings: Settings, sockets: list[socket.socket], metrics: Path, number: int, serves: Callable[[], None]
) -> None:
    """One of several server processes, from its start to its end."""
    from bookside.http.metrics import share_metrics  # noqa: PLC0415 - see the module's docstring

    _log_at(settings.log_level)
    share_metrics(metrics, number)
    with _failing_in_a_line(f"worker {number} (process {os.getpid()}): "):
        _run_server(_serve_as_worker(settings, sockets, serves))


async def _serve_as_worker(settings: Settings, sockets: list[socket.socket], serves: Callable[[], None]) -> None:
    from bookside.app import build  # noqa: PLC0415 - see the module's docstring
    from bookside.http.running import run  # noqa: PLC0415
    from bookside.http.workers import ended_with_parent  # noqa: PLC0415

    with ended_with_parent():
        async with build(settings) as app:
            assert app.asgi is not None
            if not await run(app.asgi, sockets, log_level=settings.log_level, serves=serves):
                sys.exit(1)


def _announce(app: "App", settings: Settings, *, port: int) -> None:
    titles = dict.fromkeys(library.book.title for library in app.libraries if library.book)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    named = " and ".join(f"“{title}”" for title in titles)
    notices.print(f"{named} {'is' if len(titles) == 1 else 'are'} served on [bold]http://{host}:{port}[/]")
    if app.has_model:
        notices.print(f"Answers are written by {settings.chat_model}.")
    else:
        notices.print(
            "No language model is configured, so answers quote the book. Set OPENAI_API_KEY for written ones."
        )


@cli.command()
def index(
    books: BooksArgument = None, kind: KindOption = None, as_json: JsonOption = False, watch: WatchOption = False
) -> None:
    """Bring the index in step with the book; embeds only the passages that changed."""
    settings = read_settings(**_folders(books), book_kind=kind)
    if watch and as_json:
        raise Rejected("--watch prints a line for each change, so leave out --json")
    _log_at("warning")
    asyncio.run(_index(settings, as_json=as_json, watch=watch))


async def _index(settings: Settings, *, as_json: bool, watch: bool) -> None:
    async with open_libraries(settings) as libraries:
        reports: list[dict[str, Any]] = []
        for library in libraries:
            report = await _sync(library, quiet=True)
            of = f"{library.entry.id}: " if library.entry else ""
            if not as_json:
                typer.echo(f"{of}{report.added} added, {report.removed} removed, {report.unchanged} unchanged")
                continue
            problems = [str(problem) for problem in library.book.problems] if library.book else []
            book = {"id": library.entry.id} if library.entry else {}
            reports.append(book | asdict(report) | {"problems": problems})
        if as_json:
            typer.echo(json.dumps(reports[0] if len(reports) == 1 else {"books": reports}, ensure_ascii=False))
        if watch:
            from bookside.commands.living import watch_and_print  # noqa: PLC0415 - see the module's docstring

            await watch_and_print(libraries, settings.data)


async def _sync(library: Library, *, quiet: bool) -> Any:
    for problem in library.book.problems if library.book else ():
        notices.print(f"left out: {problem}", style="yellow", markup=False)
    with progress("Indexing", "passages") as show:
        report = await library.sync(show)
    if not quiet and (report.added or report.removed):
        notices.print(f"{report.added} passages added, {report.removed} removed, {report.unchanged} unchanged")
    return report


cli.command()(status)


@cli.command()
def outline(
    book: BookArgument = None,
    kind: KindOption = None,
    as_json: JsonOption = False,
    book_version: Annotated[str | None, typer.Option("--version", help="Version to read, by its name.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language to read, as the site names it.")] = None,
    built: Annotated[Path | None, typer.Option(help="Folder of the built site, to check every address in.")] = None,
    id: IdOption = None,
) -> None:
    """Show the book as it was understood: pages and sections in reading order, with their addresses."""
    settings = read_settings(book=book, book_kind=kind, book_version=book_version, book_locale=locale)
    read = read_library_book(settings, id)
    if read is None:
        raise Rejected("which book? Give its folder, as in `bookside outline docs`, or set BOOK")
    for problem in read.problems:
        notices.print(f"left out: {problem}", style="yellow", markup=False)
    if built is not None:
        _check_addresses(read, built)
    elif as_json:
        typer.echo(json.dumps([_page_json(page) for page in read.pages], ensure_ascii=False, indent=1))
    else:
        _print_outline(read)


def _check_addresses(book: Book, built: Path) -> None:
    """Say which sections the built site does not have; then the command has failed."""
    found = check_folder(book, built)
    for missing in found.missing:
        typer.echo(f"missing: {missing}")
    typer.echo(str(found))
    if found.missing:
        raise typer.Exit(1)


def _page_json(page: Page) -> dict[str, Any]:
    return {
        "page": page.path,
        "url": page.url,
        "title": page.title,
        "part": asdict(page.part) if page.part else None,
        "chapter": asdict(page.chapter) if page.chapter else None,
        "lesson": asdict(page.lesson) if page.lesson else None,
        "sections": [{"heading": section.heading, "url": section.url} for section in page.sections],
    }


def _print_outline(book: Book) -> None:
    typer.echo(f"{book.title} ({book.kind}, {counted(len(book.pages), 'page')})")
    chapter = None
    for page in book.pages:
        if page.chapter and page.chapter != chapter:
            typer.echo(f"{page.chapter.number}. {page.chapter.title}")
        chapter = page.chapter
        typer.echo(f"{'   ' if page.chapter else ''}{page.title}  {page.url}")


cli.command()(crawl)


@cli.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    n: Annotated[int, typer.Option("-n", min=1, max=50, help="Passages at most.")] = 5,
    scope: Annotated[str, typer.Option(help="full_book, up_to_here, current_chapter or current_page.")] = "full_book",
    chapter: Annotated[int | None, typer.Option(help="Number of the reader's chapter.")] = None,
    lesson: Annotated[str | None, typer.Option(help="Slug of the reader's page.")] = None,
    page: Annotated[str | None, typer.Option(help="Address of the reader's page, or its file in the book.")] = None,
    as_json: JsonOption = False,
    id: IdOption = None,
) -> None:
    """Find passages for a question, best first."""
    settings = read_settings()
    _log_at("warning")
    wanted = _scope(scope)
    passages = asyncio.run(_search(settings, id, question, n, wanted, Asked(chapter, lesson, page)))
    if as_json:
        typer.echo(json.dumps([passage.as_json() for passage in passages], ensure_ascii=False, indent=1))
        return
    if not passages:
        notices.print("Nothing in this book fits.")
    elif all(passage.is_likely is False for passage in passages):
        notices.print("Nothing in this book quite fits. These come nearest:")
    for passage in passages:
        typer.echo(f"{passage.score:.3f}  {' › '.join(passage.path)}\n       {passage.url}")
        typer.echo("       " + " ".join(passage.text.split())[:200] + "\n")


def _scope(name: str) -> SearchScope:
    match name:
        case "full_book" | "up_to_here" | "current_chapter" | "current_page":
            return name
        case _:
            raise Rejected(f"--scope must be full_book, up_to_here, current_chapter or current_page, not {name!r}")


@dataclass(frozen=True, slots=True)
class Asked:
    """The reader's page, as the command was told it."""

    chapter: int | None
    lesson: str | None
    page: str | None


async def _search(
    settings: Settings, id: str | None, question: str, n: int, scope: SearchScope, asked: Asked
) -> list[Passage]:
    async with open_library(settings, id) as library:
        await _index_if_new(library)
        place = _place(library.book, asked, needs_page=scope == "up_to_here")
        return await library.search.find(
            [question],
            scope=scope,
            chapter=place.chapter,
            lesson=place.lesson,
            up_to=place.order if scope == "up_to_here" else None,
            limit=n,
        )


def _place(book: Book | None, asked: Asked, *, needs_page: bool) -> Location:
    """The reader's place; only the book itself knows its pages' addresses and their order."""
    if book is None:
        if asked.page is not None or needs_page:
            raise Rejected(NO_PAGES)
        return Location(chapter=asked.chapter, lesson=asked.lesson)
    places = Places(book)
    if asked.page is not None and places.page(asked.page) is None:
        raise no_such_page(asked.page, [places])
    return places.locate(chapter=asked.chapter, lesson=asked.lesson, url=asked.page)


async def _index_if_new(library: Library) -> None:
    if (await library.index.status()).chunks:
        return
    if library.book is None:
        raise Rejected("nothing is indexed yet: run `bookside index` with the book's folder, or set BOOK")
    await _sync(library, quiet=False)


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="What to ask.")],
    page: Annotated[str | None, typer.Option(help="Address of the page that the question is about.")] = None,
    id: IdOption = None,
) -> None:
    """Ask the assistant; the answer is streamed, its sources follow."""
    settings = read_settings()
    _log_at("error")
    asyncio.run(_ask(settings, question, page, id))


async def _ask(settings: Settings, question: str, page: str | None, book: str | None) -> None:
    from chatkit.server import StreamingResult  # noqa: PLC0415 - see the module's docstring

    from bookside.app import build  # noqa: PLC0415

    async with build(settings) as app:
        for library in app.libraries:
            await _index_if_new(library)
        turn = app.place(Turn(id=f"cli_{secrets.token_hex(16)}"), page, book)
        body = json.dumps(
            {
                "type": "threads.create",
                "params": {
                    "input": {
                        "content": [{"type": "input_text", "text": question}],
                        "attachments": [],
                        "inference_options": {},
                    }
                },
            }
        ).encode()
        await app.assistant.check(body, turn)
        result = await app.assistant.process(body, turn)
        assert isinstance(result, StreamingResult)
        await _print_answer(result.json_events)


async def _print_answer(frames: AsyncIterator[bytes]) -> None:
    sources: dict[str, tuple[int, str]] = {}
    has_text = failed = False
    words = Unescaped()
    async for frame in frames:
        match json.loads(frame.removeprefix(b"data: ")):
            case {"update": {"type": "assistant_message.content_part.text_delta", "delta": text}}:
                has_text = has_text or bool(text.strip())
                typer.echo(words.feed(text), nl=False)
            case {"update": {"type": "assistant_message.content_part.annotation_added", "annotation": annotation}}:
                typer.echo(words.rest(), nl=False)
                source = annotation["source"]
                number, _ = sources.setdefault(source["url"], (len(sources) + 1, source["title"]))
                typer.echo(f" [{number}]", nl=False)
            case {"type": "error", **error}:
                failed = True
                message = error.get("message") or "the answer failed"
                notices.print(f"{chr(10) if has_text else ''}bookside: {message}", style="red", markup=False)
            case _:
                pass
    typer.echo(words.rest(), nl=False)
    if has_text:
        typer.echo("")
    elif not failed:
        raise Unavailable("language model", "it gave an empty answer")
    if sources:
        typer.echo("\nSources")
    for url, (number, title) in sources.items():
        typer.echo(f"  [{number}] {title}\n      {url}")
    if failed:
        raise typer.Exit(1)


cli.command("eval")(evaluate)


@cli.command()
def settings(as_json: JsonOption = False) -> None:
    """List every setting, its value here and what it means."""
    read = read_settings()
    rows = [
        (variable(name), _shown(getattr(read, name)), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        typer.echo(
            json.dumps([{"name": n, "value": v, "meaning": d} for n, v, d in rows], ensure_ascii=False, indent=1)
        )
        return
    for name, value, description in rows:
        typer.echo(f"{name}={value}\n    {description}")


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, str) and "://" in value:  # who signs in, and a query, may be keys
        return re.sub(r"[?#].*", f"?{HIDDEN}", re.sub(r"(?<=://).*@", f"{HIDDEN}@", value, flags=re.S), flags=re.S)
    return "" if value is None else str(value)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema (serve does so, too)."""
    from bookside.app import database_url  # noqa: PLC0415 - see the module's docstring
    from bookside.store import migrate as migrate_database  # noqa: PLC0415

    done = asyncio.run(migrate_database(database_url(read_settings())))
    typer.echo(f"schema {done.before or 'none'} → {done.after}")


def _log_at(level: str) -> None:
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for noisy in ("httpx", "httpx2", "httpcore", "openai", "openai.agents", "alembic", "chatkit"):
        logging.getLogger(noisy).setLevel("DEBUG" if level == "debug" else "WARNING")


@contextmanager
def _failing_in_a_line(where: str = "") -> Generator[None]:
    """An expected failure is one line on stderr and exit status 1."""
    try:
        yield
    except BooksideError as error:
        sys.exit(f"bookside: {where}{error}")
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"bookside: {where}{error.filename}: {error.strerror}")


def main() -> None:
    """Run the command."""
    with _failing_in_a_line():
        cli()
