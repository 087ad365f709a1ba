"""Passages for the reader's own words, looked for at once, and given to the model as if it had asked for them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from openai.types.responses import ResponseFunctionToolCallParam
from openai.types.responses.response_input_item_param import FunctionCallOutput

from bookside.chat.tools import TOOL_NAME, allowed_scope, as_tool_output, last_page, tell_of_edition
from bookside.chat.turn import TurnContext
from bookside.context import Turn
from bookside.errors import Rejected
from bookside.search.editions import Finder
from bookside.search.model import Passage

MAX_SELECTION_CHARS = 500
"""Characters of the reader's selection that are searched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlySearch:
    """A search for the reader's own words that is under way."""

    queries: list[str]
    passages: asyncio.Task[list[Passage]]


@asynccontextmanager
async def searching(search: Finder, question: str, turn: Turn, *, passages: int) -> AsyncGenerator[EarlySearch | None]:
    """A search while other things are done; it does not outlive the context. ``None`` where there are no words.

    What is looked for is the question, and the words that it may be about.
    """
    selected = (turn.selected_text or "")[:MAX_SELECTION_CHARS].strip()
    queries = [text for text in (question.strip(), selected) if text]
    if not queries:
        yield None
        return
    task = asyncio.create_task(
        search.find(
            queries,
            scope=allowed_scope("full_book", turn),
            up_to=last_page("full_book", turn),
            chapter=turn.location.chapter,
            lesson=turn.location.lesson,
            limit=passages,
        )
    )
    try:
        yield EarlySearch(queries=queries, passages=task)
    finally:
        task.cancel()
        await asyncio.wait({task})


async def as_call(early: EarlySearch, context: TurnContext) -> list[Any]:
    """The call of the search tool that the passages answer, and its output, as items of the agent's input.

    None where the search was refused, as when the reader's page is not known: the model hears of it when it searches.
    """
    try:
        passages = await early.passages
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
