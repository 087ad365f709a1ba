"""The only place where sections are cut into chunks."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID, uuid5

from bookside.book.memory import recalled
from bookside.book.model import Book, Chunk, Page, Section
from bookside.book.text import Block, blocks, references_in

CountTokens = Callable[[str], int]

MAX_TOKENS = 320
MIN_MAX_TOKENS = 32
ORDERS_A_PAGE = 1_000_000
"""Room for the chunks of one page, so that a longer page does not move those of all later ones: each would be written
anew in the index."""

MAX_CHARS_A_TOKEN = 16
"""A text longer than this for each allowed token is divided before it is counted, so that a huge line is cheap."""

NAMESPACE = UUID("6f3c7a52-6d0e-5b0c-9d53-1f0a2f6f9f11")
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*[ \t\n]+|(?<=[。！？])|\n")


def cut(book: Book, *, count_tokens: CountTokens, max_tokens: int = MAX_TOKENS) -> tuple[Chunk, ...]:
    """Cut every section of the book into chunks of at most ``max_tokens``.

    A chunk holds text of one section only. Long sections are cut between blocks; a block that is too long at
    sentences, then words, then characters; code and tables at lines, and each piece has the fence or the header again.
    No word is dropped. Sections without words give no chunk.

    A chunk's id depends on its page's path, its section's anchor and headings and its own words, and, where all
    these are the same, on how many came before: a change in one page leaves the ids of all others.

    Args:
        count_tokens: The embedder's tokenizer, without special tokens.

    Raises:
        ValueError: ``max_tokens`` is under ``MIN_MAX_TOKENS``.
    """
    if max_tokens < MIN_MAX_TOKENS:
        raise ValueError(f"max_tokens must be at least {MIN_MAX_TOKENS}")
    cutter = Cutter(count_tokens, max_tokens)
    made: list[Chunk] = []
    seen: Counter[str] = Counter()
    for page in book.pages:
        first = page.order * ORDERS_A_PAGE
        place = 0
        for section, texts in zip(page.sections, _texts_of(page, cutter, max_tokens), strict=True):
            for text, tokens in texts:
                name = content_name(page, section, text)
                made.append(
                    Chunk(
                        id=str(uuid5(NAMESPACE, f"{name}\0{seen[name]}")),
                        page=page,
                        section=section,
                        text=text,
                        tokens=tokens,
                        order=first + place,
                    )
                )
                seen[name] += 1
                place += 1
    return tuple(made)


def _texts_of(page: Page, cutter: "Cutter", max_tokens: int) -> list[list[tuple[str, int]]]:
    """What each of the page's sections is cut into, with the tokens of each piece."""
    sections = [section.markdown for section in page.sections]

    def made() -> list[list[tuple[str, int]]]:
        defined = references_in(page.markdown, page.dialect)
        return [
            [(text, cutter.count(text)) for text in cutter.cut(blocks(markdown, page.dialect, defined))]
            for markdown in sections
        ]

    return recalled("texts", (page.dialect, str(max_tokens), page.markdown, *sections), made)


def content_name(page: Page, section: Section, text: str) -> str:
    """What makes a chunk the same chunk in the next run."""
    name = "\0".join((page.path, section.anchor or "", *section.path, "", text))
    return name.encode("utf-8", "replace").decode("utf-8")


class Cutter:
    """Packs blocks into texts of at most ``max_tokens``."""

    def __init__(self, count_tokens: CountTokens, max_tokens: int) -> None:
        self.count = count_tokens
        self._max_tokens = max_tokens

    def cut(self, found: Iterable[Block]) -> Iterator[str]:
        """Texts in order, each as long as it may be."""
        pieces = (("\n" if block.tight else "\n\n", piece) for block in found for piece in self._pieces(block))
        yield from self._runs(pieces, lambda text: text)

    def _runs(self, parts: Iterable[tuple[str, str]], whole: Callable[[str], str]) -> Iterator[str]:
        """Parts joined for as long as what ``whole`` makes of them fits; each part fits by itself.

        A token is a byte at least, so nothing is counted while there is room for as many bytes: a page of many short
        lines would take minutes.

        Args:
            parts: Each with what stands before it, unless it begins a run.
        """
        run: list[str] = []
        room = 0
        for gap, part in parts:
            room -= bytes_of(gap) + bytes_of(part)
            grown = [*run, gap, part] if run else [part]
            if run and room < 0:
                tokens = self._tokens(whole("".join(grown)))
                room = self._max_tokens - tokens
                if room < 0:
                    yield from self._counted(run, whole)
                    grown = [part]
            run = grown
        if run:
            yield from self._counted(run, whole)

    def _counted(self, run: list[str], whole: Callable[[str], str]) -> Iterator[str]:
        """The run, or its halves where tokens are divided otherwise across a seam, so that it is too long after all."""
        text = "".join(run)
        if len(run) <= 1 or self._fits(whole(text)):
            yield text
            return
        middle = len(run) // 2 | 1
        yield from self._counted(run[:middle], whole)
        yield from self._counted(run[middle + 1 :], whole)

    def _fits(self, text: str) -> bool:
        return bytes_of(text) < self._max_tokens or self._tokens(text) <= self._max_tokens

    def _tokens(self, text: str) -> int:
        """Tokens in ``text``; of one that is far too long, more than there may be."""
        return self.count(text) if len(text) <= self._max_tokens * MAX_CHARS_A_TOKEN else self._max_tokens + 1

    def _pieces(self, block: Block) -> Iterator[str]:
        """The block, or parts of it that fit."""
        if self._fits(block.whole()):
            yield block.whole()
        elif block.kind == "text":
            yield from self._packed(sentences(block.body), block)
        elif self._fits(block.whole("")):
            yield from self._packed(block.body.splitlines(keepends=True), block)
        else:  # a header row so long that it leaves no room
            yield from self._packed(
                f"{block.head}\n{block.body}".splitlines(keepends=True), Block(kind="text", body="")
            )

    def _packed(self, parts: Iterable[str], block: Block) -> Iterator[str]:
        """Runs of ``parts`` that fit with the block's head and tail; a part that is too long is halved."""
        pieces = (("", piece) for part in parts for piece in self._halves(part, block))
        for text in self._runs(pieces, lambda text: block.whole(text.rstrip())):
            yield from wrapped(text, block)

    def _halves(self, part: str, block: Block) -> Iterator[str]:
        """``part`` in pieces that fit, divided at white space near the middle where there is some."""
        waiting = [part]
        while waiting:
            piece = waiting.pop()
            if len(piece) < 2 or self._fits(block.whole(piece.rstrip())):
                yield piece
                continue
            middle = middle_of(piece)
            waiting += [piece[middle:], piece[:middle]]


def bytes_of(text: str) -> int:
    """How long it is in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def wrapped(text: str, block: Block) -> Iterator[str]:
    """The part of the block, unless it is only white space."""
    body = text.strip("\n") if block.kind == "code" else text.strip()
    if body.strip():
        yield block.whole(body)


def sentences(text: str) -> Iterator[str]:
    """Sentences and lines with the white space that follows them; joined they are ``text``."""
    start = 0
    for end in SENTENCE_END.finditer(text):
        if end.end() > start:
            yield text[start : end.end()]
            start = end.end()
    if start < len(text):
        yield text[start:]


def middle_of(text: str) -> int:
    """Where to divide: after the white space nearest to the middle, or in the middle of a long word."""
    half = len(text) // 2
    reach = max(1, half // 2)
    before = max(text.rfind(" ", half - reach, half), text.rfind("\n", half - reach, half), -1)
    if before > 0:
        return before + 1
    after = text.find(" ", half, half + reach)
    return after + 1 if 0 < after < len(text) - 1 else half
