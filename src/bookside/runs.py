"""The values that go into the runs' tables and come out of them.

A *run* is one answer that is being generated, and what became of it. Its *frames* are the events of its stream,
numbered 1, 2, 3 … in the order they were sent.
"""

from dataclasses import dataclass
from typing import Literal

Dialect = Literal["chatkit", "simple"]
Status = Literal["running", "completed", "failed", "stopped", "interrupted"]
Outcome = Literal["completed", "failed", "dropped", "stopped", "interrupted"]
"""How an answer ended, for those who count; one whose reader has left was *dropped*, and its run stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that begins.

    Args:
        id: New, at most ``MAX_ID_CHARS`` characters, and such that nobody can guess it.
        thread_id: The thread that it answers in.
        reader_id: Who asked; the run is kept only if this reader has the thread.
        dialect: Of its stream.
        is_resumable: Whether its stream may be read again; if not, its frames go when it ends.
    """

    id: str
    thread_id: str
    reader_id: str
    dialect: Dialect
    is_resumable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Some consecutive frames of a run.

    Args:
        run_id: Whose they are.
        first: Number of the first one.
        last: Number of the last one.
        text: The events' JSON, one event a line, the lines joined by U+000A.
    """

    run_id: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """A run as the database knows it.

    Args:
        id: Of the run.
        thread_id: The thread that it answers in.
        reader_id: Whose it is, which is whose its thread is; ``HOLDER_ID`` for whoever holds the thread's id.
        dialect: Of its stream.
        is_resumable: Whether its stream may be read again.
        status: What became of it so far.
        keeps_frames: Whether its frames are still there; an ended run loses them after a while.
    """

    id: str
    thread_id: str
    reader_id: str
    dialect: Dialect
    is_resumable: bool
    status: Status
    keeps_frames: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A run whose process is gone.

    Args:
        state: It is running, and now the adopting server's.
        frames: All that were written, in order.
    """

    state: RunState
    frames: list[Frames]
