"""What an index promises, as plain values; the adapters are ``edge.py`` and ``server.py``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bookside.models.embedder import Vectors

if TYPE_CHECKING:  # as in ``pages.py``
    from bookside.book.model import Chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which chunks count; all that is given must hold.

    Args:
        up_to_page: Place in reading order of the last page that counts.
    """

    chapter_number: int | None = None
    lesson_slug: str | None = None
    up_to_page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedChunk:
    """A chunk as the index remembers it."""

    id: str
    page: str
    url: str
    title: str
    heading: str
    heading_path: tuple[str, ...]
    text: str
    order: int
    tokens: int
    chapter_number: int | None
    chapter_title: str | None
    lesson_slug: str | None


class Hit(NamedTuple):
    """A chunk in a list, with its score there; see ``Candidates``. Searches share the chunks."""

    chunk: IndexedChunk
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The nearest chunks and pages to one question, best first, by meaning and by words.

    Scores by meaning are cosines; scores by words are shares of the question, from 0 to 1 (``Lexicon.question``).

    Args:
        dense_pages: Scores of pages by their paths.
        sparse_pages: The same by words; a page that has none of them is not there.
    """

    dense: tuple[Hit, ...]
    sparse: tuple[Hit, ...]
    dense_pages: Mapping[str, float] = field(default_factory=dict[str, float])
    sparse_pages: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What bringing the index in step changed, in chunks."""

    added: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One state of the index.

    Args:
        name: No other generation of the index has it.
        indexed_at: When it was made: ISO 8601 in UTC.
        contents: Tells the chunks in it from any others; see ``plan.contents_when_in_step``.
    """

    name: str
    indexed_at: str
    contents: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """What is in the index; ``chunks`` and ``pages`` are counted, not remembered.

    Args:
        chapters: Numbers of the chapters that have chunks, ascending.
        indexed_at: ISO 8601 in UTC; ``None`` for an index that was never made.
        newer_embedder: Who made a newer generation that this process cannot use, as its own embedder is another.
    """

    backend: str
    collection: str
    chunks: int
    pages: int
    chapters: tuple[int, ...] = field(default=())
    embedder: str | None = None
    vector_size: int | None = None
    indexed_at: str | None = None
    newer_embedder: str | None = None


Progress = Callable[[int, int], None]
"""Called with chunks embedded so far and chunks to embed."""


class Index(Protocol):
    """Chunks in Qdrant, in this process or in a server. Readers always see one whole generation."""

    async def sync(self, chunks: "Sequence[Chunk]", progress: Progress | None = None) -> SyncReport:
        """Bring the index in step with ``chunks``; embeds only those it does not have.

        Readers see the old generation until the new one is whole; a killed run leaves the old one.
        A changed embedder, size or ``payload.LAYOUT`` makes a new generation from nothing, beside the old one.
        """
        ...

    async def candidates(
        self, questions: Sequence[str], vectors: Vectors, only: Filter, limit: int
    ) -> list[Candidates]:
        """For each question, with its vector, at most ``limit`` hits of each kind.

        When another process has made a generation with another embedder, the last one of this embedder goes on
        answering as long as it is there.

        Raises:
            Unavailable: The index was never made, or does not answer.
        """
        ...

    async def status(self) -> IndexStatus:
        """Ask the index what it holds.

        Raises:
            Unavailable: It does not answer. An index never made is not an error: it has 0 chunks.
        """
        ...

    async def generation(self) -> Generation | None:
        """The generation that questions are put to, without counting anything; ``None`` if there is none.

        Raises:
            Unavailable: It does not answer.
        """
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
