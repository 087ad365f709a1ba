"""Pages as points beside their chunks: what a whole page says counts for each of its passages. Pure.

A page's vector by meaning is the mean of its chunks' vectors; its words are those of its chunks and their headings.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import numpy as np

from bookside.index.payload import Payload, page_payload
from bookside.index.sparse import Field
from bookside.models.embedder import Vectors

if TYPE_CHECKING:  # the process that builds a shard reads no books, and importing their readers takes half a second
    from bookside.book.model import Chunk

NAMESPACE = UUID("1f6f0c0e-58b7-5d3a-9a43-6a0d4a4f1c55")

TINY = np.float32(1e-12)
HEADING_WEIGHT = 2.0
"""A word of a section's heading counts as often as so many in its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """One page that has chunks, as it is indexed.

    Args:
        chunk_ids: Its chunks, in reading order.
        fields: Its words.
    """

    id: str
    payload: Payload
    chunk_ids: tuple[str, ...]
    fields: tuple[Field, ...]


def chunk_fields(chunk: "Chunk") -> tuple[Field, ...]:
    """The words of a chunk: its text, its heading, and the headings above it."""
    *above, heading = chunk.section.path
    return (chunk.text, 1.0), (heading, HEADING_WEIGHT), (" ".join(above), 1.0)


def page_entries(stamped: "Iterable[tuple[Chunk, str]]") -> list[PageEntry]:
    """The pages of these chunks, each given with its text's hash, in the order in which they first come."""
    of_page: dict[str, list[tuple[Chunk, str]]] = {}
    for chunk, text_hash in stamped:
        of_page.setdefault(chunk.page.path, []).append((chunk, text_hash))
    return [_entry(rows) for rows in of_page.values()]


def _entry(rows: "list[tuple[Chunk, str]]") -> PageEntry:
    page = rows[0][0].page
    whole = hashlib.sha256("\n".join(text_hash for _, text_hash in rows).encode()).hexdigest()
    return PageEntry(
        id=str(uuid5(NAMESPACE, page.path)),
        payload=page_payload(page, whole),
        chunk_ids=tuple(chunk.id for chunk, _ in rows),
        fields=tuple(field for chunk, _ in rows for field in chunk_fields(chunk)[:2]),
    )


def page_batches(entries: Iterable[PageEntry], *, max_chunks: int) -> Iterator[list[PageEntry]]:
    """The pages in runs that have at most so many chunks together; a page with more is a run by itself."""
    batch: list[PageEntry] = []
    count = 0
    for entry in entries:
        if batch and count + len(entry.chunk_ids) > max_chunks:
            yield batch
            batch, count = [], 0
        batch.append(entry)
        count += len(entry.chunk_ids)
    if batch:
        yield batch


def mean_vectors(entries: Iterable[PageEntry], vectors: Mapping[str, Iterable[float]]) -> Vectors:
    """The mean of each page's vectors by their chunks' ids, at length 1; an array of (pages, size).

    Raises:
        KeyError: A chunk has no vector.
    """
    means = np.array(
        [np.mean([np.asarray(vectors[id]) for id in entry.chunk_ids], axis=0) for entry in entries], dtype=np.float32
    )
    lengths = np.linalg.norm(means, axis=1, keepdims=True).astype(np.float32)
    return means / np.maximum(lengths, TINY)
