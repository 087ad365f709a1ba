"""The assistant's routes: each parses, calls one method, and answers."""

import re
from datetime import UTC
from functools import partial
from typing import Annotated, Any, Literal

from chatkit.server import NonStreamingResult
from chatkit.types import FeedbackKind, is_streaming_req
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel, Field

from bookside.book.starters import starters
from bookside.chat.attachments import ACCEPTED
from bookside.chat.run import Follow
from bookside.context import Turn
from bookside.errors import Rejected, TooLarge
from bookside.http import administration, attachments
from bookside.http.assets import script
from bookside.http.limits import asker, read_body
from bookside.http.problems import problem
from bookside.http.requests import MAX_CHAPTER, MAX_ID_CHARS, Asked, read_object, read_request, validated
from bookside.http.services import Asking, BookId, InBook, Served, Services, address_of
from bookside.http.streams import DONE, EventStream, chatkit_frame, simple_event
from bookside.runs import Dialect
from bookside.search.model import SearchScope

ITEMS_PER_THREAD = 1_000
"""Items that ``GET /assistant/thread/{id}`` gives at most."""

WIDGET_PART = re.compile(r"[a-z][a-z-]{0,40}")

MAX_EVENT = 2_000_000_000
"""No run has an event of a higher number."""

Id = Annotated[str, Field(max_length=MAX_ID_CHARS)]


class Feedback(BaseModel):
    """A reader's verdict on answers."""

    thread_id: Id
    item_ids: list[Id] = Field(default=[], max_length=100)
    item_id: Id | None = None
    message_id: Id | None = None
    kind: FeedbackKind | None = None
    rating: Literal["positive", "negative", "up", "down"] | None = None
    reason: str | None = Field(default=None, max_length=2_000)


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
    checked = await services.assistant.check(asked.body, turn)
    if asked.counts:
        await services.rate.ask(turn, address_of(request))
    streaming = checked.request
    if not is_streaming_req(streaming):
        result = await services.assistant.process(asked.body, turn)
        assert isinstance(result, NonStreamingResult)
        return Response(result.json, media_type="application/json")
    run = await services.runs.start(
        lambda say: services.assistant.frames(streaming, turn, say),
        thread_id=checked.thread_id,
        reader=turn,
        key=asker(turn, address_of(request)),
        dialect=asked.dialect,
        is_resumable=asked.is_resumable,
    )
    follow = partial(run.follow, 0, silent_s=limits.ping_s)
    return stream_of(follow, asked.dialect, run_id=run.id if run.is_resumable else None)


def stream_of(follow: Follow, dialect: Dialect, *, run_id: str | None) -> EventStream:
    """A run's events, as its dialect spells them."""
    if dialect == "simple":
        return EventStream(follow, frame=simple_event, tail=DONE, run_id=run_id)
    return EventStream(follow, frame=chatkit_frame, run_id=run_id)


def turn_of(request: Request, services: Services, asked: Asked) -> Turn:
    """The verified reader of a question, with the page and the selection that came with it."""
    verified = services.readers.verify(request.headers.get("authorization"), asked.session_id)
    return asked.turn(
        verified,
        services.shelf,
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
    await services.rate.mint(address_of(request))
    token = services.readers.mint()
    return JSONResponse(
        {
            "token": token.text,
            "expires_at": token.expires_at.isoformat(),
            "max_question_chars": services.limits.max_question_chars,
        },
        201,
    )


@router.get("/assistant/config")
async def config(
    services: Served,
    book: BookId = None,
    url: Annotated[str | None, Query(max_length=2_000, description="The page, which tells the book as well.")] = None,
) -> dict[str, Any]:
    """What the assistant offers everybody: what its widget has to know before the first question."""
    files = services.attachments
    volume = services.shelf.find(book, (url,)) or services.shelf.first
    return {
        "title": volume.printing.book.title,
        **({"book": volume.id} if volume.id else {}),
        "attachments": None if files is None else {"max_bytes": files.max_bytes, "accept": ACCEPTED},
        "transcription": services.assistant.can_transcribe,
        "feedback": True,
        "max_question_chars": services.limits.max_question_chars,
        "max_selection_chars": services.limits.max_selection_chars,
    }


@router.get("/assistant/search")
async def search(
    request: Request,
    services: Served,
    q: Annotated[str, Query(description="The question.")],
    n: Annotated[int, Query(ge=1, le=50, description="Passages at most.")] = 5,
    scope: Annotated[SearchScope, Query(description="How far to look.")] = "full_book",
    chapter: Annotated[int | None, Query(ge=0, le=MAX_CHAPTER, description="The reader's chapter.")] = None,
    lesson: Annotated[str | None, Query(max_length=300, description="The reader's page.")] = None,
    url: Annotated[
        str | None, Query(max_length=2_000, description="The same, by its address or its path on the site.")
    ] = None,
    book: BookId = None,
) -> list[dict[str, str | float]]:
    """Passages for a question, best first."""
    await services.rate.search(address_of(request))
    if len(q) > services.limits.max_question_chars:
        raise TooLarge("the question", services.limits.max_question_chars, "characters")
    volume = services.shelf.find(book, (url,)) or services.shelf.first
    place = volume.printing.places.locate(chapter=chapter, lesson=lesson, url=url)
    passages = await volume.search.find(
        [q],
        scope=scope,
        chapter=place.chapter,
        lesson=place.lesson,
        up_to=place.order if scope == "up_to_here" else None,
        limit=n,
    )
    return [passage.as_json() for passage in passages]


@router.get("/assistant/starters")
async def page_starters(
    services: Served,
    url: Annotated[str, Query(max_length=2_000, description="The page: its address, or its path on the site.")],
    book: BookId = None,
) -> JSONResponse:
    """What the book has at an address, and questions to begin with there; made from the page, without a model."""
    volume = services.shelf.find(book, (url,)) or services.shelf.first
    page = volume.printing.places.page(url)
    if page is None:
        return JSONResponse({"page": None, "starters": []})
    known = {"title": page.title, "chapter": page.chapter.title if page.chapter else None}
    proposals = starters(page, can_explain=services.has_model)
    proposed = [{"kind": starter.kind, "text": starter.text} for starter in proposals]
    return JSONResponse({"page": known, "starters": proposed}, headers={"Cache-Control": "public, max-age=60"})


@router.get("/assistant/runs/{run_id}/events")
async def run_events(
    services: Served,
    run_id: str,
    asking: Asking,
    after: Annotated[
        int | None, Query(ge=0, le=MAX_EVENT, description="Number of the last event that has been read.")
    ] = None,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=MAX_EVENT, description="The same, as browsers send it.")
    ] = None,
) -> Response:
    """The rest of a resumable answer: what was missed, then what comes."""
    read = after if after is not None else last_event_id or 0
    following = await services.runs.follow(run_id, asking, read, silent_s=services.limits.ping_s)
    services.metrics.resumed()
    return stream_of(following.follow, following.dialect, run_id=run_id)


@router.post("/assistant/runs/{run_id}/stop", status_code=202)
async def stop_run(services: Served, run_id: str, asking: Asking) -> JSONResponse:
    """Stop a resumable answer; what was written is kept, and its stream ends with it. 200 if it had ended already."""
    status = await services.runs.stop(run_id, asking)
    return JSONResponse({"id": run_id, "status": status}, 202 if status == "running" else 200)


@router.get("/assistant/threads")
async def threads(
    request: Request,
    services: Served,
    asking: Asking,
    q: Annotated[str, Query(max_length=200, description="Words that the title or the messages must have.")] = "",
    limit: Annotated[int, Query(ge=1, le=100, description="Threads at most.")] = 30,
    after: Annotated[
        str | None, Query(max_length=MAX_ID_CHARS, description="The last thread of the page before.")
    ] = None,
    order: Annotated[Literal["asc", "desc"], Query(description="Oldest or newest first.")] = "desc",
) -> JSONResponse:
    """The reader's own threads, a page of them; nobody else's, and none without a token or a session."""
    if q.strip():
        await services.rate.search(address_of(request))
    found = await services.find_threads(q, limit, after, order, asking)
    data = [
        {"id": thread.id, "title": thread.title, "created_at": thread.created_at.astimezone(UTC).isoformat()}
        | ({"book": thread.metadata["book"]} if "book" in thread.metadata else {})
        for thread in found.data
    ]
    return JSONResponse({"data": data, "has_more": found.has_more, "after": found.after})


@router.get("/assistant/thread/{thread_id}")
async def thread(
    services: Served,
    thread_id: str,
    asking: Asking,
    limit: Annotated[int, Query(ge=1, le=ITEMS_PER_THREAD, description="Items at most.")] = ITEMS_PER_THREAD,
    order: Annotated[Literal["asc", "desc"], Query(description="From the first item or from the last.")] = "asc",
) -> Response:
    """A thread of the reader's, with its items; ``items.list`` has the rest of them."""
    metadata = await services.store.load_thread(thread_id, context=asking)
    latest = await services.runs.latest(thread_id, asking)  # first, so that a run that has ended has its items below
    items = await services.store.load_thread_items(thread_id, after=None, limit=limit, order=order, context=asking)
    shown = [
        item.model_dump(mode="json", exclude_none=True, context={"exclude_metadata": True})
        for item in items.data
        if item.type not in ("hidden_context_item", "sdk_hidden_context")
    ]
    return JSONResponse(
        metadata.model_dump(mode="json")
        | {
            "items": {"data": shown, "has_more": items.has_more, "after": items.after},
            "run": None if latest is None else {"id": latest[0], "status": latest[1]},
        }
    )


@router.delete("/assistant/thread/{thread_id}", status_code=204)
async def delete_thread(services: Served, thread_id: str, asking: Asking) -> None:
    """Delete a thread of the reader's, and all that belongs to it."""
    await services.store.load_thread(thread_id, context=asking)
    await services.store.delete_thread(thread_id, context=asking)


FEEDBACK_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": Feedback.model_json_schema()}}}
}
"""The body of a verdict, for OpenAPI: the route reads it itself, and no more of it than is allowed."""


@router.post("/assistant/feedback", status_code=204, openapi_extra=FEEDBACK_BODY)
async def feedback(request: Request, services: Served, asking: Asking) -> None:
    """Keep the reader's verdict on answers of a thread of theirs."""
    await services.rate.feedback(address_of(request))
    body = await read_body(request.stream(), services.limits.max_request_bytes)
    given = validated(Feedback, read_object(body), "")
    kind = given.kind or VERDICTS.get(given.rating or "")
    item_ids = [*given.item_ids, *(id for id in (given.item_id, given.message_id) if id)]
    if kind is None or not item_ids:
        raise Rejected("feedback needs kind (positive or negative) and item_ids")
    await services.save_feedback(given.thread_id, item_ids, kind, asking, reason=given.reason)


router.include_router(attachments.router)
router.include_router(administration.router)


@router.get("/assistant/health")
async def health(services: Served) -> JSONResponse:
    """Every part's own answer; 503 when questions cannot be answered."""
    found = await services.health.ask()
    return JSONResponse({"status": found.status, "checks": found.parts}, 200 if found.is_ready else 503)


@router.get("/assistant/index/status")
async def index_status(
    services: Served, volume: InBook, shows_names: Annotated[bool, Depends(administration.may_see_names)]
) -> dict[str, Any]:
    """What the index holds, by its own count, what was left out and why, and whether it is in step with the book.

    Where there is an admin key, files are named only to who sends it as ``Authorization: Bearer``.
    """
    status = await services.index_status(volume)
    if not shows_names:
        status = {name: fact for name, fact in status.items() if name not in administration.NAMES}
    if volume.id is None:
        return status
    return status | {"id": volume.id, "books": [one.id for one in services.shelf.volumes]}


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
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


@router.head("/metrics", include_in_schema=False)
@router.get("/metrics")
async def metrics(services: Served) -> Response:
    """Counters and timings for Prometheus."""
    registry: CollectorRegistry = services.metrics.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.head("/bookside.js", include_in_schema=False)
@router.get("/bookside.js")
async def widget(request: Request, services: Served) -> Response:
    """The widget, one file."""
    return script(services.widget, request.headers)


@router.head("/bookside/{part}.js", include_in_schema=False)
@router.get("/bookside/{part}.js")
async def widget_part(
    part: Annotated[str, Path(description="The name of the part.")], request: Request, services: Served
) -> Response:
    """A part of the widget that few answers need, which it loads by itself."""
    file = services.widget.with_suffix("") / f"{part}.js"
    if not WIDGET_PART.fullmatch(part) or not file.is_file():
        return problem(404, "the widget has no such part")
    return script(file, request.headers)


def methods_of(path: str) -> set[str]:
    """The methods that the assistant answers at ``path``; none where there is no route of its."""
    return {
        method
        for route in router.routes
        if isinstance(route, APIRoute) and route.path_regex.match(path)
        for method in route.methods or ()
    }
