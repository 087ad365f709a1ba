"""Runs, and the frames of their streams."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
ID = sa.String(255)


def partial_index(name: str, column: str, condition: str) -> None:
    """An index of those runs alone for which ``condition`` holds."""
    where = sa.text(condition)
    op.create_index(name, "runs", [column], sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Beside the threads, of which nothing changes."""
    op.create_table(
        "runs",
        sa.Column("sequence", PLACE, sa.Identity(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("dialect", sa.String(8), nullable=False),
        sa.Column("is_resumable", sa.Boolean(), nullable=False),
        sa.Column("keeps_frames", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(11), nullable=False),
        sa.Column("stop_requested", sa.Boolean(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("sequence", name="pk_runs"),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name="fk_runs_thread_id", ondelete="CASCADE"),
        sa.UniqueConstraint("id", name="uq_runs_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_runs_thread_id", "runs", ["thread_id", "sequence"])
    partial_index("idx_runs_running", "server", "status = 'running'")
    partial_index("idx_runs_ended_at", "ended_at", "keeps_frames AND ended_at IS NOT NULL")

    op.create_table(
        "run_frames",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("first_frame", sa.Integer(), nullable=False),
        sa.Column("last_frame", sa.Integer(), nullable=False),
        sa.Column("frames", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "first_frame", name="pk_run_frames"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_frames_run_id", ondelete="CASCADE"),
    )
