"""Answers without a language model: the sentences of the book that fit the question, quoted and cited.

It takes the same path as a language model: a call of the search tool, then a text with passage numbers as marks.
"""

import json
import math
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

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
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bookside.models.follow_ups import MAX_QUERY_CHARS, MAX_SELECTION_CHARS, Terms, queries_for
from bookside.models.quotes import quoted, sentences, split
from bookside.sayings import ENGLISH, Sayings

MODEL_NAME = "extractive"
MAX_QUOTES = 3
"""Passages that one answer quotes."""
HEADING_WEIGHT = 0.5
"""A section whose heading covers the question is the likelier answer."""
PLACE_WEIGHT = 0.85
"""Factor for each passage that the search puts before a quotation's own: it knows meanings, and these are but words."""
ANY_WORDS = 0.5
"""What a quotation has for its passage alone, beside the words of the question that it covers."""
NEAR_THE_BEST = 0.75
"""A quotation that fits so much less than the best one is left out."""
NOT_PROSE = 0.85
"""A statement explains better than a list, a table, code or a question that is as near."""
LEAST_SHARE = 0.4
"""How much of the question's weight a sentence and the headings above it must cover before it counts as an answer.

Only where the search does not tell what is likely to answer; where it does, words that a paragraph does not share with
the question say nothing more.
"""

MAX_NEAREST = 3
MAX_MENDED = 30
"""Words of a question that are looked at for typing errors."""
LONG_WORD = 8
"""A word of so many letters may have two typing errors, a shorter one has one."""
_MARKUP = re.compile(r"[\\`*_\[\]<>#~&|$]|^[-+]")
_ESCAPED = r"\\\g<0>"
"""What a heading's plain text must not mean in Markdown."""
_WRITTEN = re.compile(r"[^\W\d_]{4,}")
_NUMBERED = re.compile(r"^\d+(?=[.)])")
_DATA = re.compile(r"<(reader_context|attachment|tag|hidden_context)>\n")
_READER_CONTEXT = re.compile(r"<reader_context>\n(?P<json>.*)\n</reader_context>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Block:
    passage: int
    place: int
    text: str
    following: str
    sentences: list[tuple[str, frozenset[int]]]
    heading: frozenset[int]
    path: frozenset[int]
    section: str


class ExtractiveModel(Model):
    """Quotes the paragraphs whose sentences cover the question's rarest terms.

    Args:
        terms: By the book's language.
        sayings: What is said around the quotations, in the reader's.
    """

    def __init__(self, terms: Terms, sayings: Sayings = ENGLISH) -> None:
        self._terms = terms
        self._sayings = sayings

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
        selection = _selection(items)
        outputs = _outputs_of_this_turn(items)
        if tools and not outputs and question:
            return ResponseFunctionToolCall(
                id=f"fc_{secrets.token_hex(8)}",
                call_id=f"call_{secrets.token_hex(8)}",
                type="function_call",
                name=tools[0].name,
                arguments=json.dumps({"queries": self._queries(questions, selection)}),
                status="completed",
            )
        return ResponseOutputMessage(
            id=f"msg_{secrets.token_hex(8)}",
            type="message",
            role="assistant",
            status="completed",
            content=[
                ResponseOutputText(
                    type="output_text",
                    text=self.answer(self._meant(questions), outputs, selection=selection),
                    annotations=[],
                )
            ],
        )

    def _queries(self, questions: Sequence[str], selection: str) -> list[str]:
        return [questions[-1][:MAX_QUERY_CHARS], selection] if selection else queries_for(questions, self._terms)

    def _meant(self, questions: Sequence[str]) -> str:
        """The question; with the one before it where it says nothing by itself, as in "And why?"."""
        return " ".join(questions[-1:] if self._terms("".join(questions[-1:])) else questions[-2:])

    def answer(self, question: str, tool_outputs: Iterable[str], *, selection: str = "") -> str:
        """Markdown that quotes the passages of ``tool_outputs`` with their numbers, or says that nothing fits.

        Args:
            selection: Words of the page that the question is about; they are looked for like the question's own.
        """
        blocks: list[_Block] = []
        sections: dict[str, int] = {}
        judgements: set[bool | None] = set()
        preface = self._sayings.preface
        for output in tool_outputs:
            read = json.loads(output)
            if read.get("error"):
                return self._sayings.not_searched.format(reason=str(read["error"]).rstrip("."))
            judgements.add(read.get("likely"))
            if read.get("edition_note"):
                preface = self._sayings.other_edition.format(note=read["edition_note"])
            for place, passage in enumerate(read["passages"]):
                sections.setdefault(passage["section"], passage["number"])
                blocks += self._blocks(passage["number"], place, passage["section"], passage["text"])
        wanted = self._mended(question, blocks) | self._terms(selection)
        quotes: list[str] = []
        if judgements != {False}:
            is_likely = True in judgements
            quotes = self._quotes(wanted, blocks, is_likely=is_likely, is_selection=bool(selection))
        return "\n\n".join([preface, *quotes]) if quotes else self._nothing(sections)

    def _mended(self, question: str, blocks: Sequence[_Block]) -> frozenset[int]:
        """The question's terms; a word that no passage has counts as the one that it is but a letter or two from."""
        wanted = self._terms(question)
        said = {term for block in blocks for _, terms in block.sentences for term in terms}
        written = {word.lower() for block in blocks for word in _WRITTEN.findall(f"{block.section} {block.text}")}
        for word in _WRITTEN.findall(question)[:MAX_MENDED]:
            terms = self._terms(word)
            if terms and not terms & said:
                errors = 2 if len(word) >= LONG_WORD else 1
                near = process.extractOne(word.lower(), sorted(written), scorer=OSA.distance, score_cutoff=errors)
                if near is not None:
                    wanted = (wanted - terms) | self._terms(near[0])
        return wanted

    def _blocks(self, number: int, place: int, section: str, text: str) -> list[_Block]:
        heading = self._terms(section.rpartition("›")[2])
        path = self._terms(section)
        blocks = split(text)
        return [
            _Block(
                passage=number,
                place=place,
                text=block,
                following=following,
                sentences=[(sentence.text, self._terms(sentence.in_context)) for sentence in sentences(block)],
                heading=heading,
                path=path,
                section=section,
            )
            for block, following in zip(blocks, [*blocks[1:], ""], strict=True)
        ]

    def _quotes(
        self, wanted: frozenset[int], blocks: Sequence[_Block], *, is_likely: bool, is_selection: bool
    ) -> list[str]:
        """The best block of each passage, best first; those that cover enough, where it is not likely that any answers.

        A selection may reach over many sentences, so that no single one covers it: then the passage has to.
        """
        every = [terms for block in blocks for _, terms in block.sentences]
        weight = {term: math.log(1 + len(every) / (1 + sum(term in terms for terms in every))) for term in wanted}
        total = sum(weight.values())
        if not total:
            return []

        def share(terms: frozenset[int]) -> float:
            return sum(weight[term] for term in terms & wanted) / total

        of_passage: dict[int, frozenset[int]] = {}
        for block in blocks:
            seen = of_passage.get(block.passage, frozenset[int]())
            of_passage[block.passage] = seen.union(block.path, *(terms for _, terms in block.sentences))
        best: dict[int, tuple[float, _Block, str]] = {}
        for block in blocks:
            sentence, terms = max(block.sentences, key=lambda one: share(one[1]))
            score = (ANY_WORDS + share(terms) + HEADING_WEIGHT * share(block.heading)) * PLACE_WEIGHT**block.place
            if "\n" in block.text or sentence.endswith("?"):
                score *= NOT_PROSE
            covered = share(of_passage[block.passage] if is_selection else terms | block.path)
            if is_likely:
                is_covering = block.place == 0 or not wanted.isdisjoint(terms | block.heading)
            else:
                is_covering = not wanted.isdisjoint(terms) and covered >= LEAST_SHARE
            if is_covering and score > best.get(block.passage, (0.0,))[0]:
                best[block.passage] = (score, block, sentence)
        ranked = sorted(best.values(), key=lambda one: (-one[0], one[1].passage))
        return [
            quoted(block.text, block.passage, fit=self._fit(share), best=sentence, following=block.following)
            for score, block, sentence in ranked[:MAX_QUOTES]
            if score >= NEAR_THE_BEST * ranked[0][0]
        ]

    def _nothing(self, sections: Mapping[str, int]) -> str:
        """That nothing fits, and what comes closest: sections with the numbers of their passages."""
        nearest = [f"- {_plain(section)} [{number}]" for section, number in [*sections.items()][:MAX_NEAREST]]
        said = self._sayings
        return "\n\n".join([said.nothing, said.nearest, "\n".join(nearest)] if nearest else [said.nothing])

    def _fit(self, share: Callable[[frozenset[int]], float]) -> Callable[[str], float]:
        return lambda text: share(self._terms(text))


def _plain(section: str) -> str:
    """Markdown of an item of a list that shows ``section`` as it is, and begins no heading or list of its own."""
    return _NUMBERED.sub(r"\g<0>\\", _MARKUP.sub(_ESCAPED, section))


def _question(item: dict[str, Any]) -> str | None:
    """The text of a user's message: its last part that is not data about the reader's page."""
    if item.get("role") != "user":
        return None
    content: str | list[dict[str, Any]] = item.get("content") or []
    if isinstance(content, str):
        return content
    texts = [str(part["text"]) for part in content if part.get("type") == "input_text"]
    return next((text for text in texts if not _DATA.match(text)), None)


def _selection(items: Sequence[dict[str, Any]]) -> str:
    """The words that the reader selected for the latest question, at most ``MAX_SELECTION_CHARS``; empty for none."""
    asked = next((item for item in reversed(items) if _question(item)), None)
    content: Any = asked["content"] if asked else None
    if not isinstance(content, list):
        return ""
    first = cast("list[dict[str, Any]]", content)[0]
    found = _READER_CONTEXT.fullmatch(str(first.get("text", "")))
    if found is None:
        return ""
    try:
        known: Any = json.loads(found["json"])
    except json.JSONDecodeError:
        return ""
    selected = cast("dict[str, Any]", known).get("selected_text") if isinstance(known, dict) else None
    return selected[:MAX_SELECTION_CHARS].strip() if isinstance(selected, str) else ""


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
