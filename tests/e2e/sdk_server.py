"""A ChatKit server written with the SDK alone, as other people write theirs: over real HTTP, with a store in memory.

What it answers is what the question names; what it is sent, it remembers.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from chatkit.actions import Action
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    AudioInput,
    FeedbackKind,
    FileAttachment,
    ImageAttachment,
    Page,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
)
from pydantic import AnyUrl
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from e2e import sdk_script
from e2e.pictures import png
from model_server import running

WEB = Path(__file__).parents[2] / "src" / "bookside" / "web"
CSP = "default-src 'self'; base-uri 'none'; object-src 'none'"


class MemoryStore(Store[None]):
    """Threads and their items, in lists."""

    def __init__(self) -> None:
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: dict[str, list[ThreadItem]] = {}
        self.attachments: dict[str, Attachment] = {}

    async def load_thread(self, thread_id: str, context: None) -> ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(thread_id)
        return self.threads[thread_id].model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: None) -> None:
        # The SDK saves a new thread with its items where it saves only what describes it.
        self.threads[thread.id] = ThreadMetadata.model_validate(thread.model_dump(exclude={"items"}))
        self.items.setdefault(thread.id, [])

    async def load_threads(self, limit: int, after: str | None, order: str, context: None) -> Page[ThreadMetadata]:
        return Page(data=list(self.threads.values()))

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: None
    ) -> Page[ThreadItem]:
        items = self.items[thread_id][:: -1 if order == "desc" else 1]
        ids = [item.id for item in items]
        rest = items[ids.index(after) + 1 :] if after else items
        page = rest[:limit]
        return Page(data=page, has_more=len(rest) > limit, after=page[-1].id if page else None)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: None) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: None) -> None:
        items = self.items[thread_id]
        place = next((at for at, known in enumerate(items) if known.id == item.id), len(items))
        items[place : place + 1] = [item.model_copy(deep=True)]

    async def load_item(self, thread_id: str, item_id: str, context: None) -> ThreadItem:
        for item in self.items[thread_id]:
            if item.id == item_id:
                return item.model_copy(deep=True)
        raise NotFoundError(item_id)

    async def delete_thread(self, thread_id: str, context: None) -> None:
        del self.threads[thread_id], self.items[thread_id]

    async def delete_thread_item(self, thread_id: str, item_id: str, context: None) -> None:
        self.items[thread_id] = [item for item in self.items[thread_id] if item.id != item_id]

    async def save_attachment(self, attachment: Attachment, context: None) -> None:
        self.attachments[attachment.id] = attachment

    async def load_attachment(self, attachment_id: str, context: None) -> Attachment:
        if attachment_id not in self.attachments:
            raise NotFoundError(attachment_id)
        return self.attachments[attachment_id]

    async def delete_attachment(self, attachment_id: str, context: None) -> None:
        self.attachments.pop(attachment_id, None)


class Files(AttachmentStore[None]):
    """Files that are announced first and uploaded then."""

    def __init__(self) -> None:
        self.url = ""
        self.content: dict[str, bytes] = {}
        self.deleted: list[str] = []

    async def create_attachment(self, input: AttachmentCreateParams, context: None) -> Attachment:
        attachment_id = self.generate_attachment_id(input.mime_type, context)
        url = AnyUrl(f"{self.url}/files/{attachment_id}")
        upload = AttachmentUploadDescriptor(url=url, method="PUT", headers={"X-Upload": "yes"})
        common: dict[str, Any] = {"id": attachment_id, "name": input.name, "mime_type": input.mime_type}
        if input.mime_type.startswith("image/"):
            return ImageAttachment(**common, upload_descriptor=upload, preview_url=url)
        return FileAttachment(**common, upload_descriptor=upload)

    async def delete_attachment(self, attachment_id: str, context: None) -> None:
        self.deleted.append(attachment_id)


class ScriptedServer(ChatKitServer[None]):
    """Answers what the question names; see ``sdk_script``."""

    def __init__(self) -> None:
        self.memory = MemoryStore()
        self.files = Files()
        super().__init__(self.memory, self.files)
        self.actions: list[tuple[str, Any, str | None]] = []
        self.feedback: list[tuple[list[str], FeedbackKind]] = []
        self.gate = asyncio.Event()

    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: None
    ) -> AsyncIterator[ThreadStreamEvent]:
        return sdk_script.answer(self, thread, input_user_message)

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: None
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        self.actions.append((action.type, action.payload, sender.id if sender else None))
        async for event in sdk_script.reaction(self, thread, action, sender):
            yield event

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: None
    ) -> SyncCustomActionResponse:
        self.actions.append((action.type, action.payload, sender.id if sender else None))
        return SyncCustomActionResponse(updated_item=sdk_script.previewed(sender))

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: None) -> None:
        self.feedback.append((item_ids, feedback))

    async def transcribe(self, audio_input: AudioInput, context: None) -> TranscriptionResult:
        return TranscriptionResult(text=f"{len(audio_input.data)} bytes of {audio_input.media_type}")


@dataclass
class SdkServed:
    """A running server.

    Args:
        answering: Answers in the scripted server's place; else that itself.
        requests: The bodies that came to ``/chatkit``, in order.
        uploads: Names and contents of the files that came as a form.
        offers: What ``GET /assistant/config`` says; ``None`` for a server that has no such address.
        raw: Events that take the place of all answers, of any shape.
    """

    server: ScriptedServer
    answering: ChatKitServer[None]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    offers: dict[str, Any] | None = None
    raw: list[Any] | None = None

    def sent(self, kind: str) -> list[dict[str, Any]]:
        """The parameters of all requests of a type."""
        return [request["params"] for request in self.requests if request["type"] == kind]

    async def chatkit(self, request: Request) -> Response:
        body = await request.body()
        self.requests.append(json.loads(body))
        if self.raw is not None and self.requests[-1]["type"] == "threads.create":
            thread = {"id": "thr_raw", "created_at": "2026-01-01T00:00:00", "items": {"data": [], "has_more": False}}
            events = [{"type": "thread.created", "thread": thread}, *self.raw]
            frames = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
            return Response(frames, media_type="text/event-stream")
        result = await self.answering.process(body, None)
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(result.json, media_type="application/json")

    async def upload(self, request: Request) -> Response:
        self.server.files.content[request.path_params["id"]] = await request.body()
        return Response(status_code=204 if request.headers.get("x-upload") == "yes" else 403)

    async def direct(self, request: Request) -> Response:
        async with request.form() as form:
            file = form["file"]
            assert isinstance(file, UploadFile)
            name = file.filename or ""
            self.uploads.append((name, await file.read()))
        return JSONResponse({"type": "file", "id": "atc_direct", "name": name, "mime_type": "text/plain"})

    async def config(self, request: Request) -> Response:
        return JSONResponse(self.offers) if self.offers is not None else Response(status_code=404)

    async def page(self, request: Request) -> Response:
        body = self.pages.get(request.url.path)
        if body is None:
            return Response(status_code=404)
        html = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width"></head><body><main>{body}</main></body></html>"""
        return HTMLResponse(html, headers={"Content-Security-Policy": CSP})


async def built(request: Request) -> Response:
    """The widget's files."""
    return FileResponse(WEB / request.url.path.lstrip("/"), media_type="text/javascript")


async def picture(request: Request) -> Response:
    return Response(png("green"), media_type="image/png")


TEXT = "<h1>Relays</h1><p id='p'>A relay is a switch that a small current moves.</p>"
SCRIPT = "<script type='module' src='/bookside.js'></script>"


@contextmanager
def sdk_server(server: ChatKitServer[None] | None = None) -> Iterator[SdkServed]:
    """A running server with pages: ``/p`` with a panel, ``/in`` with the element in it, ``/plain`` with neither."""
    scripted = ScriptedServer()
    served = SdkServed(scripted, server or scripted)
    served.pages["/p"] = TEXT + SCRIPT.replace("src=", "data-server='' src=")
    served.pages["/other"] = "<h1>Pumps</h1>" + SCRIPT.replace("src=", "data-server='' src=")
    served.pages["/in"] = f"{TEXT}<bookside-chat layout='inline'></bookside-chat>{SCRIPT}"
    served.pages["/plain"] = TEXT
    app = Starlette(
        routes=[
            Route("/chatkit", served.chatkit, methods=["POST"]),
            Route("/assistant/config", served.config),
            Route("/files/{id}", served.upload, methods=["PUT"]),
            Route("/files/{id}", picture),
            Route("/direct", served.direct, methods=["POST"]),
            Route("/relay.png", picture),
            Route("/bookside.js", built),
            Route("/bookside/{part}", built),
            Route("/{path:path}", served.page),
        ]
    )
    with running(uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))) as url:
        served.url = served.server.files.url = url
        yield served
