"""What a body asks for: the two dialects are read here, and nowhere else, into one ChatKit request and one turn."""

import json
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from pydantic import BaseModel, Field, ValidationError

from bookside.context import ContextMode, Reader, Turn
from bookside.errors import Rejected, TooLarge
from bookside.http.places import Places

Dialect = Literal["chatkit", "simple"]
Form = TypeVar("Form", bound=BaseModel)

ASKS = {
    "threads.create",
    "threads.add_user_message",
    "threads.retry_after_item",
    "threads.custom_action",
    "threads.add_client_tool_output",
    "threads.add_structured_input",
    "input.transcribe",
    "attachments.create",
}
"""Requests that cost a model's time or the database's room, and count as questions."""


class PageContext(BaseModel):
    """The page that the reader is on; a site that tells its address need tell nothing else."""

    current_chapter: int | None = None
    current_lesson: str | None = Field(default=None, max_length=300)
    current_path: str | None = Field(default=None, max_length=2_000)
    url: str | None = Field(default=None, max_length=2_000)
    title: str | None = Field(default=None, max_length=500)


class ReaderContext(BaseModel):
    """What comes with a question: ``context`` of the simple dialect, ``metadata`` of ChatKit's."""

    page_context: PageContext | None = None
    current_chapter: int | None = None
    current_lesson: str | None = Field(default=None, max_length=300)
    selected_text: str | None = None
    context_mode: ContextMode | None = None
    session_id: str | None = Field(default=None, max_length=500)


class SimpleRequest(BaseModel):
    """A question in the simple dialect."""

    query: str
    thread_id: str | None = None
    context: ReaderContext | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A body, read.

    Args:
        body: The request as ChatKit wants it.
        counts: Whether it counts against the rate limit.
    """

    dialect: Dialect
    body: bytes
    counts: bool
    context: ReaderContext
    quoted_text: str | None

    @property
    def session_id(self) -> str | None:
        """The session's name, if the client gave one."""
        return self.context.session_id

    def turn(self, reader: Reader, places: Places, *, max_selection_chars: int, server_url: str | None = None) -> Turn:
        """The turn's context for a verified reader."""
        context, page = self.context, self.context.page_context or PageContext()
        chapter = page.current_chapter if page.current_chapter is not None else context.current_chapter
        lesson = page.current_lesson if page.current_lesson is not None else context.current_lesson
        selected = (context.selected_text or self.quoted_text or "").strip()
        return Turn(
            id=reader.id,
            location=places.locate(
                chapter=chapter, lesson=lesson or None, url=page.url, path=page.current_path, title=page.title
            ),
            selected_text=selected[:max_selection_chars] or None,
            selection_was_cut=len(selected) > max_selection_chars,
            context_mode=context.context_mode or "full_book",
            server_url=server_url,
        )


def read_request(body: bytes, *, simple: bool, max_question_chars: int, max_selection_chars: int) -> Asked:
    """Read ``body``; with ``simple``, one without ``type`` is taken in the simple dialect.

    Raises:
        Rejected: It is no JSON object, or its context has the wrong form.
        TooLarge: The question is too long.
    """
    try:
        data = json.loads(body)
    except ValueError as error:
        raise Rejected("the body is not JSON") from error
    if not isinstance(data, dict):
        raise Rejected("the body must be a JSON object")
    fields = cast(dict[str, Any], data)
    if simple and "type" not in fields:
        return _read_simple(fields, max_question_chars, max_selection_chars)
    context = _validated(ReaderContext, fields.get("metadata") or {}, "metadata")
    quoted_text: str | None = None
    match fields:
        case {"params": {"input": {"quoted_text": str() as quote} as question}}:
            quoted_text = quote
            if len(quote) > max_selection_chars:
                question["quoted_text"] = quote[:max_selection_chars]
                body = json.dumps(fields).encode()
        case _:
            pass
    return Asked(
        dialect="chatkit", body=body, counts=fields.get("type") in ASKS, context=context, quoted_text=quoted_text
    )


def _read_simple(fields: dict[str, Any], max_question_chars: int, max_selection_chars: int) -> Asked:
    request = _validated(SimpleRequest, fields, "")
    question = request.query.strip()
    if not question:
        raise Rejected("query is empty")
    if len(question) > max_question_chars:
        raise TooLarge("the question", max_question_chars, "characters")
    context = request.context or ReaderContext()
    params: dict[str, Any] = {
        "input": {
            "content": [{"type": "input_text", "text": question}],
            "attachments": [],
            "quoted_text": (context.selected_text or "").strip()[:max_selection_chars] or None,
            "inference_options": {},
        }
    }
    kind = "threads.create"
    if request.thread_id:
        kind = "threads.add_user_message"
        params["thread_id"] = request.thread_id
    body = json.dumps({"type": kind, "params": params}).encode()
    return Asked(dialect="simple", body=body, counts=True, context=context, quoted_text=None)


def _validated(form: type[Form], value: Any, name: str) -> Form:
    try:
        return form.model_validate(value)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in ([name] if name else []) + list(fault["loc"]))
        raise Rejected(f"{place}: {fault['msg']}") from error
