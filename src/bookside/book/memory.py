"""What was worked out from a page's text, kept for the next run, which then does only what is new.

It knows texts by their content, so an entry is never out of date: only that the program itself has changed makes all
of it void. Whatever is lost is worked out again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

KEY_CHARS = 32
PACKAGES = ("markdown-it-py", "linkify-it-py", "tokenizers", "wordllama")
"""What is worked out depends on these."""

Plain = Any
"""What JSON can say."""

_current: ContextVar["Memory | None"] = ContextVar("memory", default=None)


class Memory:
    """Entries of one book in one file: a line that says which program made it, then a key and its JSON on each line.

    New entries are added at the end. A line that is not whole, as after a power cut, is as if it were not there.

    Args:
        file: It need not exist.
        made_with: Tells the program; the entries of another one are not used.
    """

    def __init__(self, file: Path, made_with: str) -> None:
        self._file = file
        self._made_with = made_with
        self._kept: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}
        self._is_ours = False
        self._load()

    def recalled(self, what: str, texts: Sequence[str], make: Callable[[], Plain]) -> Plain:
        """What ``make`` gave for these texts, now or in an earlier run, as JSON gives it back.

        Args:
            what: Names what is made of them.
        """
        key = _key(what, texts)
        self._used.add(key)
        line = self._new.get(key) or self._kept.get(key)
        if line is not None:
            try:
                return json.loads(line)
            except ValueError:  # not whole
                self._kept.pop(key, None)
        made = make()
        self._new[key] = json.dumps(made, separators=(",", ":")).encode()
        return made

    def save(self) -> None:
        """Add what is new; where most of the file is of no use any more, write it anew with what was used."""
        if not self._new:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        kept = {key: line for key, line in self._kept.items() if key in self._used}
        if not self._is_ours or len(self._kept) > 2 * len(kept) + len(self._new):
            self._write(kept | self._new)
            return
        with self._file.open("ab") as file:
            file.write(b"\n" + _lines(self._new))

    def _write(self, entries: dict[bytes, bytes]) -> None:
        with NamedTemporaryFile("wb", dir=self._file.parent, prefix=f"{self._file.name}-", delete=False) as draft:
            draft.write(self._made_with.encode() + b"\n" + _lines(entries))
        os.replace(draft.name, self._file)

    def _load(self) -> None:
        try:
            head, *lines = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        self._is_ours = head == self._made_with.encode()
        if self._is_ours:
            self._kept = {line[:KEY_CHARS]: line[KEY_CHARS:] for line in lines if len(line) > KEY_CHARS}


def _lines(entries: dict[bytes, bytes]) -> bytes:
    return b"".join(key + line + b"\n" for key, line in entries.items())


def _key(what: str, texts: Sequence[str]) -> bytes:
    digest = hashlib.sha256(f"{what}\0{len(texts)}".encode())
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        digest.update(f"\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:KEY_CHARS].encode()


@contextmanager
def remembering(file: Path) -> Generator[None]:
    """What is read and cut in this context is recalled from ``file``, and what is new is added to it at the end."""
    memory = Memory(file, this_program())
    token = _current.set(memory)
    try:
        yield
    finally:
        _current.reset(token)
    memory.save()


def recalled(what: str, texts: Sequence[str], make: Callable[[], Plain]) -> Plain:
    """As ``Memory.recalled``, in the memory of this context; made anew where there is none."""
    memory = _current.get()
    return make() if memory is None else memory.recalled(what, texts, make)


def this_program() -> str:
    """Changes with every change of this room's code, and with the packages that it works with."""
    digest = hashlib.sha256("\0".join(f"{name} {version(name)}" for name in PACKAGES).encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
