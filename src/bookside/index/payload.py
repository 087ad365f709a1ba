"""What is stored beside a chunk's vectors, and back; the only place that knows the payload's keys."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bookside.index.model import IndexedChunk

if TYPE_CHECKING:  # as in ``pages.py``
    from bookside.book.model import Chunk, Page

PayloadValue = str | int | list[str]
Payload = dict[str, PayloadValue]

CHAPTER = "chapter_number"
LESSON = "lesson_slug"
PAGE = "page"
PAGE_ORDER = "page_order"
KIND = "kind"
"""``chunk``, ``page`` or ``lexicon``: what a point is."""
LEXICON_ID = "0bd6f0b2-50a5-5b4e-9d5e-6f6d1e7c7a01"
"""The point that holds the lexicon."""
CONTENT_HASH = "content_hash"
TEXT_HASH = "text_hash"

LAYOUT = 2
"""Raised whenever chunks are cut, put into words or stored otherwise: the next sync then makes the index from nothing.

Beside the old one, which answers until then; text and fields that differ are found without it, as are new weights of
the words (``Words.name``).
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a stored chunk is still right.

    Args:
        text_hash: Of the text that was embedded: if it differs, so do the vectors.
        content_hash: Of the whole payload: if only it differs, the vectors are kept and the payload is rewritten.
        is_page: Whether it is a page's, not a chunk's.
    """

    text_hash: str
    content_hash: str
    is_page: bool = False


def to_payload(chunk: "Chunk", book: str) -> Payload:
    """The payload of ``chunk``. What the chunk does not have has no key: nothing is made up."""
    page, section = chunk.page, chunk.section
    optional: dict[str, PayloadValue | None] = {
        "section_id": section.anchor,
        "part_number": page.part.number if page.part else None,
        "part_slug": page.part.slug if page.part else None,
        CHAPTER: page.chapter.number if page.chapter else None,
        "chapter_title": page.chapter.title if page.chapter else None,
        "chapter_slug": page.chapter.slug if page.chapter else None,
        LESSON: page.lesson.slug if page.lesson else None,
        "lesson_title": page.lesson.title if page.lesson else None,
    }
    payload: Payload = {
        KIND: "chunk",
        "text": chunk.text,
        "section_title": section.heading,
        "source_url": section.url,
        "token_count": chunk.tokens,
        "book": book,
        PAGE: page.path,
        PAGE_ORDER: page.order,
        "page_title": page.title,
        "heading_path": list(section.path),
        "order": chunk.order,
        **{key: value for key, value in optional.items() if value is not None},
    }
    return _stamped(payload, _hash(chunk.indexed_text))


def page_payload(page: "Page", text_hash: str) -> Payload:
    """The payload of a whole page: enough for the same filters as for its chunks."""
    payload: Payload = {KIND: "page", PAGE: page.path, PAGE_ORDER: page.order}
    if page.chapter:
        payload[CHAPTER] = page.chapter.number
    if page.lesson:
        payload[LESSON] = page.lesson.slug
    return _stamped(payload, text_hash)


def _stamped(payload: Payload, text_hash: str) -> Payload:
    whole = json.dumps(payload, sort_keys=True, ensure_ascii=False)
    return {**payload, TEXT_HASH: text_hash, CONTENT_HASH: _hash(whole)}


def lexicon_payload(text: str) -> Payload:
    """The payload of the lexicon's point."""
    return {KIND: "lexicon", "lexicon": text}


def stamp(payload: Mapping[str, Any]) -> Stamp:
    """The stamp in a payload; empty hashes, which match nothing, where it has none."""
    is_page = payload.get(KIND) == "page"
    return Stamp(str(payload.get(TEXT_HASH, "")), str(payload.get(CONTENT_HASH, "")), is_page)


def contents_of(stamped: Iterable[tuple[str, Stamp]]) -> str:
    """Tells one set of chunks, by id, from any other, in whatever order they come."""
    whole = hashlib.sha256()
    for id, one in sorted(stamped, key=lambda pair: pair[0]):
        whole.update(f"{id} {one.text_hash} {one.content_hash}\n".encode())
    return whole.hexdigest()


def to_chunk(id: str, payload: Mapping[str, Any]) -> IndexedChunk:
    """The stored chunk.

    Raises:
        KeyError: The payload is not one of ``to_payload``.
    """
    return IndexedChunk(
        id=id,
        page=payload[PAGE],
        url=payload["source_url"],
        title=payload["page_title"],
        heading=payload["section_title"],
        heading_path=tuple(payload["heading_path"]),
        text=payload["text"],
        order=payload["order"],
        tokens=payload["token_count"],
        chapter_number=payload.get(CHAPTER),
        chapter_title=payload.get("chapter_title"),
        lesson_slug=payload.get(LESSON),
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
