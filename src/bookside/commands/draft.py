"""``bookside eval --make``: drafts of questions, by templates, or by the language model where one is configured."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bookside.book import Book, Page, Section
from bookside.commands.terminal import notices, progress
from bookside.errors import Rejected, Unavailable
from bookside.evaluation.draft import Draft, drafts, spread
from bookside.library import read_library_book
from bookside.settings import Settings

if TYPE_CHECKING:
    from bookside.models.question_writer import QuestionWriter

AT_ONCE = 4
MIN_CHARS = 200
"""Sections with fewer characters hold nothing worth asking a model for."""

MAX_CHARS = 6_000
FAILURES = 5
"""So many failures before the first question, and the model is not there."""


def draft_questions(settings: Settings, limit: int, out: Path | None) -> None:
    """Write at most ``limit`` drafts, in the order of the book.

    Raises:
        Rejected: No book is named, the book has nothing to ask about, or ``out`` cannot be written or is there already.
        Unavailable: The language model does not answer.
    """
    book = read_library_book(settings)
    if book is None:
        raise Rejected("which book? Give its folder, as in `bookside eval --make docs`, or set BOOK")
    if out is not None and out.exists():
        raise Rejected(f"{out} is there already, perhaps with your edits; choose another name")
    made = asyncio.run(_drafts(settings, book, limit))
    if not made:
        raise Rejected("no heading of the book makes a question; write some by hand, or configure a language model")
    lines = "".join(json.dumps(draft.as_json(), ensure_ascii=False) + "\n" for draft in made)
    if out is None:
        typer.echo(lines, nl=False)
    else:
        out.write_text(lines, "utf-8")
    notices.print(
        f"{len(made)} drafts. Look them through: word them as your readers would, see that the page answers, and take "
        "`draft` out of the line.",
        markup=False,
    )


async def _drafts(settings: Settings, book: Book, limit: int) -> list[Draft]:
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return drafts(book, limit)
    from bookside.app import question_writer  # noqa: PLC0415 - the server takes seconds to import

    async with AsyncExitStack() as stack:
        writer = question_writer(settings, stack)
        return drafts(book, limit) if writer is None else await _written(writer, book, limit)


async def _written(writer: "QuestionWriter", book: Book, limit: int) -> list[Draft]:
    worth = [(page, section) for page, section in book.sections() if len(section.markdown.strip()) >= MIN_CHARS]
    chosen = spread(worth, limit)
    failures: list[Unavailable] = []
    done = 0
    turn = asyncio.Semaphore(AT_ONCE)

    with progress("Writing", "questions") as show:

        async def one(page: Page, section: Section) -> Draft | None:
            nonlocal done
            async with turn:
                if done == len(failures) >= FAILURES:
                    return None
                try:
                    question = await writer.write(" › ".join(section.path), section.markdown.strip()[:MAX_CHARS])
                except Unavailable as error:
                    failures.append(error)
                    notices.print(f"left out: {section.url}: {error}", style="yellow", markup=False)
                    question = None
                done += 1
                show(done, len(chosen))
            if question is None:
                return None
            anchor = section.anchor if section.level > 1 else None
            return Draft(question=question, page=page.path, section=anchor, kind="model")

        found: Sequence[Draft | None] = await asyncio.gather(*(one(*place) for place in chosen))
    made = [draft for draft in found if draft is not None]
    if failures and not made:
        raise failures[0]
    return made
