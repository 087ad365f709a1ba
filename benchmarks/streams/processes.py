"""Servers as processes of their own: started, waited for, weighed, and ended whatever happens.

It reads ``/proc``, so it runs on Linux.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_S = 120.0
END_S = 20.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
CPUCLOCK_SCHED = 2
"""The kernel's clock of the time that a process ran, in nanoseconds, all of its threads together."""

POSTGRES_USER = "postgres"


@dataclass(frozen=True, slots=True)
class Process:
    """A server that runs, with its children."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """CPU time of the process, its children, and those of them that have ended."""
        return sum(_cpu_s(pid) for pid in _tree(self.pid))

    def rss_mib(self) -> float:
        """Resident memory of the process and its children."""
        return sum(_rss_bytes(pid) for pid in _tree(self.pid)) / 2**20

    def open_files(self) -> int:
        """Files and connections that the process has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:  # grows while it is walked
        for thread in _listed(f"/proc/{pid}/task"):
            try:
                children = Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii")
            except OSError:
                continue
            found += map(int, children.split())
    return found


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _cpu_s(pid: int) -> float:
    try:
        own_s = time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    of_ended_children = int(fields[13]) + int(fields[14])
    return own_s + of_ended_children / TICKS_PER_S


def _rss_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def process(
    command: Sequence[str | Path],
    port: int,
    folder: Path,
    *,
    ready_url: str | None = None,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Generator[Process]:
    """A server that has begun to listen on ``port``; it has ended when the block does.

    Args:
        folder: Where it runs, and where its log is kept.
        ready_url: Must answer 200 before it counts as started.
        user: Whom it runs as; whoever runs this when left out.
    """
    log_file = folder / f"{Path(command[0]).name}-{port}.log"
    with log_file.open("wb") as log:
        started = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=dict(os.environ if environment is None else environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            start_new_session=True,  # Ctrl+C ends it through us, in order
        )
    try:
        _wait_until_ready(started, port, ready_url, log_file)
        yield Process(started.pid, port)
    finally:
        _end(started, stop_signal)


def _wait_until_ready(started: subprocess.Popen[bytes], port: int, ready_url: str | None, log_file: Path) -> None:
    deadline = time.monotonic() + START_S
    while not (_listens(port) if ready_url is None else _is_ok(ready_url)):
        if started.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server on port {port} did not start:\n{log_file.read_text()[-4000:]}")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _is_ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _end(started: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    if started.poll() is None:
        started.send_signal(stop_signal)
    try:
        with suppress(subprocess.TimeoutExpired):
            started.wait(END_S)
    finally:
        _kill_group(started.pid)
        started.wait()


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError):  # nobody is left
        os.killpg(group, signal.SIGKILL)


def python_server(module: str, *arguments: str) -> list[str]:
    """The command that runs a server of this folder."""
    return [sys.executable, "-m", f"benchmarks.streams.{module}", *arguments]


def plain_environment(**more: str) -> dict[str, str]:
    """The environment without anybody's settings, and with this folder's modules."""
    ours = ("BOOKSIDE_", "OPENAI_", "QDRANT_", "RATE_LIMIT_")
    names = {"DATABASE_URL", "BOOK", "HOST", "PORT", "SITE_BASE_URL", "BOOK_BASE_URL", "CHAT_MODEL", "EMBEDDING_MODEL"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name not in names}
    path = os.pathsep.join(filter(None, (kept.get("PYTHONPATH"), str(ROOT))))
    return kept | {"PYTHONPATH": path} | more


def postgres_programs() -> Path | None:
    """The folder of the newest installed PostgreSQL; ``None`` where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if debian:
        return debian[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres(programs: Path) -> Generator[Process]:
    """A PostgreSQL of its own, with the settings that it comes with: what is committed is on the disk."""
    user = POSTGRES_USER if os.getuid() == 0 else None
    with _folder_of(user) as folder:
        data, port = folder / "data", free_port()
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", POSTGRES_USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        command = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1"]
        with process(command, port, folder, user=user, stop_signal=signal.SIGINT) as server:
            _wait_for_database(programs, server)
            yield server


def _wait_for_database(programs: Path, server: Process) -> None:
    deadline = time.monotonic() + START_S
    ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    while subprocess.run(ready, check=False).returncode != 0:
        if time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start")
        time.sleep(0.05)


def database_url(server: Process) -> str:
    return f"postgresql://{POSTGRES_USER}@127.0.0.1:{server.port}/postgres"


@contextmanager
def _folder_of(user: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bookside-bench-", dir="/tmp"))
    try:
        if user is not None:
            shutil.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
