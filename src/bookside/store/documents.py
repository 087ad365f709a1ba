"""The only place where ChatKit's values become JSON text and come back equal.

The text is ASCII: whatever a database refuses (U+0000, lone surrogates) is an escape in it. Instants keep their
microseconds, and their offset or lack of one.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from chatkit.types import Attachment, ThreadItem, ThreadMetadata, WidgetItem
from pydantic import TypeAdapter
from pydantic_core import from_json, to_jsonable_python

from bookside.errors import Rejected
from bookside.store.widgets import from_plain, to_plain

THREAD = TypeAdapter(ThreadMetadata)
ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
ATTACHMENT: TypeAdapter[Attachment] = TypeAdapter(Attachment)

Value = TypeVar("Value")


def write_thread(thread: ThreadMetadata) -> str:
    """The thread without its items, as JSON text.

    Raises:
        Rejected: Its metadata holds what JSON cannot.
    """
    return _write("thread", thread.id, lambda: THREAD.dump_python(thread, include=set(ThreadMetadata.model_fields)))


def read_thread(document: str) -> ThreadMetadata:
    """The thread that ``write_thread`` was given."""
    return THREAD.validate_python(_read(document))


def write_item(item: ThreadItem) -> str:
    """The whole item as JSON text.

    Raises:
        Rejected: It holds what JSON cannot: a set, a loop, a number of thousands of digits.
    """

    def fields() -> dict[str, Any]:
        if isinstance(item, WidgetItem):
            return item.model_dump(exclude={"widget"}) | {"widget": to_plain(item.widget)}
        return item.model_dump()

    return _write("item", item.id, fields)


def read_item(document: str) -> ThreadItem:
    """The item that ``write_item`` was given."""
    fields = _read(document)
    if fields["type"] == "widget":
        fields["widget"] = from_plain(fields["widget"])
    return ITEM.validate_python(fields)


def write_attachment(attachment: Attachment) -> str:
    """The attachment as JSON text, with the metadata and upload instructions that answers leave out."""
    return _write("attachment", attachment.id, attachment.model_dump)


def read_attachment(document: str) -> Attachment:
    """The attachment that ``write_attachment`` was given."""
    return ATTACHMENT.validate_python(_parse(document))


def _write(kind: str, id: str, fields: Callable[[], object]) -> str:
    try:
        return json.dumps(fields(), default=_scalar, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise Rejected(f"{kind} {id!r} cannot be written as JSON: {error}") from error


def _read(document: str) -> dict[str, Any]:
    fields = _parse(document)
    fields["created_at"] = datetime.fromisoformat(fields["created_at"])
    return fields


def _parse(document: str) -> dict[str, Any]:
    try:
        return from_json(document)  # in half the time, but for what it refuses
    except ValueError:  # half a surrogate pair, say
        return json.loads(document)


def _scalar(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else to_jsonable_python(value)
