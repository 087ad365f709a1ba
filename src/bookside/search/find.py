"""Questions become passages: the one way into the index for the assistant, HTTP and the command."""

from collections.abc import Sequence
from typing import get_args

from bookside.errors import Rejected, TooLarge
from bookside.index.model import Filter, Index
from bookside.models.embedder import Embedder
from bookside.models.follow_ups import MAX_QUERIES, MAX_QUERY_CHARS
from bookside.search.fuse import Boosts, Fusion, Scored, best_of, boost, distinct, fuse, rank, spread
from bookside.search.model import Passage, SearchScope
from bookside.search.questions import Questions
from bookside.search.rerank import Patience, Reranking


class Search:
    """Finds passages by meaning and by words.

    Args:
        chapter_boost: Factor for the reader's chapter, in the scope ``full_book``.
        lesson_boost: A further factor for the reader's lesson, in the scope ``full_book``.
        candidates: Chunks and pages of each kind that are fused, for each query.
        fusion: What each kind of likeness counts for.
        least_fit: A passage that fits less is unlikely to answer; it depends on the embedder. ``None`` where nobody
            knows.
        reranking: Puts the first in a better order; ``None`` leaves them in that of the fusion.
    """

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        *,
        chapter_boost: float = 1.2,
        lesson_boost: float = 1.1,
        candidates: int = 100,
        fusion: Fusion | None = None,
        least_fit: float | None = None,
        reranking: Reranking | None = None,
    ) -> None:
        self._index = index
        self._questions = Questions(embedder)
        self._boosts = Boosts(chapter=chapter_boost, lesson=lesson_boost)
        self._candidates = candidates
        self._fusion = fusion or Fusion()
        self._least_fit = least_fit
        self._reranking = reranking

    async def warm(self) -> None:
        """Load what the first question would wait for.

        Raises:
            Unavailable: The embedder does not answer.
        """
        await self._questions.vectors(["What is this book about?"])

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
        """At most ``limit`` passages, best first, each once, with the best score that any of the queries gives it.

        One call to the embedder and one to the index, however many queries. The order of the queries is of no
        consequence; blank ones are passed over.

        Args:
            queries: One to three wordings of what is asked, each of at most 2,000 characters.
            scope: ``full_book`` boosts what is near the reader, and so does ``up_to_here``, which keeps strictly to the
                pages up to the reader's own; the others keep strictly to the chapter or the page.
            chapter: Number of the chapter that the reader is in.
            lesson: Slug of the page that the reader is on.
            up_to: Place in reading order of the last page that may be looked at, in whichever scope.
            patience: Of a reader whose question is put to several editions; one of its own when left out.

        Raises:
            Rejected: There is no query, or there are too many; or the scope needs a chapter or a page that is not
                known. The search is never widened in silence.
            TooLarge: A query is too long.
            Unavailable: The index or the embedder does not answer.
        """
        questions = _checked(queries)
        if limit < 1:
            raise Rejected(f"the number of passages must be at least 1, not {limit}")
        only = filter_of(scope, chapter, lesson, up_to)
        vectors = await self._questions.vectors(questions)
        found = await self._index.candidates(questions, vectors, only, max(self._candidates, limit))
        rankings = [fuse(candidates, self._fusion) for candidates in found]
        reranking = self._reranking
        ranked = best_of(rankings) if reranking is None else await reranking.reorder(questions, rankings, patience)
        scored = spread(ranked)
        if scope in ("full_book", "up_to_here"):
            scored = [boost(one, self._boosts, chapter=chapter, lesson=lesson) for one in scored]
        return [_passage(one, self._least_fit) for one in distinct(rank(scored), limit)]


def filter_of(scope: SearchScope, chapter: int | None, lesson: str | None, up_to: int | None = None) -> Filter:
    """What the index may look at in this scope; a page is its slug, within its chapter if that is known.

    Raises:
        Rejected: The scope is unknown, or what it needs is.
    """
    match scope:
        case "full_book":
            return Filter(up_to_page=up_to)
        case "up_to_here":
            if up_to is None:
                raise Rejected(
                    "the reader's page is not one of the book's, so the search cannot be kept to what they have read"
                )
            return Filter(up_to_page=up_to)
        case "current_chapter":
            if chapter is None:
                raise Rejected("the current chapter is not known, so the search cannot be kept to it")
            return Filter(chapter_number=chapter, up_to_page=up_to)
        case "current_page":
            if not lesson:
                raise Rejected("the current page is not known, so the search cannot be kept to it")
            return Filter(chapter_number=chapter, lesson_slug=lesson, up_to_page=up_to)
        case _:
            raise Rejected(f"no scope {scope!r}; there are {', '.join(get_args(SearchScope))}")


def _checked(queries: Sequence[str]) -> list[str]:
    questions = list(dict.fromkeys(query.strip() for query in queries if query.strip()))
    if not 1 <= len(questions) <= MAX_QUERIES:
        raise Rejected(f"a search takes 1 to {MAX_QUERIES} queries that are not blank, not {len(questions)}")
    if any(len(question) > MAX_QUERY_CHARS for question in questions):
        raise TooLarge("a query", MAX_QUERY_CHARS, "characters")
    return questions


def _passage(scored: Scored, least_fit: float | None) -> Passage:
    chunk = scored.chunk
    return Passage(
        id=chunk.id,
        page=chunk.page,
        url=chunk.url,
        title=chunk.title,
        heading=chunk.heading,
        path=chunk.heading_path,
        text=chunk.text,
        score=scored.score,
        fit=scored.fit,
        is_likely=None if least_fit is None else scored.fit >= least_fit,
        chapter=chunk.chapter_number,
        chapter_title=chunk.chapter_title,
        lesson=chunk.lesson_slug,
    )
