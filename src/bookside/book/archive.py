"""The only place that opens zip archives, as EPUB and DOCX files are: nothing in one may fill the memory or lead out.

What an archive says of its sizes is not believed: files are unpacked up to a limit, and no further.
"""

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from lxml import etree

from bookside.book.files import below
from bookside.errors import BookError

MAX_ARCHIVE_BYTES = 512 * 1024 * 1024
MAX_ENTRIES = 20_000
MAX_MEMBER_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
SMALL_BYTES = 1024 * 1024
"""What unpacks to no more than this may be packed as tightly as it likes."""

READ_BYTES = 1024 * 1024
SUFFIXES = frozenset({".epub", ".docx"})
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    RuntimeError,
)
"""What the archive's module raises at a file that is broken."""


class Archive:
    """A zip archive that is read within limits; names are paths below it, with ``/``."""

    def __init__(self, opened: zipfile.ZipFile, path: str) -> None:
        self._zip = opened
        self._path = path
        self._unpacked = 0
        entries = opened.infolist()
        if len(entries) > MAX_ENTRIES:
            raise BookError(path, 0, f"the archive has over {MAX_ENTRIES:,} files")
        self._entries = {entry.filename: entry for entry in entries if is_plain(entry.filename)}

    @property
    def names(self) -> list[str]:
        """The files in it whose names lead nowhere else."""
        return list(self._entries)

    def has(self, name: str) -> bool:
        """Whether it has the file ``name``."""
        return name in self._entries

    def read(self, name: str) -> bytes:
        """What the file ``name`` holds.

        Raises:
            BookError: There is none, it is protected or broken, or it unpacks to more than it may.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise BookError(f"{self._path}/{name}", 0, "there is no such file in the archive")
        if entry.flag_bits & 1:
            raise BookError(self._path, 0, "it is protected by a password; save it without one")
        made = bytearray()
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(READ_BYTES):
                    made += piece
                    self._unpacked += len(piece)
                    self._check(name, len(made), entry.compress_size)
        except BROKEN as error:
            raise BookError(f"{self._path}/{name}", 0, f"the archive is broken: {error}") from error
        return bytes(made)

    def _check(self, name: str, size: int, packed: int) -> None:
        if size > MAX_MEMBER_BYTES or self._unpacked > MAX_UNPACKED_BYTES:
            raise BookError(f"{self._path}/{name}", 0, "it unpacks to more than a book may hold")
        if size > SMALL_BYTES and size > MAX_RATIO * max(packed, 1):
            raise BookError(f"{self._path}/{name}", 0, "it is packed so tightly that it seems to be a trap")


def is_plain(name: str) -> bool:
    """Whether a name is a path of a file that stays below the archive."""
    if not name or name.startswith("/") or name.endswith("/") or "\\" in name or "\0" in name:
        return False
    return ".." not in name.split("/")


@contextmanager
def opened_archive(data: bytes, path: str) -> Generator[Archive]:
    """The archive in ``data``.

    Raises:
        BookError: It is none.
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise BookError(path, 0, f"the archive is broken: {error}") from error
    with opened:
        yield Archive(opened, path)


def parsed_xml(data: bytes, path: str) -> etree._Element:  # pyright: ignore[reportPrivateUsage]
    """An XML document, of which nothing is fetched and no entity is filled in.

    Raises:
        BookError: It is no XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BookError(path, 1, f"broken XML: {error}") from error
    if root is None:  # pyright: ignore[reportUnnecessaryComparison] - what recover makes of no element at all
        raise BookError(path, 1, "there is no XML in it")
    return root


def split_member(root: Path, name: str) -> tuple[Path, str] | None:
    """The archive below ``root`` that ``name`` leads into, and the rest of the name; ``None`` where there is none.

    Args:
        root: The book's folder, or the archive itself, which is then the first segment of ``name``.
    """
    segments = name.split("/")
    for end in range(1, len(segments)):
        if not segments[end - 1].lower().endswith(tuple(SUFFIXES)):
            continue
        outer, inner = "/".join(segments[:end]), "/".join(segments[end:])
        file = (root if root.name == outer else None) if root.is_file() else below(root, outer)
        if file is not None and file.is_file():
            return file, inner
    return None


def member(root: Path, name: str) -> bytes | None:
    """A file in an archive of the book; ``None`` where there is none, or where it cannot be read."""
    found = split_member(root, posixpath.normpath(name))
    if found is None:
        return None
    file, inner = found
    stat = file.stat()
    if stat.st_size > MAX_ARCHIVE_BYTES or inner not in _names(file, stat.st_mtime_ns):
        return None
    try:
        with zipfile.ZipFile(file) as opened:
            return Archive(opened, file.name).read(inner)
    except (BookError, *BROKEN):
        return None  # as for any file that a page names and the book does not have


@lru_cache(maxsize=20)
def _names(file: Path, _changed_ns: int) -> frozenset[str]:
    try:
        with zipfile.ZipFile(file) as opened:
            return frozenset(Archive(opened, file.name).names)
    except (BookError, *BROKEN):
        return frozenset()
