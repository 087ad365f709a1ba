"""The only place that knows how a widget becomes JSON without losing what ChatKit's own serialiser drops.

ChatKit drops every ``None`` inside a widget, also those in lists and action payloads, and a component read back by
validation may come out as another class than it went in (a ``DynamicWidgetRoot`` that looks like a ``Card``, say).
So each component is written with all its fields and the name of its class, below a key that starts with ``$``.
"""

from datetime import datetime
from typing import Any, cast

from chatkit import actions, widgets
from pydantic import BaseModel

CLASS = "$class"
TIME = "$time"
RESERVED = "$"


def _classes() -> dict[str, type[BaseModel]]:
    found = [*vars(widgets).values(), *vars(actions).values()]
    return {found.__name__: found for found in found if isinstance(found, type) and issubclass(found, BaseModel)}


CLASSES = _classes()


def to_plain(value: object) -> Any:
    """``value`` in dicts, lists and scalars alone, with nothing dropped."""
    if isinstance(value, BaseModel):
        fields = {**vars(value), **(value.__pydantic_extra__ or {})}
        name = next(kind.__name__ for kind in type(value).__mro__ if CLASSES.get(kind.__name__) is kind)
        return {CLASS: name, **_plain_entries(fields)}
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    if isinstance(value, dict):
        return _plain_entries(cast(dict[str, Any], value))
    if isinstance(value, list | tuple):
        return [to_plain(entry) for entry in cast(list[Any], value)]
    return value


def from_plain(value: object) -> Any:
    """The value that ``to_plain`` was given."""
    if isinstance(value, list):
        return [from_plain(entry) for entry in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    entries = cast(dict[str, Any], value)
    if TIME in entries:
        return datetime.fromisoformat(entries[TIME])
    fields = {_unescaped(key): from_plain(entry) for key, entry in entries.items() if key != CLASS}
    if CLASS not in entries:
        return fields
    return _component(CLASSES.get(entries[CLASS], widgets.DynamicWidgetComponent), fields)


def _component(kind: type[BaseModel], fields: dict[str, Any]) -> BaseModel:
    known = {name: value for name, value in fields.items() if name in kind.model_fields}
    component = kind.model_construct(set(known), **known)
    if component.__pydantic_extra__ is not None:
        component.__pydantic_extra__.update({name: value for name, value in fields.items() if name not in known})
    return component


def _plain_entries(entries: dict[str, Any]) -> dict[str, Any]:
    return {_escaped(key): to_plain(entry) for key, entry in entries.items()}


def _escaped(key: str) -> str:
    return RESERVED + key if key.startswith(RESERVED) else key


def _unescaped(key: str) -> str:
    return key.removeprefix(RESERVED)
