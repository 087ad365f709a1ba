"""Passages for the reader's own words, looked for at once, and given to the model as if it had asked for them."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from openai.types.responses import ResponseFunctionToolCallParam
from openai.types.responses.response_input_item_param import FunctionCallOutput

from bookside.chat.at_hand import BookAtHand
from bookside.chat.tools import TOOL_NAME, allowed_scope, as_tool_output, last_page, tell_of_edition
from bookside.chat.turn import TurnContext
from bookside.context import Turn
from bookside.errors import Rejected
from bookside.index.sparse import language_of, words_in
from bookside.models.follow_ups import MAX_QUERY_CHARS, MAX_SELECTION_CHARS, queries_for
from bookside.search.model import Passage

log = logging.getLogger(__name__)


class EarlySearch:
    """A search for the reader's own words that is under way."""

    def __init__(self, queries: Sequence[str], found: asyncio.Task[list[Passage]]) -> None:
        self.queries = list(queries)
        self._found = found
        self._was_read = False

    async def passages(self) -> list[Passage]:
        """What was found, once it is; fails as the search does."""
        self._was_read = True
        return await self._found

    async def end(self) -> None:
        """Break it off; a failure that nobody has read of is logged."""
        self._found.cancel()
        await asyncio.wait({self._found})
        error = None if self._found.cancelled() else self._found.exception()
        if error is not None and not self._was_read:
            log.warning("an early search failed: %s", error)


@asynccontextmanager
async def searching(
    book: BookAtHand, questions: Sequence[str], turn: Turn, *, passages: int
) -> AsyncGenerator[EarlySearch | None]:
    """A search while other things are done; it does not outlive the context. ``None`` where there are no words.

    What is looked for is the question, and the words that it may be about: those that are selected, or those of the
    questions before it.

    Args:
        questions: Of the conversation, oldest first; the last is asked now.
    """
    question = questions[-1].strip()
    selected = (turn.selected_text or "")[:MAX_SELECTION_CHARS].strip()
    if selected or not question:
        queries = [text for text in (question[:MAX_QUERY_CHARS], selected) if text]
    else:
        queries = queries_for([*questions[:-1], question], words_in(language_of(book.language)).terms)
    if not queries:
        yield None
        return
    task = asyncio.create_task(
        book.search.find(
            queries,
            scope=allowed_scope("full_book", turn),
            up_to=last_page("full_book", turn),
            chapter=turn.location.chapter,
            lesson=turn.location.lesson,
            limit=passages,
        )
    )
    early = EarlySearch(queries, task)
    try:
        yield early
    finally:
        await early.end()


async def as_call(early: EarlySearch, context: TurnContext) -> list[Any]:
    """The call of the search tool that the passages answer, and its output, as items of the agent's input.

    None where the search was refused, as when the reader's page is not known: the model hears of it when it searches.
    """
    try:
        passages = await early.passages()
    except Rejected:
        return []
    await tell_of_edition(passages, context)
    output = as_tool_output(context.book.completed(passages), context)
    call_id = "call_early"
    return [
        ResponseFunctionToolCallParam(
            type="function_call", call_id=call_id, name=TOOL_NAME, arguments=json.dumps({"queries": early.queries})
        ),
        FunctionCallOutput(type="function_call_output", call_id=call_id, output=output),
    ]
