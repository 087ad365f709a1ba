"""The contract's part on the two methods that spare a round trip: a thread with its first item, one with its last."""

import asyncio

import pytest
from chatkit.types import StructuredInputItem

from bookside.errors import Rejected
from bookside.store import RowNotFound, ThreadStore
from store.samples import ANN, BOB, HOLDER, every_kind, message, thread


class Conversation:
    async def test_a_thread_begins_with_its_first_item(self, store: ThreadStore) -> None:
        """Of any kind; both come back as they went in."""
        for n, item in enumerate(every_kind()):
            begun = thread(f"thr_{n}", title=f"title {n}", metadata={"nul\0": [1.0, None]})
            await store.begin_thread(begun, item, ANN)
            assert await store.load_conversation(f"thr_{n}", 5, ANN) == (begun, [item])
            assert begun == await store.load_thread(f"thr_{n}", ANN)
            assert item == await store.load_item(f"thr_{n}", item.id, ANN)
        assert len((await store.load_threads(99, None, "asc", ANN)).data) == len(every_kind())

    async def test_a_thread_that_is_there_is_replaced_in_its_place(self, store: ThreadStore) -> None:
        """As saving it and adding the item would: with its items, and with an item of that id in its place."""
        await store.save_thread(thread(title="old"), ANN)
        await store.save_thread(thread("thr_2"), ANN)
        for id in ("a", "b"):
            await store.add_thread_item("thr_1", message(id), ANN)
        await store.begin_thread(thread(title="new"), message("a", "edited"), ANN)
        await store.begin_thread(thread(title="new"), message("c"), ANN)

        items = [message("a", "edited"), message("b"), message("c")]
        assert await store.load_conversation("thr_1", 5, ANN) == (thread(title="new"), items)
        assert [it.id for it in (await store.load_threads(5, None, "asc", ANN)).data] == ["thr_1", "thr_2"]

    async def test_beginning_anew_does_not_ask_again_what_was_answered(self, store: ThreadStore) -> None:
        """The rule of ``add_thread_item`` on a question that waits."""
        answered = next(item for item in every_kind() if isinstance(item, StructuredInputItem))
        pending = answered.model_copy(update={"status": "pending"})
        await store.begin_thread(thread(), pending, ANN)
        await store.save_item("thr_1", answered, ANN)
        await store.begin_thread(thread(), pending, ANN)
        assert answered == await store.load_item("thr_1", answered.id, ANN)

    async def test_nobody_begins_another_readers_thread(self, store: ThreadStore) -> None:
        """It is not found, and nothing of it changes; a holder's is anybody's."""
        await store.begin_thread(thread(), message("a"), ANN)
        await store.begin_thread(thread("held"), message("a"), HOLDER)
        for reader in (BOB, HOLDER):
            with pytest.raises(RowNotFound, match=r"^Thread thr_1 not found$"):
                await store.begin_thread(thread(title="stolen"), message("b"), reader)
        await store.begin_thread(thread("held", title="bob's"), message("b"), BOB)

        assert await store.load_conversation("thr_1", 5, ANN) == (thread(), [message("a")])
        held = (thread("held", title="bob's"), [message("a"), message("b")])
        assert await store.load_conversation("held", 5, HOLDER) == held

    async def test_one_of_many_begins_a_new_id(self, store: ThreadStore) -> None:
        """When readers begin it at once, the one who has it has also their item in it, and no other."""
        readers = [ANN, BOB] * 4
        said = await asyncio.gather(
            *(store.begin_thread(thread(), message(reader.id), reader) for reader in readers), return_exceptions=True
        )
        assert {type(it) for it in said} == {type(None), RowNotFound}
        owner = readers[said.index(None)]
        assert await store.load_conversation("thr_1", 9, owner) == (thread(), [message(owner.id)])

    @pytest.mark.parametrize("id", ["\0", "\ud800", "x" * 256], ids=ascii)
    async def test_what_cannot_be_an_id_begins_nothing(self, store: ThreadStore, id: str) -> None:
        """Neither the thread nor the item is there afterwards."""
        for begun, first in ((thread(id), message("a")), (thread(), message(id))):
            with pytest.raises(Rejected, match="id is longer than 255 characters, or has characters no id may have"):
                await store.begin_thread(begun, first, ANN)
        assert (await store.load_threads(5, None, "asc", ANN)).data == []

    async def test_a_conversation_is_the_thread_and_its_last_items(self, store: ThreadStore) -> None:
        """In the order they were added, although all are of one instant and their ids are in no order."""
        ids = ["d", "a", "e", "b", "c"]
        await store.save_thread(thread("thr_2"), ANN)
        await store.add_thread_item("thr_2", message("x"), ANN)
        await store.save_thread(thread(title="t"), ANN)
        assert await store.load_conversation("thr_1", 9, ANN) == (thread(title="t"), [])
        for id in ids:
            await store.add_thread_item("thr_1", message(id), ANN)

        for limit in (0, 1, 2, 4, 5, 6, 10**30):
            found, items = await store.load_conversation("thr_1", limit, ANN)
            assert found == thread(title="t")
            assert [item.id for item in items] == (ids[-limit:] if limit else [])
        with pytest.raises(Rejected, match="not -1"):
            await store.load_conversation("thr_1", -1, ANN)

    async def test_another_readers_conversation_is_as_one_that_is_not(self, store: ThreadStore) -> None:
        """Also for the holder, and for an id that cannot be; a holder's thread is anybody's."""
        await store.begin_thread(thread(), message("a"), ANN)
        await store.begin_thread(thread("held"), message("a"), HOLDER)
        for reader in (BOB, HOLDER):
            for id in ("thr_1", "thr_0", "\0", "\ud800", "x" * 256, ""):
                with pytest.raises(RowNotFound, match=r"^Thread .* not found$"):
                    await store.load_conversation(id, 5, reader)
            assert await store.load_conversation("held", 5, reader) == (thread("held"), [message("a")])
