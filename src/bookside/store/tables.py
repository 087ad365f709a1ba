"""The tables as the newest migration leaves them.

Two tables and their columns are those that sites with a ChatKit backend on PostgreSQL already know: ``threads`` and
``thread_items``. What makes them exact is added beside: ``document`` holds the whole value as JSON text and is all
that the store reads back; ``role``, ``content``, ``sources``, ``title`` and ``metadata`` are an extract for people
who look with SQL. ``sequence`` alone gives order and pages; no clock does.

``document`` is TEXT and not JSONB on purpose: JSONB refuses U+0000 and lone surrogates, and forgets ``1.0`` for ``1``.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

MAX_ID_CHARS = 255

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}

schema = MetaData(naming_convention=NAMES)

Place = BigInteger().with_variant(Integer(), "sqlite")
Extract = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Instant = DateTime(timezone=True)

threads = Table(
    "threads",
    schema,
    Column("sequence", Place, Identity(), primary_key=True),
    Column("id", String(MAX_ID_CHARS), nullable=False),
    Column("owner", Text, nullable=False),
    Column("title", Text),
    Column("metadata", Extract, nullable=False, server_default=text("'{}'")),
    Column("document", Text, nullable=False),
    Column("expires_at", Instant),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column("updated_at", Instant, nullable=False, server_default=func.now()),
    UniqueConstraint("id"),
    Index("idx_threads_owner", "owner", "sequence"),
    Index("idx_threads_expires_at", "expires_at"),
    sqlite_autoincrement=True,
)

thread_items = Table(
    "thread_items",
    schema,
    Column("sequence", Place, Identity(), primary_key=True),
    Column("thread_id", String(MAX_ID_CHARS), ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
    Column("id", String(MAX_ID_CHARS), nullable=False),
    Column("owner", Text, nullable=False),
    Column("type", String(50), nullable=False, server_default=text("'message'")),
    Column("role", String(50)),
    Column("content", Text),
    Column("sources", Extract),
    Column("metadata", Extract, nullable=False, server_default=text("'{}'")),
    Column("document", Text, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    UniqueConstraint("thread_id", "id"),
    Index("idx_thread_items_thread_id", "thread_id", "sequence"),
    Index("idx_thread_items_created_at", "created_at"),
    sqlite_autoincrement=True,
)

attachments = Table(
    "attachments",
    schema,
    Column("sequence", Place, Identity(), primary_key=True),
    Column("id", String(MAX_ID_CHARS), nullable=False),
    Column("owner", Text, nullable=False),
    Column("thread_id", String(MAX_ID_CHARS), ForeignKey("threads.id", ondelete="CASCADE")),
    Column("document", Text, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    UniqueConstraint("owner", "id"),
    Index("idx_attachments_thread_id", "thread_id"),
    sqlite_autoincrement=True,
)

attachment_files = Table(
    "attachment_files",
    schema,
    Column("owner", Text, nullable=False),
    Column("attachment_id", String(MAX_ID_CHARS), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("owner", "attachment_id"),
    ForeignKeyConstraint(["owner", "attachment_id"], ["attachments.owner", "attachments.id"], ondelete="CASCADE"),
)
"""The bytes apart from what describes them, so that no list ever reads them; they go when their attachment goes."""

feedback = Table(
    "feedback",
    schema,
    Column("sequence", Place, Identity(), primary_key=True),
    Column("thread_id", String(MAX_ID_CHARS), ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
    Column("item_id", String(MAX_ID_CHARS), nullable=False),
    Column("owner", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("reason", Text),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    UniqueConstraint("thread_id", "item_id", "owner"),
    sqlite_autoincrement=True,
)
