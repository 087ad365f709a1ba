"""Every statement of the store, each built once and each naming the reader.

A reader's rows are their own and those that belong to whoever holds their id. Each statement looks at that itself, so
no method has to ask first. Every one may run twice with the result of running once.
"""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    DateTime,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bookside.context import HOLDER_ID
from bookside.store.tables import attachment_files, attachments, feedback, thread_items, threads

Order = Literal["asc", "desc"]
ORDERS: tuple[Order, ...] = get_args(Order)

CHANGED = ["type", "role", "content", "sources", "document", "created_at"]
ITEM_COLUMNS = ["id", *CHANGED]

READER = bindparam("reader", type_=Text)
THREAD = bindparam("the_thread", type_=String)
ITEM = bindparam("the_item", type_=String)
ITEMS = bindparam("the_items", type_=String, expanding=True)
ATTACHMENT = bindparam("the_attachment", type_=String)
AFTER = bindparam("the_last", type_=String)
LIMIT = bindparam("at_most", type_=Integer)
MOMENT = bindparam("until", type_=DateTime(timezone=True))


def _new(table: Table, *names: str, prefix: str = "new") -> dict[str, Any]:
    """Parameters ``new_NAME`` for the columns of a row."""
    return {name: bindparam(f"{prefix}_{name}", type_=table.c[name].type) for name in names}


def mine(table: Table) -> ColumnElement[bool]:
    """Whether a row is the reader's, or its holder's, whoever that is."""
    return table.c.owner.in_((READER, literal(HOLDER_ID)))


def _own_first(table: Table) -> ColumnElement[int]:
    """Order in which the reader's own row comes before the holder's of the same id."""
    return case((table.c.owner == READER, 0), else_=1)


OF_THREAD = and_(threads.c.id == THREAD, mine(threads))
OF_ITEMS = and_(thread_items.c.thread_id == THREAD, mine(thread_items))
OF_ATTACHMENT = and_(attachments.c.id == ATTACHMENT, mine(attachments))
OF_FILE = and_(attachment_files.c.attachment_id == ATTACHMENT, mine(attachment_files))
LISTED = threads.c.owner == READER

LOAD_THREAD = select(threads.c.document).where(OF_THREAD)
DELETE_THREAD = delete(threads).where(OF_THREAD).returning(threads.c.id)
EXPIRE_THREAD = update(threads).where(OF_THREAD).values(expires_at=MOMENT).returning(threads.c.id)
DELETE_EXPIRED = delete(threads).where(threads.c.expires_at <= MOMENT).returning(threads.c.id)

LOAD_ITEM = select(thread_items.c.document).where(OF_ITEMS, thread_items.c.id == ITEM)
DELETE_ITEM = delete(thread_items).where(OF_ITEMS, thread_items.c.id == ITEM)

LOAD_ATTACHMENT = select(attachments.c.document).where(OF_ATTACHMENT).order_by(_own_first(attachments)).limit(1)
LOAD_FILE = select(attachment_files.c.content).where(OF_FILE).order_by(_own_first(attachment_files)).limit(1)
DELETE_ATTACHMENT = delete(attachments).where(OF_ATTACHMENT)


def _page(
    table: Table, whose: ColumnElement[bool], order: Order, *conditions: ColumnElement[bool], after: bool
) -> Select[Any, Any]:
    page = select(table.c.id, table.c.document).where(whose, *conditions)
    if after:
        # A copy of the table, so that the place is looked up once and not matched with each row.
        place = select(table.c.sequence).where(whose, table.c.id == AFTER).correlate(None).scalar_subquery()
        page = page.where(table.c.sequence > place if order == "asc" else table.c.sequence < place)
    return page.order_by(table.c.sequence.asc() if order == "asc" else table.c.sequence.desc()).limit(LIMIT)


ITEMS_FROM_END = {order: _page(thread_items, OF_ITEMS, order, after=False) for order in ORDERS}
ITEMS_AFTER = {order: _page(thread_items, OF_ITEMS, order, after=True) for order in ORDERS}
THREADS_FROM_END = {order: _page(threads, LISTED, order, after=False) for order in ORDERS}
THREADS_AFTER = {order: _page(threads, LISTED, order, after=True) for order in ORDERS}

MAX_WORDS = 6
"""Words of a search that are looked for; what a search says beyond them is left out."""


def _has_word(column: ColumnElement[Any], at: int) -> ColumnElement[bool]:
    """Whether a text has a word in small letters, or as it begins a sentence, or in capitals.

    SQLite makes small letters of A to Z alone, so the other two are asked for by themselves.
    """
    written = [bindparam(f"{form}_{at}", type_=Text) for form in ("small", "first", "capitals")]
    small, *others = written
    return or_(func.lower(column).like(small, escape="\\"), *(column.like(other, escape="\\") for other in others))


def _has_words() -> list[ColumnElement[bool]]:
    """Each word is in the thread's title or in one of its messages."""
    of_thread = and_(thread_items.c.thread_id == threads.c.id, thread_items.c.owner == READER)
    return [
        or_(
            _has_word(func.coalesce(threads.c.title, ""), at),
            exists(select(thread_items.c.id).where(of_thread, _has_word(thread_items.c.content, at))),
        )
        for at in range(MAX_WORDS)
    ]


FOUND_FROM_END = {order: _page(threads, LISTED, order, *_has_words(), after=False) for order in ORDERS}
FOUND_AFTER = {order: _page(threads, LISTED, order, *_has_words(), after=True) for order in ORDERS}


def words_of(query: str) -> dict[str, str]:
    """The parameters of a search; a word that is not there is one that every text has."""
    words = (query.split() + [""] * MAX_WORDS)[:MAX_WORDS]
    forms = {"small": str.lower, "first": _as_first, "capitals": str.upper}
    return {
        f"{form}_{at}": f"%{_literally(write(word))}%" for at, word in enumerate(words) for form, write in forms.items()
    }


def _as_first(word: str) -> str:
    return word[:1].upper() + word[1:].lower()


def _literally(word: str) -> str:
    """The word as a pattern that is found where the word itself is."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _conversation() -> CompoundSelect[Any, Any]:
    """The thread's row, whose place is 0, then those of its last items in the order they were added."""
    thread = select(literal_column("0", Integer).label("sequence"), threads.c.document).where(OF_THREAD)
    last = select(thread_items.c.sequence, thread_items.c.document).where(OF_ITEMS)
    last = last.order_by(thread_items.c.sequence.desc()).limit(LIMIT).subquery("last")
    return union_all(thread, select(last.c.sequence, last.c.document)).order_by(text("sequence"))


CONVERSATION = _conversation()

PLACE_OF_ITEM = select(thread_items.c.sequence).where(OF_ITEMS, thread_items.c.id == AFTER)
PLACE_OF_THREAD = select(threads.c.sequence).where(LISTED, threads.c.id == AFTER)


class Upserts:
    """The statements that write a row, or replace it where it stands: its ``sequence`` and its owner stay.

    Args:
        dialect: ``sqlite`` or ``postgresql``; SQLAlchemy has ``ON CONFLICT`` in one class for each.
    """

    def __init__(self, dialect: str) -> None:
        self._insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
        self.thread = self._thread().returning(threads.c.id)
        self.item = self._item(CHANGED)
        self.item_if_new = self._item([])
        self.begun = self._begun(CHANGED)
        self.begun_if_new = self._begun([])
        self.attachment = self._attachment()
        self.file = self._file()
        self.feedback = self._feedback()

    def _thread(self) -> Any:
        """What it returns has no row when the thread is another reader's."""
        fresh = _new(threads, "id", "title", "metadata", "document", "created_at")
        return self._replacing(
            self._insert(threads).values(owner=READER, **fresh),
            key=["id"],
            changed=["title", "metadata", "document", "created_at"],
            touched="updated_at",
            where=mine(threads),
        )

    def _item(self, changed: Sequence[str]) -> Any:
        """Returns the id; no row when the reader has no such thread. The item's owner is its thread's."""
        fresh = _new(thread_items, *ITEM_COLUMNS)
        return self._item_of(select(threads.c.id, threads.c.owner, *fresh.values()).where(OF_THREAD), changed)

    def _begun(self, changed: Sequence[str]) -> Any:
        """The thread and, by parameters ``first_NAME``, its first item; returns what ``item`` does.

        PostgreSQL alone takes two tables' rows in one statement.
        """
        saved = self._thread().returning(threads.c.id, threads.c.owner).cte("saved")
        fresh = _new(thread_items, *ITEM_COLUMNS, prefix="first")
        return self._item_of(select(saved.c.id, saved.c.owner, *fresh.values()), changed)

    def _item_of(self, row: Any, changed: Sequence[str]) -> Any:
        return self._replacing(
            self._insert(thread_items).from_select(["thread_id", "owner", *ITEM_COLUMNS], row),
            key=["thread_id", "id"],
            changed=["id", *changed],
        ).returning(thread_items.c.id)

    def _attachment(self) -> Any:
        """Tied to its thread as soon as the reader has that thread, and goes with it.

        Saved again without a thread it stays tied: an upload that ends after the question must not set it loose.
        """
        fresh = _new(attachments, "id", "document")
        thread = select(threads.c.id).where(OF_THREAD).scalar_subquery()
        insert = self._insert(attachments).values(owner=READER, thread_id=thread, **fresh)
        new = {
            "thread_id": func.coalesce(insert.excluded.thread_id, attachments.c.thread_id),
            "document": insert.excluded.document,
        }
        return insert.on_conflict_do_update(index_elements=["owner", "id"], set_=new)

    def _file(self) -> Any:
        """Returns the attachment's id; no row when the reader has no such attachment, whose owner is the file's."""
        fresh = _new(attachment_files, "content", "size_bytes")
        row = select(attachments.c.owner, attachments.c.id, *fresh.values()).where(OF_ATTACHMENT)
        row = row.order_by(_own_first(attachments)).limit(1)
        return self._replacing(
            self._insert(attachment_files).from_select(["owner", "attachment_id", *fresh], row),
            key=["owner", "attachment_id"],
            changed=["content", "size_bytes"],
            touched="created_at",
        ).returning(attachment_files.c.attachment_id)

    def _feedback(self) -> Any:
        """Returns the items' ids; no row at all when one of them is not there."""
        named = and_(OF_ITEMS, thread_items.c.id.in_(ITEMS))
        count = select(func.count()).select_from(thread_items).where(named).correlate(None).scalar_subquery()
        fresh = _new(feedback, "kind", "reason")
        rows = select(thread_items.c.thread_id, thread_items.c.id, READER, *fresh.values()).where(
            named, count == bindparam("item_count", type_=Integer)
        )
        return self._replacing(
            self._insert(feedback).from_select(["thread_id", "item_id", "owner", *fresh], rows),
            key=["thread_id", "item_id", "owner"],
            changed=["kind", "reason"],
            touched="created_at",
        ).returning(feedback.c.item_id)

    @staticmethod
    def _replacing(
        insert: Any,
        *,
        key: list[str],
        changed: Sequence[str],
        touched: str | None = None,
        where: ColumnElement[bool] | None = None,
    ) -> Any:
        new = {name: insert.excluded[name] for name in changed}
        if touched is not None:
            new[touched] = func.now()
        return insert.on_conflict_do_update(index_elements=key, set_=new, where=where)
