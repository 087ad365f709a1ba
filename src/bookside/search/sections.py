"""The only place where a passage gets what stands around it: the rest of its section, as far as there is room.

Sections are cut into pieces that can be told apart by search; who answers from one needs what it was cut from.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bookside.book.model import Chunk
from bookside.search.model import Passage

SectionsOf = Callable[[str | None], "Sections"]
"""Of an edition by its name, of the reader's own for ``None``."""


class Sections:
    """The chunks of one book in reading order, each with those of its section before and after it."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = tuple(chunks)
        self._places = {chunk.id: place for place, chunk in enumerate(self._chunks)}

    def __contains__(self, id: str) -> bool:
        return id in self._places

    def __getitem__(self, place: int) -> Chunk:
        return self._chunks[place]

    def place(self, id: str) -> int | None:
        """Where the chunk with this id stands; ``None`` for one that is none of the book's any more."""
        return self._places.get(id)

    def go_on(self, place: int, next: int) -> bool:
        """Whether the chunk at ``next`` is of the same section as the one at ``place``."""
        if not 0 <= next < len(self._chunks):
            return False
        one, other = self._chunks[place], self._chunks[next]
        return one.page is other.page and one.section is other.section


class _Run:
    """Chunks of one section that follow each other, around one that was found."""

    def __init__(self, passage: Passage, sections: Sections, place: int) -> None:
        self.passage = passage
        self.sections = sections
        self.first = self.last = place

    def steps(self) -> list[int]:
        """Places of the chunks that it may be longer by: the next one, and the one before."""
        around = ((self.last, self.last + 1), (self.first, self.first - 1))
        return [step for edge, step in around if self.sections.go_on(edge, step)]

    def take(self, place: int) -> None:
        """Be longer by the chunk at ``place``, which is the next on its side."""
        self.first, self.last = min(self.first, place), max(self.last, place)

    def as_passage(self) -> Passage:
        """The passage that was found, with the words of the whole run."""
        chunks = [self.sections[place] for place in range(self.first, self.last + 1)]
        if len(chunks) == 1:
            return self.passage
        text = "\n\n".join(chunk.text for chunk in chunks)
        return replace(self.passage, text=text, parts=tuple(chunk.id for chunk in chunks))


def completed(passages: Sequence[Passage], sections_of: SectionsOf, *, max_tokens: int) -> list[Passage]:
    """The passages in their order, each with as much of its section as there is room for, the best first.

    Passages whose pieces of a section meet are one, in the place of the better. What was found is always given, and a
    passage of a book that has changed since stays as it is.

    Args:
        max_tokens: Of all passages together; how much of it is left over those that were found is the room.
    """
    found: list[tuple[Passage, Sections, int] | Passage] = []
    waiting: set[tuple[str | None, int]] = set()
    room = max_tokens
    for passage in passages:
        sections = sections_of(passage.edition)
        place = sections.place(passage.id)
        if place is None:
            found.append(passage)
        else:
            found.append((passage, sections, place))
            waiting.add((passage.edition, place))
            room -= sections[place].tokens
    made: list[Passage] = []
    taken: set[tuple[str | None, int]] = set()
    for one in found:
        if isinstance(one, Passage):
            made.append(one)
            continue
        passage, sections, place = one
        edition = passage.edition
        if (edition, place) in taken:
            continue
        run = _Run(passage, sections, place)
        full: set[int] = set()
        while steps := [at for at in run.steps() if at not in full and (edition, at) not in taken]:
            for at in steps:
                cost = 0 if (edition, at) in waiting else sections[at].tokens
                if cost > max(room, 0):
                    full.add(at)
                    continue
                room -= cost
                run.take(at)
        taken |= {(edition, at) for at in range(run.first, run.last + 1)}
        made.append(run.as_passage())
    return made
