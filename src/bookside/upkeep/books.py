"""The books as the assistant has them at hand: each with its title, its instructions and its search."""

from collections.abc import Callable, Sequence
from functools import partial

from bookside.chat.at_hand import BookAtHand
from bookside.chat.instructions import for_book, read_instructions
from bookside.http.shelf import Shelf, Volume
from bookside.index.sparse import language_of
from bookside.library import Library
from bookside.search.editions import Answers, EditionSearch, Finder, answers_in
from bookside.search.model import Passage
from bookside.search.sections import Sections, completed
from bookside.settings import Settings

NO_TITLE = "the book"


def books_at_hand(
    settings: Settings, library: Library, shelf: Shelf | None, *, has_model: bool
) -> Callable[[str | None], BookAtHand]:
    """Gives the book with an id as it is now; the first for ``None``, and for one that the server has no more.

    Args:
        library: Of a server that has read no book, and answers from what is indexed.
        has_model: Whether a language model writes the answers.

    Raises:
        Rejected: The file with the instructions cannot be read.
    """
    template = read_instructions(settings.instructions)

    def book_for(id: str | None) -> BookAtHand:
        if shelf is None:
            return BookAtHand(
                title=NO_TITLE,
                language=library.language,
                instructions=for_book(template, title=NO_TITLE, language=library.language),
                search=library.search,
                is_known_link=lambda _: False,
                is_known_image=lambda _: False,
                is_citable=lambda _: True,
            )
        volume = next((one for one in shelf.volumes if one.id == id), shelf.first)
        return _at_hand(shelf, volume, template, settings.passage_tokens, has_model=has_model)

    return book_for


def _at_hand(shelf: Shelf, volume: Volume, template: str, max_tokens: int, *, has_model: bool) -> BookAtHand:
    others = shelf.others(volume)
    editions = [volume, *others]
    title = volume.printing.book.title
    search: Finder = volume.search
    if others:
        search = EditionSearch((volume.search, answers_in(language_of(volume.language))), lambda: _searches(others))

    def sections_of(edition: str | None) -> Sections:
        of = volume if edition is None else next(one for one in others if name_of(one) == edition)
        return of.printing.sections

    def is_citable(passage: Passage) -> bool:
        return all(id in sections_of(passage.edition) for id in passage.ids)

    return BookAtHand(
        id=volume.id,
        title=title,
        edition=volume.edition,
        language=volume.language,
        other_titles={name_of(one): one.printing.book.title for one in others},
        instructions=for_book(template, title=title, language=volume.language),
        search=search,
        is_known_link=lambda address: any(one.printing.places.contains(address) for one in editions),
        is_known_image=lambda address: any(one.printing.places.has_image(address) for one in editions),
        completed=partial(completed, sections_of=sections_of, max_tokens=max_tokens),
        is_citable=is_citable,
        gives_notice=has_model,
    )


def _searches(volumes: Sequence[Volume]) -> list[tuple[str, Finder, Answers]]:
    return [(name_of(one), one.search, answers_in(language_of(one.language))) for one in volumes]


def name_of(volume: Volume) -> str:
    """What an edition is called to readers of another."""
    return volume.edition or volume.printing.book.title
