"""The only place that knows the list of a crawled site's pages, which lies beside them: written by a crawl, read as a
book."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast

from bookside.book.files import read_text
from bookside.book.json_values import without_halves
from bookside.errors import BookError

MANIFEST = "bookside-crawl.json"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A page as it was fetched.

    Args:
        url: Its address, without a fragment.
        file: Below the folder.
        charset: What the server said of its encoding.
        etag: By which the server knows this state of the page.
        modified: When it was last changed, in the server's words.
        run: The crawl that has seen it last.
    """

    url: str
    file: str
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None
    run: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The pages of a site.

    Args:
        start: Where the crawl began; every page's address begins with its folder.
        run: Counts the crawls.
        is_finished: Whether the last crawl came to its end; the next one goes on with it otherwise.
    """

    start: str
    pages: tuple[Crawled, ...] = ()
    run: int = 1
    is_finished: bool = False

    def by_url(self) -> dict[str, Crawled]:
        """The pages by their addresses."""
        return {page.url: page for page in self.pages}


def read_manifest(folder: Path) -> Manifest | None:
    """The list in ``folder``; ``None`` where there is none.

    Raises:
        BookError: It is broken.
    """
    if not (folder / MANIFEST).is_file():
        return None
    try:
        values = without_halves(json.loads(read_text(folder, MANIFEST, is_written=False)))
        if values.get("version") != VERSION:
            raise BookError(MANIFEST, 0, "another version of Bookside wrote it: crawl the site into a new folder")
        pages = tuple(_page(page) for page in cast("Sequence[Mapping[str, Any]]", values["pages"]))
        return Manifest(
            start=str(values["start"]),
            pages=pages,
            run=int(values["run"]),
            is_finished=values["is_finished"] is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BookError(MANIFEST, 1, "it is broken: crawl the site into a new folder") from error


def _page(values: Mapping[str, Any]) -> Crawled:
    known = {field.name for field in fields(Crawled)}
    made = Crawled(**{name: value for name, value in values.items() if name in known})
    if not isinstance(made.url, str) or not isinstance(made.file, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("a page has an address and a file")
    if not made.file.startswith("pages/") or ".." in made.file.split("/"):
        raise ValueError("a page's file lies below the folder")
    return made


def manifest_json(manifest: Manifest) -> str:
    """The list as it is written."""
    return json.dumps({"version": VERSION, **asdict(manifest)}, ensure_ascii=False, indent=1)
