"""The command as an operating system runs it: a process that can be killed."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PROGRAM = Path(sys.executable).with_name("bookside")
PATIENCE_S = 60.0
"""How long a state may take to come about, on a slow machine too."""


@dataclass(frozen=True, slots=True)
class Process:
    """A running command.

    Args:
        output: Folder with the files ``out`` and ``err`` that it writes to.
    """

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def out(self) -> str:
        """What it has printed on stdout."""
        return (self.output / "out").read_text()

    @property
    def err(self) -> str:
        """What it has printed on stderr."""
        return (self.output / "err").read_text()

    def kill(self) -> None:
        """End it at once, as a power failure does."""
        self.process.kill()
        self.process.wait()

    def ended(self, signal_number: signal.Signals | None = None) -> int:
        """Its exit status, once it has ended; after ``signal_number``, if one is given."""
        if signal_number is not None:
            self.process.send_signal(signal_number)
        return self.process.wait(PATIENCE_S)

    def wait_for(self, state: Callable[[], Any]) -> Any:
        """What ``state`` gives, as soon as that is true; the process has to live on until then."""
        deadline = time.monotonic() + PATIENCE_S
        while not (value := state()):
            assert self.process.poll() is None, self.err
            assert time.monotonic() < deadline, self.err
            time.sleep(0.02)
        return value

    def address(self) -> str:
        """Where it serves, as soon as it does."""

        def answers() -> str | None:
            found = re.search(r"is served on (http://\S+)", self.err)
            if found is None:
                return None
            try:
                return found[1] if httpx.get(f"{found[1]}/readyz").status_code == 200 else None
            except httpx.TransportError:
                return None

        return self.wait_for(answers)


@contextmanager
def bookside(folder: Path, *arguments: str | Path, **environment: str) -> Iterator[Process]:
    """``bookside`` with ``arguments``, run in ``folder``; it is killed in the end, if it is still there."""
    folder.mkdir(exist_ok=True)
    output = Path(tempfile.mkdtemp(prefix="output-", dir=folder))
    with (output / "out").open("wb") as out, (output / "err").open("wb") as err:
        command = [PROGRAM, *arguments]
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err, env=os.environ | environment)
    try:
        yield Process(process, output)
    finally:
        process.kill()
        process.wait()
