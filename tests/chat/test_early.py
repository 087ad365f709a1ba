"""A search that is begun before anybody needs it."""

import logging
from pathlib import Path

import pytest

from bookside.chat.at_hand import BookAtHand
from bookside.chat.early import searching
from bookside.context import Turn
from bookside.errors import Unavailable
from bookside.index.edge import open_edge_index
from bookside.models.static import open_static_embedder
from bookside.search.find import Search


@pytest.mark.parametrize("is_read", [True, False])
async def test_a_failure_is_heard_once(tmp_path: Path, caplog: pytest.LogCaptureFixture, *, is_read: bool) -> None:
    """By whoever waits for the passages; else, as when the turn itself has failed before, by the log."""
    embedder = open_static_embedder()
    index = open_edge_index(tmp_path, "never-made", embedder)
    book = BookAtHand(
        title="Book",
        instructions="",
        search=Search(index, embedder),
        is_known_link=bool,
        is_known_image=bool,
        is_citable=bool,
    )
    with caplog.at_level(logging.WARNING):
        async with searching(book, ["What is a relay?"], Turn(id="ann"), passages=3) as early:
            assert early is not None
            failed = early.passages()
            if is_read:
                with pytest.raises(Unavailable):
                    await failed
            else:
                failed.close()
                while not early._found.done():
                    await index.generation()

    told = [record.getMessage() for record in caplog.records]
    assert [text for text in told if text.startswith("an early search failed: ")] == told
    assert len(told) == int(not is_read)
    await index.close()
