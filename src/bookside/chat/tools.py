"""The assistant's one tool: it searches the book, from where the reader is and no further than they allow."""

import json
from typing import Annotated, Any

from agents import FunctionTool, ModelBehaviorError, RunContextWrapper, function_tool
from chatkit.types import NoticeEvent, ProgressUpdateEvent
from pydantic import Field

from bookside.chat.turn import TurnContext
from bookside.context import ContextMode, Turn
from bookside.errors import Rejected
from bookside.sayings import Sayings
from bookside.search.model import Passage, SearchScope

TOOL_NAME = "search_book_content"
UNLIKELY = (
    "The book probably does not answer this: these passages are only the nearest. Unless one of them does answer, "
    "say so, and name the nearest sections with their numbers."
)
QUERIES = (
    "One to three ways to ask for the same thing, in the book's own language: translate what is asked in another. The "
    'search knows nothing of the conversation, so each query names what "it", "there" or a question like "and on '
    'Windows?" means.'
)

_WIDTH: dict[SearchScope, int] = {"current_page": 0, "current_chapter": 1, "up_to_here": 2, "full_book": 3}
_WIDEST: dict[ContextMode, SearchScope] = {
    "full_book": "full_book",
    "up_to_here": "up_to_here",
    "current_chapter": "current_chapter",
    "current_page": "current_page",
    "selection": "current_page",
}


def search_tool(*, passages: int) -> FunctionTool:
    """The tool ``search_book_content``, which gives at most ``passages`` numbered passages a call.

    An index that does not answer ends the run: an answer without it would be invented.
    """

    @function_tool(name_override=TOOL_NAME, strict_mode=False, failure_error_function=_fault)
    async def search_book_content(
        ctx: RunContextWrapper[Any],
        queries: Annotated[list[str], Field(description=QUERIES)],
        search_scope: Annotated[
            SearchScope,
            Field(description="How far to look: the reader's page, their chapter, all up to it, or the whole book."),
        ] = "full_book",
        current_chapter: Annotated[
            int | None,
            Field(ge=0, le=1_000_000, description="Number of the chapter; the reader's own when left out."),
        ] = None,
        current_lesson: Annotated[
            str | None, Field(description="Slug of the page; the reader's own when left out.")
        ] = None,
    ) -> str:
        """Search the book for passages that answer. Cite a passage by its number."""
        context: TurnContext = ctx.context
        await context.stream(searching_event(context.sayings))
        try:
            found = await context.book.search.find(
                queries,
                scope=allowed_scope(search_scope, context.turn),
                up_to=last_page(search_scope, context.turn),
                chapter=current_chapter if current_chapter is not None else context.turn.location.chapter,
                lesson=current_lesson if current_lesson is not None else context.turn.location.lesson,
                limit=passages,
            )
        except Rejected as error:
            return json.dumps({"found": False, "passages": [], "error": str(error)})
        await tell_of_edition(found, context)
        return as_tool_output(context.book.completed(found), context)

    return search_book_content


def searching_event(sayings: Sayings) -> ProgressUpdateEvent:
    """What the reader sees while passages are looked for."""
    return ProgressUpdateEvent(icon="search", text=sayings.searching)


def _fault(_: RunContextWrapper[Any], error: Exception) -> str:
    """Arguments of the wrong form are told to the model, which may mend them; any other failure ends the run."""
    if isinstance(error, ModelBehaviorError):
        return json.dumps({"found": False, "passages": [], "error": "the arguments are not as the tool's schema says"})
    raise error


def allowed_scope(wanted: SearchScope, turn: Turn) -> SearchScope:
    """``wanted``, or the narrower scope that the reader's ``context_mode`` allows.

    A selection keeps to its page where that is known; elsewhere its words are looked for in the whole book. A reader
    who wants nothing of later pages, on a page that is none of the book's, is searched nothing for: the scope that is
    left is refused.
    """
    if turn.context_mode == "up_to_here" and turn.location.order is None:
        return "up_to_here"
    if turn.context_mode == "selection" and not turn.location.lesson:
        return "full_book"
    widest = _WIDEST[turn.context_mode]
    return min(wanted, widest, key=_WIDTH.__getitem__)


def last_page(wanted: SearchScope, turn: Turn) -> int | None:
    """The page that no search looks past, in reading order, as the reader's mode or the model wants it.

    It holds in the narrower scopes too: a chapter goes on past the reader's page.
    """
    return turn.location.order if "up_to_here" in (wanted, turn.context_mode) else None


async def tell_of_edition(passages: list[Passage], context: TurnContext) -> None:
    """Whatever the model writes, the reader hears that these passages are from another edition than theirs."""
    if not context.book.gives_notice:
        return
    for edition in dict.fromkeys(passage.edition for passage in passages if passage.edition):
        await context.stream(NoticeEvent(level="info", message=context.sayings.told_of(edition, context.book.edition)))


def as_tool_output(passages: list[Passage], context: TurnContext) -> str:
    """The passages as JSON for the model: ``{"found", "likely", "passages": [{"number", "section", "text"}]}``.

    ``likely`` is whether any passage is likely to answer, and is left out where the search does not know; where none
    is, a note says so. Passages of another edition than the reader's have its name,
    as ``edition``, and the whole has an ``edition_note`` for the reader.
    """
    numbered: list[dict[str, Any]] = [
        {"number": context.consulted.number(passage), "section": " › ".join(passage.path), "text": passage.text}
        for passage in passages
    ]
    note: dict[str, Any] = {}
    if passages and passages[0].is_likely is not None:
        note["likely"] = any(passage.is_likely for passage in passages)
        if not note["likely"]:
            note["note"] = UNLIKELY
    for passage, given in zip(passages, numbered, strict=True):
        if passage.edition:
            given["edition"] = passage.edition
            note["edition_note"] = context.sayings.told_of(passage.edition, context.book.edition)
    return json.dumps({"found": bool(numbered), **note, "passages": numbered}, ensure_ascii=False)
