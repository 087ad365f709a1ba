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
    Boolean,
    Column,
    DateTime,
    Float,
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
    literal_column,
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

runs = Table(
    "runs",
    schema,
    Column("sequence", Place, Identity(), primary_key=True),
    Column("id", String(MAX_ID_CHARS), nullable=False),
    Column("thread_id", String(MAX_ID_CHARS), ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("dialect", String(8), nullable=False),
    Column("is_resumable", Boolean, nullable=False),
    Column("keeps_frames", Boolean, nullable=False),
    Column("status", String(11), nullable=False),
    Column("stop_requested", Boolean, nullable=False),
    Column("server", Text, nullable=False),
    Column("claim", String(32)),
    Column("seen_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column("ended_at", Instant),
    UniqueConstraint("id"),
    Index("idx_runs_thread_id", "thread_id", "sequence"),
    sqlite_autoincrement=True,
)
"""Answers that are being generated, and what became of them.

``server`` runs it, and says so by ``seen_at``; ``claim`` is the adoption by which it got it from another.
"""

RUNNING = runs.c.status == literal_column("'running'")
ENDED_WITH_FRAMES = text("keeps_frames AND ended_at IS NOT NULL")
"""The conditions of the two partial indices, which hold few rows however many runs there have been.

A statement has to repeat one to the letter for SQLite to use its index.
"""

Index("idx_runs_running", runs.c.server, sqlite_where=RUNNING, postgresql_where=RUNNING)
Index("idx_runs_ended_at", runs.c.ended_at, sqlite_where=ENDED_WITH_FRAMES, postgresql_where=ENDED_WITH_FRAMES)

jobs = Table(
    "jobs",
    schema,
    Column("sequence", Place, Identity(), primary_key=True),
    Column("id", String(MAX_ID_CHARS), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("status", String(11), nullable=False),
    Column("document", Text, nullable=False),
    Column("seen_at", Float, nullable=False),
    UniqueConstraint("id"),
    sqlite_autoincrement=True,
)
"""Work that outlives the request that asked for it; ``document`` is the job as JSON.

``seen_at`` is when its process last said that it is at work, in seconds since 1970 by that process's own clock.
"""

JOB_RUNNING = text("status = 'running'")
Index("uq_jobs_running", jobs.c.kind, unique=True, sqlite_where=JOB_RUNNING, postgresql_where=JOB_RUNNING)

run_frames = Table(
    "run_frames",
    schema,
    Column("run_id", String(MAX_ID_CHARS), ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("first_frame", Integer, nullable=False),
    Column("last_frame", Integer, nullable=False),
    Column("frames", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "first_frame"),
)
