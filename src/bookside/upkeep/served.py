"""What a server says of the index of a book that it serves."""

import asyncio
from typing import Any

from bookside.http.shelf import Volume
from bookside.upkeep.keeper import Keeper
from bookside.upkeep.status import MOST_LEFT_OUT, book_status, changed_since, status_of


class ServedStatus:
    """What the index of a book that is served holds, and how it stands to its files.

    Saying it walks the book's folder, so whoever asks while that goes on gets the same answer.
    """

    def __init__(self, keeper: Keeper, volume: Volume) -> None:
        self._keeper = keeper
        self._volume = volume
        self._asked: asyncio.Task[dict[str, Any]] | None = None

    async def __call__(self) -> dict[str, Any]:
        """As it is now."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(_status(self._keeper, self._volume))
            self._asked.add_done_callback(_take)
        return await asyncio.shield(self._asked)

    async def close(self) -> None:
        """End what is at work for somebody who has gone."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.wait([self._asked])


def _take(asked: asyncio.Task[dict[str, Any]]) -> None:
    """A failure is told to who waits for the answer; where nobody does any more, it is no news."""
    if not asked.cancelled():
        asked.exception()


async def _status(keeper: Keeper, volume: Volume) -> dict[str, Any]:
    index, printing = keeper.library.index, volume.printing
    status, generation = await status_of(index), await index.generation()
    read = await asyncio.to_thread(book_status, printing.book, printing.with_passages)
    changed = await asyncio.to_thread(changed_since, printing.book, printing.read_at_s)
    agrees = generation is not None and generation.contents == printing.contents
    return status | read | {"in_step": agrees and not changed, "changed": changed[:MOST_LEFT_OUT]}
