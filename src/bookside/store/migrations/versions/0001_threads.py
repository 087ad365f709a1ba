"""Threads, their items, attachments with their files, and feedback."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXTRACT = sa.JSON().with_variant(JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
ID = sa.String(255)


def sequence(table: str) -> list[sa.schema.SchemaItem]:
    """The column that gives order and pages, and is the primary key."""
    return [
        sa.Column("sequence", PLACE, sa.Identity(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=f"pk_{table}"),
    ]


def of_thread(table: str) -> sa.ForeignKeyConstraint:
    """Rows that go when their thread goes."""
    return sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=f"fk_{table}_thread_id", ondelete="CASCADE")


def upgrade() -> None:
    """From an empty database."""
    op.create_table(
        "threads",
        *sequence("threads"),
        sa.Column("id", ID, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("metadata", EXTRACT, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("id", name="uq_threads_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_threads_owner", "threads", ["owner", "sequence"])
    op.create_index("idx_threads_expires_at", "threads", ["expires_at"])

    op.create_table(
        "thread_items",
        *sequence("thread_items"),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("type", sa.String(50), nullable=False, server_default=sa.text("'message'")),
        sa.Column("role", sa.String(50)),
        sa.Column("content", sa.Text()),
        sa.Column("sources", EXTRACT),
        sa.Column("metadata", EXTRACT, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
        of_thread("thread_items"),
        sa.UniqueConstraint("thread_id", "id", name="uq_thread_items_thread_id_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_thread_items_thread_id", "thread_items", ["thread_id", "sequence"])
    op.create_index("idx_thread_items_created_at", "thread_items", ["created_at"])

    op.create_table(
        "attachments",
        *sequence("attachments"),
        sa.Column("id", ID, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("thread_id", ID),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
        of_thread("attachments"),
        sa.UniqueConstraint("owner", "id", name="uq_attachments_owner_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_attachments_thread_id", "attachments", ["thread_id"])

    op.create_table(
        "attachment_files",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("attachment_id", ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("owner", "attachment_id", name="pk_attachment_files"),
        sa.ForeignKeyConstraint(
            ["owner", "attachment_id"],
            ["attachments.owner", "attachments.id"],
            name="fk_attachment_files_owner_attachment_id",
            ondelete="CASCADE",
        ),
    )

    op.create_table(
        "feedback",
        *sequence("feedback"),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
        of_thread("feedback"),
        sa.UniqueConstraint("thread_id", "item_id", "owner", name="uq_feedback_thread_id_item_id_owner"),
        sqlite_autoincrement=True,
    )
