"""What an id may be: of a row, and of a reader."""

from bookside.context import Reader
from bookside.errors import Rejected
from bookside.store import extract
from bookside.store.tables import MAX_ID_CHARS


def is_usable(id: str) -> bool:
    """Whether a row can have this id: databases refuse U+0000 and what UTF-8 cannot write."""
    return len(id) <= MAX_ID_CHARS and extract.is_readable(id)


def writable(kind: str, id: str) -> str:
    """``id``, which is to be a row's.

    Raises:
        Rejected: No row can have it.
    """
    if not is_usable(id):
        raise Rejected(f"the {kind}'s id is longer than {MAX_ID_CHARS} characters, or has characters no id may have")
    return id


def reader_id(context: Reader) -> str:
    """The reader's id, as statements take it.

    Raises:
        Rejected: It has characters that no database takes.
    """
    if not extract.is_readable(context.id):
        raise Rejected("the reader's id has characters no id may have")
    return context.id
