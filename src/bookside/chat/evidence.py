"""The only place that chooses which of a passage's words a citation quotes: those that its sentence rests on.

A passage has several paragraphs, and an answer often rests on a later one. The sentence before a mark is compared with
the passage's paragraphs by the beginnings of their words, which needs no list of a language's endings, and by pairs of
letters where a script has no spaces. What is quoted is cut out of the passage, so that every line of it stands there.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

QUOTE_CHARS = 400
"""How much of a passage a citation quotes."""
CLAIM_CHARS = 1500
"""How far before its mark the words of an answer count."""
LEAST_SHARED = 3
"""So few terms in common tell nothing."""
LENGTH_COSTS = 0.5
"""A quotation that is longer by ``QUOTE_CHARS`` has to cover so much more, as a share of the most that any covers."""
UNFINISHED_COSTS = 0.3
"""The same for one that announces what follows, or is so short that it may stand on its page twice."""
SHORT_CHARS = 40

_STEM_CHARS = 5
_BREAK = re.compile(r"\n[ \t]*\n")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]")
_ROW = re.compile(r"[ \t]*\|")
_QUOTATION = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?۔؟।])[\"'”’»)\]*_]*\s+|(?<=[。！？])[”’」』）]*\s*")
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of a passage that are quoted whole: a paragraph, or where that is long, a sentence, an item or a row.

    Args:
        lead: The lines that it is read with and that stand above it: a table's header, the line that opens code.
        announces: Whether it ends with a colon: what follows belongs to it.
        top: The lead itself, where it is part of these words.
    """

    start: int
    end: int
    lead: str
    announces: bool
    top: str = ""


def quote_for(claim: str, passage: str) -> str:
    """The words of ``passage`` that the end of ``claim`` rests on, at most about ``QUOTE_CHARS`` of them.

    Args:
        claim: An answer up to a mark.

    Returns:
        Lines of the passage, and `` …`` where they are cut; its beginning where nothing fits the claim.
    """
    text = passage.strip()
    pieces = list(_pieces(text))
    terms = [_terms(piece.lead + text[piece.start : piece.end]) for piece in pieces]
    for wanted in _claims(claim[-CLAIM_CHARS:]):
        run = _best_run(pieces, terms, _terms(wanted))
        if run is not None:
            first, last = run
            return _cut(first.lead + text[first.start : last.end])
    return _cut(text)


def _cut(text: str) -> str:
    if len(text) <= QUOTE_CHARS:
        return text
    return text[:QUOTE_CHARS].rsplit(" ", 1)[0].rstrip() + " …"


def _best_run(
    pieces: Sequence[_Piece], terms: Sequence[frozenset[str]], wanted: frozenset[str]
) -> tuple[_Piece, _Piece] | None:
    """The run of pieces that covers most of ``wanted`` for its length; the first of several, ``None`` for no fit."""
    count = Counter(term for each in terms for term in each & wanted)
    if len(count) < LEAST_SHARED:
        return None
    weight = {term: _tells(term) * math.log((1 + len(pieces)) / count[term]) for term in count}
    runs: list[tuple[float, float, int, int]] = []
    for first, begin in enumerate(pieces):
        covered: frozenset[str] = frozenset()
        for last in range(first, len(pieces)):
            length = len(begin.lead) + pieces[last].end - begin.start
            if last > first and (length > QUOTE_CHARS or _begins_again(pieces[last - 1], pieces[last])):
                break
            covered |= terms[last] & wanted
            cost = LENGTH_COSTS * length / QUOTE_CHARS
            cost += UNFINISHED_COSTS * (pieces[last].announces or length < SHORT_CHARS)
            runs.append((sum(weight[term] for term in sorted(covered)), cost, first, last))
    most = max(covers for covers, *_ in runs)
    *_, first, last = max(runs, key=lambda run: (run[0] - run[1] * most, -run[2]))
    return pieces[first], pieces[last]


def _begins_again(before: _Piece, piece: _Piece) -> bool:
    """Whether a table or code was cut before ``piece``, which repeats its lead: on the page nothing stands between."""
    return piece.top != "" and piece.top in (before.lead, before.top)


# What a claim is ------------------------------------------------------------------------------------------------------


def _claims(answer: str) -> Iterator[str]:
    """What a mark at the end of ``answer`` may stand for: the last sentence, then all of its paragraph."""
    text = answer.rstrip(" \t>\n")
    stands_apart = "\n" in answer[len(text) :]
    lines = text.splitlines()
    if not lines:
        return
    start = _last_block(lines)
    block = _QUOTATION.sub("", "\n".join(lines[start:]))
    if not stands_apart and not _FENCE.match(lines[-1]) and not lines[-1].lstrip().startswith(">"):
        item = next((at for at in range(len(lines) - 1, start - 1, -1) if _ITEM.match(lines[at])), start)
        line = lines[-1] if _ROW.match(lines[-1]) else " ".join(lines[item:])
        *_, sentence = [part for part in _SENTENCE_END.split(line) if part.strip()] or [line]
        yield sentence
    yield block


def _last_block(lines: Sequence[str]) -> int:
    """The line at which the last paragraph, list, table or piece of code begins."""
    fence = _FENCE.match(lines[-1])
    if fence:
        return next((at for at in range(len(lines) - 2, -1, -1) if lines[at].lstrip(" \t>").startswith(fence[1])), 0)
    is_blank = [at for at, line in enumerate(lines) if not line.strip()]
    return is_blank[-1] + 1 if is_blank else 0


def _tells(term: str) -> float:
    """Short words are most often those that stand everywhere; two letters without spaces around are a word."""
    return 1.0 if _UNSPACED.match(term) else len(term) / _STEM_CHARS


def _terms(text: str) -> frozenset[str]:
    terms: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        for run in _UNSPACED.findall(word):
            terms.update(map("".join, pairwise(run)))
        terms.update(_stem(rest) for rest in _UNSPACED.split(word) if len(rest) > 1)
    return frozenset(terms)


def _stem(word: str) -> str:
    stem = word[:_STEM_CHARS]
    return stem.removesuffix("s") if len(stem) >= _STEM_CHARS - 1 else stem


# What a passage is made of --------------------------------------------------------------------------------------------


def _pieces(text: str) -> Iterator[_Piece]:
    """The blocks of a passage in order; a block that is too long to be quoted comes in parts."""
    for start, end in _blocks(text):
        block = text[start:end]
        if len(block) <= QUOTE_CHARS:
            top = _lead(block.splitlines(keepends=True))
            yield _Piece(start, end, "", block.endswith((":", "：")), top)
        else:
            yield from _parts(text, start, end)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Where blocks stand: blank lines divide them, but not in code."""
    start, fence, at = 0, "", 0
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip(" \t>`~\n") else fence
        elif mark:
            fence = mark[1]
        elif not line.strip():
            if text[start:at].strip():
                yield _bounds(text, start, at)
            start = at + len(line)
        at += len(line)
    if text[start:].strip():
        yield _bounds(text, start, len(text))


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the line ends around; an indent stays."""
    while text[start] in "\r\n":
        start += 1
    return start, start + len(text[start:end].rstrip())


def _parts(text: str, start: int, end: int) -> Iterator[_Piece]:
    block = text[start:end]
    lines = block.splitlines(keepends=True)
    lead = _lead(lines)
    if lead:
        ends = _line_ends(lines)[lead.count("\n") - 1 :]
    elif any(_ITEM.match(line) or _ROW.match(line) for line in lines):
        ends = [at for at, line in zip(_line_ends(lines), [*lines[1:], "- "], strict=True) if _ITEM.match(line)]
    else:
        ends = [*(found.end() for found in _SENTENCE_END.finditer(block)), len(block)]
    at = 0
    for until in ends:
        part = block[at:until]
        if part.strip():
            own, top = (lead, "") if at >= len(lead) else ("", lead)
            yield _Piece(start + at, start + at + len(part.rstrip()), own, announces=False, top=top)
        at = until


def _lead(lines: Sequence[str]) -> str:
    """The line that opens code, or a table's header and the rule below it; nothing for any other block."""
    if _FENCE.match(lines[0]):
        return lines[0]
    is_table = len(lines) > 2 and _TABLE_RULE.fullmatch(lines[1].rstrip()) is not None
    return lines[0] + lines[1] if is_table else ""


def _line_ends(lines: Sequence[str]) -> list[int]:
    ends: list[int] = []
    for line in lines:
        ends.append((ends[-1] if ends else 0) + len(line))
    return ends
