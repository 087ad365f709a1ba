"""What every command says on stderr, so that stdout holds results alone."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

notices = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress(doing: str, what: str) -> Generator[Callable[[int, int], None]]:
    """A bar while something is done, called with how many are done and how many there are; only in a terminal."""
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn(what), TimeRemainingColumn())
    with Progress(*columns, console=notices, transient=True, disable=not notices.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show
