"""``bookside eval``: measure how well a book's questions are answered, compare two runs, or draft questions."""

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bookside.commands.draft import draft_questions
from bookside.commands.terminal import notices, progress
from bookside.context import Location
from bookside.errors import BookError, Rejected, Unavailable
from bookside.evaluation.baselines import baselines
from bookside.evaluation.compare import compare
from bookside.evaluation.questions import Question, Questions, read_questions
from bookside.evaluation.report import Report, read_results, to_json
from bookside.evaluation.run import Found, Result, ask_all
from bookside.evaluation.tables import comparison_lines, report_lines
from bookside.http.places import Places
from bookside.index.model import Filter
from bookside.library import Library, open_library
from bookside.search.find import filter_of
from bookside.search.model import SearchScope
from bookside.settings import read_settings

PASSAGES = 50
DRAFTS = 100
STDOUT = Path("-")


def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(help="Questions, one JSON object a line; with --make, the book's folder.")
    ] = None,
    book: Annotated[Path | None, typer.Argument(help="Folder of the book; the setting BOOK when left out.")] = None,
    n: Annotated[
        int | None, typer.Option("-n", min=1, help="Passages looked through for each question [50], or drafts [100].")
    ] = None,
    scope: Annotated[
        str, typer.Option(help="As for `bookside search`; a narrow one needs `on`, the reader's page, in each line.")
    ] = "full_book",
    with_baselines: Annotated[
        bool, typer.Option("--baselines", help="Measure search by meaning alone and by words alone, too.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write everything as JSON to this file; - for stdout.")
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(help="As in hit@5=0.85 or section.MRR@10=0.7: status 1 when the figure is lower. Repeatable."),
    ] = None,
    compared: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", metavar="OLD NEW", help="Compare two files that --json has written."),
    ] = None,
    make: Annotated[bool, typer.Option("--make", help="Draft questions from the book, for you to edit.")] = False,
    out: Annotated[Path | None, typer.Option(help="With --make: the file to write; stdout when left out.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="How to read the book; found when left out.")] = None,
) -> None:
    """Measure how well the book answers a file of questions."""
    if compared is not None:
        _compare(*compared, json_file=json_file)
    elif make:
        settings = read_settings(book=book or questions, book_kind=kind)
        draft_questions(settings, n or DRAFTS, out)
    elif questions is None:
        raise Rejected("which questions? Give a file with one JSON object a line, or draft one with --make")
    else:
        least = [_least(text) for text in fail_under or ()]
        settings = read_settings(book=book, book_kind=kind)

        async def run() -> Report:
            async with open_library(settings) as library:
                return await _run(library, questions, _scope(scope), n or PASSAGES, with_baselines=with_baselines)

        report = asyncio.run(run())
        if json_file is not None:
            _write(to_json(report), json_file)
        if json_file != STDOUT:
            _print(report_lines(report))
        _judge(report, least)


async def _run(library: Library, file: Path, scope: SearchScope, limit: int, *, with_baselines: bool) -> Report:
    book = library.book
    if book is None:
        raise Rejected("which book? Give its folder, as in `bookside eval questions.jsonl docs`, or set BOOK")
    read = _usable(read_questions(file, Places(book).page), file, scope)
    with progress("Indexing", "passages") as show:
        await library.sync(show)
    reranking = library.reranking
    if reranking is not None:
        await reranking.warm()

    async def find(question: Question) -> Sequence[Found]:
        place = _place(question)
        return await library.search.find(
            [question.text],
            scope=scope,
            chapter=place.chapter,
            lesson=place.lesson,
            up_to=place.order if scope == "up_to_here" else None,
            limit=limit,
        )

    def only(question: Question) -> Filter:
        place = _place(question)
        return filter_of(scope, place.chapter, place.lesson, place.order if scope == "up_to_here" else None)

    ways = {"": find} | (baselines(library.index, library.embedder, limit, only) if with_baselines else {})
    results: dict[str, list[Result]] = {}
    for name, way in ways.items():
        with progress(name or "Asking", "questions") as show:
            results[name] = await ask_all(read.good, way, lambda done, show=show: show(done, len(read.good)))
    if reranking is not None and reranking.missed:
        raise Unavailable("re-ranker", f"it missed {reranking.missed} of the searches, so there are no figures of it")
    return Report(
        about={
            "bookside": version("bookside"),
            "book": book.title,
            "file": str(file),
            "scope": scope,
            "n": limit,
            "embedder": library.embedder.name,
            "reranker": reranking.name if reranking is not None else None,
        },
        results=results.pop(""),
        baselines=results,
        left_out=[str(problem) for problem in read.bad],
    )


def _place(question: Question) -> Location:
    page = question.on
    if page is None:
        return Location()
    chapter, lesson = page.chapter, page.lesson
    return Location(
        chapter=chapter.number if chapter else None, lesson=lesson.slug if lesson else None, order=page.order
    )


def _usable(read: Questions, file: Path, scope: SearchScope) -> Questions:
    """The questions that can be asked in this scope; the others are told on stderr."""
    good = [question for question in read.good if scope == "full_book" or question.on is not None]
    reason = f"the scope {scope} needs `on`, the page that the reader is on"
    bad = [BookError(str(file), question.line, reason) for question in read.good if question not in good]
    usable = Questions(tuple(good), (*read.bad, *bad))
    if not good:
        raise Rejected(str(usable.bad[0]))
    for problem in usable.bad:
        notices.print(f"left out: {problem}", style="yellow", markup=False)
    drafts = sum(question.is_draft for question in good)
    if drafts:
        notices.print(
            f"{drafts} of {len(good)} questions are drafts: look them through, and take `draft` out of their lines",
            style="yellow",
            markup=False,
        )
    return usable


def _scope(name: str) -> SearchScope:
    match name:
        case "full_book" | "up_to_here" | "current_chapter" | "current_page":
            return name
        case _:
            raise Rejected(f"--scope must be full_book, up_to_here, current_chapter or current_page, not {name!r}")


def _least(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        least = float(value)
    except ValueError as error:
        raise Rejected(f"--fail-under wants a figure and a number, as in hit@5=0.85, not {text!r}") from error
    return name.strip(), least


def _judge(report: Report, least: Iterable[tuple[str, float]]) -> None:
    """Status 1 where a figure is too low, or where questions that should have been asked were none."""
    figures = {name.lower(): one.value for name, one in report.by_page().items()}
    figures |= {f"section.{name.lower()}": one.value for name, one in report.by_section().items()}
    failed = False
    for name, value in least:
        found = figures.get(name.lower())
        if found is None:
            raise Rejected(f"no figure {name!r}; there are {', '.join(figures)}")
        if found < value:
            notices.print(f"{name} is {found:.3f}, under {value:g}", style="red", markup=False)
            failed = True
        if report.left_out:
            notices.print(f"{len(report.left_out)} lines were left out", style="red", markup=False)
            failed = True
    if failed:
        raise typer.Exit(1)


def _compare(old: Path, new: Path, *, json_file: Path | None) -> None:
    comparison = compare(read_results(old), read_results(new))
    if json_file is not None:
        _write(json.dumps(comparison.as_json(), ensure_ascii=False, indent=1), json_file)
    if json_file != STDOUT:
        _print(comparison_lines(comparison))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _write(text: str, file: Path) -> None:
    if file == STDOUT:
        sys.stdout.write(text + "\n")
        return
    try:
        file.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise Rejected(f"{file} cannot be written: {error.strerror or error}") from error
