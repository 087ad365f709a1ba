"""What is asked and what must come back, known to both ends: the stand-in says it, the load checks it.

Every question has a number, and its answer begins with that number, so that an answer to another one's question is
noticed. The words hold what JSON escapes and what takes more than one byte, but no marks of Markdown, which a server
may rightly write in another way.
"""

import re
from functools import lru_cache
from itertools import cycle, islice
from typing import Any

TOOL_NAME = "search_book_content"
TOOL: dict[str, Any] = {
    "type": "function",
    "name": TOOL_NAME,
    "description": "Search the book.",
    "parameters": {
        "type": "object",
        "properties": {"queries": {"type": "array", "items": {"type": "string"}}},
        "required": ["queries"],
        "additionalProperties": False,
    },
}
CALL_ID = "call_1"
PASSAGE = "A passage of the book says how readers ask and what a citation is. " * 30
"""About as long as the passages of one search."""

NUMBER = re.compile(r"question (\d+)")
PROSE = """
The server reads the page and finds the passages that answer before it writes a single word of its own then every
claim gets a number which leads to the place in the text where a reader may check it
"""
WORDS = (*PROSE.split(), '"quoted"', "naïve", "Straße —", "a > b & c", "{braces}", "模型", "🤖", "end.\n\nNext")


def question(number: int) -> str:
    """The question with this number."""
    return f"How does the assistant find the passages that it cites, and where do they lead? (question {number})"


def number_of(text: str) -> int:
    """The number of the question in ``text``; 0 where there is none."""
    found = NUMBER.findall(text)
    return int(found[-1]) if found else 0


@lru_cache
def words(count: int) -> tuple[str, ...]:
    """``count`` pieces of text, each with the space that follows it."""
    return tuple(word + " " for word in islice(cycle(WORDS), count))


def pieces(count: int, number: int) -> list[str]:
    """The ``count`` pieces of the answer to a question; the first one has its number."""
    return [f"Answer {number}: ", *words(count - 1)]


def answer(count: int, number: int) -> str:
    """The whole text of the answer."""
    return "".join(pieces(count, number))


def model_calls(asked: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Bodies of the two calls of OpenAI's Responses API that one answer takes: one for the tool, one for the text."""
    said: list[dict[str, Any]] = [{"role": "user", "content": asked}]
    found = {"type": "function_call_output", "call_id": CALL_ID, "output": PASSAGE}
    both = {"model": "stand-in", "stream": True, "tools": [TOOL]}
    return both | {"input": said}, both | {"input": [*said, found]}
