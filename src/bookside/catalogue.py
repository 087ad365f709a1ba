"""The only place that knows which books a server with several has: some folders, or a file that lists them.

The file is TOML::

    [[books]]
    folder = "guide/2.0/de"
    book = "guide"
    version = "2.0"
    locale = "de"

Books with the same ``book`` are editions of one book: its versions and its locales.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bookside.book.model import BookKind
from bookside.errors import Rejected

NO_ID = re.compile(r"[^a-z0-9._-]+")
PLAIN_FOLDERS = {"docs", "book", "src", "content"}

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntry:
    """One book of a server, or one edition of a book: each has pages, an index and an address of its own.

    Args:
        id: Names it in requests, and its collection.
        book: What it shares with the other editions of the same book, and with nothing else.
        base_url: ``None`` for what the site's configuration says.
        all_editions: Whether it stands for every version of its site in every language.
    """

    id: str
    book: str
    folder: Path
    version: str | None = None
    locale: str | None = None
    title: str | None = None
    kind: BookKind | None = None
    site_url: str | None = None
    base_url: str | None = None
    all_editions: bool = False

    def of_edition(self, version: str | None, locale: str | None) -> "BookEntry":
        """The entry of one edition of this site."""
        id = _id("-".join(part for part in (self.id, version, locale) if part))
        return replace(self, id=id, version=version, locale=locale, all_editions=False)


class Listed(BaseModel):
    """A book as the file has it."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    folder: Path
    id: Id | None = None
    book: Id | None = None
    version: Words | None = None
    locale: Words | None = None
    title: Words | None = None
    kind: BookKind | None = None
    site_url: Words | None = None
    base_url: str | None = None
    editions: Literal["all"] | None = None


class Catalogue(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    books: Annotated[list[Listed], Field(min_length=1)]


def read_catalogue(file: Path) -> tuple[BookEntry, ...]:
    """The books that ``file`` lists, in its order; folders are seen from where the file lies.

    Raises:
        Rejected: The file is not there, or is no such list.
    """
    try:
        listed = Catalogue.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise Rejected(f"BOOKSIDE_BOOKS: {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Rejected(f"BOOKSIDE_BOOKS: {file} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"BOOKSIDE_BOOKS: {file} is not TOML: {error}") from error
    except ValidationError as error:
        raise Rejected(f"BOOKSIDE_BOOKS: {file}: {_fault(error)}") from None
    return tuple(_entry(one, file.parent) for one in listed.books)


def books_in(folders: Sequence[Path]) -> tuple[BookEntry, ...]:
    """Each of these folders as a book of its own.

    Raises:
        Rejected: Two of them would have one id.
    """
    return checked([_entry(Listed(folder=folder), Path()) for folder in folders])


def _entry(listed: Listed, where: Path) -> BookEntry:
    folder = where / listed.folder
    book = listed.book or listed.id or _name_of(folder)
    id = listed.id or _id("-".join(part for part in (book, listed.version, listed.locale) if part))
    return BookEntry(
        id=id,
        book=book,
        folder=folder,
        version=listed.version,
        locale=listed.locale,
        title=listed.title,
        kind=listed.kind,
        site_url=listed.site_url,
        base_url=listed.base_url,
        all_editions=listed.editions == "all",
    )


def _name_of(folder: Path) -> str:
    """The folder's name as an id; its parent's, where it is only called ``docs`` or the like."""
    path = folder.resolve()
    return _id(path.parent.name if path.name.lower() in PLAIN_FOLDERS and path.parent.name else path.name)


def _id(name: str) -> str:
    return NO_ID.sub("-", name.lower()).strip("-._")[:100] or "book"


def checked(entries: Sequence[BookEntry]) -> tuple[BookEntry, ...]:
    """The same, if each has an id of its own.

    Raises:
        Rejected: Two have one id.
    """
    twice = _more_than_once(entry.id for entry in entries)
    if twice:
        raise Rejected(f"several books have the id {twice!r}; give each an id of its own in BOOKSIDE_BOOKS")
    return tuple(entries)


def _more_than_once(names: Iterable[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)


def _fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"
