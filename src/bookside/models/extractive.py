"""Answers without a language model: the sentences of the book that fit the question, quoted and cited.

It takes the same path as a language model: a call of the search tool, then a text with passage numbers as marks.
"""

import json
import math
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from agents import AgentOutputSchemaBase, Handoff, Model, ModelResponse, ModelSettings, ModelTracing, Tool, Usage
from agents.items import TResponseInputItem, TResponseOutputItem, TResponseStreamEvent
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseCreatedEvent,
    ResponseFunctionToolCall,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
)

MODEL_NAME = "extractive"
MAX_QUOTES = 3
"""Passages that one answer quotes."""
MAX_QUOTE_CHARS = 600
FOLLOW_UP_TERMS = 4
"""A question of so few terms is also searched together with the question before it."""
HEADING_WEIGHT = 0.5
"""A section whose heading covers the question is the likelier answer."""
NEAR_THE_BEST = 0.6
"""A quotation that fits so much less than the best one is left out."""
NOT_PROSE = 0.85
"""A statement explains better than a list, a table, code or a question that is as near."""
LEAST_SHARE = 0.34
"""How much of the question's weight the best sentence must cover before it counts as an answer."""

PREFACE = "No language model is configured here, so these are the book's own words:"
NOTHING = (
    "The book does not seem to answer this. No language model is configured here, so only its own words can be "
    "quoted, and none of them fit the question."
)

Terms = Callable[[str], frozenset[int]]
"""The terms of a text, stemmed and without stop words, each as a number."""

_SENTENCE_END = re.compile(r"(?:(?<=[.!?。！？])|(?<=[.!?。！？][\"'”’)\]]))\s+")
_LIST_OR_TABLE = re.compile(r"^\s*(?:[-*+|]|\d+[.)])\s", re.MULTILINE)
_DATA = re.compile(r"<(reader_context|attachment|tag|hidden_context)>\n")
_BRACKET = re.compile(r"(?<!\\)\[(?=[\s\d,;]*\])")
"""The book's own ``[1]`` is no mark of ours."""
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1[`~]*[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Block:
    passage: int
    place: int
    text: str
    sentences: list[tuple[str, frozenset[int]]]
    heading: frozenset[int]


class ExtractiveModel(Model):
    """Quotes the paragraphs whose sentences cover the question's rarest terms."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        **_: Any,
    ) -> ModelResponse:
        """The whole answer at once."""
        return ModelResponse(output=[self._next_item(input, tools)], usage=Usage(), response_id=None)

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        **_: Any,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The answer as the events of OpenAI's Responses API, paragraph by paragraph."""
        item = self._next_item(input, tools)
        for number, event in enumerate(_events(item)):
            event.sequence_number = number
            yield event

    def _next_item(self, input: str | list[TResponseInputItem], tools: list[Tool]) -> TResponseOutputItem:
        items = [] if isinstance(input, str) else [dict(item) for item in input]
        questions = [input] if isinstance(input, str) else [text for item in items if (text := _question(item))]
        question = questions[-1] if questions else ""
        outputs = _outputs_of_this_turn(items)
        if tools and not outputs and question:
            return ResponseFunctionToolCall(
                id=f"fc_{secrets.token_hex(8)}",
                call_id=f"call_{secrets.token_hex(8)}",
                type="function_call",
                name=tools[0].name,
                arguments=json.dumps({"queries": self._queries(questions)}),
                status="completed",
            )
        return ResponseOutputMessage(
            id=f"msg_{secrets.token_hex(8)}",
            type="message",
            role="assistant",
            status="completed",
            content=[ResponseOutputText(type="output_text", text=self.answer(question, outputs), annotations=[])],
        )

    def _queries(self, questions: Sequence[str]) -> list[str]:
        question = questions[-1]
        if len(questions) > 1 and len(self._terms(question)) <= FOLLOW_UP_TERMS:
            return [question, f"{questions[-2]} {question}"]
        return [question]

    def answer(self, question: str, tool_outputs: Iterable[str]) -> str:
        """Markdown that quotes the passages of ``tool_outputs`` with their numbers, or says that nothing fits."""
        blocks: list[_Block] = []
        for output in tool_outputs:
            read = json.loads(output)
            if read.get("error"):
                return f"The book could not be searched: {read['error']}."
            for passage in read["passages"]:
                blocks += self._blocks(passage["number"], passage["section"], passage["text"])
        quotes = self._quotes(self._terms(question), blocks)
        return "\n\n".join([PREFACE, *quotes]) if quotes else NOTHING

    def _blocks(self, number: int, section: str, text: str) -> list[_Block]:
        heading = self._terms(section.rpartition("›")[2])
        return [
            _Block(number, place, block, [(sentence, self._terms(sentence)) for sentence in sentences(block)], heading)
            for place, block in enumerate(split(text))
        ]

    def _quotes(self, wanted: frozenset[int], blocks: Sequence[_Block]) -> list[str]:
        every = [terms for block in blocks for _, terms in block.sentences]
        weight = {term: math.log(1 + len(every) / (1 + sum(term in terms for terms in every))) for term in wanted}
        total = sum(weight.values())
        if not total:
            return []

        def share(terms: frozenset[int]) -> float:
            return sum(weight[term] for term in terms & wanted) / total

        best: dict[int, tuple[float, _Block, str]] = {}
        for block in blocks:
            sentence, terms = max(block.sentences, key=lambda one: share(one[1]))
            score = share(terms) + HEADING_WEIGHT * share(block.heading)
            if "\n" in block.text or sentence.endswith("?"):
                score *= NOT_PROSE
            if share(terms) >= LEAST_SHARE and score > best.get(block.passage, (0.0,))[0]:
                best[block.passage] = (score, block, sentence)
        ranked = sorted(best.values(), key=lambda one: (-one[0], one[1].passage))
        return [
            _quote(block, sentence, blocks)
            for score, block, sentence in ranked[:MAX_QUOTES]
            if score >= NEAR_THE_BEST * ranked[0][0]
        ]


def _quote(best: _Block, sentence: str, blocks: Sequence[_Block]) -> str:
    """The block that holds the best sentence, and what it announces, as a block quote that ends with the mark."""
    text = best.text
    if len(text) > MAX_QUOTE_CHARS:
        text = text[max(0, text.find(sentence)) :]
        cut = text[:MAX_QUOTE_CHARS]
        text = cut if len(cut) == len(text) else cut.rsplit("\n" if "\n" in cut else " ", 1)[0] + " …"
    if text.endswith(":"):
        announced = next((b for b in blocks if b.passage == best.passage and b.place == best.place + 1), None)
        if announced is not None and len(announced.text) <= MAX_QUOTE_CHARS:
            text = f"{text}\n\n{announced.text}"
    text = "".join(part if _FENCED.fullmatch(part) else _BRACKET.sub(r"\[", part) for part in _with_fences(text))
    is_prose = "\n" not in text
    lines = f"{text} [{best.passage}]" if is_prose else f"{text}\n\n[{best.passage}]"
    return "\n".join(f"> {line}".rstrip() for line in lines.splitlines())


def _with_fences(text: str) -> list[str]:
    """The text in parts; each block of code is one."""
    parts: list[str] = []
    end = 0
    for fenced in _FENCED.finditer(text):
        parts += [text[end : fenced.start()], fenced[0]]
        end = fenced.end()
    return [*parts, text[end:]]


def split(passage: str) -> list[str]:
    """The passage's blocks in order: paragraphs, lists, tables, and code with its fences."""
    blocks: list[str] = []
    for part in _with_fences(passage):
        blocks += [part.strip()] if _FENCED.fullmatch(part) else _paragraphs(part)
    return blocks


def _paragraphs(text: str) -> list[str]:
    blocks = [dedent(block).strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]
    return [block if _LIST_OR_TABLE.search(block) else " ".join(block.split()) for block in blocks]


def sentences(block: str) -> list[str]:
    """The sentences of a paragraph; a list, a table or code is one."""
    if "\n" in block:
        return [block]
    return [sentence for sentence in _SENTENCE_END.split(block) if sentence.strip()] or [block]


def _question(item: dict[str, Any]) -> str | None:
    """The text of a user's message: its last part that is not data about the reader's page."""
    if item.get("role") != "user":
        return None
    content: str | list[dict[str, Any]] = item.get("content") or []
    if isinstance(content, str):
        return content
    texts = [str(part["text"]) for part in content if part.get("type") == "input_text"]
    return next((text for text in texts if not _DATA.match(text)), None)


def _outputs_of_this_turn(items: Sequence[dict[str, Any]]) -> list[str]:
    outputs: list[str] = []
    for item in reversed(items):
        if item.get("role") == "user":
            break
        if item.get("type") == "function_call_output":
            outputs.append(str(item["output"]))
    return outputs[::-1]


def _events(item: TResponseOutputItem) -> list[TResponseStreamEvent]:
    events: list[TResponseStreamEvent] = [
        ResponseCreatedEvent(type="response.created", response=_response([], "in_progress"), sequence_number=0)
    ]
    begun = item.model_copy(update={"status": "in_progress"})
    if isinstance(begun, ResponseOutputMessage):
        begun = begun.model_copy(update={"content": []})
    events.append(
        ResponseOutputItemAddedEvent(type="response.output_item.added", item=begun, output_index=0, sequence_number=0)
    )
    if isinstance(item, ResponseOutputMessage) and isinstance(item.content[0], ResponseOutputText):
        part = item.content[0]
        events.append(
            ResponseContentPartAddedEvent(
                type="response.content_part.added",
                item_id=item.id,
                output_index=0,
                content_index=0,
                part=part.model_copy(update={"text": ""}),
                sequence_number=0,
            )
        )
        events += [
            ResponseTextDeltaEvent(
                type="response.output_text.delta",
                item_id=item.id,
                output_index=0,
                content_index=0,
                delta=delta,
                logprobs=[],
                sequence_number=0,
            )
            for delta in part.text.splitlines(keepends=True)
        ]
    events += [
        ResponseOutputItemDoneEvent(type="response.output_item.done", item=item, output_index=0, sequence_number=0),
        ResponseCompletedEvent(type="response.completed", response=_response([item], "completed"), sequence_number=0),
    ]
    return events


def _response(output: list[TResponseOutputItem], status: Any) -> Response:
    return Response(
        id=f"resp_{secrets.token_hex(8)}",
        object="response",
        created_at=0,
        model=MODEL_NAME,
        status=status,
        output=output,
        parallel_tool_calls=False,
        tool_choice="auto",
        tools=[],
    )
