"""A command, with its time and the most memory that it and its children had, each by itself."""

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bookside.library import open_library
from bookside.settings import read_settings

PROGRAM = Path(sys.executable).with_name("bookside")
LOOK_EVERY_S = 0.02
LEFT_OUT = {"BOOK", "PYTHONDONTWRITEBYTECODE"}
"""Variables that the command does not get: an installed command's modules are compiled."""
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended well."""

    took_s: float
    own_mb: float
    child_mb: float
    said: dict[str, Any]


def index(book: Path, data: Path) -> Ran:
    """``bookside index BOOK --json``, from its start to its end."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    environment["BOOKSIDE_DATA"] = str(data)
    started = time.perf_counter()
    process = subprocess.Popen(
        [PROGRAM, "index", book, "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    own, child = 0.0, 0.0
    while process.poll() is None:
        own = max(own, peak_mb(process.pid))
        child = max([child, *(peak_mb(pid) for pid in children(process.pid))])
        time.sleep(LOOK_EVERY_S)
    took = time.perf_counter() - started
    assert process.stdout is not None
    assert process.returncode == 0, process.returncode
    return Ran(took, own, child, json.loads(process.stdout.read()))


async def in_running_process(book: Path, data: Path) -> float:
    """Seconds to bring the index in step in a process that runs already, as a server and ``--watch`` do."""
    settings = read_settings(book=book, data=data)
    started = time.perf_counter()
    async with open_library(settings) as library:
        report = await library.sync()
    assert report.added == 1, report
    return time.perf_counter() - started


def peak_mb(pid: int) -> float:
    """The most memory that a process had so far; 0 for one that is gone."""
    try:
        found = PEAK.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [
            int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()
        ]
    except OSError:
        return []
