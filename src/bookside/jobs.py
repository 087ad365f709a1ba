"""The values that go into the table of jobs and come out of it.

A *job* is work that somebody asked of the server, which outlives the request; at most one of a kind is at work at once,
over all processes that share the database.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

JobStatus = Literal["running", "completed", "failed", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it is.

    Args:
        kind: What is done.
        progress: How far it is, as JSON.
        result: What came of it, as JSON; ``None`` until it has completed.
        error: Why it failed, fit to be shown.
        began_at: ISO 8601 in UTC.
        ended_at: The same; ``None`` while it runs.
    """

    id: str
    kind: str
    status: JobStatus
    began_at: str
    progress: dict[str, Any] = field(default_factory=dict[str, Any])
    result: dict[str, Any] | None = None
    error: str | None = None
    ended_at: str | None = None


def now() -> str:
    """This moment, as jobs have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
