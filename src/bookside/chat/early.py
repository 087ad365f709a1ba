"""Passages for the reader's own words, looked for at once, and given to the model as if it had asked for them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from openai.types.responses import ResponseFunctionToolCallParam
from openai.types.responses.response_input_item_param import FunctionCallOutput

from bookside.chat.tools import TOOL_NAME, allowed_scope, as_tool_output
from bookside.chat.turn import TurnContext
from bookside.context import Turn
from bookside.search.find import Search
from bookside.search.model import Passage

MAX_SELECTION_CHARS = 500
"""Characters of the reader's selection that are searched for."""

EarlySearch = asyncio.Task[list[Passage]]


def queries_of(question: str, turn: Turn) -> list[str]:
    """What to look for: the question, and the words that it may be about."""
    selected = (turn.selected_text or "")[:MAX_SELECTION_CHARS].strip()
    return [text for text in (question.strip(), selected) if text]


@asynccontextmanager
async def searching(search: Search, queries: list[str], turn: Turn, *, passages: int) -> AsyncGenerator[EarlySearch]:
    """A search that is under way while other things are done; it does not outlive the context."""
    task = asyncio.create_task(
        search.find(
            queries,
            scope=allowed_scope("full_book", turn),
            chapter=turn.location.chapter,
            lesson=turn.location.lesson,
            limit=passages,
        )
    )
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


def as_call(queries: list[str], passages: list[Passage], context: TurnContext) -> list[Any]:
    """The call of the search tool that these passages answer, and its output, as items of the agent's input."""
    call_id = "call_early"
    return [
        ResponseFunctionToolCallParam(
            type="function_call", call_id=call_id, name=TOOL_NAME, arguments=json.dumps({"queries": queries})
        ),
        FunctionCallOutput(type="function_call_output", call_id=call_id, output=as_tool_output(passages, context)),
    ]
