"""What the routes call, and whom they answer: each asks for these two by their types."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from chatkit.store import Store
from chatkit.types import Page, ThreadMetadata
from fastapi import Depends, Query, Request

from bookside.book.model import Book
from bookside.chat.attachments import Attachments
from bookside.chat.runs import Runs
from bookside.chat.server import Assistant
from bookside.context import Reader
from bookside.http.health import HealthCheck
from bookside.http.limits import Rate
from bookside.http.metrics import Metrics
from bookside.http.places import Places
from bookside.http.readers import Readers
from bookside.http.shelf import Shelf
from bookside.search.find import Search

FindThreads = Callable[[str, int, str | None, str, Reader], Awaitable[Page[ThreadMetadata]]]
SaveFeedback = Callable[..., Awaitable[None]]
IndexStatus = Callable[[], Awaitable[dict[str, Any]]]


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
        index_status: Facts about the index, from the index.
        widget: The built widget's file.
        has_model: Whether a language model writes the answers.
    """

    assistant: Assistant
    runs: Runs
    attachments: Attachments | None
    store: Store[Reader]
    search: Search
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
    limits: HttpLimits = field(default_factory=HttpLimits)

    @property
    def book(self) -> Book:
        """The edition that is served now."""
        return self.shelf.edition.book

    @property
    def places(self) -> Places:
        """Where things are in that edition."""
        return self.shelf.edition.places


def services_of(request: Request) -> Services:
    """What this server's routes call."""
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(services_of)]


def reader_of(request: Request, services: Served, session_id: Annotated[str | None, Query()] = None) -> Reader:
    """The verified reader of a request without a body; a session's name may stand in the query."""
    return services.readers.verify(request.headers.get("authorization"), session_id)


Asking = Annotated[Reader, Depends(reader_of)]
