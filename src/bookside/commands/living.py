"""Books that are indexed while their author writes, as the command shows it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import typer
from rich.console import Console

from bookside.errors import BooksideError
from bookside.library import Library
from bookside.upkeep.keeper import Keeper, Refreshed
from bookside.upkeep.watching import watch

notices = Console(stderr=True, highlight=False, soft_wrap=True)


@asynccontextmanager
async def watching(keepers: Sequence[Keeper], data: Path) -> AsyncGenerator[None]:
    """Meanwhile, what is saved in these books' folders is indexed, and served where they are served."""
    tasks = [asyncio.create_task(watch(keeper, data, told, ready)) for keeper in keepers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def watch_and_print(libraries: Sequence[Library], data: Path) -> None:
    """Index what is saved, until the command is stopped."""
    async with asyncio.TaskGroup() as together:
        for library in libraries:
            together.create_task(watch(Keeper(library), data, told, ready))


def ready(keeper: Keeper) -> None:
    """Say that what is saved from now on is indexed."""
    notices.print(f"Watching {keeper.library.settings.book}; Ctrl+C ends it.", markup=False)


def told(keeper: Keeper, became: Refreshed | BooksideError) -> None:
    """A line for what has changed, and one for each page that cannot be read."""
    of = f"{keeper.library.entry.id}: " if keeper.library.entry else ""
    if isinstance(became, BooksideError):
        notices.print(f"{of}{became}; the index is as it was", style="red", markup=False)
        return
    if became.report is None:
        for problem in became.broken:
            notices.print(f"{of}{problem}; the index is as it was", style="yellow", markup=False)
        return
    for problem in became.book.problems:
        notices.print(f"{of}left out: {problem}", style="yellow", markup=False)
    report = became.report
    if report.added or report.removed:
        at = time.strftime("%H:%M:%S")
        typer.echo(f"{at} {of}{report.added} added, {report.removed} removed, {report.unchanged} unchanged")
