"""What a body asks for: the two dialects are read here, and nowhere else, into one ChatKit request and one turn."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import PydanticCustomError

from bookside.context import ContextMode, Reader, Turn
from bookside.errors import Rejected, TooLarge
from bookside.http.places import Shown
from bookside.http.shelf import Shelf
from bookside.runs import Dialect

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


MAX_CHAPTER = 1_000_000
"""No chapter has a higher number; the stores of numbers end somewhere above."""

MAX_ID_CHARS = 300
"""Characters of an id that a client may send."""


def _whole(text: str) -> str:
    """``text``, if it can be sent on: JSON may hold half of a character, which no encoding has."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("surrogate", "half of a surrogate pair is no character") from error
    return text


Text = Annotated[str, AfterValidator(_whole)]
"""Words without lone surrogates."""


class PageContext(BaseModel):
    """The page that the reader is on; a site that tells its address need tell nothing else."""

    current_chapter: int | None = Field(default=None, ge=0, le=MAX_CHAPTER)
    current_lesson: Text | None = Field(default=None, max_length=300)
    current_path: Text | None = Field(default=None, max_length=2_000)
    url: Text | None = Field(default=None, max_length=2_000)
    title: Text | None = Field(default=None, max_length=500)
    current_section: Text | None = Field(default=None, max_length=300)
    current_section_id: Text | None = Field(default=None, max_length=300)
    locale: Text | None = Field(default=None, max_length=35)


class ReaderContext(BaseModel):
    """What comes with a question: ``context`` of the simple dialect, ``metadata`` of ChatKit's."""

    page_context: PageContext | None = None
    current_chapter: int | None = Field(default=None, ge=0, le=MAX_CHAPTER)
    current_lesson: Text | None = Field(default=None, max_length=300)
    selected_text: Text | None = None
    context_mode: ContextMode | None = None
    session_id: str | None = Field(default=None, max_length=500)
    book: Text | None = Field(default=None, max_length=100)
    resumable: bool = False


class Metadata(BaseModel):
    """What the simple dialect has in ``metadata``."""

    resumable: bool = False


class SimpleRequest(BaseModel):
    """A question in the simple dialect."""

    query: Text
    thread_id: Text | None = Field(default=None, max_length=MAX_ID_CHARS)
    context: ReaderContext | None = None
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A body, read.

    Args:
        body: The request as ChatKit wants it.
        counts: Whether it counts against the rate limit.
        is_resumable: Whether the answer is to go on when the client goes away.
    """

    dialect: Dialect
    body: bytes
    counts: bool
    context: ReaderContext
    quoted_text: str | None
    is_resumable: bool

    @property
    def session_id(self) -> str | None:
        """The session's name, if the client gave one."""
        return self.context.session_id

    def turn(self, reader: Reader, shelf: Shelf, *, max_selection_chars: int, server_url: str | None = None) -> Turn:
        """The turn's context for a verified reader.

        Raises:
            Rejected: It names a book that is not on the shelf.
        """
        context, page = self.context, self.context.page_context or PageContext()
        chapter = page.current_chapter if page.current_chapter is not None else context.current_chapter
        lesson = page.current_lesson if page.current_lesson is not None else context.current_lesson
        volume = shelf.find(context.book, (page.url, page.current_path), page.locale)
        places = (volume or shelf.first).printing.places
        selected = (context.selected_text or self.quoted_text or "").strip()
        return Turn(
            id=reader.id,
            location=places.locate(
                chapter=chapter,
                lesson=lesson or None,
                url=page.url,
                path=page.current_path,
                title=page.title,
                section=Shown(heading=page.current_section, anchor=page.current_section_id),
                language=page.locale,
            ),
            selected_text=selected[:max_selection_chars] or None,
            selection_was_cut=len(selected) > max_selection_chars,
            context_mode=context.context_mode or "full_book",
            server_url=server_url,
            book=volume.id if volume else None,
        )


def read_object(body: bytes) -> dict[str, Any]:
    """The fields of a body.

    Raises:
        Rejected: It is no JSON object.
    """
    try:
        data = json.loads(body)
    except ValueError as error:
        raise Rejected("the body is not JSON") from error
    except RecursionError as error:
        raise Rejected("the body is nested too deeply") from error
    if not isinstance(data, dict):
        raise Rejected("the body must be a JSON object")
    return cast(dict[str, Any], data)


def read_request(body: bytes, *, simple: bool, max_question_chars: int, max_selection_chars: int) -> Asked:
    """Read ``body``; with ``simple``, one without ``type`` is taken in the simple dialect.

    Raises:
        Rejected: It is no JSON object, or its context has the wrong form.
        TooLarge: The question is too long.
    """
    fields = read_object(body)
    if simple and "type" not in fields:
        return _read_simple(fields, max_question_chars, max_selection_chars)
    if "type" not in fields:
        raise Rejected('a ChatKit request needs "type"; a question as {"query": …} is answered at /assistant/chatkit')
    context = validated(ReaderContext, fields.get("metadata") or {}, "metadata")
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
        dialect="chatkit",
        body=body,
        counts=fields.get("type") in ASKS,
        context=context,
        quoted_text=quoted_text,
        is_resumable=context.resumable,
    )


def _read_simple(fields: dict[str, Any], max_question_chars: int, max_selection_chars: int) -> Asked:
    request = validated(SimpleRequest, fields, "")
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
    is_resumable = context.resumable or (request.metadata is not None and request.metadata.resumable)
    return Asked(dialect="simple", body=body, counts=True, context=context, quoted_text=None, is_resumable=is_resumable)


def validated(form: type[Form], value: Any, name: str) -> Form:
    """``value`` in its form.

    Args:
        name: The field that has it; empty for the body itself.

    Raises:
        Rejected: It has another form; the message names the field.
    """
    try:
        return form.model_validate(value)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in ([name] if name else []) + list(fault["loc"]))
        raise Rejected(f"{place}: {fault['msg']}") from error
