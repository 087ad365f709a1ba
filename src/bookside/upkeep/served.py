"""What a server says of the index of a book that it serves."""

import asyncio
from typing import Any

from bookside.http.shelf import Volume
from bookside.upkeep.keeper import Keeper
from bookside.upkeep.status import MOST_LEFT_OUT, book_status, changed_since, status_of


async def served_status(keeper: Keeper, volume: Volume) -> dict[str, Any]:
    """What the index of a book that is served holds, and how it stands to its files."""
    index, printing = keeper.library.index, volume.printing
    status, generation = await status_of(index), await index.generation()
    read = await asyncio.to_thread(book_status, printing.book, printing.with_passages)
    changed = await asyncio.to_thread(changed_since, printing.book, printing.read_at_s)
    agrees = generation is not None and generation.contents == printing.contents
    return status | read | {"in_step": agrees and not changed, "changed": changed[:MOST_LEFT_OUT]}
