"""The only place where images of a rendered page get what keeps it still: their size, and words for missing ones."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape

DIGITS = re.compile(r"[0-9]{1,5}")
ATTRIBUTE = re.compile(r' (?P<name>[\w:-]+)="(?P<value>[^"]*)"')
IMAGE = re.compile(r'<img(?P<attributes>(?: [\w:-]+="[^"]*")*) ?/?>')


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file of the book; a side is 0 where it is not known."""

    width: int = 0
    height: int = 0


Look = Callable[[str], Picture | None]
"""The image at an address of this site; ``None`` where there is none, though the address is of this site."""


def settled(html: str, look: Look) -> str:
    """``html``, as the cleaner wrote it, with images that keep their place while they load.

    Args:
        html: With attributes in double quotes, as ``nh3`` writes them.
    """
    return IMAGE.sub(lambda found: _settled(found["attributes"], look), html)


def _settled(source: str, look: Look) -> str:
    attributes = {found["name"]: found["value"] for found in ATTRIBUTE.finditer(source)}
    alt = attributes.setdefault("alt", "")
    address = unescape(attributes.get("src", ""))
    picture = look(address)
    if picture is None:
        return f'<span class="no-picture">{alt or escape(address.rpartition("/")[2])}</span>'
    if picture.width and picture.height:
        attributes |= _size(attributes, picture)
    attributes |= {"loading": "lazy", "decoding": "async"}
    return "<img" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"


def _size(attributes: dict[str, str], picture: Picture) -> dict[str, str]:
    """Width and height; the author's own count, and one of them alone keeps the picture's shape."""
    width, height = attributes.get("width", ""), attributes.get("height", "")
    if width and height:
        return {}
    if DIGITS.fullmatch(width):
        return {"height": str(round(int(width) * picture.height / picture.width))}
    if DIGITS.fullmatch(height):
        return {"width": str(round(int(height) * picture.width / picture.height))}
    return {} if width or height else {"width": str(picture.width), "height": str(picture.height)}
