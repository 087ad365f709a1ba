"""The only place where a model's text becomes what a reader sees: marks become citations, unknown links become text.

A model cites by passage number, as in ``Sensors measure [2][3].`` The marks leave the text, and each valid one
becomes a citation at its place. Text arrives in pieces, so whatever may still turn into a mark or a link is held
back until it is decided; all else passes at once.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_HELD_CHARS = 400
"""How far ahead a mark, link or code span may end; one that does not is ordinary text."""

_MARKS = re.compile(r" *\[\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\]")
_MAYBE_MARKS = re.compile(r" *(?:\[[\d\s,;]*)?")
_LINK = re.compile(r"!?\[((?:[^\[\]\\]|\\.)*+)\]\(\s*<?((?:[^\s()<>]|\([^\s()<>]*+\))*+)>?(?:\s[^()\n]*+)?\)")
_MAYBE_LINK = re.compile(r"!?(?:\[(?:[^\[\]\\]|\\.?)*+(?:\](?:\((?:[^()\n]|\([^()\n]*+(?:\)|$))*+)?)?)?")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\[\]`|]*", re.IGNORECASE)
_URL_STARTS = ("https://", "http://", "www.")
_URL_TAIL = ".,;:!?\"')*_~"
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_MAYBE_FENCE = re.compile(r" {0,3}(?:`*|~*)")
_PLAIN = re.compile(r"[^\n `\[\]!<\\]+")
_WORD_BREAK = re.compile(r"(?<![A-Za-z0-9])[hHwW]")


@dataclass(frozen=True, slots=True)
class Words:
    """Text for the reader."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation of passage ``number``, at the end of the words so far."""

    number: int


class CitedText:
    """Turns a model's text, piece by piece, into words and marks.

    Code passes as it is: in ``rows[1]`` nothing is cited. However the text is cut into pieces, the result is that of
    the whole text at once. Raw HTML is shown as text.

    Args:
        is_passage: Whether a number names a passage that the model was given in this turn.
        is_known_link: Whether the book contains the address.
    """

    def __init__(self, is_passage: Callable[[int], bool], is_known_link: Callable[[str], bool]) -> None:
        self._is_passage = is_passage
        self._is_known_link = is_known_link
        self._held = ""
        self._fence = ""
        self._at_line_start = True
        self._last_char = "\n"

    def feed(self, piece: str) -> list[Words | Mark]:
        """What is decided once ``piece`` has arrived."""
        self._held += piece
        return _merged(self._decide(final=False))

    def finish(self) -> list[Words | Mark]:
        """What was held back; nothing more comes."""
        return _merged(self._decide(final=True))

    def _decide(self, *, final: bool) -> Iterator[Words | Mark]:
        while self._held:
            step = self._in_fence(final=final) if self._fence else self._in_text(final=final)
            if step is None:
                return
            taken, parts = step
            yield from parts
            self._take(taken)

    def _take(self, count: int) -> None:
        taken, self._held = self._held[:count], self._held[count:]
        if taken:
            self._at_line_start = taken[-1] == "\n"
            self._last_char = taken[-1]

    def _in_fence(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        end = self._held.find("\n") + 1
        line = self._held[:end] if end else self._held
        if self._at_line_start:
            if not end and not final and (_MAYBE_FENCE.fullmatch(line.rstrip(" \t")) is not None):
                return None
            opened = _FENCE.match(line)
            closes = opened is not None and not line[opened.end() :].strip() and opened[1].startswith(self._fence)
            if closes:
                self._fence = ""
        return len(line), [Words(line)]

    def _in_text(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        held = self._held
        if self._at_line_start and held[0] in " `~":
            if not final and len(held) < MAX_HELD_CHARS and _MAYBE_FENCE.fullmatch(held):
                return None
            if opened := _FENCE.match(held):
                return self._open_fence(opened, final=final)
        match held[0]:
            case " " | "[" | "!":
                return self._mark_or_link(final=final)
            case "]":
                return self._bracket(final=final)
            case "`":
                return self._code_span(final=final)
            case "<":
                if len(held) == 1 and not final:
                    return None
                is_tag = len(held) > 1 and (held[1].isalpha() or held[1] in "/!?")
                return 1, [Words("\\<" if is_tag else "<")]
            case "\\":
                if len(held) == 1 and not final:
                    return None
                return len(held[:2]), [Words(held[:2])]
            case "\n":
                return 1, [Words("\n")]
            case _:
                return self._plain(final=final)

    def _open_fence(self, opened: re.Match[str], *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        end = self._held.find("\n") + 1
        if not end and not final and len(self._held) < MAX_HELD_CHARS:
            return None
        line = self._held[: end or None]
        if opened[1][0] == "`" and "`" in line[opened.end() :]:
            return opened.end(), [Words(opened[0])]  # a code span that starts a line is taken as text
        self._fence = opened[1]
        return len(line), [Words(line)]

    def _mark_or_link(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        held = self._held[:MAX_HELD_CHARS]
        may_grow = not final and len(self._held) < MAX_HELD_CHARS
        marks = _MARKS.match(held)
        if marks is not None and may_grow and marks.end() == len(held):
            return None
        if marks is not None and held[marks.end() : marks.end() + 1] not in ("(", ":"):
            numbers = dict.fromkeys(int(number) for number in re.findall(r"\d+", marks[0]))
            return marks.end(), [Mark(number) for number in numbers if self._is_passage(number)]
        if marks is None and may_grow and _MAYBE_MARKS.fullmatch(held):
            return None
        if held[0] == " ":
            spaces = len(held) - len(held.lstrip(" "))
            return spaces, [Words(" " * spaces)]
        if link := _LINK.match(held):
            if self._is_known_link(link[2]):
                return link.end(), [Words(link[0])]
            self._held = link[1] + self._held[link.end() :]
            return 0, []
        if may_grow and _MAYBE_LINK.fullmatch(held):
            return None
        return 1, [Words(held[0])]

    def _bracket(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        if len(self._held) == 1 and not final:
            return None
        follows = self._held[1:2]
        return (2, [Words(f"]\\{follows}")]) if follows and follows in "(:" else (1, [Words("]")])

    def _code_span(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        held = self._held[:MAX_HELD_CHARS]
        may_grow = not final and len(self._held) < MAX_HELD_CHARS
        ticks = len(held) - len(held.lstrip("`"))
        if ticks == len(held) and may_grow:
            return None
        closing = re.compile(rf"(?<!`)`{{{ticks}}}(?!`)").search(held, ticks)
        paragraph_end = held.find("\n\n")
        if closing is not None and (paragraph_end < 0 or closing.start() < paragraph_end):
            return None if may_grow and closing.end() == len(held) else (closing.end(), [Words(held[: closing.end()])])
        if may_grow and paragraph_end < 0:
            return None
        return ticks, [Words("`" * ticks)]

    def _plain(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        if self._held[0] in "hHwW" and not self._last_char.isalnum():
            url = _URL.match(self._held)
            if url is not None:
                if url.end() == len(self._held) and not final and url.end() < MAX_HELD_CHARS * 5:
                    return None
                address = url[0].rstrip(_URL_TAIL)
                return len(address), [Words(address if self._is_known_link(address) else f"`{address}`")]
            if not final and any(start.startswith(self._held.lower()) for start in _URL_STARTS):
                return None
        run = _PLAIN.match(self._held)
        end = run.end() if run else 1
        if word := _WORD_BREAK.search(self._held, 1, end):
            end = word.start()
        return end, [Words(self._held[:end])]


def _merged(parts: Iterator[Words | Mark]) -> list[Words | Mark]:
    merged: list[Words | Mark] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Words) and isinstance(last, Words):
            merged[-1] = Words(last.text + part.text)
        else:
            merged.append(part)
    return merged
