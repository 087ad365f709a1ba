"""The only place where a page's text is divided into sections."""

import re
from collections.abc import Callable, Sequence

from bookside.book.markdown import Heading
from bookside.book.model import Section

ID_IN_SOURCE = re.compile(r"[ \t]*\\?\{:?[ \t]*#[^{}]*\}(?P<closing>[ \t]*#*[ \t]*)$")


def without_ids(markdown: str, headings: Sequence[Heading]) -> str:
    """``markdown`` with the explicit ids, ``{#id}``, taken off its headings; lines stay where they are."""
    if not any(heading.explicit_id for heading in headings):
        return markdown
    lines = markdown.split("\n")
    for heading in headings:
        if heading.explicit_id is None:
            continue
        for line in range(heading.start, heading.end):
            lines[line] = ID_IN_SOURCE.sub("", lines[line])
    return "\n".join(lines)


def divide(
    markdown: str,
    headings: Sequence[Heading],
    anchors: Sequence[str | None],
    *,
    url: str,
    title: str,
    line_at: Callable[[int], int],
) -> tuple[Section, ...]:
    """The page's sections, one for each heading, and one before them where there is text or no heading.

    Args:
        anchors: The id of each heading; ``None`` where the site gives it none.
        line_at: Gives the line of the file, from 1, for one of ``markdown``, from 0.
    """
    lines = markdown.split("\n")
    starts = [heading.start for heading in headings]
    ends = [*starts[1:], len(lines)] if starts else []
    before = "\n".join(lines[: starts[0]] if starts else lines)
    made: list[Section] = []
    if before.strip() or not headings:
        made.append(
            Section(heading=title, level=0, anchor=None, url=url, path=(title,), markdown=before, line=line_at(0))
        )
    above: list[tuple[int, str]] = []
    for heading, anchor, end in zip(headings, anchors, ends, strict=True):
        while above and above[-1][0] >= heading.level:
            above.pop()
        above.append((heading.level, heading.text))
        words = [text for _, text in above if text]
        path = tuple(words) if words and words[0] == title else (title, *words)
        made.append(
            Section(
                heading=heading.text or title,
                level=heading.level,
                anchor=anchor,
                url=f"{url}#{fragment(anchor)}" if anchor else url,
                path=path,
                markdown="\n".join(lines[heading.end : end]),
                line=line_at(heading.start),
            )
        )
    return tuple(made)


def fragment(anchor: str) -> str:
    """``anchor`` as links on the page write it: letters of every script stay as they are."""
    return re.sub(r"[\s\"<>\\^`{|}%\x00-\x1f\x7f]", lambda found: encoded(found[0]), anchor)


def encoded(character: str) -> str:
    """``%20`` for a space."""
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
