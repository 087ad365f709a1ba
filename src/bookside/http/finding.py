"""The only place where passages become results for people: by page, cut around the words that were looked for."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bookside.book.model import Page
from bookside.http.contents import local, name_of
from bookside.search.model import Passage

MAX_EXCERPT_CHARS = 240
CHARS_BEFORE = 60
MAX_WORDS = 32
"""Words of a query that are marked, the longest first."""
WORD = re.compile(r"\w+")
ENDING = re.compile(r"(?:ing|ed|es|s)$")
NO_WORDS_OF_TEXT = re.compile(r"^[ \t]*+(?:`{3,}.*|~{3,}.*)$|^(?=[ \t:|-]*---)[ \t:|-]++$", re.MULTILINE)
"""Lines of fences, rules and tables; each is read once, however long it is."""
MARKS = re.compile(r"(?<!\w)[*|]+(?!\w)|^[ \t]*- ", re.MULTILINE)
SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that put no spaces between words."""

Piece = tuple[str, bool]
"""Words, and whether they are what was looked for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage of a page.

    Args:
        path: Headings down to the passage's section, without the page's title.
    """

    path: tuple[str, ...]
    url: str
    excerpt: list[Piece]


@dataclass(frozen=True, slots=True)
class Found:
    """A page with its passages, best first.

    Args:
        place: The page's part and chapter.
    """

    title: str
    url: str
    place: tuple[str, ...]
    hits: list[Hit] = field(default_factory=list[Hit])


def by_page(passages: Sequence[Passage], query: str, page_at: Callable[[str], Page | None]) -> list[Found]:
    """The pages that have them, in the order of their best passages; what is of no page is left out."""
    pattern = words_of(query)
    made: dict[str, Found] = {}
    for passage in passages:
        page = page_at(passage.url)
        if page is None:
            continue
        found = made.setdefault(page.path, Found(name_of(page), local(page.url), place_of(page)))
        path = passage.path[1:] if passage.path[:1] == (passage.title,) else passage.path
        if any(hit.url == local(passage.url) for hit in found.hits):
            continue  # the best passage of a section stands for it
        found.hits.append(Hit(path, local(passage.url), excerpt(passage.text, pattern)))
    return list(made.values())


def place_of(page: Page) -> tuple[str, ...]:
    """The titles of the page's part and chapter, without one that is its own."""
    titles = (page.part.title if page.part else None, page.chapter.title if page.chapter else None)
    return tuple(dict.fromkeys(title for title in titles if title and title not in (page.title, name_of(page))))


def words_of(query: str) -> re.Pattern[str] | None:
    """What to mark in a text: words that begin as the query's longer ones do; ``None`` where it has no words."""
    words = list(dict.fromkeys(WORD.findall(query.casefold())))
    telling = [word for word in words if len(word) > 2 or SPACELESS.search(word)] or words
    if not telling:
        return None
    parts = (
        re.escape(word) if SPACELESS.search(word) else rf"(?<!\w){re.escape(_stem(word))}\w*"
        for word in sorted(telling, key=len, reverse=True)[:MAX_WORDS]
    )
    return re.compile("|".join(parts), re.IGNORECASE)


def _stem(word: str) -> str:
    return ENDING.sub("", word) if len(word) > 4 else word


def excerpt(text: str, pattern: re.Pattern[str] | None) -> list[Piece]:
    """A piece of ``text`` around the first word that is looked for, or its beginning, with all such words marked."""
    plain = " ".join(MARKS.sub(" ", NO_WORDS_OF_TEXT.sub("", text)).split())
    first = pattern.search(plain) if pattern else None
    start = max(0, first.start() - CHARS_BEFORE) if first else 0
    if first and start:
        space = plain.find(" ", start, first.start())  # none in scripts without spaces, or in a long address
        start = space + 1 if space >= 0 else start
    end = start + MAX_EXCERPT_CHARS
    if end < len(plain):
        space = plain.rfind(" ", start, end)
        end = space if space > start + MAX_EXCERPT_CHARS // 2 else end
    cut = ("… " if start else "") + plain[start:end] + (" …" if end < len(plain) else "")
    pieces: list[Piece] = []
    place = 0
    for found in pattern.finditer(cut) if pattern else ():
        if found.start() > place:
            pieces.append((cut[place : found.start()], False))
        pieces.append((found[0], True))
        place = found.end()
    return [*pieces, (cut[place:], False)] if place < len(cut) else pieces
