"""The only place that opens zip archives, as EPUB and DOCX files are: nothing in one may fill the memory or lead out.

What an archive says of its sizes is not believed: files are unpacked up to a limit, and no further.
"""

import io
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

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

MAX_LISTED_BYTES = 4 * 1024 * 1024
"""The list of ``MAX_ENTRIES`` files takes less."""

READ_BYTES = 1024 * 1024
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""An EPUB has no others; of others, a read of one byte may unpack all there is."""

END = re.compile(rb"(?=PK\x05\x06.{18})", re.DOTALL)
END_OF_64 = b"PK\x06\x07"
MAX_END_BYTES = 98 + 0xFFFF
"""The records at the end of an archive, and a comment."""

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
        self.leads_out = any(not entry.is_dir() and entry.filename not in self._entries for entry in entries)
        """Whether it has files whose names are not plain."""

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
            BookError: There is none, it is protected, broken or packed in an unusual way, or it unpacks to more than
                it may.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise BookError(f"{self._path}/{name}", 0, "there is no such file in the archive")
        if entry.flag_bits & 1:
            raise BookError(self._path, 0, "it is protected by a password; save it without one")
        if entry.compress_type not in PACKINGS:
            raise BookError(f"{self._path}/{name}", 0, "it is packed in a way that books are not: zip it anew")
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
def opened_archive(source: bytes | Path, path: str) -> Generator[Archive]:
    """The archive in ``source``.

    Raises:
        BookError: It is none, or its list of files is too long to be read.
    """
    try:
        file = source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
    except OSError as error:
        raise BookError(path, 0, f"the file cannot be opened: {error.strerror}") from error
    with file:
        try:
            if listed_bytes(file) > MAX_LISTED_BYTES:
                raise BookError(path, 0, f"the archive's list of files is over {MAX_LISTED_BYTES // 2**20} MB")
            opened = zipfile.ZipFile(file)
        except BROKEN as error:
            raise BookError(path, 0, f"the archive is broken: {error}") from error
        with opened:
            yield Archive(opened, path)


def listed_bytes(file: BinaryIO) -> int:
    """How long the list of files is, as the archive's end says: all of it is read when the archive is opened.

    Where several records look like the end, the one that tells of the longest list counts.
    """
    file.seek(max(file.seek(0, io.SEEK_END) - MAX_END_BYTES, 0))
    end = file.read()
    sizes = [0]
    for found in END.finditer(end):
        at = found.start()
        sizes += struct.unpack_from("<I", end, at + 12)
        if at >= 76 and end.startswith(END_OF_64, at - 20):  # then the number of 64 bits counts
            sizes[-1:] = struct.unpack_from("<Q", end, at - 36)
    return max(sizes)


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
        with opened_archive(file, file.name) as archive:
            return archive.read(inner)
    except BookError:
        return None  # as for any file that a page names and the book does not have


@lru_cache(maxsize=20)
def _names(file: Path, _changed_ns: int) -> frozenset[str]:
    try:
        with opened_archive(file, file.name) as archive:
            return frozenset(archive.names)
    except BookError:
        return frozenset()
