"""The assistant's routes: each parses, calls one method, and answers."""

from typing import Annotated, Any, Literal

from chatkit.server import NonStreamingResult, StreamingResult
from chatkit.types import FeedbackKind
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel

from bookside.context import Turn
from bookside.errors import Rejected
from bookside.http import attachments
from bookside.http.limits import read_body
from bookside.http.requests import Asked, read_request
from bookside.http.services import Asking, Served, Services
from bookside.http.streams import ended_in_words, event_stream, simple_frames
from bookside.search.model import SearchScope

ITEMS_PER_THREAD = 1_000
"""Items that ``GET /assistant/thread/{id}`` gives at most."""


class Feedback(BaseModel):
    """A reader's verdict on answers."""

    thread_id: str
    item_ids: list[str] = []
    item_id: str | None = None
    message_id: str | None = None
    kind: FeedbackKind | None = None
    rating: Literal["positive", "negative", "up", "down"] | None = None
    reason: str | None = None


VERDICTS: dict[str, FeedbackKind] = {
    "up": "positive",
    "down": "negative",
    "positive": "positive",
    "negative": "negative",
}


router = APIRouter()


async def answer(request: Request, services: Services, *, simple: bool) -> Response:
    """One request of either dialect: refused before anything is sent, or answered with JSON or events."""
    limits = services.limits
    body = await read_body(request.stream(), limits.max_request_bytes)
    asked = read_request(
        body,
        simple=simple,
        max_question_chars=limits.max_question_chars,
        max_selection_chars=limits.max_selection_chars,
    )
    turn = turn_of(request, services, asked)
    await services.assistant.check(asked.body, turn)
    if asked.counts:
        await services.rate.ask(turn, request.client.host if request.client else "unknown")
    result = await services.assistant.process(asked.body, turn)
    match result:
        case StreamingResult():
            frames = services.metrics.counted(ended_in_words(result.json_events))
            shown = simple_frames(frames) if asked.dialect == "simple" else frames
            return await event_stream(shown, ping_s=limits.ping_s)
        case NonStreamingResult():
            return Response(result.json, media_type="application/json")


def turn_of(request: Request, services: Services, asked: Asked) -> Turn:
    """The verified reader of a question, with the page and the selection that came with it."""
    verified = services.readers.verify(request.headers.get("authorization"), asked.session_id)
    return asked.turn(
        verified,
        services.places,
        max_selection_chars=services.limits.max_selection_chars,
        server_url=str(request.base_url),
    )


@router.post("/chatkit")
async def chatkit(request: Request, services: Served) -> Response:
    """One ChatKit request; the answer is JSON, or events as they happen."""
    return await answer(request, services, simple=False)


@router.post("/assistant/chatkit")
async def assistant_chatkit(request: Request, services: Served) -> Response:
    """One question in the simple dialect, or one ChatKit request."""
    return await answer(request, services, simple=True)


@router.post("/assistant/session")
async def session(request: Request, services: Served) -> JSONResponse:
    """A signed token for a new reader, to be sent back as ``Authorization: Bearer``."""
    await services.rate.mint(request.client.host if request.client else "unknown")
    token = services.readers.mint()
    return JSONResponse({"token": token.text, "expires_at": token.expires_at.isoformat()}, 201)


@router.get("/assistant/search")
async def search(
    services: Served,
    q: Annotated[str, Query(description="The question.")],
    n: Annotated[int, Query(ge=1, le=50, description="Passages at most.")] = 5,
    scope: Annotated[SearchScope, Query(description="How far to look.")] = "full_book",
    chapter: Annotated[int | None, Query(description="The reader's chapter.")] = None,
    lesson: Annotated[str | None, Query(description="The reader's page.")] = None,
) -> list[dict[str, str | float]]:
    """Passages for a question, best first."""
    passages = await services.search.find([q], scope=scope, chapter=chapter, lesson=lesson, limit=n)
    return [passage.as_json() for passage in passages]


@router.get("/assistant/thread/{thread_id}")
async def thread(services: Served, thread_id: str, asking: Asking) -> Response:
    """A thread of the reader's, with its items from the first."""
    metadata = await services.store.load_thread(thread_id, context=asking)
    items = await services.store.load_thread_items(
        thread_id, after=None, limit=ITEMS_PER_THREAD, order="asc", context=asking
    )
    shown = [
        item.model_dump(mode="json", exclude_none=True, context={"exclude_metadata": True})
        for item in items.data
        if item.type not in ("hidden_context_item", "sdk_hidden_context")
    ]
    return JSONResponse(
        metadata.model_dump(mode="json") | {"items": {"data": shown, "has_more": items.has_more, "after": items.after}}
    )


@router.delete("/assistant/thread/{thread_id}", status_code=204)
async def delete_thread(services: Served, thread_id: str, asking: Asking) -> None:
    """Delete a thread of the reader's, and all that belongs to it."""
    await services.store.load_thread(thread_id, context=asking)
    await services.store.delete_thread(thread_id, context=asking)


@router.post("/assistant/feedback", status_code=204)
async def feedback(services: Served, given: Feedback, asking: Asking) -> None:
    """Keep the reader's verdict on answers of a thread of theirs."""
    kind = given.kind or VERDICTS.get(given.rating or "")
    item_ids = [*given.item_ids, *(id for id in (given.item_id, given.message_id) if id)]
    if kind is None or not item_ids:
        raise Rejected("feedback needs kind (positive or negative) and item_ids")
    await services.save_feedback(given.thread_id, item_ids, kind, asking, reason=given.reason)


router.include_router(attachments.router)


@router.get("/assistant/health")
async def health(services: Served) -> JSONResponse:
    """Every part's own answer; 503 when questions cannot be answered."""
    found = await services.health.ask()
    return JSONResponse({"status": found.status, "checks": found.parts}, 200 if found.is_ready else 503)


@router.get("/assistant/index/status")
async def index_status(services: Served) -> dict[str, Any]:
    """What the index holds, by its own count, and the pages that were left out."""
    return await services.index_status() | {
        "book": services.book.title,
        "problems": [str(problem) for problem in services.book.problems],
    }


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(services: Served) -> JSONResponse:
    """Whether this process can answer questions now; 503 when it cannot."""
    found = await services.health.ask()
    ready = found.is_ready
    return JSONResponse(
        {
            "status": "ok" if ready else "unavailable",
            "checks": {name: part["status"] for name, part in found.parts.items()},
        },
        200 if ready else 503,
    )


@router.get("/metrics")
async def metrics(services: Served) -> Response:
    """Counters and timings for Prometheus."""
    registry: CollectorRegistry = services.metrics.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/bookside.js")
async def widget(services: Served) -> FileResponse:
    """The widget, one file."""
    return FileResponse(
        services.widget,
        media_type="text/javascript",
        headers={"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"},
    )
