"""What the routes call, and whom they answer: each asks for these two by their types."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Protocol

from chatkit.store import Store
from chatkit.types import Page, ThreadMetadata
from fastapi import Depends, Query, Request

from bookside.chat.attachments import Attachments
from bookside.chat.runs import Runs
from bookside.chat.server import Assistant
from bookside.context import Reader
from bookside.http.health import HealthCheck
from bookside.http.limits import Rate
from bookside.http.metrics import Metrics
from bookside.http.readers import Readers
from bookside.http.shelf import Shelf, Volume
from bookside.jobs import Job

FindThreads = Callable[[str, int, str | None, str, Reader], Awaitable[Page[ThreadMetadata]]]
SaveFeedback = Callable[..., Awaitable[None]]
IndexStatus = Callable[[Volume], Awaitable[dict[str, Any]]]


class Reindex(Protocol):
    """Indexes books anew, as jobs."""

    async def begin(self, books: frozenset[str | None]) -> tuple[Job, bool]:
        """A job that has just begun; or the one that is at work already, and ``False``."""
        ...

    async def load(self, id: str) -> Job:
        """The job as it is; raises ``NotFound``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """How large a request may be, and how long a stream may be silent."""

    max_request_bytes: int = 1_000_000
    max_question_chars: int = 2_000
    max_selection_chars: int = 2_000
    ping_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call.

    Args:
        attachments: Readers' files; ``None`` where none can be attached.
        find_threads: ``(query, limit, after, order, reader)``; all of the reader's threads for an empty query.
        save_feedback: ``(thread_id, item_ids, kind, reader, *, reason)``.
        index_status: Facts about a volume's index, from the index, and about what is in it.
        widget: The built widget's file.
        has_model: Whether a language model writes the answers.
        reindex: Indexes books anew, for who has the ``admin_key``; ``None`` where nobody may.
    """

    assistant: Assistant
    runs: Runs
    attachments: Attachments | None
    store: Store[Reader]
    shelf: Shelf
    readers: Readers
    rate: Rate
    health: HealthCheck
    metrics: Metrics
    find_threads: FindThreads
    save_feedback: SaveFeedback
    index_status: IndexStatus
    widget: Path
    has_model: bool
    reindex: Reindex | None = None
    admin_key: str | None = field(default=None, repr=False)
    limits: HttpLimits = field(default_factory=HttpLimits)


def services_of(request: Request) -> Services:
    """What this server's routes call."""
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(services_of)]


def address_of(request: Request) -> str:
    """The network address that a request came from."""
    return request.client.host if request.client else "unknown"


def reader_of(request: Request, services: Served, session_id: Annotated[str | None, Query()] = None) -> Reader:
    """The verified reader of a request without a body; a session's name may stand in the query."""
    return services.readers.verify(request.headers.get("authorization"), session_id)


BookId = Annotated[
    str | None, Query(max_length=100, description="Id of the book, where the server has several; else the first.")
]


def volume_of(services: Served, book: BookId = None) -> Volume:
    """The book that a request names; the first, or the only one, where it names none."""
    return services.shelf.find(book) or services.shelf.first


InBook = Annotated[Volume, Depends(volume_of)]

Asking = Annotated[Reader, Depends(reader_of)]
