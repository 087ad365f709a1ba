"""The only place for parts, chapters and lessons: one rule for every kind of site.

A reader of a site kind gives the book as a tree of groups (folders, categories, sections of a navigation) with pages
as leaves. From it:

* A group with no page of its own that is its parent's only child, such as ``lessons/``, is passed through.
* A group on the first level that holds further groups is a **part**, and those are its **chapters**; pages that are in
  the part itself form a chapter of the part's name. Any other group on the first level is a chapter. What is nested
  deeper belongs to the chapter it is in. A kind may say itself that a group is a part or a chapter (mdBook does).
* Pages on the first level beside groups (a welcome page, a glossary) are in no chapter. In a book with no groups at
  all each page is a chapter, except its front page.
* A chapter's number is the author's own (``2-farm``, ``Chapter 3``) where those are unique in the book; chapters
  without one then take the numbers after the highest. Where they are not unique, chapters are counted from 1.
* Every page is a **lesson**; its slug is the last segment of its address.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from bookside.book.model import Chapter, Dialect, Lesson, Page, Part, Section
from bookside.book.slug import github_slug

PREFIX = re.compile(r"^0*(?P<number>\d{1,4})(?:\s*[-_.:)]+\s*|\s+)(?=\D)")
NAMED = re.compile(
    r"^(?:chapter|chapitre|kapitel|cap[ií]tulo|capitolo|hoofdstuk|глава|module|unit|week|lesson|ch)"
    r"[\s._#-]*0*(?P<number>\d{1,4})(?!\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page that has been read, before it has its place in the book."""

    path: str
    url: str
    title: str
    markdown: str
    sections: tuple[Section, ...]
    dialect: Dialect = "commonmark"
    description: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A page in the tree; ``label`` is its name in the table of contents where that is not its title."""

    page: Source
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pages that belong together.

    Args:
        index: The group's own page, which comes first: a category's link, a folder's ``README.md``.
        number: The author's own, where the kind knows it; otherwise it is looked for in ``slug`` and ``title``.
        role: Given by kinds that name their parts and chapters.
    """

    title: str
    slug: str
    items: tuple["Group | Leaf", ...]
    index: Leaf | None = None
    number: int | None = None
    role: Literal["part", "chapter"] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one page is: the groups that are its part and its chapter."""

    leaf: Leaf
    part: Group | None
    chapter: Group | None


def place(items: Sequence[Group | Leaf], *, front_url: str) -> tuple[Page, ...]:
    """The pages of the tree in reading order, each with its part, chapter and lesson.

    Args:
        front_url: The book's own address; the page that has it is the front page.
    """
    tree = passed_through(items)
    if not any(isinstance(item, Group) for item in tree):
        tree = [item if is_front(item, front_url) else alone(item) for item in tree if isinstance(item, Leaf)]
    places = [found for item in tree for found in placed(item)]
    parts = numbered_parts(places)
    chapters = numbered_chapters(places)
    return tuple(
        Page(
            path=found.leaf.page.path,
            url=found.leaf.page.url,
            title=found.leaf.page.title,
            order=order,
            part=parts[id(found.part)] if found.part else None,
            chapter=chapters[id(found.chapter)] if found.chapter else None,
            lesson=Lesson(slug=lesson_slug(found.leaf.page), title=found.leaf.label or found.leaf.page.title),
            markdown=found.leaf.page.markdown,
            sections=found.leaf.page.sections,
            dialect=found.leaf.page.dialect,
            description=found.leaf.page.description,
            questions=found.leaf.page.questions,
        )
        for order, found in enumerate(places)
    )


def passed_through(items: Sequence[Group | Leaf]) -> list[Group | Leaf]:
    """The tree without empty groups and without groups that only wrap other items."""
    made: list[Group | Leaf] = []
    for item in items:
        if isinstance(item, Leaf):
            made.append(item)
            continue
        inside = passed_through(item.items)
        if len(inside) == 1 and isinstance(inside[0], Group) and inside[0].index is None and inside[0].role is None:
            inside = list(inside[0].items)
        if inside or item.index:
            made.append(replace(item, items=tuple(inside)))
    groups = [item for item in made if isinstance(item, Group)]
    if len(groups) == 1 and groups[0].index is None and groups[0].role is None:
        inner = groups[0].items
        if any(isinstance(item, Group) for item in inner):
            place_of_group = made.index(groups[0])
            made[place_of_group : place_of_group + 1] = inner
    return made


def placed(item: Group | Leaf) -> Iterator[Place]:
    """The pages of one item of the first level."""
    if isinstance(item, Leaf):
        yield Place(item, None, None)
        return
    nested = any(isinstance(inner, Group) for inner in item.items)
    if item.role == "chapter" or not (nested or item.role == "part"):
        for leaf in leaves(item):
            yield Place(leaf, None, item)
        return
    if item.index:
        yield Place(item.index, item, item)
    for inner in item.items:
        if isinstance(inner, Leaf):
            yield Place(inner, item, None if item.role == "part" else item)
        else:
            for leaf in leaves(inner):
                yield Place(leaf, item, inner)


def leaves(group: Group) -> Iterator[Leaf]:
    """All pages of a group, its own first."""
    if group.index:
        yield group.index
    for item in group.items:
        if isinstance(item, Leaf):
            yield item
        else:
            yield from leaves(item)


def is_front(item: Group | Leaf, front_url: str) -> bool:
    """Whether the item is the page at the book's own address."""
    return isinstance(item, Leaf) and item.page.url.rstrip("/") == front_url.rstrip("/")


def alone(leaf: Leaf) -> Group:
    """A page as a chapter of its own."""
    title = leaf.label or leaf.page.title
    stem = PurePosixPath(leaf.page.path).stem
    return Group(
        title=title, slug=lesson_slug(leaf.page), items=(leaf,), number=own_number(stem, title), role="chapter"
    )


def numbered_parts(places: Sequence[Place]) -> dict[int, Part]:
    """Each part by the identity of its group, counted from 1."""
    made: dict[int, Part] = {}
    for found in places:
        if found.part and id(found.part) not in made:
            made[id(found.part)] = Part(number=len(made) + 1, title=found.part.title, slug=found.part.slug)
    return made


def numbered_chapters(places: Sequence[Place]) -> dict[int, Chapter]:
    """Each chapter by the identity of its group, with a number that no other chapter has."""
    groups = {id(found.chapter): found.chapter for found in places if found.chapter}
    own = {key: group.number or own_number(group.slug, group.title) for key, group in groups.items()}
    given = [number for number in own.values() if number]
    if len(given) != len(set(given)):
        own = dict.fromkeys(groups)
        given = []
    free = max(given, default=0)
    made: dict[int, Chapter] = {}
    for key, group in groups.items():
        number = own[key]
        if not number:
            free = number = free + 1
        made[key] = Chapter(number=number, title=group.title, slug=group.slug)
    return made


def own_number(*names: str) -> int | None:
    """The number that the author put into a name: ``2-farm``, ``Chapter 3``, ``3. Water``; 0 counts as none."""
    for name in names:
        found = PREFIX.match(name) or NAMED.match(name)
        if found and int(found["number"]):
            return int(found["number"])
    return None


def lesson_slug(page: Source) -> str:
    """The last segment of the page's address without its extension; the file's name for the page at the root.

    Chapters of a PDF, whose addresses differ in the fragment alone, keep it.
    """
    split = urlsplit(page.url)
    segments = [segment for segment in split.path.split("/") if segment]
    last = unquote(segments[-1]) if segments else PurePosixPath(page.path).name
    if split.fragment:
        return f"{last}#{split.fragment}"
    return re.sub(r"\.(?:html?|mdx?|markdown)$", "", last, flags=re.IGNORECASE)


def readable(name: str) -> str:
    """A folder's or file's name as a title: ``2-soil_moisture`` is ``Soil moisture``."""
    words = re.sub(r"[-_\s]+", " ", PREFIX.sub("", name)).strip() or name
    return words[:1].upper() + words[1:] if words == words.lower() else words


def slug_of(title: str) -> str:
    """A group's slug where it has no folder."""
    return github_slug(title.strip()) or "section"
