"""The only place that touches the disk: finds a book's files and reads them as text.

Nothing outside the book's root is ever opened: a symbolic link that leads out, or a ``..`` in a configuration,
is as if the file did not exist. So is what Bookside itself keeps in the book's folder.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from bookside.errors import BookError

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdx"})
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PAGE_CHARS = 4_000_000
MAX_PAGE_LINES = 30_000
MAX_LINE_CHARS = 1_000_000
"""A page of some hundred printed ones, or a line that no one has written: it is refused before it takes minutes."""

MAX_CONVERTED_LINES = 300_000
"""Nobody can divide a page that was made of a document; this many short lines take some seconds."""

DATA = re.compile(r"(?P<head>data:\w+/[\w.+-]+(?:;[\w.=-]+)*,)[\w#$%&+,./:;=?@-]{1000,}", re.ASCII)

SNIFFED_BYTES = 8192
OWN_FOLDER = ".bookside"
"""Where the index, the database and the secret are, unless a setting says otherwise; often in the book's folder."""

SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "bower_components"})


def within(root: Path, path: Path) -> bool:
    """Whether ``path``, links followed, is ``root`` or below it, and not in Bookside's own folder there."""
    try:
        real, top = os.path.realpath(path), os.path.realpath(root)
    except OSError:
        return False
    return is_inside(real, top)


def is_inside(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or below it, and not in Bookside's own folder there, which holds its secret.

    Args:
        path: Real, and so is ``folder``.
    """
    top = folder.rstrip(os.sep) + os.sep
    return path == folder or (path.startswith(top) and OWN_FOLDER not in path[len(top) :].casefold().split(os.sep))


def below(root: Path, relative: str) -> Path | None:
    """The existing file or folder ``relative`` below ``root``; ``None`` when there is none or it leads out."""
    if "\0" in relative:
        return None
    path = root / relative
    try:
        exists = path.exists()
    except OSError:  # a name too long for the file system
        return None
    return path if exists and within(root, path) else None


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts ``2-b`` before ``10-a``, and capital letters with small ones."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece)


def markdown_files(
    root: Path, *, skip: frozenset[str] = SKIPPED_FOLDERS, suffixes: frozenset[str] = MARKDOWN_SUFFIXES
) -> Iterator[str]:
    """Paths of Markdown files below ``root``, with ``/``, in natural order; folders named in ``skip`` are left out.

    Hidden files and folders are left out, and so is what a link leads to outside ``root`` or in a circle.
    """
    seen: set[str] = set()
    for folder, folders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen or not within(root, Path(folder)):
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted((n for n in folders if not n.startswith(".") and n not in skip), key=natural_key)
        for name in sorted(names, key=natural_key):
            if name.startswith(".") or os.path.splitext(name)[1].lower() not in suffixes:
                continue
            path = Path(folder, name)
            if path.is_file() and (not path.is_symlink() or within(root, path)):  # the folder is within, as seen above
                yield path.relative_to(root).as_posix()


def read_text(root: Path, relative: str, *, is_written: bool = True) -> str:
    """The file's text with ``\\n`` line ends, no byte order mark and no NUL.

    Args:
        is_written: Whether people write such files; others may be longer, up to ``MAX_FILE_BYTES``.

    Raises:
        BookError: It cannot be opened, is not text in UTF-8, is too long or outside ``root``.
    """
    text = decode(read_bytes(root, relative), relative)
    if is_written:
        text = without_data(text)
        check_length(text, relative)
        check_lines(text, relative)
    return text


def without_data(text: str) -> str:
    """``text`` without what is embedded in its addresses, such as a picture in base64: there are no words in it."""
    return DATA.sub(r"\g<head>", text)


def check_length(text: str, path: str, *, max_lines: int = MAX_PAGE_LINES) -> None:
    """A page must not be of more text than a page may have.

    Raises:
        BookError: It is.
    """
    if len(text) > MAX_PAGE_CHARS:
        raise BookError(path, 1, f"it is over {MAX_PAGE_CHARS:,} characters long: divide it into several pages")
    if text.count("\n") > max_lines:
        raise BookError(path, 1, f"it has over {max_lines:,} lines: divide it into several pages")


def check_lines(text: str, path: str) -> None:
    """None of its lines may be longer than a line may be.

    Raises:
        BookError: One is.
    """
    start = 0
    while len(text) - start > MAX_LINE_CHARS:
        end = text.rfind("\n", start, start + MAX_LINE_CHARS + 1)
        if end < 0:
            line = text.count("\n", 0, start) + 1
            raise BookError(path, line, f"the line is over {MAX_LINE_CHARS:,} characters long: divide it")
        start = end + 1


def read_bytes(root: Path, relative: str, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """What the file holds.

    Raises:
        BookError: It cannot be opened, is over ``max_bytes`` or outside ``root``.
    """
    if not relative.isprintable() and relative != relative.encode("utf-8", "replace").decode("utf-8"):
        raise BookError(ascii(relative), 1, "the file's name is not UTF-8")
    path = below(root, relative)
    if path is None:
        raise BookError(relative, 1, "there is no such file in the book")
    try:
        if path.stat().st_size > max_bytes:
            raise BookError(relative, 1, f"the file is over {max_bytes // 2**20} MB")
        return path.read_bytes()
    except OSError as error:
        raise BookError(relative, 1, f"the file cannot be opened: {error.strerror}") from error


def decode(data: bytes, relative: str) -> str:
    """``data`` as text.

    Raises:
        BookError: With the line at which it stops being UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BookError(relative, line, f"not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
