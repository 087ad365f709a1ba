"""The contract's part on files: the bytes of attachments, whose they are, and when they go."""

import pytest

from bookside.errors import NotFound
from bookside.store import RowNotFound, ThreadStore
from store.looking import ask_sql
from store.samples import ANN, BOB, HOLDER, NOON, file, thread

EVERY_BYTE = bytes(range(256))
FILES = "SELECT owner, attachment_id, size_bytes FROM attachment_files ORDER BY owner, attachment_id"


class Files:
    @pytest.mark.parametrize("content", [b"", EVERY_BYTE, EVERY_BYTE * 4096], ids=["empty", "every byte", "1 MB"])
    async def test_a_file_comes_back_byte_for_byte(self, store: ThreadStore, content: bytes) -> None:
        """Empty, with every byte there is, and large."""
        await store.save_attachment(file(), ANN)
        await store.save_file("atc_1", content, ANN)
        assert await store.load_file("atc_1", ANN) == content

    async def test_a_file_saved_again_is_replaced(self, store: ThreadStore, url: str) -> None:
        """The last bytes count, and stand in one row with their size."""
        await store.save_attachment(file(), ANN)
        await store.save_file("atc_1", b"first", ANN)
        await store.save_file("atc_1", b"second", ANN)
        assert await store.load_file("atc_1", ANN) == b"second"
        assert await ask_sql(url, FILES) == [("ann", "atc_1", 6)]

    async def test_an_attachment_without_a_file_has_none(self, store: ThreadStore) -> None:
        """Not an empty one; and a file without an attachment is not kept."""
        await store.save_attachment(file(), ANN)
        for id in ("atc_1", "none", "\0", "x" * 256):
            with pytest.raises(NotFound, match="not found"):
                await store.load_file(id, ANN)
        for id in ("none", "\0", "x" * 256):
            with pytest.raises(NotFound, match="not found"):
                await store.save_file(id, b"x", ANN)

    async def test_another_readers_file_is_as_one_that_is_not(self, store: ThreadStore, url: str) -> None:
        """It is neither read nor replaced nor deleted, and the error has the same words."""
        await store.save_attachment(file(), ANN)
        await store.save_file("atc_1", b"ann's", ANN)

        for reader in (BOB, HOLDER):
            for ask in (store.load_file, lambda id, who: store.save_file(id, b"stolen", who)):
                with pytest.raises(RowNotFound) as foreign:
                    await ask("atc_1", reader)
                with pytest.raises(RowNotFound) as unknown:
                    await ask("atc_0", reader)
                assert str(unknown.value) == str(foreign.value).replace("atc_1", "atc_0")
            await store.delete_attachment("atc_1", reader)

        assert await store.load_file("atc_1", ANN) == b"ann's"
        assert await ask_sql(url, FILES) == [("ann", "atc_1", 5)]

    async def test_two_readers_files_of_one_id_are_two(self, store: ThreadStore) -> None:
        """Each reads and replaces their own, also where one of them is the holder."""
        for reader in (HOLDER, ANN, BOB):
            await store.save_attachment(file(), reader)
            await store.save_file("atc_1", reader.id.encode(), reader)
        for reader in (HOLDER, ANN, BOB):
            assert await store.load_file("atc_1", reader) == reader.id.encode()

    async def test_a_holders_file_is_whose_id_it_is(self, store: ThreadStore, url: str) -> None:
        """Whoever has the id may read and replace it; it stays the holder's."""
        await store.save_attachment(file(), HOLDER)
        await store.save_file("atc_1", b"first", HOLDER)
        assert await store.load_file("atc_1", ANN) == b"first"
        await store.save_file("atc_1", b"second", ANN)
        assert await store.load_file("atc_1", BOB) == b"second"
        assert await ask_sql(url, FILES) == [(HOLDER.id, "atc_1", 6)]

    async def test_a_file_goes_with_its_attachment(self, store: ThreadStore, url: str) -> None:
        """Also when the id is used again."""
        await store.save_attachment(file(), ANN)
        await store.save_file("atc_1", b"x", ANN)
        await store.delete_attachment("atc_1", ANN)
        assert await ask_sql(url, FILES) == []
        await store.save_attachment(file(), ANN)
        with pytest.raises(RowNotFound):
            await store.load_file("atc_1", ANN)

    async def test_a_file_goes_with_its_thread(self, store: ThreadStore, url: str) -> None:
        """When the thread is deleted or has expired; one that is tied to no thread stays."""
        for id in ("gone", "old", "loose"):
            await store.save_thread(thread(id), ANN)
            await store.save_attachment(file(id, thread_id=None if id == "loose" else id), ANN)
            await store.save_file(id, b"x", ANN)
        await store.delete_thread("gone", ANN)
        await store.expire_thread("old", NOON, ANN)
        await store.delete_expired(NOON)
        assert await ask_sql(url, FILES) == [("ann", "loose", 1)]

    async def test_an_attachment_saved_without_its_thread_stays_tied(self, store: ThreadStore, url: str) -> None:
        """An upload that ends while its question is being saved does not let the file outlive the thread."""
        await store.save_thread(thread(), ANN)
        await store.save_attachment(file(thread_id="thr_1"), ANN)
        await store.save_attachment(file(), ANN)
        await store.save_file("atc_1", b"x", ANN)
        await store.delete_thread("thr_1", ANN)
        assert await ask_sql(url, FILES) == []
