"""Folders of large, mostly empty files: copied without their holes, and checked."""

import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BLOCK_BYTES = 64 * 1024
FLUSHED_AT_ONCE = 16
"""Each flush waits for the disk, and many that wait together wait hardly longer than one."""

FileMarks = dict[str, list[int]]
"""Path below the folder → [size in bytes, checksum]."""


class DamagedFilesError(Exception):
    """A folder does not hold what was written there; the message names the file."""


def mark_files(folder: Path, names: Iterable[str] | None = None) -> FileMarks:
    """Size and checksum of every file below ``folder``, or of these; each is flushed to the disk first."""
    if names is None:
        names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    files = {name: folder / name for name in sorted(names)}
    with ThreadPoolExecutor(FLUSHED_AT_ONCE, thread_name_prefix="bookside-flush") as threads:
        return dict(zip(files, threads.map(_flushed_mark, files.values()), strict=True))


def are_as_marked(folder: Path, marks: Mapping[str, list[int]]) -> bool:
    """Whether the files of ``marks`` are all there, as they were marked."""
    for name, (size, checksum) in marks.items():
        try:
            with (folder / name).open("rb") as source:
                found = os.fstat(source.fileno()).st_size, _checksum(source.fileno())
        except FileNotFoundError:
            return False
        if found != (size, checksum):
            return False
    return True


def copy_files(source: Path, target: Path, marks: Mapping[str, list[int]]) -> None:
    """Copy the files of ``marks`` into the new folder ``target``, checking each on the way.

    Raises:
        DamagedFilesError: A file is missing, or is not what was marked.
    """
    for name, (size, checksum) in marks.items():
        to = target / name
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            found = _copy(source / name, to)
        except FileNotFoundError as error:
            raise DamagedFilesError(f"{source / name} is missing") from error
        if found != (size, checksum):
            raise DamagedFilesError(f"{source / name} is not as it was written")


def remove_folder(folder: Path) -> None:
    """Make ``folder`` disappear at once, then free its files; fine if it is gone or being removed by another."""
    gone = folder.with_name(f".removed-{folder.name}-{os.getpid()}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Flush the names in ``folder`` to the disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flushed_mark(file: Path) -> list[int]:
    with file.open("rb") as source:
        os.fsync(source.fileno())
        return [os.fstat(source.fileno()).st_size, _checksum(source.fileno())]


def _copy(source: Path, target: Path) -> tuple[int, int]:
    checksum = 0
    with source.open("rb") as reading, target.open("wb") as writing:
        size = os.fstat(reading.fileno()).st_size
        writing.truncate(size)
        for offset, block in _filled_blocks(reading.fileno()):
            checksum = _add(checksum, offset, block)
            writing.seek(offset)
            writing.write(block)
    return size, checksum


def _checksum(handle: int) -> int:
    checksum = 0
    for offset, block in _filled_blocks(handle):
        checksum = _add(checksum, offset, block)
    return checksum


def _add(checksum: int, offset: int, block: bytes) -> int:
    return zlib.crc32(block, zlib.crc32(offset.to_bytes(8, "little"), checksum))


def _filled_blocks(handle: int) -> Iterator[tuple[int, bytes]]:
    """The aligned blocks of a file that are not all zero, with their offsets; holes are not read."""
    empty = bytes(BLOCK_BYTES)
    size = os.fstat(handle).st_size
    offset = 0
    while offset < size:
        offset = _next_data(handle, offset, size)
        os.lseek(handle, offset, os.SEEK_SET)
        block = os.read(handle, BLOCK_BYTES)
        if not block:
            return
        if block != empty[: len(block)]:
            yield offset, block
        offset += BLOCK_BYTES


def _next_data(handle: int, offset: int, size: int) -> int:
    """The first block boundary at or past ``offset`` whose block may hold data; ``size`` if there is none."""
    if not hasattr(os, "SEEK_DATA"):
        return offset
    try:
        data = os.lseek(handle, offset, os.SEEK_DATA)
    except OSError:  # nothing but a hole up to the end
        return size
    return data - data % BLOCK_BYTES
