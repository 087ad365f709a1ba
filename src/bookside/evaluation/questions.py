"""The only place that reads files of questions: one JSON object a line, each with where its answer stands.

::

    {"question": "How is a pump wired?", "page": "2-water/1-relay.md"}
    {"question": "How is a pump wired?", "page": "2-water/1-relay.md", "section": "Wiring"}
    {"question": "How is a pump wired?", "url": "/2-water/1-relay#wiring"}

``page`` is a file below the book's folder or an address, ``section`` a heading or an anchor. Each may be a list, where
any of them answers. ``on`` is the page that the reader is on. Other fields are passed over.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from bookside.book.model import Page, Section
from bookside.errors import BookError, Rejected

PageAt = Callable[[str], Page | None]
"""The page with an address or a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and where its answer stands.

    Args:
        pages: Files of the pages that answer; at least one.
        sections: Sets of addresses, one for each section that answers, its subsections included, and none twice; no
            set where the page alone is named.
        wanted: What was named, as a reader would say it.
        on: The page that the reader is on.
        is_draft: Whether the line is marked as one that nobody has looked through.
        line: Where it stands in the file, from 1.
    """

    text: str
    pages: tuple[str, ...]
    sections: tuple[frozenset[str], ...]
    wanted: tuple[str, ...]
    on: Page | None
    is_draft: bool
    line: int


@dataclass(frozen=True, slots=True)
class Questions:
    """What a file holds, and which of its lines are left out, with the reason."""

    good: tuple[Question, ...]
    bad: tuple[BookError, ...]


def read_questions(file: Path, page_at: PageAt) -> Questions:
    """Every line of ``file``; blank ones are passed over.

    Raises:
        Rejected: The file cannot be read, or no line of it is a question about the book.
    """
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise Rejected(f"{file} cannot be read: {error.strerror or error}") from error
    good: list[Question] = []
    bad: list[BookError] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            good.append(_question(line, number, page_at))
        except _BadLineError as error:
            bad.append(BookError(str(file), number, str(error)))
    if not good:
        raise Rejected(
            str(bad[0]) if bad else f"{file} has no questions: each line is a JSON object with question and page"
        )
    return Questions(tuple(good), tuple(bad))


class _BadLineError(Exception):
    """Why a line is no question."""


def _question(line: bytes, number: int, page_at: PageAt) -> Question:
    try:
        read: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _BadLineError("this is not JSON") from error
    if not isinstance(read, dict):
        raise _BadLineError("this is not a JSON object")
    fields = cast("dict[str, Any]", read)
    text = fields.get("question")
    if not isinstance(text, str) or not text.strip():
        raise _BadLineError("there is no question")
    pages = [_page(name, page_at) for name in _names(fields, "page")]
    headings = _names(fields, "section")
    named: list[tuple[Page, Section | None]] = [(page, None) for page in pages]
    if headings:
        named = list(_of_pages(pages, headings))
    for url in _names(fields, "url"):
        page = _page(url, page_at)
        anchor = unquote(urlsplit(url).fragment)
        named.append((page, _section(page, anchor) if anchor else None))
    if not named:
        raise _BadLineError("there is neither page nor url to say where the answer stands")
    on = fields.get("on")
    return Question(
        text=text.strip(),
        pages=tuple(dict.fromkeys(page.path for page, _ in named)),
        sections=_apart([addresses(page, section) for page, section in named if section is not None]),
        wanted=tuple(section.url if section else page.url for page, section in named),
        on=_page(on, page_at) if isinstance(on, str) else None,
        is_draft=fields.get("draft") is True,
        line=number,
    )


def _names(fields: dict[str, Any], name: str) -> list[str]:
    value = fields.get(name, [])
    found: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
    if any(not isinstance(one, str) or not one.strip() for one in found):
        raise _BadLineError(f"{name} is neither a text nor a list of texts")
    return [one.strip() for one in found]


def _page(name: str, page_at: PageAt) -> Page:
    page = page_at(name)
    if page is None:
        raise _BadLineError(f"no page of the book is {name!r}; `bookside outline` lists them")
    return page


def _of_pages(pages: Sequence[Page], names: Sequence[str]) -> Iterator[tuple[Page, Section | None]]:
    """The sections with these names, each on one page or more of ``pages``."""
    for name in names:
        found = [(page, section) for page in pages if (section := _find(page, name)) is not None]
        if not found:
            raise _BadLineError(f"{', '.join(page.path for page in pages) or 'no page'} has no section {name!r}")
        yield from found


def _section(page: Page, name: str) -> Section:
    section = _find(page, name)
    if section is None:
        raise _BadLineError(f"{page.path} has no section {name!r}")
    return section


def _find(page: Page, name: str) -> Section | None:
    """The section with this anchor, or else the first with this heading, or with this path of headings."""
    wanted = _plain(name)
    by_anchor = (section for section in page.sections if section.anchor and section.anchor == name.removeprefix("#"))
    by_words = (
        section for section in page.sections if wanted in (_plain(section.heading), _plain(" › ".join(section.path)))
    )
    return next(by_anchor, None) or next(by_words, None)


def _apart(sections: Sequence[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Without the sections that lie in another one."""
    distinct = list(dict.fromkeys(sections))
    return tuple(one for one in distinct if not any(one < other for other in distinct))


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def addresses(page: Page, section: Section) -> frozenset[str]:
    """The addresses of ``section`` and of the sections below it."""
    found = {section.url}
    after = page.sections[page.sections.index(section) + 1 :]
    for other in after:
        if other.level <= section.level:
            break
        found.add(other.url)
    return frozenset(found)
