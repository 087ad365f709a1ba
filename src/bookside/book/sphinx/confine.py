"""The only place that keeps the parsing process inside the book: what it may open, and that it asks nobody else.

Sphinx and docutils open files in many places (``include``, ``literalinclude``, tables from files, …). Python tells of
each of them before it happens, so one rule holds for all, also for links that lead out. This is a fence around what
pages name and no wall against code: that none of a page is run is up to ``project`` and ``substitutions``.
"""

import errno
import mimetypes
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bookside.book.files import is_inside

try:
    import resource
except ImportError:  # a system without such limits
    resource = None

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.system", "os.exec"}
    | {"os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn", "ctypes.dlopen", "os.kill", "os.killpg"}
    | {"signal.pthread_kill", "socket.bind", "socket.sendmsg", "socket.sendto", "sqlite3.connect"}
)
CHANGES = {
    "os.chmod": (slice(1), slice(2, 3)),
    "os.chown": (slice(1), slice(3, 4)),
    "os.link": (slice(2), slice(2, 4)),
    "os.mkdir": (slice(1), slice(2, 3)),
    "os.remove": (slice(1), slice(1, 2)),
    "os.removexattr": (slice(1), slice(0)),
    "os.rename": (slice(2), slice(2, 4)),
    "os.rmdir": (slice(1), slice(1, 2)),
    "os.setxattr": (slice(1), slice(0)),
    "os.symlink": (slice(1, 2), slice(2, 3)),
    "os.truncate": (slice(1), slice(0)),
    "os.utime": (slice(1), slice(3, 4)),
    "shutil.move": (slice(2), slice(0)),
    "shutil.rmtree": (slice(1), slice(0)),
}
"""What changes files without opening them: which arguments are paths, and which are open folders that these are in."""

MAX_MEMORY_BYTES = 4 * 1024**3
OUTSIDE = "it is outside the book's folder"


def confine(root: str, work: str, refused: Callable[[str], None]) -> None:
    """From here on, open only files of the book, of Python and of ``work``, write only in ``work``, and call nobody.

    Args:
        refused: Called with the path of each file that was not opened.
    """
    mimetypes.init()  # reads files of the system once
    limit_memory()
    code = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, *sys.path) if path}
    readable = tuple({os.path.realpath(root), os.path.realpath(work), *code})
    writable = (os.path.realpath(work),)

    def check(event: str, args: tuple[Any, ...]) -> None:
        if event in REFUSED:
            raise PermissionError(errno.EACCES, "the book is parsed without network and without other programs", event)
        if event in CHANGES:
            paths, folders = CHANGES[event]
            if any(folder != -1 for folder in args[folders]) or not all(may_change(path) for path in args[paths]):
                raise PermissionError(errno.EACCES, OUTSIDE, event)
        if event != "open" or isinstance(args[0], int) or args[0] is None:
            return
        path = os.path.realpath(os.fsdecode(args[0]))
        mode, flags = args[1], args[2]
        writes = (isinstance(mode, str) and any(c in mode for c in "wax+")) or bool(
            isinstance(flags, int) and flags & WRITES
        )
        if path == os.devnull or inside(path, writable if writes else readable):
            return
        if not writes and not os.path.lexists(path):
            return  # what is not there is told as such
        refused(path)
        raise PermissionError(errno.EACCES, OUTSIDE, os.fsdecode(args[0]))

    def may_change(path: Any) -> bool:
        """Whether both what is named and the name itself are in ``work``; the number of an open file is neither."""
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        name = os.path.abspath(os.fsdecode(path))  # pyright: ignore[reportUnknownArgumentType]
        return inside(os.path.realpath(name), writable) and inside(os.path.realpath(os.path.dirname(name)), writable)

    sys.addaudithook(check)


def limit_memory() -> None:
    """Let one book not take all memory, where the system knows such a limit and none lower is set."""
    if resource is None:
        return
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MAX_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MAX_MEMORY_BYTES)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def inside(path: str, folders: tuple[str, ...]) -> bool:
    """Whether ``path`` is in one of ``folders``."""
    return any(is_inside(path, folder) for folder in folders)
