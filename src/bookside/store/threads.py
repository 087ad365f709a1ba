"""ChatKit's ``Store`` over the statements: one of them, and one round trip, to a method."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

from chatkit.store import Store, StoreItemType
from chatkit.types import Attachment, Page, StructuredInputItem, ThreadItem, ThreadMetadata
from sqlalchemy import Connection, Executable, RowMapping
from sqlalchemy.exc import IntegrityError

from bookside.context import Reader
from bookside.errors import Rejected, TooLarge
from bookside.store import documents, extract, statements
from bookside.store.database import Database
from bookside.store.errors import RowNotFound
from bookside.store.ids import is_usable, reader_id, writable
from bookside.store.jobs import JobStore
from bookside.store.runs import RunStore

ID_BYTES = 16
MAX_PAGE = 10_000
MAX_FEEDBACK_ITEMS = 1_000

PREFIXES: dict[StoreItemType, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "task": "tsk",
    "workflow": "wf",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}

Value = TypeVar("Value")


class ThreadStore(Store[Reader]):
    """Threads, items, attachments and verdicts, each of them some reader's.

    A thread made by a reader with ``HOLDER_ID`` belongs to whoever holds its id: every reader may load it, add to it
    and delete it, and nobody finds it in a list. For all else another reader's rows are exactly as if they were not.

    Every method raises ``Unavailable`` when the database does not answer, and ``Rejected`` for a value that cannot
    be kept; none of them is mentioned again below.

    Args:
        database: With the newest schema; ``open_store`` sees to that.

    Attributes:
        runs: The answers that are being generated in these threads.
        jobs: Work that operators ask for.
    """

    def __init__(self, database: Database) -> None:
        self.runs = RunStore(database)
        self.jobs = JobStore(database)
        self._database = database
        self._upserts = statements.Upserts(database.dialect)

    @property
    def is_shared(self) -> bool:
        """Whether several servers may use this database at once."""
        return self._database.dialect == "postgresql"

    async def ping(self) -> None:
        """Ask the database whether it answers, for a health check."""
        await self._database.ping()

    # --- ids

    def generate_thread_id(self, context: Reader) -> str:
        """A new id that nobody can guess: 128 random bits."""
        return _new_id("thread")

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: Reader) -> str:
        """A new id with the prefix of its kind and 128 random bits."""
        return _new_id(item_type)

    def generate_attachment_id(self) -> str:
        """A new id that nobody can guess: 128 random bits."""
        return _new_id("attachment")

    # --- threads

    async def load_thread(self, thread_id: str, context: Reader) -> ThreadMetadata:
        """The thread as it was saved.

        Raises:
            RowNotFound: This reader has no such thread.
        """
        rows = await self._find("thread", thread_id, statements.LOAD_THREAD, context, the_thread=thread_id)
        return documents.read_thread(rows[0]["document"])

    async def save_thread(self, thread: ThreadMetadata, context: Reader) -> None:
        """Keep the thread's metadata; it keeps its place in the list and its owner.

        Raises:
            RowNotFound: The id is another reader's thread.
        """
        answer = await self._database.ask(self._upserts.thread, _new_thread(thread, context))
        if not answer.rows:
            raise RowNotFound("thread", thread.id)

    async def begin_thread(self, thread: ThreadMetadata, first: ThreadItem, context: Reader) -> None:
        """Keep a new thread together with its first item: both or none.

        It is what ``save_thread`` and then ``add_thread_item`` do, in one round trip to PostgreSQL.

        Raises:
            RowNotFound: The id is another reader's thread.
        """
        new_thread = _new_thread(thread, context)
        if self._database.dialect == "postgresql":
            statement = self._upserts.begun_if_new if _waits(first) else self._upserts.begun
            answer = await self._database.ask(statement, {**new_thread, **_new_item(first, prefix="first")})
            if not answer.rows:
                raise RowNotFound("thread", thread.id)
            return
        add = self._upserts.item_if_new if _waits(first) else self._upserts.item
        new_item = {"reader": reader_id(context), "the_thread": thread.id, **_new_item(first)}

        def work(connection: Connection) -> None:
            if not connection.execute(self._upserts.thread, new_thread).all():
                raise RowNotFound("thread", thread.id)
            connection.execute(add, new_item).all()

        await self._database.transact(work)

    async def load_conversation(
        self, thread_id: str, limit: int, context: Reader
    ) -> tuple[ThreadMetadata, list[ThreadItem]]:
        """The thread and at most ``limit`` of its last items, in the order they were added.

        Raises:
            RowNotFound: This reader has no such thread.
        """
        rows = await self._find(
            "thread", thread_id, statements.CONVERSATION, context, the_thread=thread_id, at_most=_at_most(limit)
        )
        return documents.read_thread(rows[0]["document"]), [documents.read_item(row["document"]) for row in rows[1:]]

    async def load_threads(self, limit: int, after: str | None, order: str, context: Reader) -> Page[ThreadMetadata]:
        """At most ``limit`` of the reader's own threads in the order they were made, from just past ``after``.

        Raises:
            RowNotFound: This reader has no thread ``after``.
        """
        if not context.lists_threads:
            return Page()
        from_end, past = statements.THREADS_FROM_END, statements.THREADS_AFTER
        page = from_end[_order(order)] if after is None else past[_order(order)]
        rows = await self._page("thread", page, statements.PLACE_OF_THREAD, limit, after, context)
        return _page_of(rows, limit, documents.read_thread)

    async def find_threads(
        self, query: str, limit: int, after: str | None, order: str, context: Reader
    ) -> Page[ThreadMetadata]:
        """Like ``load_threads``, and only those that have each word of ``query`` in their title or their messages.

        Of the words the first ``MAX_WORDS`` count, and small and capital letters are one. An empty query finds all.

        Raises:
            RowNotFound: This reader has no thread ``after``.
        """
        written = extract.readable(query)
        if not written.split():
            return await self.load_threads(limit, after, order, context)
        if not context.lists_threads:
            return Page()
        from_end, past = statements.FOUND_FROM_END, statements.FOUND_AFTER
        page = from_end[_order(order)] if after is None else past[_order(order)]
        sought = statements.words_of(written)
        rows = await self._page("thread", page, statements.PLACE_OF_THREAD, limit, after, context, **sought)
        return _page_of(rows, limit, documents.read_thread)

    async def delete_thread(self, thread_id: str, context: Reader) -> None:
        """Delete the thread with its items, its attachments and what was said of it.

        Raises:
            RowNotFound: This reader has no such thread.
        """
        await self._find("thread", thread_id, statements.DELETE_THREAD, context, once=True, the_thread=thread_id)

    async def expire_thread(self, thread_id: str, at: datetime | None, context: Reader) -> None:
        """Let ``delete_expired`` delete the thread from ``at`` on, or never for ``None``.

        Raises:
            RowNotFound: This reader has no such thread.
        """
        moment = None if at is None else extract.instant(at)
        await self._find("thread", thread_id, statements.EXPIRE_THREAD, context, the_thread=thread_id, until=moment)

    async def delete_expired(self, now: datetime) -> int:
        """Delete all readers' threads whose time has come; says how many."""
        answer = await self._database.ask(statements.DELETE_EXPIRED, {"until": extract.instant(now)})
        return len(answer.rows)

    # --- items

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Reader
    ) -> Page[ThreadItem]:
        """At most ``limit`` items in the order they were added, from just past ``after``.

        A thread that is not the reader's has no items, which is what ChatKit expects; ``load_thread`` tells.

        Raises:
            RowNotFound: This reader has no item ``after`` in this thread.
        """
        from_end, past = statements.ITEMS_FROM_END, statements.ITEMS_AFTER
        page = from_end[_order(order)] if after is None else past[_order(order)]
        if not is_usable(thread_id):
            if after is not None:
                raise RowNotFound("item", after)
            return Page()
        rows = await self._page("item", page, statements.PLACE_OF_ITEM, limit, after, context, the_thread=thread_id)
        return _page_of(rows, limit, documents.read_item)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Reader) -> None:
        """Add the item at the thread's end; an id that is there already is replaced in its place.

        Only a question to the reader that waits for its answer replaces nothing: it may have been answered since.

        Raises:
            RowNotFound: This reader has no such thread.
        """
        add = self._upserts.item_if_new if _waits(item) else self._upserts.item
        await self._write_item(add, thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Reader) -> None:
        """Replace the item in its place, or add it at the thread's end.

        Raises:
            RowNotFound: This reader has no such thread.
        """
        await self._write_item(self._upserts.item, thread_id, item, context)

    async def _write_item(self, statement: Executable, thread_id: str, item: ThreadItem, context: Reader) -> None:
        try:
            await self._find("thread", thread_id, statement, context, the_thread=thread_id, **_new_item(item))
        except IntegrityError as error:
            raise RowNotFound("thread", thread_id) from error  # deleted while this ran

    async def load_item(self, thread_id: str, item_id: str, context: Reader) -> ThreadItem:
        """The item as it was saved.

        Raises:
            RowNotFound: This reader has no such item in this thread.
        """
        rows = await self._find("item", item_id, statements.LOAD_ITEM, context, the_thread=thread_id, the_item=item_id)
        return documents.read_item(rows[0]["document"])

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Reader) -> None:
        """Delete the item if the reader has it; what readers said of it stays until its thread goes."""
        if is_usable(thread_id) and is_usable(item_id):
            parameters = {"reader": reader_id(context), "the_thread": thread_id, "the_item": item_id}
            await self._database.ask(statements.DELETE_ITEM, parameters)

    async def add_feedback(
        self,
        thread_id: str,
        item_ids: Sequence[str],
        kind: Literal["positive", "negative"],
        context: Reader,
        *,
        reason: str | None = None,
    ) -> None:
        """Keep the reader's verdict on each item; the last one counts.

        Raises:
            RowNotFound: This reader has no such thread, or it has not all of these items; none is judged then.
            TooLarge: There are more than ``MAX_FEEDBACK_ITEMS``.
        """
        wanted = sorted(set(item_ids))
        if not wanted:
            await self.load_thread(thread_id, context)
            return
        if len(wanted) > MAX_FEEDBACK_ITEMS:
            raise TooLarge("the list of items", MAX_FEEDBACK_ITEMS, "items")
        named = ", ".join(wanted)
        if not all(is_usable(id) for id in wanted):
            raise RowNotFound("item", named)
        try:
            await self._find(
                "item",
                named,
                self._upserts.feedback,
                context,
                the_thread=thread_id,
                the_items=wanted,
                item_count=len(wanted),
                new_kind=kind,
                new_reason=extract.readable(reason),
            )
        except IntegrityError as error:
            raise RowNotFound("thread", thread_id) from error  # deleted while this ran

    # --- attachments

    async def save_attachment(self, attachment: Attachment, context: Reader) -> None:
        """Keep the attachment, or replace the reader's own with this id; it goes when its thread goes."""
        thread_id = attachment.thread_id
        await self._database.ask(
            self._upserts.attachment,
            {
                "reader": reader_id(context),
                "the_thread": thread_id if thread_id is not None and is_usable(thread_id) else None,
                "new_id": writable("attachment", attachment.id),
                "new_document": documents.write_attachment(attachment),
            },
        )

    async def load_attachment(self, attachment_id: str, context: Reader) -> Attachment:
        """The attachment as it was saved.

        Raises:
            RowNotFound: This reader has no such attachment.
        """
        rows = await self._find(
            "attachment", attachment_id, statements.LOAD_ATTACHMENT, context, the_attachment=attachment_id
        )
        return documents.read_attachment(rows[0]["document"])

    async def save_file(self, attachment_id: str, content: bytes, context: Reader) -> None:
        """Keep the bytes of an attachment, or replace them; they go when the attachment goes.

        Raises:
            RowNotFound: This reader has no such attachment.
        """
        try:
            await self._find(
                "attachment",
                attachment_id,
                self._upserts.file,
                context,
                the_attachment=attachment_id,
                new_content=content,
                new_size_bytes=len(content),
            )
        except IntegrityError as error:
            raise RowNotFound("attachment", attachment_id) from error  # deleted while this ran

    async def load_file(self, attachment_id: str, context: Reader) -> bytes:
        """The bytes of an attachment as they were saved.

        Raises:
            RowNotFound: This reader has no such attachment, or nothing was saved for it yet.
        """
        rows = await self._find("file", attachment_id, statements.LOAD_FILE, context, the_attachment=attachment_id)
        return bytes(rows[0]["content"])

    async def delete_attachment(self, attachment_id: str, context: Reader) -> None:
        """Delete the attachment, and its bytes, if the reader has it."""
        if is_usable(attachment_id):
            parameters = {"reader": reader_id(context), "the_attachment": attachment_id}
            await self._database.ask(statements.DELETE_ATTACHMENT, parameters)

    # --- how each of them asks

    async def _find(
        self, kind: str, id: str, statement: Executable, context: Reader, *, once: bool = False, **parameters: Any
    ) -> Sequence[RowMapping]:
        """The rows, at least one; ``once`` for a statement that finds nothing the second time."""
        ids = [value for name, value in parameters.items() if name.startswith("the_") and isinstance(value, str)]
        if not all(map(is_usable, ids)):
            raise RowNotFound(kind, id)
        answer = await self._database.ask(statement, {"reader": reader_id(context), **parameters})
        if not answer.rows and not (once and answer.repeated):
            raise RowNotFound(kind, id)
        return answer.rows

    async def _page(
        self,
        kind: str,
        page: Executable,
        place: Executable,
        limit: int,
        after: str | None,
        context: Reader,
        **parameters: Any,
    ) -> Sequence[RowMapping]:
        """One row more than ``limit`` where there is one."""
        wanted = _at_most(limit) + 1
        parameters |= {"reader": reader_id(context)}
        if after is None:
            return (await self._database.ask(page, {**parameters, "at_most": wanted})).rows
        if not is_usable(after):
            raise RowNotFound(kind, after)
        parameters |= {"the_last": after}
        rows = (await self._database.ask(page, {**parameters, "at_most": wanted})).rows
        if not rows and not (await self._database.ask(place, parameters)).rows:
            raise RowNotFound(kind, after)
        return rows


def _page_of(rows: Sequence[RowMapping], limit: int, read: Callable[[str], Value]) -> Page[Value]:
    shown = rows[: _at_most(limit)]
    has_more = len(rows) > len(shown) > 0
    return Page(
        data=[read(row["document"]) for row in shown],
        has_more=has_more,
        after=shown[-1]["id"] if has_more else None,
    )


def _at_most(limit: int) -> int:
    if limit < 0:
        raise Rejected(f"a page holds 0 or more, not {limit}")
    return min(limit, MAX_PAGE)


def _new_thread(thread: ThreadMetadata, context: Reader) -> dict[str, Any]:
    """The parameters of ``Upserts.thread``."""
    document = documents.write_thread(thread)
    return {
        "reader": reader_id(context),
        "new_id": writable("thread", thread.id),
        "new_title": extract.readable(thread.title),
        "new_metadata": extract.metadata_of_thread(document),
        "new_document": document,
        "new_created_at": extract.instant(thread.created_at),
    }


def _new_item(item: ThreadItem, *, prefix: str = "new") -> dict[str, Any]:
    """The item's parameters in ``Upserts.item``, or with another prefix."""
    document = documents.write_item(item)
    says = extract.of_item(document)
    return {
        f"{prefix}_id": writable("item", item.id),
        f"{prefix}_type": item.type,
        f"{prefix}_role": says.role,
        f"{prefix}_content": says.content,
        f"{prefix}_sources": says.sources,
        f"{prefix}_document": document,
        f"{prefix}_created_at": extract.instant(item.created_at),
    }


def _waits(item: ThreadItem) -> bool:
    """Whether the item is a question to the reader that waits for its answer."""
    return isinstance(item, StructuredInputItem) and item.status == "pending"


def _new_id(kind: StoreItemType) -> str:
    return f"{PREFIXES[kind]}_{secrets.token_hex(ID_BYTES)}"


def _order(order: str) -> statements.Order:
    if order not in statements.ORDERS:
        raise Rejected(f"an order is 'asc' or 'desc', not {order!r}")
    return order
