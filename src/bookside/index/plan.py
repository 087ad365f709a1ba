"""What must change in an index for it to hold these chunks. Pure; the same for every adapter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bookside.book.model import Chunk
from bookside.index.model import SyncReport
from bookside.index.pages import PageEntry, page_entries
from bookside.index.payload import TEXT_HASH, Payload, Stamp, contents_of, stamp, to_payload


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePlan:
    """The same for the pages: each that has chunks is in exactly one of ``write``, ``rewrite`` and ``same``."""

    write: tuple[PageEntry, ...]
    rewrite: tuple[tuple[str, Payload], ...]
    same: tuple[str, ...]
    remove: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.write or self.rewrite or self.remove)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Each chunk is in exactly one of ``embed``, ``rewrite`` and ``same``.

    Args:
        embed: New chunks, and those whose indexed text is no longer what was embedded.
        rewrite: Same text, but the address, a title or the order changed: the vectors are kept.
        same: Nothing changed.
        remove: Ids that are stored and are no chunk of the book any more.
        replaced: How many of ``embed`` take the place of a stored chunk with the same id.
        contents: Tells these chunks from any others.
        stamps: Of every chunk and page, as they are stored when this is done.
    """

    embed: tuple[tuple[Chunk, Payload], ...]
    rewrite: tuple[tuple[str, Payload], ...]
    same: tuple[str, ...]
    remove: tuple[str, ...]
    replaced: int
    contents: str
    pages: PagePlan
    stamps: Mapping[str, Stamp]

    @property
    def empty(self) -> bool:
        """Whether the index is in step already."""
        return not (self.embed or self.rewrite or self.remove) and self.pages.empty

    @property
    def chunks(self) -> int:
        """How many chunks the index holds when this is done."""
        return len(self.embed) + len(self.rewrite) + len(self.same)

    @property
    def report(self) -> SyncReport:
        """In chunks; a rewritten one counts as unchanged, for its words are."""
        return SyncReport(
            added=len(self.embed),
            removed=len(self.remove) + self.replaced,
            unchanged=len(self.rewrite) + len(self.same),
        )


def make_plan(chunks: Sequence[Chunk], stored: Mapping[str, Stamp], book: str) -> Plan:
    """Compare ``chunks`` with the stamps of what is ``stored``, by id. Of two chunks with one id the last counts."""
    embed: list[tuple[Chunk, Payload]] = []
    rewrite: list[tuple[str, Payload]] = []
    same: list[str] = []
    stamps: list[tuple[str, Stamp]] = []
    wanted = {chunk.id: chunk for chunk in chunks}
    entries: list[tuple[Chunk, str]] = []
    for id, chunk in wanted.items():
        payload = to_payload(chunk, book)
        entries.append((chunk, str(payload[TEXT_HASH])))
        old, new = stored.get(id), stamp(payload)
        stamps.append((id, new))
        if old is None or old.text_hash != new.text_hash:
            embed.append((chunk, payload))
        elif old.content_hash != new.content_hash:
            rewrite.append((id, payload))
        else:
            same.append(id)
    pages = page_entries(entries)
    return Plan(
        embed=tuple(embed),
        rewrite=tuple(rewrite),
        same=tuple(same),
        remove=tuple(id for id, old in stored.items() if id not in wanted and not old.is_page),
        replaced=sum(chunk.id in stored for chunk, _ in embed),
        contents=contents_of(stamps),
        pages=_page_plan(pages, stored),
        stamps=dict(stamps) | {page.id: stamp(page.payload) for page in pages},
    )


def _page_plan(entries: Sequence[PageEntry], stored: Mapping[str, Stamp]) -> PagePlan:
    write: list[PageEntry] = []
    rewrite: list[tuple[str, Payload]] = []
    same: list[str] = []
    for entry in entries:
        old, new = stored.get(entry.id), stamp(entry.payload)
        if old is None or old.text_hash != new.text_hash:
            write.append(entry)
        elif old.content_hash != new.content_hash:
            rewrite.append((entry.id, entry.payload))
        else:
            same.append(entry.id)
    wanted = {entry.id for entry in entries}
    remove = tuple(id for id, old in stored.items() if old.is_page and id not in wanted)
    return PagePlan(write=tuple(write), rewrite=tuple(rewrite), same=tuple(same), remove=remove)


def why_not_ours(made_with: tuple[str, str], ours: tuple[str, str]) -> str:
    """Why a generation cannot be searched: each pair is an embedder's name and the words' (``Words.name``)."""
    if made_with[0] != ours[0]:
        return f"it was made with {made_with[0]}, not {ours[0]}; index the book again"
    reason = f"its words are {made_with[1]}, not {ours[1]}"
    return f"{reason}; index the book again, or set BOOKSIDE_BOOK_LANGUAGE to the language it was indexed in"


def contents_when_in_step(chunks: Sequence[Chunk], book: str) -> str:
    """What ``Generation.contents`` is once the index ``book`` holds exactly these chunks."""
    wanted = {chunk.id: chunk for chunk in chunks}
    return contents_of((id, stamp(to_payload(chunk, book))) for id, chunk in wanted.items())
