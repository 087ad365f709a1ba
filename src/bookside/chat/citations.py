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

MAX_URL_CHARS = 2000
"""A longer bare address is never a known one."""

_MARKS = re.compile(r" *\[ *\d{1,3}(?: *[,;] *\d{1,3})* *\]")
_MAYBE_MARKS = re.compile(r" *(?:\[[\d ,;]*)?")
_TITLE = r"""(?:[ \t]+(?:"[^"\n]*+"|'[^'\n]*+'|\([^()\n]*+\)))?[ \t]*"""
_LINK = re.compile(
    r"(!?)\[((?:[^\[\]\\\n]|\\[^\n])*+)\]\([ \t]*(?:<([^\s<>]*+)>|((?:[^\s()<>]|\([^\s()<>]*+\))*+))" + _TITLE + r"\)"
)
_MAYBE_LINK = re.compile(r"!?(?:\[(?:[^\[\]\\\n]|\\[^\n]?)*+(?:\](?:\((?:[^()\n]|\([^()\n]*+(?:\)|$))*+)?)?)?")
_URL = re.compile(r"(?:https?:|www\.)[^ \t\n]*", re.IGNORECASE)
_URL_STARTS = ("https:", "http:", "www.")
_URL_TAIL = ".,;:!?\"')*_~"
_AUTOLINK = re.compile(r"<(https?://[^\s<>]*)>")
_MAYBE_AUTOLINK = re.compile(r"<(?:h|ht|htt|https?:?|https?:/|https?://[^\s<>]*)?")
_FENCE = re.compile(r"( *)(`{3,}|~{3,})")
_MAYBE_FENCE = re.compile(r" *(?:`*|~*)")
_MAYBE_CLOSING = re.compile(r"[ \t]*[`~]*[ \t]*")
_MAX_FENCE_INDENT = 3
_BULLET = re.compile(r" *(?:[-*+]|\d{1,9}[.)]) {1,4}")
_MAX_BULLET_CHARS = 32
_LINE_LEAD = re.compile(r"[ \t>]*")
_LINKABLE = re.compile(r"\][(:\[]|//|www\.|@|<[a-z]", re.IGNORECASE)
_PLAIN = re.compile(r"[^\n `\[!<\\(:/.@~]+")
_LETTER = r"[^\W_\x00-\x7f](?![hHwW])"
_WORD = (
    rf"(?:[hH](?=[^tT])|[wW](?=[^wW])|[a-gi-vx-zA-GI-VX-Z0-9]|{_LETTER})"
    rf"(?:[a-zA-Z0-9]|{_LETTER})*[,;\"'?)*|+=%-]*"
)
_PROSE = re.compile(rf" ?{_WORD}(?: {_WORD})*")
"""Words of which none begins an address, with one space before each: what nearly all text is, taken in one step."""
_WORD_BREAK = re.compile(r"(?<![A-Za-z0-9])[hHwW]")
_JOINS = {"(": "]", ":": "]", "/": ":/", ".": "www", "~": "~~"}
"""A character, and the shown text after which it would make a link or a fence, so that it needs a backslash."""
_TAIL_CHARS = 4


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
    the whole text at once. Raw HTML is shown as text. Where renderers could disagree on what is code, the words are
    written so that they cannot: a code span ends on its line, other backticks are escaped, and a fence is closed at
    the indent at which it was opened.

    Args:
        is_passage: Whether a number names a passage that the model was given in this turn.
        is_known_link: Whether the book contains the address.
        is_known_image: Whether an image of the book has the address; any other image becomes its words.
    """

    def __init__(
        self,
        is_passage: Callable[[int], bool],
        is_known_link: Callable[[str], bool],
        is_known_image: Callable[[str], bool],
    ) -> None:
        self._is_passage = is_passage
        self._is_known_link = is_known_link
        self._is_known_image = is_known_image
        self._held = ""
        self._ended_with_return = False
        self._at_line_start = True
        self._fence = ""
        self._fence_indent = ""
        self._blank_in_fence = False
        self._tail = "\n"
        self._at_line_lead = True
        self._line = ""
        self._in_address = False
        self._pipe_in_code = False

    def feed(self, piece: str) -> list[Words | Mark]:
        """What is decided once ``piece`` has arrived."""
        if piece:
            rest = piece[1:] if self._ended_with_return and piece[0] == "\n" else piece
            self._ended_with_return = piece[-1] == "\r"
            self._held += rest.replace("\r\n", "\n").replace("\r", "\n")
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
            for part in parts:
                if isinstance(part, Words):
                    self._note_shown(part.text)
                yield part
            self._take(taken)

    def _take(self, count: int) -> None:
        taken, self._held = self._held[:count], self._held[count:]
        if taken:
            self._at_line_start = taken[-1] == "\n"

    def _note_shown(self, text: str) -> None:
        """Remember what a renderer has before it when the next words come."""
        if not text:
            return
        line_start = text.rfind("\n") + 1
        if line_start:
            self._at_line_lead = True
            self._pipe_in_code = False
        self._at_line_lead = self._at_line_lead and _LINE_LEAD.fullmatch(text, line_start) is not None
        self._in_address = self._in_address and not any(space in text for space in " \t\n")
        self._line = (text[line_start:] if line_start else self._line + text)[:_MAX_BULLET_CHARS]
        self._tail = (self._tail + text)[-_TAIL_CHARS:]

    def _in_fence(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        end = self._held.find("\n") + 1
        line = self._held[:end] if end else self._held
        if not self._at_line_start:
            return len(line), [Words(line)]
        if not end and not final and _MAYBE_CLOSING.fullmatch(line):
            return None
        content = line.strip(" \t\n")
        if not content:
            self._blank_in_fence = True
            return len(line), [Words(line)]
        after_blank, self._blank_in_fence = self._blank_in_fence, False
        lead = line[: len(line) - len(line.lstrip(" \t"))]
        indent = len(lead.expandtabs(4))
        closes = content.startswith(self._fence) and not content.strip("`~")
        if closes and indent <= len(self._fence_indent) + _MAX_FENCE_INDENT:
            return len(line), [Words(self._close_fence() + ("\n" if end else ""))]
        if indent >= len(self._fence_indent):
            return len(line), [Words(line)]
        if after_blank:
            return 0, [Words(self._close_fence() + "\n")]
        return len(line), [Words(self._fence_indent + line[len(lead) :])]

    def _close_fence(self) -> str:
        closing, self._fence = self._fence_indent + self._fence, ""
        return closing

    def _in_text(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        held = self._held
        if held == " " and not final:
            return None
        if (held[0] != " " or not self._at_line_start) and (prose := _PROSE.match(held)):
            return prose.end(), [Words(prose[0])]
        after_bullet = held[0] != " " and _BULLET.fullmatch(self._line) is not None
        if (self._at_line_start or after_bullet) and held[0] in " `~":
            if not final and len(held) < MAX_HELD_CHARS and _MAYBE_FENCE.fullmatch(held):
                return None
            if opened := _FENCE.match(held[:MAX_HELD_CHARS]):
                return self._open_fence(opened, final=final)
        before = _JOINS.get(held[0])
        if before and self._tail.lower().endswith(before) and not (held[0] == "/" and self._tail.endswith("\\:/")):
            return 1, [Words(f"\\{held[0]}")]
        match held[0]:
            case " " | "[" | "!":
                return self._mark_or_link(final=final)
            case "`":
                return self._code_span(final=final)
            case "<":
                return self._angle(final=final)
            case "@":
                return 1, [Words("@" if self._tail[-1] in " \t\n" else "\\@")]
            case "\\":
                if len(held) == 1 and not final:
                    return None
                return len(held[:2]), [Words(held[:2])]
            case _:
                return self._plain(final=final)

    def _open_fence(self, opened: re.Match[str], *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        end = self._held.find("\n") + 1
        if not end and not final and len(self._held) < MAX_HELD_CHARS:
            return None
        line = self._held[: end or None][:MAX_HELD_CHARS]
        is_whole = line.endswith("\n") or len(line) < MAX_HELD_CHARS
        if not is_whole or (opened[2][0] == "`" and "`" in line[opened.end() :]):
            if opened[1]:
                return len(opened[1]), [Words(opened[1])]
            return self._code_span(final=final) if opened[2][0] == "`" else (3, [Words("\\~\\~\\~")])
        own_line = "" if self._at_line_start else "\n"
        indent = " " * len(self._line) if own_line else opened[1]
        self._fence_indent, self._fence = indent, opened[2]
        self._blank_in_fence = False
        needs_blank_line = len(indent) > _MAX_FENCE_INDENT and not self._tail.endswith("\n\n")
        return len(line), [Words(own_line + "\n" * needs_blank_line + (indent if own_line else "") + line)]

    def _mark_or_link(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        held = self._held[:MAX_HELD_CHARS]
        may_grow = not final and len(self._held) < MAX_HELD_CHARS
        marks = _MARKS.match(held)
        if marks is not None and may_grow and marks.end() == len(held):
            return None
        refused = ("(", ":") if self._at_line_lead else ("(",)
        if marks is not None and held[marks.end() : marks.end() + 1] not in refused:
            numbers = dict.fromkeys(int(number) for number in re.findall(r"\d+", marks[0]))
            gap = [Words(" ")] if self._in_address else []
            return marks.end(), [*gap, *(Mark(number) for number in numbers if self._is_passage(number))]
        if marks is None and may_grow and _MAYBE_MARKS.fullmatch(held):
            return None
        if held[0] == " ":
            spaces = len(held) - len(held.lstrip(" "))
            return spaces, [Words(" " * spaces)]
        if link := _LINK.match(held):
            image, label = link[1], link[2]
            address = link[3] or link[4] or ""
            if self._is_known_image(address) if image else self._is_known_link(address):
                return link.end(), [Words(f"{image}[{_label(label)}]({address})")]
            self._held = label + self._held[link.end() :]
            return 0, []
        if may_grow and _MAYBE_LINK.fullmatch(held):
            return None
        return 1, [Words(held[0])]

    def _angle(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        held = self._held[:MAX_HELD_CHARS]
        if (address := _AUTOLINK.match(held)) and self._is_known_link(address[1]):
            return address.end(), [Words(address[0])]
        if not final and len(self._held) < MAX_HELD_CHARS and _MAYBE_AUTOLINK.fullmatch(held):
            return None
        return 1, [Words("\\<")]

    def _code_span(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        held, line_break, _ = self._held[:MAX_HELD_CHARS].partition("\n")
        may_grow = not final and not line_break and len(self._held) < MAX_HELD_CHARS
        ticks = len(held) - len(held.lstrip("`"))
        if ticks == len(held) and may_grow:
            return None
        closing = re.compile(rf"(?<!`)`{{{ticks}}}(?!`)").search(held, ticks)
        if may_grow and (closing is None or closing.end() == len(held)):
            return None
        if closing is not None and closing.end() < MAX_HELD_CHARS and self._tail[-1] != "`":
            span = held[: closing.end()]
            has_pipe = self._pipe_in_code or "|" in span
            if not (has_pipe and _LINKABLE.search(span)):
                self._pipe_in_code = has_pipe
                return len(span), [Words(span)]
        return ticks, [Words("\\`" * ticks)]

    def _plain(self, *, final: bool) -> tuple[int, list[Words | Mark]] | None:
        if self._held[0] in "hHwW" and not self._tail[-1].isalnum():
            held = self._held[:MAX_URL_CHARS]
            if url := _URL.match(held):
                if url.end() == len(self._held) and not final and url.end() < MAX_URL_CHARS:
                    return None
                return self._address(url[0])
            if not final and any(start.startswith(held.lower()) for start in _URL_STARTS):
                return None
        run = _PLAIN.match(self._held)
        end = run.end() if run else 1
        if word := _WORD_BREAK.search(self._held, 1, end):
            end = word.start()
        return end, [Words(self._held[:end])]

    def _address(self, run: str) -> tuple[int, list[Words | Mark]]:
        """A bare address passes if it is known; any other loses its power to link, and is read on as text."""
        address = run.rstrip(_URL_TAIL)
        if len(run) < MAX_URL_CHARS and "~~~" not in run and self._is_known_link(address):
            self._in_address = True
            return len(address), [Words(address)]
        start = re.split(r"(?<=[:.])", run, maxsplit=1)[0]
        is_link = start[-1] == "." or run.startswith("//", len(start))
        return len(start), [Words(f"{start[:-1]}\\{start[-1]}" if is_link else start)]


def _label(label: str) -> str:
    """A known link's label, in which nothing links."""
    cited = CitedText(lambda _: False, lambda _: False, lambda _: False)
    words = [*cited.feed("\\[" + label), *cited.finish()]
    return "".join(part.text for part in words if isinstance(part, Words)).removeprefix("\\[")


def _merged(parts: Iterator[Words | Mark]) -> list[Words | Mark]:
    merged: list[Words | Mark] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Words) and isinstance(last, Words):
            merged[-1] = Words(last.text + part.text)
        else:
            merged.append(part)
    return merged
