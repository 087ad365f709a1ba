"""The contract's part on order and pages."""

from typing import Any, Literal

import pytest

from bookside.errors import Rejected
from bookside.store import RowNotFound, ThreadStore
from store.samples import ANN, BOB, NOON, message, thread

ORDERS = ("asc", "desc")


async def walk(load: Any, limit: int) -> list[str]:
    """The ids of all pages of ``limit``; each page must say truly whether there is another."""
    ids: list[str] = []
    after = None
    while True:
        page = await load(after=after, limit=limit)
        ids += [row.id for row in page.data]
        assert len(page.data) <= limit
        assert (page.after is not None) == page.has_more
        if not page.has_more:
            return ids
        assert page.after == page.data[-1].id
        after = page.after


class Pages:
    @pytest.mark.parametrize("order", ORDERS)
    async def test_pages_of_items_hold_each_once(self, store: ThreadStore, order: Literal["asc", "desc"]) -> None:
        """In the order they were added, although all are of one instant and their ids are in no order."""
        ids = ["d", "a", "e", "b", "c"]
        await store.save_thread(thread(), ANN)
        for id in ids:
            await store.add_thread_item("thr_1", message(id), ANN)
        await store.save_item("thr_1", message("d", "edited"), ANN)

        async def load(after: str | None, limit: int) -> Any:
            return await store.load_thread_items(thread_id="thr_1", after=after, limit=limit, order=order, context=ANN)

        for limit in (1, 2, 3, 5, 6):
            assert (ids if order == "asc" else ids[::-1]) == await walk(load, limit)

    @pytest.mark.parametrize("order", ORDERS)
    async def test_pages_of_threads_hold_each_once(self, store: ThreadStore, order: Literal["asc", "desc"]) -> None:
        """In the order they were made; a change moves none, a deletion loses none, and nobody else's is there."""
        ids = ["d", "a", "e", "b", "c"]
        for id in [*ids, "gone"]:
            await store.save_thread(thread(f"{id} of bob"), BOB)
            await store.save_thread(thread(id), ANN)
        await store.save_thread(thread("d", title="edited", created_at=NOON.replace(year=2030)), ANN)
        await store.delete_thread("gone", ANN)

        async def load(after: str | None, limit: int) -> Any:
            return await store.load_threads(limit=limit, after=after, order=order, context=ANN)

        for limit in (1, 2, 3, 5, 6):
            assert (ids if order == "asc" else ids[::-1]) == await walk(load, limit)

    @pytest.mark.parametrize("limit", [1, 3])
    async def test_a_walk_forward_meets_what_is_added_meanwhile(self, store: ThreadStore, limit: int) -> None:
        """Each page is loaded after two more items were added; none is missed and none is shown twice."""
        await store.save_thread(thread(), ANN)
        added: list[str] = []

        async def add(count: int) -> None:
            for _ in range(count):
                added.append(f"item {len(added)}")
                await store.add_thread_item("thr_1", message(added[-1]), ANN)

        await add(3)

        async def load(after: str | None, limit: int) -> Any:
            page = await store.load_thread_items("thr_1", after, limit, "asc", ANN)
            await add(2 if len(added) < 13 else 0)
            return page

        shown = await walk(load, limit)
        assert added[: len(shown)] == shown
        assert len(shown) >= 3

    @pytest.mark.parametrize("limit", [1, 2])
    async def test_a_walk_back_is_not_moved_by_what_is_added_meanwhile(self, store: ThreadStore, limit: int) -> None:
        """New items are at the end that the walk has left behind."""
        await store.save_thread(thread(), ANN)
        for n in range(7):
            await store.add_thread_item("thr_1", message(f"old {n}"), ANN)

        async def load(after: str | None, limit: int) -> Any:
            page = await store.load_thread_items("thr_1", after, limit, "desc", ANN)
            await store.add_thread_item("thr_1", message(f"new after {after}"), ANN)
            return page

        assert [f"old {n}" for n in reversed(range(7))] == await walk(load, limit)

    async def test_the_page_past_the_last_is_empty(self, store: ThreadStore) -> None:
        """The last item is a cursor like any other."""
        await store.save_thread(thread(), ANN)
        await store.add_thread_item("thr_1", message("a"), ANN)
        for order in ORDERS:
            items = await store.load_thread_items("thr_1", "a", 5, order, ANN)
            threads = await store.load_threads(5, "thr_1", order, ANN)
            assert (items.data, items.has_more, items.after) == ([], False, None)
            assert (threads.data, threads.has_more, threads.after) == ([], False, None)

    @pytest.mark.parametrize("order", ORDERS)
    async def test_an_unknown_cursor_is_not_found(self, store: ThreadStore, order: str) -> None:
        """It gives no empty page, which would look like the end; nor does the item of another thread."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
            await store.add_thread_item(id, message(f"in {id}", thread_id=id), ANN)
        await store.save_thread(thread("of bob"), BOB)
        for after in ("nothing", "in thr_2", "", "\0", "\ud800", "x" * 5000):
            with pytest.raises(RowNotFound):
                await store.load_thread_items("thr_1", after, 5, order, ANN)
        for after in ("nothing", "of bob", "\0"):
            with pytest.raises(RowNotFound):
                await store.load_threads(5, after, order, ANN)

    async def test_a_limit_may_be_anything(self, store: ThreadStore) -> None:
        """Nothing of nothing, all of more than there is; less than nothing is the caller's mistake."""
        await store.save_thread(thread(), ANN)
        await store.add_thread_item("thr_1", message("a"), ANN)

        none = await store.load_thread_items("thr_1", None, 0, "asc", ANN)
        all_of_it = await store.load_thread_items("thr_1", None, 10**30, "asc", ANN)

        assert (none.data, none.has_more, none.after) == ([], False, None)
        assert [item.id for item in all_of_it.data] == ["a"]
        with pytest.raises(Rejected, match="not -1"):
            await store.load_thread_items("thr_1", None, -1, "asc", ANN)
        with pytest.raises(Rejected, match="not -1"):
            await store.load_threads(-1, None, "asc", ANN)

    async def test_an_order_is_one_of_two(self, store: ThreadStore) -> None:
        """Anything else is rejected, and reaches no statement."""
        with pytest.raises(Rejected, match="'sideways'"):
            await store.load_thread_items("thr_1", None, 5, "sideways", ANN)
        with pytest.raises(Rejected, match="'asc; DROP"):
            await store.load_threads(5, None, "asc; DROP TABLE threads", ANN)
