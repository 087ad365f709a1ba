"""The only place that knows the addresses of MyST's own tools (``myst.yml``): names of pages, and ids of headings."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

MAX_NAME_CHARS = 50


def page_name(stem: str) -> str:
    """A page's last segment: ``my-page`` for the file ``01_My page.md``."""
    bare = stem if re.match(r"[12][0-9]{3}(?:[^0-9]|$)|[0-9]{5}", stem) else re.sub(r"^[0-9_.-]+", "", stem) or stem
    name = re.sub(r"[^a-z0-9-]+", "-", bare.replace("&", " and ").lower())
    return re.sub(r"-{2,}", "-", name).removeprefix("-").removesuffix("-")[:MAX_NAME_CHARS]


def page_addresses(names: Iterable[str], *, folders: bool) -> dict[str, str]:
    """Addresses below the site's base of documents in reading order; the first is the front page.

    Args:
        folders: Whether addresses have the folders of the files.
    """
    made: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for name in names:
        if not made:
            made[name] = ""
            seen["index"] += 1
            continue
        parts = [page_name(part) for part in (name.split("/") if folders else name.split("/")[-1:])]
        slug = "/".join(part for part in parts if part)
        is_index = slug.endswith("/index")
        key = slug.removesuffix("/index") if is_index else slug
        seen[key] += 1
        made[name] = key if seen[key] == 1 else f"{key}-{seen[key] - 1}"
    return made


class MystIds:
    """Ids of one page's headings, in the order in which they are asked for.

    Args:
        explicit: Names that the author gave to something on the page.
    """

    def __init__(self, explicit: Iterable[str]) -> None:
        self._explicit = frozenset(explicit)
        self._seen: set[str] = set()
        self._is_first = True

    def of(self, node: Any, words: str) -> str | None:
        """The id of a heading; ``None`` for the page's title, which the site shows elsewhere."""
        label = next((name for name in node.get("names", ()) if name in self._explicit), None)
        is_title = self._is_first and label is None
        self._is_first = False
        if is_title:
            return None
        made = html_id(label or words)
        number, unique = 0, made
        while unique in self._seen:
            number += 1
            unique = f"{made}-{number}"
        self._seen.add(unique)
        return unique or None


def html_id(words: str) -> str:
    """What MyST makes of a label or of a heading's words."""
    plain = re.sub(r"['‘’\"“”]+", "", " ".join(words.split())).lower()
    made = re.sub(r"^([0-9-])", r"id-\1", re.sub(r"[^a-z0-9-]", "-", plain))
    return re.sub(r"-{2,}", "-", made).strip("-")
