"""Chunks for the tests of the index and of search, made by hand."""

import uuid
from collections.abc import Sequence

from bookside.book.model import Chapter, Chunk, Lesson, Page, Part, Section

TOPICS = (
    "The reality gap is the difference between a simulation and the world.",
    "A sensor measures something, and an actuator moves something.",
    "Nodes talk to each other over named topics.",
    "Gradient descent walks down the slope of the loss.",
    "Irrigation waters the field when the soil is dry.",
    "A camera sees ripe fruit by its colour.",
)


def page(
    path: str = "1-basics/intro.md", *, chapter: int | None = 1, order: int = 0, site: str = "https://b.org"
) -> Page:
    slug = path.rpartition("/")[2].removesuffix(".md")
    return Page(
        path=path,
        url=f"{site}/{path.removesuffix('.md')}",
        title=slug.title(),
        order=order,
        part=Part(number=1, title="Part one", slug="part-one") if chapter else None,
        chapter=Chapter(number=chapter, title=f"Chapter {chapter}", slug=f"chapter-{chapter}") if chapter else None,
        lesson=Lesson(slug=slug, title=slug.title()) if chapter else None,
        markdown="",
        sections=(),
    )


def chunk(text: str, *, on: Page | None = None, heading: str = "Über uns: 机器人 🤖", order: int = 0) -> Chunk:
    on = on or page()
    section = Section(
        heading=heading,
        level=2,
        anchor="about",
        url=f"{on.url}#about",
        path=(on.title, heading),
        markdown=text,
        line=3,
    )
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{on.path}#{order}{text}"))
    return Chunk(id=id, page=on, section=section, text=text, tokens=len(text.split()), order=order)


def chunks_of(*pages: tuple[Page, Sequence[str]]) -> list[Chunk]:
    """Chunks with these texts on these pages; the place on the page is part of the id, as in a real book."""
    made: list[Chunk] = []
    for on, texts in pages:
        made += [chunk(text, on=on, order=len(made) + place) for place, text in enumerate(texts)]
    return made
