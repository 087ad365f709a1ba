"""Books that are followed while their author writes: what is saved is indexed at once."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

from watchfiles import DefaultFilter, awatch  # pyright: ignore[reportUnknownVariableType]

from bookside.errors import BooksideError
from bookside.upkeep.keeper import Keeper, Refreshed

QUIET_MS = 80
"""So long nothing may be saved before the book is read, as an editor may write a file in pieces."""
LONGEST_MS = 800
"""After so long it is read, whatever is being saved."""

TIMEOUT_MS = 500
"""So long is waited for a change; then it is known that changes are waited for."""

Told = Callable[[Keeper, Refreshed | BooksideError], None]
"""Told what became of each change: what was read, or why it could not be."""


async def watch(keeper: Keeper, data: Path, told: Told, ready: Callable[[Keeper], None]) -> None:
    """Refresh the book whenever something below its folder changes; ends only when it is cancelled.

    A page that can no longer be read is taken as one that is being saved: the index stays as it was.

    Args:
        data: The folder of our own data, which may lie below the book's.
        ready: Called once, when no change can be missed any more.
    """
    is_ready = False
    book = keeper.library.settings.book
    assert book is not None
    async with aclosing(changes(*await asyncio.to_thread(_resolved, book, data))) as saved:
        async for has_changed in saved:
            if is_ready and not has_changed:
                continue
            try:
                told(keeper, await keeper.refresh(waits_for_broken=True))
            except BooksideError as error:
                told(keeper, error)
            if not is_ready:  # what was saved before anybody watched has been read now
                ready(keeper)
                is_ready = True


async def changes(book: Path, data: Path) -> AsyncGenerator[bool]:
    """``True`` for each lot of changes to files that a book may be made of, and ``False`` now and then.

    Args:
        book: Resolved, as is ``data``.
    """
    watched = DefaultFilter(ignore_paths=[data])
    waiting = awatch(
        book,
        watch_filter=watched,
        debounce=LONGEST_MS,
        step=QUIET_MS,
        rust_timeout=TIMEOUT_MS,
        yield_on_timeout=True,
    )
    async for found in waiting:
        yield bool(found)


def _resolved(book: Path, data: Path) -> tuple[Path, Path]:
    return book.resolve(), data.resolve()
