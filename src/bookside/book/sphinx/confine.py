"""The only place that keeps the parsing process inside the book: what it may open, and that it asks nobody else.

Sphinx and docutils open files in many places (``include``, ``literalinclude``, tables from files, …). Python tells of
each of them before it happens, so one rule holds for all, also for links that lead out.
"""

import errno
import mimetypes
import os
import sys
from collections.abc import Callable
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.system", "os.exec"}
    | {"os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "ctypes.dlopen"}
)
OUTSIDE = "it is outside the book's folder"


def confine(root: str, work: str, refused: Callable[[str], None]) -> None:
    """From here on, open only files of the book, of Python and of ``work``, write only in ``work``, and call nobody.

    Args:
        refused: Called with the path of each file that was not opened.
    """
    mimetypes.init()  # reads files of the system once
    code = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, *sys.path) if path}
    readable = tuple({os.path.realpath(root), os.path.realpath(work), *code})
    writable = (os.path.realpath(work),)

    def check(event: str, args: tuple[Any, ...]) -> None:
        if event in REFUSED:
            raise PermissionError(errno.EACCES, "the book is parsed without network and without other programs", event)
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

    sys.addaudithook(check)


def inside(path: str, folders: tuple[str, ...]) -> bool:
    """Whether ``path`` is in one of ``folders``."""
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)
