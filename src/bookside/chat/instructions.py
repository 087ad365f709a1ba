"""The agent's instructions: a file that an author can replace."""

from importlib.resources import files
from pathlib import Path

from bookside.errors import Rejected
from bookside.index.sparse import LANGUAGES

UNKNOWN_LANGUAGE = "the language of its passages"


def read_instructions(file: Path | None) -> str:
    """The instructions in ``file``, or the ones that come with Bookside; see ``for_book``.

    Raises:
        Rejected: The file cannot be read.
    """
    if file is None:
        return (files("bookside.chat") / "instructions.md").read_text("utf-8")
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected(f"BOOKSIDE_INSTRUCTIONS: {file} cannot be read as text") from error


def for_book(instructions: str, *, title: str, language: str | None) -> str:
    """The instructions with a book's title for ``{book}``, and the name of its language for ``{language}``.

    Args:
        language: Its tag; ``None`` where nobody says it.
    """
    return instructions.replace("{language}", language_name(language)).replace("{book}", title)


def language_name(tag: str | None) -> str:
    """What a language is called in instructions, as in ``German (de-AT)``."""
    if tag is None:
        return UNKNOWN_LANGUAGE
    name = LANGUAGES.get(tag.replace("_", "-").partition("-")[0].lower())
    return f"{name.title()} ({tag})" if name else f"the language with the tag {tag}"
