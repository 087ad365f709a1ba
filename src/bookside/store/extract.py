"""The readable columns beside each document: for people who look with SQL, never read back by the store."""

import json
import math
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

REPLACEMENT = "\ufffd"
ROLES = {"user_message": "user", "assistant_message": "assistant"}


class Readable(NamedTuple):
    """What an item's document says, for SQL.

    Args:
        role: Who speaks, for the two kinds of message.
        content: The words of a message, its parts on lines of their own.
        sources: What an answer cites, in the order of its annotations.
    """

    role: str | None
    content: str | None
    sources: list[Any] | None


def of_item(document: str) -> Readable:
    """The extract of an item; all ``None`` for whatever is not a message."""
    item = json.loads(document)
    role = ROLES.get(item["type"])
    if role is None:
        return Readable(None, None, None)
    parts = item["content"]
    cited = [note["source"] for part in parts for note in part.get("annotations", ())]
    words = readable("\n".join(part["text"] for part in parts))
    return Readable(role, words, readable(cited) if role == "assistant" else None)


def metadata_of_thread(document: str) -> dict[str, Any]:
    """The thread's metadata, for JSONB."""
    return readable(json.loads(document)["metadata"])


def instant(moment: datetime) -> datetime:
    """``moment`` in UTC; one without an offset is local time, as ChatKit makes them."""
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=UTC)


def is_readable(text: str) -> bool:
    """Whether ``readable`` would leave ``text`` as it is."""
    return readable(text) == text


def readable(value: Any) -> Any:
    """``value`` with all that PostgreSQL's TEXT and JSONB refuse replaced."""
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:
            return value
        return value.replace("\0", REPLACEMENT).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {readable(key): readable(entry) for key, entry in cast(dict[str, Any], value).items()}
    if isinstance(value, list):
        return [readable(entry) for entry in cast(list[Any], value)]
    return value
