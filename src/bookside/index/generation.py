"""The folder of one collection: numbered generations, and which of them is current.

::

    <data>/<collection>/
    ├── CURRENT.json      names the generation that readers use; replaced in one step
    ├── gen-<n>/          a finished shard; never opened, only copied; the current one and the one before it are kept
    │   └── stamps.json   what tells whether a chunk in it is still right; the engine knows nothing of this file
    ├── building-<…>/     the next one, while an indexer is at work
    ├── open/<…>/         one private copy per process that searches, with a lock file beside it
    └── indexing.lock     held by the one indexer at work

The engine rewrites small files whenever it loads a shard, which is why nobody opens a published one.
"""

import json
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bookside.errors import Unavailable
from bookside.index.files import (
    DamagedFilesError,
    FileMarks,
    are_as_marked,
    copy_files,
    mark_files,
    remove_folder,
    sync_folder,
)
from bookside.index.payload import Stamp

FORMAT = 3
"""Raised whenever generations of an older Bookside can no longer be read: the index is then made anew."""

STAMPS = "stamps.json"

GENERATION = re.compile(r"gen-(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What ``CURRENT.json`` says.

    Args:
        words: Name of the sparse vectors' model.
        files: Size and checksum of every file of the generation.
        contents: See ``Generation.contents``.
        layout: See ``payload.LAYOUT``.
    """

    format: int
    generation: int
    embedder: str
    vector_size: int
    words: str
    chunks: int
    indexed_at: str
    files: FileMarks
    contents: str = ""
    layout: int = 0

    @property
    def engine_files(self) -> FileMarks:
        """Those of ``files`` that the engine wrote."""
        return {name: mark for name, mark in self.files.items() if name != STAMPS}


@dataclass(frozen=True, slots=True)
class OpenCopy:
    """A private copy of a generation; its ``lock`` tells other processes that it is in use."""

    path: Path
    lock: FileLock

    def remove(self) -> None:
        """Give the disk back."""
        shutil.rmtree(self.path, ignore_errors=True)
        lock_file = Path(self.lock.lock_file)
        self.lock.release()
        lock_file.unlink(missing_ok=True)


class Generations:
    """The generations of one collection below one folder. Synchronous; short calls, but for the copies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the collection lies."""
        return self._folder

    @property
    def manifest_file(self) -> Path:
        """The file that names the current generation."""
        return self._folder / "CURRENT.json"

    def seen(self) -> tuple[int, int] | None:
        """Changes whenever another generation becomes current; ``None`` when there is none. Costs microseconds."""
        try:
            stat = self.manifest_file.stat()
        except FileNotFoundError:
            return None
        return stat.st_ino, stat.st_mtime_ns

    def manifest(self) -> Manifest | None:
        """The current generation; ``None`` when none was ever published, or only by another format.

        Raises:
            Unavailable: The manifest is damaged.
        """
        try:
            content = json.loads(self.manifest_file.read_bytes())
            if content["format"] != FORMAT:
                return None
            return Manifest(**content)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError) as error:
            raise self.damaged(f"{self.manifest_file} is not as it was written") from error

    def damaged(self, what: str) -> Unavailable:
        """The error for a generation that cannot be used."""
        return Unavailable("index", f"{what}; index the book again to make it anew")

    def open_copy(self, manifest: Manifest) -> OpenCopy:
        """A private copy of the generation, for one reader; leftovers of dead processes are removed on the way.

        Raises:
            DamagedFilesError: The generation is not what was published, or is gone.
        """
        readers = self._folder / "open"
        readers.mkdir(exist_ok=True)
        with FileLock(readers / "opening.lock"):
            _remove_abandoned(readers)
            name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
            lock = FileLock(readers / f"{name}.lock", thread_local=False)
            lock.acquire()
        copy = OpenCopy(readers / name, lock)
        try:
            copy_files(self._published(manifest.generation), copy.path, manifest.engine_files)
        except (DamagedFilesError, OSError):
            copy.remove()
            raise
        return copy

    def new_folder(self) -> Path:
        """A name for the next generation while it is built; the caller holds the indexer's lock."""
        return self._folder / f"building-{uuid.uuid4().hex[:8]}"

    def is_whole(self, manifest: Manifest) -> bool:
        """Whether the generation is what was published."""
        return are_as_marked(self._published(manifest.generation), manifest.files)

    def stamps(self, manifest: Manifest) -> dict[str, Stamp]:
        """The stamp of every chunk and page in the generation, by its id.

        Raises:
            DamagedFilesError: They are not what was published, or an older Bookside published none.
        """
        folder, mark = self._published(manifest.generation), manifest.files.get(STAMPS)
        if mark is None or not are_as_marked(folder, {STAMPS: mark}):
            raise DamagedFilesError(f"{folder / STAMPS} is not as it was written")
        rows = json.loads((folder / STAMPS).read_bytes())
        return {id: Stamp(*stamp) for id, *stamp in rows}

    def write_stamps(self, building: Path, stamps: Mapping[str, Stamp]) -> FileMarks:
        """Add the stamps to a generation that is finished but for them."""
        rows = [(id, one.text_hash, one.content_hash, one.is_page) for id, one in stamps.items()]
        (building / STAMPS).write_text(json.dumps(rows, separators=(",", ":")), "utf-8")
        return mark_files(building, [STAMPS])

    def check(self, manifest: Manifest) -> None:
        """Read all of the generation.

        Raises:
            DamagedFilesError: It is not what was published.
        """
        if not self.is_whole(manifest):
            raise DamagedFilesError(f"{self._published(manifest.generation)} is not as it was written")

    def copy_current(self, manifest: Manifest, target: Path) -> None:
        """Start the next generation from the current one.

        Raises:
            DamagedFilesError: The generation is not what was published.
        """
        copy_files(self._published(manifest.generation), target, manifest.engine_files)

    def next_number(self) -> int:
        """One more than any generation on the disk, finished or not."""
        return max(self._numbers(), default=0) + 1

    def publish(self, built: Path, manifest: Manifest) -> None:
        """Make ``built`` the current generation, in one step that a crash cannot halve; then drop older ones."""
        sync_folder(built)
        built.rename(self._published(manifest.generation))
        sync_folder(self._folder)
        draft = self.manifest_file.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(manifest), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.manifest_file)
        sync_folder(self._folder)
        self.remove_leftovers(manifest.generation)

    def remove_building(self, folder: Path) -> None:
        """Give up a generation that was not finished."""
        shutil.rmtree(folder, ignore_errors=True)

    def remove_leftovers(self, current: int | None) -> None:
        """Remove what killed indexers left, and generations older than the one before ``current``."""
        for pattern in ("building-*", ".removed-*"):
            for folder in self._folder.glob(pattern):
                shutil.rmtree(folder, ignore_errors=True)
        if current is None:
            return
        older = sorted(number for number in self._numbers() if number < current)
        newer = [number for number in self._numbers() if number > current]
        for number in older[:-1] + newer:
            remove_folder(self._published(number))

    def indexing_lock(self) -> FileLock:
        """Held by the one indexer at work; freed by the system when its process dies."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / "indexing.lock", thread_local=False)

    def _published(self, number: int) -> Path:
        return self._folder / f"gen-{number}"

    def _numbers(self) -> list[int]:
        names = (GENERATION.fullmatch(path.name) for path in self._folder.glob("gen-*"))
        return [int(name[1]) for name in names if name]


def _remove_abandoned(readers: Path) -> None:
    """Remove the copies whose process is gone: its lock can be taken."""
    for file in readers.glob("*-*.lock"):
        lock = FileLock(file, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        OpenCopy(file.with_suffix(""), lock).remove()
