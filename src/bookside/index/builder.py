"""The parent's side of ``build.py``: starts the child process, feeds it, and takes what it built."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from bookside.book.model import Chunk
from bookside.errors import Unavailable
from bookside.index.files import DamagedFilesError, FileMarks
from bookside.index.pages import PageEntry, chunk_fields
from bookside.index.payload import Payload
from bookside.index.shard import UNREADABLE
from bookside.models.embedder import Vectors

LAST_WORDS_CHARS = 300


@dataclass(frozen=True, slots=True)
class Built:
    """A finished shard: how many chunks it counted, and its files."""

    chunks: int
    files: FileMarks


class Builder:
    """Builds the shard in ``folder`` in a child process; as an async context manager it leaves no process behind.

    The process starts with the first call; ``start`` starts it earlier, so that it is ready by then. Only what fits the
    pipe is held in memory: every call waits until the child has taken it.
    """

    def __init__(self, folder: Path, vector_size: int, language: str) -> None:
        self._arguments = (str(folder), str(vector_size), language)
        self._process: asyncio.subprocess.Process | None = None
        self._errors: IO[bytes] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def start(self) -> None:
        """Start the process, which then waits for its first call: it touches no file before."""
        if self._process is not None:
            return
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __aexit__
        # -P: the folder that the command runs in may hold a module that shadows one of ours.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "bookside.index.build",
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._errors,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._errors is not None:
            self._errors.close()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    async def delete(self, ids: Sequence[str]) -> None:
        """Drop these chunks."""
        if ids:
            await self._send({"do": "delete", "ids": list(ids)})

    async def rewrite(self, points: Sequence[tuple[str, Payload]]) -> None:
        """Give these chunks a new payload; their vectors stay."""
        if points:
            await self._send({"do": "rewrite", "points": list(points)})

    async def upsert(self, chunks: Sequence[tuple[Chunk, Payload]], vectors: Vectors) -> None:
        """Add these chunks with the rows of ``vectors``; a chunk with the same id is replaced."""
        points = [(chunk.id, chunk_fields(chunk), payload) for chunk, payload in chunks]
        await self._send({"do": "upsert", "points": points}, vectors.astype("=f4").tobytes())

    async def pages(self, entries: Sequence[PageEntry]) -> None:
        """Add these pages, or replace them; their chunks must be there."""
        if entries:
            points = [(entry.id, entry.payload, entry.chunk_ids, entry.fields) for entry in entries]
            await self._send({"do": "pages", "points": points})

    async def finish(self) -> Built:
        """Close the shard and say what is in it.

        Raises:
            DamagedFilesError: The engine cannot load what was in the folder.
            Unavailable: The child failed; the folder is of no use.
        """
        await self._send({"do": "finish"})
        output, _ = await self._child.communicate()
        if self._child.returncode != 0:
            raise await self._failed()
        content = json.loads(output)
        return Built(content["chunks"], content["files"])

    @property
    def _child(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("the process was not started")
        return self._process

    async def _send(self, frame: dict[str, Any], tail: bytes = b"") -> None:
        await self.start()
        stdin = self._child.stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps(frame).encode() + b"\n" + tail)
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._failed() from error

    async def _failed(self) -> Unavailable | DamagedFilesError:
        code = await self._child.wait()
        assert self._errors is not None
        self._errors.seek(0)
        words = " ".join(self._errors.read().decode("utf-8", "replace").split())[-LAST_WORDS_CHARS:]
        if code == UNREADABLE:
            return DamagedFilesError(f"the engine cannot load {self._arguments[0]}: {words}")
        return Unavailable("index", f"the process that builds it ended with code {code}: {words or 'it said nothing'}")
