"""The agent's instructions: a file that an author can replace."""

from importlib.resources import files
from pathlib import Path

from bookside.errors import Rejected


def read_instructions(file: Path | None, book: str) -> str:
    """The instructions in ``file``, or the ones that come with Bookside; ``{book}`` stands for the book's title.

    Raises:
        Rejected: The file cannot be read.
    """
    if file is None:
        text = (files("bookside.chat") / "instructions.md").read_text("utf-8")
    else:
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Rejected(f"BOOKSIDE_INSTRUCTIONS: {file} cannot be read as text") from error
    return text.replace("{book}", book)
