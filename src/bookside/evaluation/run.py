"""One run over the questions: each is asked as a reader would ask it, and what comes back is looked through."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bookside.evaluation.figures import Rank, rank_of
from bookside.evaluation.questions import Question


class Found(Protocol):
    """What a ranking is made of: a passage, or a chunk as the index has it."""

    @property
    def page(self) -> str:
        """File of the page."""
        ...

    @property
    def url(self) -> str:
        """Address of the section."""
        ...

    @property
    def heading(self) -> str:
        """The section's heading."""
        ...


Find = Callable[[Question], Awaitable[Sequence[Found]]]
"""Gives what is found for a question, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one question.

    Args:
        page: Where the wanted pages stand among the pages, each counted where its first passage is.
        section: Where the wanted sections stand among the sections; ``None`` where the question names none.
        passage: Place of the first passage that is wanted, from 1.
        first: Address of what came first; ``None`` where nothing was found.
    """

    question: str
    wanted: tuple[str, ...]
    page: Rank
    section: Rank | None
    passage: int | None
    first: str | None
    first_heading: str | None
    took_ms: float

    @property
    def is_found(self) -> bool:
        """Whether what is wanted stands among the first ten."""
        rank = self.section or self.page
        return rank.best is not None and rank.best <= 10


async def ask_all(
    questions: Sequence[Question], find: Find, progress: Callable[[int], None] | None = None
) -> list[Result]:
    """Ask every question, one after the other, and measure each; the first is asked once before, to warm up."""
    if questions:
        await find(questions[0])
    results: list[Result] = []
    for number, question in enumerate(questions, start=1):
        started = time.perf_counter()
        found = await find(question)
        took_ms = (time.perf_counter() - started) * 1_000
        results.append(result_of(question, found, took_ms))
        if progress is not None:
            progress(number)
    return results


def result_of(question: Question, found: Sequence[Found], took_ms: float) -> Result:
    """Where the question's answer stands in ``found``."""
    section = None
    if question.sections:
        section = rank_of([_section_of(one.url, question.sections) for one in found], range(len(question.sections)))
    return Result(
        question=question.text,
        wanted=question.wanted,
        page=rank_of([one.page for one in found], question.pages),
        section=section,
        passage=next((number for number, one in enumerate(found, start=1) if _is_wanted(one, question)), None),
        first=found[0].url if found else None,
        first_heading=found[0].heading if found else None,
        took_ms=took_ms,
    )


def _is_wanted(found: Found, question: Question) -> bool:
    if question.sections:
        return any(found.url in wanted for wanted in question.sections)
    return found.page in question.pages


def _section_of(url: str, wanted: Sequence[frozenset[str]]) -> int | str:
    """The number of the wanted section that ``url`` is in; ``url`` itself where it is in none."""
    return next((number for number, addresses in enumerate(wanted) if url in addresses), url)
