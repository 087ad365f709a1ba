"""The contract's part on keeping: what goes in comes out."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from chatkit.types import (
    AssistantMessageItem,
    ClosedStatus,
    HiddenContextItem,
    LockedStatus,
    Page,
    StructuredInputItem,
    Thread,
    ThreadItem,
    ThreadMetadata,
)
from hypothesis import HealthCheck, given, settings

from bookside.errors import Rejected
from bookside.store import RowNotFound, ThreadStore
from store import strategies
from store.looking import ask_sql
from store.samples import ANN, NOON, UPLOAD, every_kind, file, image, message, thread

MANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # one store for all examples is what is wanted
        HealthCheck.differing_executors,  # the contract is run by one class a database
        HealthCheck.too_slow,
    ],
)


class Keeping:
    async def test_every_kind_of_item_is_sampled(self) -> None:
        """No kind of ChatKit's items is left out of these tests."""
        assert strategies.all_kinds() == set(strategies.KINDS)
        assert strategies.all_kinds() == {type(item) for item in every_kind()}

    async def test_an_item_of_each_kind_comes_back_as_it_went_in(self, store: ThreadStore) -> None:
        """With all its parts, from both methods that load one."""
        await store.save_thread(thread(), ANN)
        for item in every_kind():
            await store.add_thread_item("thr_1", item, ANN)

            loaded = await store.load_item("thr_1", item.id, ANN)
            assert item == loaded
            assert item.model_dump() == loaded.model_dump()
            assert repr(item) == repr(loaded)

        page = await store.load_thread_items("thr_1", None, 100, "asc", ANN)
        assert every_kind() == page.data

    @MANY
    @given(item=strategies.items)
    async def test_any_item_comes_back_as_it_went_in(self, store: ThreadStore, item: ThreadItem) -> None:
        """Also the items that nobody would think of."""
        await store.save_thread(thread(), ANN)
        await store.save_item("thr_1", item, ANN)

        loaded = await store.load_item("thr_1", item.id, ANN)

        assert item == loaded
        assert item.model_dump() == loaded.model_dump()
        assert repr(item) == repr(loaded)

    @MANY
    @given(given_thread=strategies.threads)
    async def test_any_thread_comes_back_as_it_went_in(self, store: ThreadStore, given_thread: ThreadMetadata) -> None:
        """Title, status, image domains, metadata and the very instant."""
        await store.save_thread(given_thread, ANN)

        assert given_thread == await store.load_thread(given_thread.id, ANN)

    @pytest.mark.parametrize(
        "created_at",
        [
            NOON,
            NOON.replace(tzinfo=UTC),
            NOON.replace(tzinfo=timezone(timedelta(hours=5, minutes=45))),
            NOON.replace(tzinfo=timezone(timedelta(minutes=19, seconds=32))),
            datetime.min,
            datetime.max,
            datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        ],
        ids=str,
    )
    async def test_an_instant_keeps_its_offset_or_its_lack_of_one(
        self, store: ThreadStore, created_at: datetime
    ) -> None:
        """A naive instant stays naive, an aware one stays aware, to the microsecond."""
        await store.save_thread(thread(created_at=created_at), ANN)
        await store.save_item("thr_1", message("a").model_copy(update={"created_at": created_at}), ANN)

        loaded = await store.load_thread("thr_1", ANN), await store.load_item("thr_1", "a", ANN)

        assert [created_at.isoformat()] * 2 == [row.created_at.isoformat() for row in loaded]
        assert [created_at.utcoffset()] * 2 == [row.created_at.utcoffset() for row in loaded]

    async def test_numbers_that_are_none_are_kept(self, store: ThreadStore) -> None:
        """NaN and the infinities come back, which plain JSON does not have."""
        content = [math.nan, math.inf, -math.inf, -0.0]
        await store.save_thread(thread(metadata={"n": content}), ANN)
        hidden = HiddenContextItem(id="a", thread_id="thr_1", created_at=NOON, content=content)
        await store.save_item("thr_1", hidden, ANN)

        item = await store.load_item("thr_1", "a", ANN)

        assert repr(content) == repr(item.content)
        assert repr(content) == repr((await store.load_thread("thr_1", ANN)).metadata["n"])

    @pytest.mark.parametrize("content", [object(), 10**5000], ids=["an object", "5,001 digits"])
    async def test_what_json_cannot_hold_is_rejected(self, store: ThreadStore, content: object) -> None:
        """Nothing is kept of it, and the message names the item."""
        fields = {"id": "odd", "thread_id": "thr_1", "created_at": NOON}
        await store.save_thread(thread(), ANN)

        with pytest.raises(Rejected, match="item 'odd' cannot be written as JSON"):
            await store.save_item("thr_1", HiddenContextItem(**fields, content=content), ANN)

        with pytest.raises(RowNotFound):
            await store.load_item("thr_1", "odd", ANN)

    async def test_saving_a_thread_again_replaces_it(self, store: ThreadStore) -> None:
        """All of it: title, status and metadata."""
        await store.save_thread(thread(title="old", metadata={"a": 1}), ANN)
        changed = thread(title=None, status=LockedStatus(reason="r"), allowed_image_domains=["example.com"])
        await store.save_thread(changed, ANN)
        assert changed == await store.load_thread("thr_1", ANN)

    async def test_a_thread_with_its_items_is_kept_without_them(self, store: ThreadStore) -> None:
        """ChatKit's ``Thread`` may be given; its page of items is no metadata."""
        whole = Thread(**thread(status=ClosedStatus()).model_dump(), items=Page(data=[message("a")]))
        await store.save_thread(whole, ANN)
        assert thread(status=ClosedStatus()) == await store.load_thread("thr_1", ANN)

    @pytest.mark.parametrize("method", ["add_thread_item", "save_item"])
    async def test_an_item_is_replaced_in_its_place(self, store: ThreadStore, method: str) -> None:
        """Adding or saving an id again replaces its content, of whatever kind, and keeps its place."""
        await store.save_thread(thread(), ANN)
        for id in ("a", "b", "c"):
            await store.add_thread_item("thr_1", message(id), ANN)
        await getattr(store, method)("thr_1", message("a", "edited"), ANN)
        end = every_kind()[-1].model_copy(update={"id": "b"})
        await getattr(store, method)("thr_1", end, ANN)

        page = await store.load_thread_items("thr_1", None, 10, "asc", ANN)

        assert [message("a", "edited"), end, message("c")] == page.data

    async def test_a_question_that_was_answered_is_not_asked_again(self, store: ThreadStore) -> None:
        """Adding it anew, as a run that goes over its steps again does, leaves the answer; saving it does not."""
        answered = next(item for item in every_kind() if isinstance(item, StructuredInputItem))
        pending = answered.model_copy(update={"status": "pending"})
        await store.save_thread(thread(), ANN)
        await store.add_thread_item("thr_1", pending, ANN)
        await store.save_item("thr_1", answered, ANN)

        await store.add_thread_item("thr_1", pending, ANN)
        assert answered == await store.load_item("thr_1", answered.id, ANN)

        await store.save_item("thr_1", pending, ANN)
        assert pending == await store.load_item("thr_1", answered.id, ANN)

    async def test_ids_are_a_threads_own(self, store: ThreadStore) -> None:
        """Two threads may each have an item of the same id, as model providers give constant ones."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
            await store.add_thread_item(id, message("__fake_id__", f"of {id}", id), ANN)
        await store.save_item("thr_2", message("__fake_id__", "edited", "thr_2"), ANN)
        await store.delete_thread_item("thr_1", "__fake_id__", ANN)

        assert (await store.load_thread_items("thr_1", None, 9, "asc", ANN)).data == []
        kept = await store.load_item("thr_2", "__fake_id__", ANN)
        assert isinstance(kept, AssistantMessageItem)
        assert kept.content[0].text == "edited"

    @pytest.mark.parametrize(
        "attachment",
        [
            file(),
            file(metadata={"kept": [None, 1.0]}, upload_descriptor=UPLOAD),
            image(metadata={}, thread_id="thr_none"),
        ],
        ids=lambda it: it.type,
    )
    async def test_an_attachment_comes_back_as_it_went_in(self, store: ThreadStore, attachment: object) -> None:
        """With its metadata and its upload instructions, before and after it has a thread."""
        await store.save_attachment(attachment, ANN)
        loaded = await store.load_attachment(attachment.id, ANN)
        assert attachment == loaded
        assert attachment.model_dump() == loaded.model_dump()

        await store.save_thread(thread(), ANN)
        tied = attachment.model_copy(update={"thread_id": "thr_1", "upload_descriptor": None})
        await store.save_attachment(tied, ANN)
        assert tied == await store.load_attachment(attachment.id, ANN)

    async def test_deleting_a_thread_takes_all_of_it(self, store: ThreadStore) -> None:
        """Items, attachments and verdicts go; other threads and loose attachments stay."""
        for id in ("thr_1", "thr_2"):
            await store.save_thread(thread(id), ANN)
            await store.add_thread_item(id, message("a", thread_id=id), ANN)
            await store.save_attachment(file(f"of {id}", thread_id=id), ANN)
            await store.add_feedback(id, ["a"], "positive", ANN)
        await store.save_attachment(file("loose"), ANN)

        await store.delete_thread("thr_1", ANN)

        with pytest.raises(RowNotFound):
            await store.load_thread("thr_1", ANN)
        with pytest.raises(RowNotFound):
            await store.load_item("thr_1", "a", ANN)
        with pytest.raises(RowNotFound):
            await store.load_attachment("of thr_1", ANN)
        await store.load_item("thr_2", "a", ANN)
        await store.load_attachment("of thr_2", ANN)
        await store.load_attachment("loose", ANN)

        await store.save_thread(thread("thr_1"), ANN)
        assert (await store.load_thread_items("thr_1", None, 9, "asc", ANN)).data == []

    async def test_a_thread_expires_when_its_time_has_come(self, store: ThreadStore) -> None:
        """Not before, and never when it was given no time."""
        for id in ("old", "new", "never", "spared"):
            await store.save_thread(thread(id), ANN)
        now = NOON.replace(tzinfo=UTC)
        await store.expire_thread("old", now, ANN)
        await store.expire_thread("spared", now, ANN)
        await store.expire_thread("spared", None, ANN)
        await store.expire_thread("new", now + timedelta(seconds=1), ANN)

        assert await store.delete_expired(now) == 1
        assert await store.delete_expired(now) == 0

        left = await store.load_threads(9, None, "asc", ANN)
        assert [it.id for it in left.data] == ["new", "never", "spared"]

    async def test_sql_shows_what_was_said(self, store: ThreadStore, url: str) -> None:
        """Beside each document stand its words, its speaker and its sources, made fit for the database."""
        await store.save_thread(thread(title="T\0", metadata={"nul\0": [math.nan, "\ud800", 1]}), ANN)
        for item in every_kind()[:3]:
            await store.add_thread_item("thr_1", item, ANN)

        said = await ask_sql(url, "SELECT type, role, content, owner FROM thread_items ORDER BY sequence")
        cited = await ask_sql(url, "SELECT CAST(sources AS TEXT) FROM thread_items ORDER BY sequence")
        threads = await ask_sql(url, "SELECT title, CAST(metadata AS TEXT) FROM threads")

        assert said == [
            ("user_message", "user", "What is NUL\ufffd?\n@x", "ann"),
            ("assistant_message", "assistant", "So it is.\n", "ann"),
            ("client_tool_call", None, None, "ann"),
        ]
        assert [row[0] and [source["title"] for source in json.loads(row[0])] for row in cited] == [
            None,
            ["Web", "Paper", "Thing", "Web"],
            None,
        ]
        assert (threads[0][0], json.loads(threads[0][1])) == ("T\ufffd", {"nul\ufffd": ["nan", "?", 1]})

    async def test_ids_are_long_and_say_what_they_are_of(self, store: ThreadStore) -> None:
        """ChatKit's prefixes, and 128 random bits so that no two clash and nobody guesses one."""
        kinds = {
            "message": "msg",
            "tool_call": "tc",
            "task": "tsk",
            "workflow": "wf",
            "attachment": "atc",
            "sdk_hidden_context": "shcx",
        }
        for kind, prefix in kinds.items():
            given, random = store.generate_item_id(kind, thread(), ANN).split("_")
            assert prefix == given
            assert len(bytes.fromhex(random)) * 8 == 128
        made = {store.generate_thread_id(ANN) for _ in range(1000)}
        assert len(made) == 1000
        assert all(id.startswith("thr_") for id in made)

    async def test_the_database_answers(self, store: ThreadStore) -> None:
        """A ping to a database that is well says nothing."""
        await store.ping()
