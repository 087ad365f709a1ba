"""The contract's part on finding threads by their words."""

from typing import Any, Literal

import pytest

from bookside.store import RowNotFound, ThreadStore
from store.contract_pages import ORDERS, walk
from store.samples import ANN, BOB, HOLDER, message, thread


async def found(store: ThreadStore, query: str) -> list[str]:
    """The ids of Ann's threads that a search finds."""
    return [row.id for row in (await store.find_threads(query, 10, None, "asc", ANN)).data]


class Finding:
    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            ("relay", ["by title", "by text"]),
            ("RELAY", ["by title", "by text"]),
            ("öl", ["by title"]),
            ("ÖL", ["by title"]),
            ("wasser", ["by text"]),
            ("relay öl", ["by title"]),
            ("relay  current", ["by text"]),
            ("100%", ["odd"]),
            ("a_b", ["odd"]),
            ("c\\d", ["odd"]),
            ("%", ["odd"]),
            ("rel%y", []),
            ("nowhere", []),
            ("", ["by title", "by text", "odd"]),
            (" ", ["by title", "by text", "odd"]),
            ("\0", []),
        ],
    )
    async def test_each_word_is_in_the_title_or_in_a_message(
        self, store: ThreadStore, query: str, ids: list[str]
    ) -> None:
        """Small and capital letters are one, also beyond A to Z; no character of a word means anything else."""
        await store.save_thread(thread("by title", title="A Relay and its Öl"), ANN)
        await store.save_thread(thread("by text", title=None), ANN)
        await store.add_thread_item("by text", message("a", "What is a relay?"), ANN)
        await store.add_thread_item("by text", message("b", "A switch for a large current, and WASSER"), ANN)
        await store.save_thread(thread("odd", title="100% of a_b is c\\d"), ANN)

        assert await found(store, query) == ids

    async def test_nobody_finds_what_is_another_readers(self, store: ThreadStore) -> None:
        """Neither by its title nor by its messages, and a thread of its id's holder is found by nobody."""
        for reader in (BOB, HOLDER):
            await store.save_thread(thread(f"of {reader.id}", title="secret"), reader)
            await store.add_thread_item(f"of {reader.id}", message("a", "secret"), reader)

        assert await found(store, "secret") == []
        assert (await store.find_threads("secret", 10, None, "asc", HOLDER)).data == []
        with pytest.raises(RowNotFound):
            await store.find_threads("secret", 10, f"of {BOB.id}", "asc", ANN)

    @pytest.mark.parametrize("order", ORDERS)
    async def test_pages_of_found_threads_hold_each_once(
        self, store: ThreadStore, order: Literal["asc", "desc"]
    ) -> None:
        """In the order they were made, whatever lies between them."""
        ids = ["d", "a", "e", "b", "c"]
        for id in ids:
            await store.save_thread(thread(f"not {id}", title="other"), ANN)
            await store.save_thread(thread(id, title="wanted"), ANN)

        async def load(after: str | None, limit: int) -> Any:
            return await store.find_threads("wanted", limit, after, order, ANN)

        for limit in (1, 2, 3, 5, 6):
            assert (ids if order == "asc" else ids[::-1]) == await walk(load, limit)
