"""How commands speak in a terminal: notices on stderr, so that stdout holds results alone; Markdown as it is read."""

import re
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


_PIECE = re.compile(r"`+|~+|\\[!-/:-@\[-`{-~]|\n|[ \t>]+|[^`~\\\n \t>]+|\\")


class Unescaped:
    """Markdown that comes piece by piece, without the backslashes that only keep signs from having a meaning.

    Code keeps its own.
    """

    def __init__(self) -> None:
        self._held = ""
        self._fence = ""
        self._ticks = ""
        self._begins_line = True

    def feed(self, text: str) -> str:
        """What of it, and of what came before, can be shown now."""
        pieces = _PIECE.findall(self._held + text)
        may_go_on = bool(pieces) and (pieces[-1] == "\\" or pieces[-1][0] in "`~")
        self._held = pieces.pop() if may_go_on else ""
        return "".join(map(self._shown, pieces))

    def rest(self) -> str:
        """What was held back."""
        text, self._held = self._held, ""
        return self._shown(text) if text else ""

    def _shown(self, piece: str) -> str:
        begins_line, self._begins_line = self._begins_line, piece == "\n"
        match piece[0]:
            case "\n":
                self._ticks = "" if begins_line else self._ticks  # code in a line ends with its paragraph
            case " " | "\t" | ">":
                self._begins_line = begins_line
            case "`" | "~":
                self._mark(piece, begins_line=begins_line)
            case "\\" if not (self._fence or self._ticks):
                return piece[1:] or piece
            case _:
                pass
        return piece

    def _mark(self, run: str, *, begins_line: bool) -> None:
        if self._fence:
            self._fence = "" if begins_line and run.startswith(self._fence) else self._fence
        elif self._ticks:
            self._ticks = "" if run == self._ticks else self._ticks
        elif begins_line and len(run) >= 3:
            self._fence = run
        elif run[0] == "`":
            self._ticks = run


def counted(number: int, noun: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
