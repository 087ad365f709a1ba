"""The only place for the rules by which Docusaurus makes ids and addresses from the names of files."""

import re
from pathlib import PurePosixPath

from bookside.book.address import resolved

LIKE_A_DATE_OR_VERSION = re.compile(r"^\d+[-_.]\d+", re.ASCII)
NUMBERED = re.compile(r"^(?P<number>\d+)\s*[-_.]+\s*(?P<name>[^-_.\s].*)$", re.ASCII)
INDEX_NAMES = frozenset({"index", "readme"})


def number_and_name(name: str) -> tuple[int | None, str]:
    """``(1, "intro")`` for ``01-intro``; dates and versions, such as ``2021-11-news`` and ``7.0-notes``, stay whole."""
    found = None if LIKE_A_DATE_OR_VERSION.match(name) else NUMBERED.match(name)
    return (int(found["number"]), found["name"]) if found else (None, name)


def plain_path(path: str) -> str:
    """``path`` with the numbers taken off each of its names."""
    return "/".join(number_and_name(name)[1] for name in path.split("/"))


def is_category_index(file: str) -> bool:
    """Whether the page is its folder's own: ``index``, ``readme``, or named as the folder."""
    path = PurePosixPath(file)
    stem = path.stem.lower()
    return stem in INDEX_NAMES or stem == path.parent.name.lower()


def slug_of_document(file: str, base_id: str, *, slug: str | None, strips_numbers: bool) -> str:
    """The page's address below its set of documents.

    Args:
        file: Below the folder of documents.
        base_id: The front matter's ``id``, or the file's name.
        slug: The front matter's.
    """
    if slug and slug.startswith("/"):
        return slug
    folder = PurePosixPath(file).parent.as_posix()
    folder = "/" if folder == "." else f"/{plain_path(folder) if strips_numbers else folder}/"
    if not slug and is_category_index(file):
        return folder
    return resolved(slug or base_id, folder)
