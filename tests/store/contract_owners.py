"""The contract's part on owners: whose a row is, and what everybody else sees of it."""

from collections.abc import Awaitable, Callable

import pytest
from chatkit.store import NotFoundError

from bookside.context import Location, Turn
from bookside.errors import NotFound, Rejected, TooLarge
from bookside.store import RowNotFound, ThreadStore
from store.looking import ask_sql
from store.samples import ANN, BOB, HOLDER, file, message, thread

Ask = Callable[[ThreadStore, str], Awaitable[object]]

ON_A_THREAD: dict[str, Ask] = {
    "load_thread": lambda store, id: store.load_thread(id, BOB),
    "load_conversation": lambda store, id: store.load_conversation(id, 5, BOB),
    "delete_thread": lambda store, id: store.delete_thread(id, BOB),
    "expire_thread": lambda store, id: store.expire_thread(id, None, BOB),
    "add_thread_item": lambda store, id: store.add_thread_item(id, message("b"), BOB),
    "add_thread_item over one": lambda store, id: store.add_thread_item(id, message("a", "stolen"), BOB),
    "save_item": lambda store, id: store.save_item(id, message("a", "stolen"), BOB),
    "load_item": lambda store, id: store.load_item(id, "a", BOB),
    "load_thread_items": lambda store, id: store.load_thread_items(id, "a", 5, "asc", BOB),
    "add_feedback": lambda store, id: store.add_feedback(id, ["a"], "positive", BOB),
    "add_feedback on nothing": lambda store, id: store.add_feedback(id, [], "positive", BOB),
}
"""All that says it found nothing."""


FEEDBACK = "SELECT item_id, owner, kind, reason FROM feedback ORDER BY item_id"


class Owners:
    async def test_another_readers_thread_is_as_one_that_is_not(self, store: ThreadStore) -> None:
        """The same error in the same words, and nothing of it changes."""
        await store.save_thread(thread(), ANN)
        await store.add_thread_item("thr_1", message("a"), ANN)

        for name, ask in ON_A_THREAD.items():
            with pytest.raises(RowNotFound) as foreign:
                await ask(store, "thr_1")
            with pytest.raises(RowNotFound) as unknown:
                await ask(store, "thr_0")

            assert str(unknown.value) == str(foreign.value).replace("thr_1", "thr_0"), name
            assert isinstance(foreign.value, NotFound)
            assert isinstance(foreign.value, NotFoundError)

        assert thread() == await store.load_thread("thr_1", ANN)
        assert [message("a")] == (await store.load_thread_items("thr_1", None, 5, "asc", ANN)).data

    async def test_an_id_that_cannot_be_is_not_found(self, store: ThreadStore) -> None:
        """Whatever is typed into an address is looked for, and breaks nothing."""
        for id in ("\0", "thr_1\0", "\ud800", "x" * 256, ""):
            for ask in ON_A_THREAD.values():
                with pytest.raises(RowNotFound):
                    await ask(store, id)

    async def test_another_readers_thread_shows_and_loses_nothing(self, store: ThreadStore) -> None:
        """Where ChatKit expects no error there is none, and the owner notices nothing."""
        await store.save_thread(thread(), ANN)
        await store.add_thread_item("thr_1", message("a"), ANN)
        await store.save_attachment(file(metadata={"of": "ann"}, thread_id="thr_1"), ANN)

        assert (await store.load_thread_items("thr_1", None, 5, "asc", BOB)).data == []
        assert (await store.load_threads(5, None, "asc", BOB)).data == []
        await store.delete_thread_item("thr_1", "a", BOB)
        await store.delete_attachment("atc_1", BOB)
        with pytest.raises(RowNotFound, match=r"^Attachment atc_1 not found$"):
            await store.load_attachment("atc_1", BOB)
        with pytest.raises(RowNotFound, match=r"^Thread thr_1 not found$"):
            await store.save_thread(thread(title="stolen"), BOB)

        assert thread() == await store.load_thread("thr_1", ANN)
        assert message("a") == await store.load_item("thr_1", "a", ANN)
        assert file(metadata={"of": "ann"}, thread_id="thr_1") == await store.load_attachment("atc_1", ANN)

    async def test_two_readers_attachments_of_one_id_are_two(self, store: ThreadStore) -> None:
        """Neither learns of the other's, and deleting one leaves the other."""
        await store.save_attachment(file(name="ann's"), ANN)
        await store.save_attachment(file(name="bob's"), BOB)
        await store.delete_attachment("atc_1", BOB)
        assert file(name="ann's") == await store.load_attachment("atc_1", ANN)

    async def test_an_attachment_does_not_go_with_another_readers_thread(self, store: ThreadStore) -> None:
        """Naming a thread does not tie an attachment to it."""
        await store.save_thread(thread(), ANN)
        await store.save_attachment(file(thread_id="thr_1"), BOB)
        await store.delete_thread("thr_1", ANN)
        assert file(thread_id="thr_1") == await store.load_attachment("atc_1", BOB)

    async def test_deleting_what_is_not_is_no_error(self, store: ThreadStore) -> None:
        """An item and an attachment may be deleted twice; a thread that is not there is not found."""
        await store.save_thread(thread(), ANN)
        for id in ("none", "\0"):
            await store.delete_thread_item("thr_1", id, ANN)
            await store.delete_thread_item(id, "none", ANN)
            await store.delete_attachment(id, ANN)
        assert (await store.load_thread_items("\0", None, 5, "asc", ANN)).data == []
        await store.delete_thread("thr_1", ANN)
        with pytest.raises(RowNotFound):
            await store.delete_thread("thr_1", ANN)

    async def test_a_holders_thread_is_whose_id_it_is(self, store: ThreadStore) -> None:
        """Whoever has the id may read it, add to it, judge it and delete it."""
        await store.save_thread(thread(), HOLDER)
        await store.save_attachment(file(thread_id="thr_1"), HOLDER)
        for reader, id in ((HOLDER, "a"), (ANN, "b"), (BOB, "c")):
            assert thread() == await store.load_thread("thr_1", reader)
            await store.add_thread_item("thr_1", message(id), reader)
            await store.save_item("thr_1", message(id, "edited"), reader)
            await store.add_feedback("thr_1", ["a"], "negative", reader)
            assert file(thread_id="thr_1") == await store.load_attachment("atc_1", reader)
        await store.delete_thread_item("thr_1", "a", BOB)
        await store.save_thread(thread(title="ann's words"), ANN)

        for reader in (HOLDER, ANN, BOB):
            page = await store.load_thread_items("thr_1", None, 5, "asc", reader)
            assert [message("b", "edited"), message("c", "edited")] == page.data
            assert (await store.load_thread("thr_1", reader)).title == "ann's words"

        await store.delete_thread("thr_1", BOB)
        with pytest.raises(RowNotFound):
            await store.load_thread("thr_1", HOLDER)
        with pytest.raises(RowNotFound):
            await store.load_attachment("atc_1", HOLDER)

    async def test_a_holders_thread_is_in_no_list(self, store: ThreadStore) -> None:
        """Not even in that of who just wrote in it, and it is no cursor either."""
        await store.save_thread(thread("held"), HOLDER)
        await store.save_thread(thread("mine"), ANN)
        await store.save_thread(thread("held", title="by ann"), ANN)

        for order in ("asc", "desc"):
            assert (await store.load_threads(5, None, order, HOLDER)).data == []
            assert [it.id for it in (await store.load_threads(5, None, order, ANN)).data] == ["mine"]
        with pytest.raises(RowNotFound):
            await store.load_threads(5, "held", "asc", ANN)

    async def test_a_holder_reads_no_named_readers_thread(self, store: ThreadStore) -> None:
        """To hold the id of a thread that is somebody's is not enough."""
        await store.save_thread(thread(), ANN)
        await store.add_thread_item("thr_1", message("a"), ANN)
        with pytest.raises(RowNotFound):
            await store.load_thread("thr_1", HOLDER)
        with pytest.raises(RowNotFound):
            await store.load_item("thr_1", "a", HOLDER)
        with pytest.raises(RowNotFound):
            await store.save_thread(thread(), HOLDER)

    async def test_a_turn_is_its_reader(self, store: ThreadStore) -> None:
        """The page and the words of a question do not change whose the thread is."""
        turn = Turn(id="ann", location=Location(chapter=2), selected_text="words")
        await store.save_thread(thread(), turn)
        assert thread() == await store.load_thread("thr_1", ANN)

    async def test_feedback_is_one_verdict_of_a_reader_on_an_item(self, store: ThreadStore, url: str) -> None:
        """Given again it is replaced; items may be named twice; verdicts on unknown ones are not kept in part."""
        await store.save_thread(thread(), ANN)
        for id in ("a", "b"):
            await store.add_thread_item("thr_1", message(id), ANN)

        await store.add_feedback("thr_1", ["a", "b", "a"], "positive", ANN)
        await store.add_feedback("thr_1", ["a"], "negative", ANN, reason="wrong\0 page")
        await store.add_feedback("thr_1", [], "negative", ANN)
        with pytest.raises(RowNotFound, match="b, zz"):
            await store.add_feedback("thr_1", ["b", "zz"], "negative", ANN)

        rows = await ask_sql(url, FEEDBACK)
        assert rows == [("a", "ann", "negative", "wrong\ufffd page"), ("b", "ann", "positive", None)]

    async def test_feedback_outlives_the_item_it_is_on(self, store: ThreadStore, url: str) -> None:
        """An answer that is tried again is deleted; what was wrong with it is worth knowing."""
        await store.save_thread(thread(), ANN)
        await store.add_thread_item("thr_1", message("a"), ANN)
        await store.add_feedback("thr_1", ["a"], "negative", ANN)
        await store.delete_thread_item("thr_1", "a", ANN)
        assert await ask_sql(url, FEEDBACK) == [("a", "ann", "negative", None)]

    async def test_feedback_on_too_many_items_is_rejected(self, store: ThreadStore) -> None:
        """A thousand is plenty."""
        await store.save_thread(thread(), ANN)
        with pytest.raises(TooLarge, match="1,000 items"):
            await store.add_feedback("thr_1", [str(n) for n in range(1001)], "positive", ANN)

    @pytest.mark.parametrize("id", ["\0", "\ud800", "x" * 256], ids=ascii)
    async def test_what_cannot_be_an_id_is_rejected(self, store: ThreadStore, id: str) -> None:
        """Rather than cut or changed."""
        await store.save_thread(thread(), ANN)
        for save in (
            store.save_thread(thread(id), ANN),
            store.save_item("thr_1", message(id), ANN),
            store.save_attachment(file(id), ANN),
        ):
            with pytest.raises(Rejected, match="id is longer than 255 characters, or has characters no id may have"):
                await save
