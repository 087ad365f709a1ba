"""The reader's own edition first; another one only where it has what the reader's has not, and then by its name."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from bookside.errors import Unavailable
from bookside.index.sparse import words_in
from bookside.search.model import Passage, SearchScope
from bookside.search.rerank import Patience

log = logging.getLogger(__name__)

LEAST_SHARE = 0.5
"""More than this of a query's words, stop words left out, one passage must have to count as an answer."""

Answers = Callable[[Sequence[str], Sequence[Passage]], bool]
"""Whether passages have what the queries ask for."""


class Finder(Protocol):
    """What finds passages; see ``Search.find``."""

    async def find(
        self,
        queries: Sequence[str],
        *,
        scope: SearchScope = "full_book",
        chapter: int | None = None,
        lesson: str | None = None,
        up_to: int | None = None,
        limit: int = 5,
        patience: Patience | None = None,
    ) -> list[Passage]:
        """At most ``limit`` passages, best first."""
        ...


class EditionSearch:
    """Searches one edition, and where it does not answer, the others, in their order, until one does.

    Args:
        own: The reader's edition, and whether its passages answer.
        others: The same of each further one, with the name that its passages then have.
    """

    def __init__(
        self, own: tuple[Finder, Answers], others: Callable[[], Sequence[tuple[str, Finder, Answers]]]
    ) -> None:
        self._own, self._own_answers = own
        self._others = others

    async def find(
        self,
        queries: Sequence[str],
        *,
        scope: SearchScope = "full_book",
        chapter: int | None = None,
        lesson: str | None = None,
        up_to: int | None = None,
        limit: int = 5,
        patience: Patience | None = None,
    ) -> list[Passage]:
        """As ``Search.find``; what is kept to a page or the like is never looked for in another."""
        patience = patience or Patience()
        found = await self._own.find(
            queries, scope=scope, chapter=chapter, lesson=lesson, up_to=up_to, limit=limit, patience=patience
        )
        if scope != "full_book" or self._own_answers(queries, found):
            return found
        for edition, search, answers in self._others():
            try:
                elsewhere = await search.find(queries, limit=limit, patience=patience)
            except Unavailable as error:  # the reader's own edition has been asked, and others may answer
                log.warning("the edition %s cannot be searched: %s", edition, error)
                continue
            if answers(queries, elsewhere):
                return [replace(passage, edition=edition) for passage in elsewhere]
        return found


def answers_in(language: str) -> Answers:
    """Judges passages in this language by their words: one has to have more than half of those of a query.

    Args:
        language: The one that the book is indexed in, by its English name.
    """
    words = words_in(language)

    def answers(queries: Sequence[str], passages: Sequence[Passage]) -> bool:
        wanted = [terms for query in queries if (terms := words.terms(query))]
        if not wanted:
            return True  # nothing but stop words: there is nothing by which to prefer another edition
        for passage in passages:
            has = words.terms(" ".join((*passage.path, passage.text)))
            if any(len(has & terms) > LEAST_SHARE * len(terms) for terms in wanted):
                return True
        return False

    return answers
