"""The only place that starts Sphinx: a process of its own, with a limit on its time; its result is a file."""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bookside.book.files import SKIPPED_FOLDERS, within
from bookside.book.json_values import parsed_json
from bookside.book.memory import recalled
from bookside.book.sphinx.project import Project
from bookside.errors import BookError

NEEDED = ("sphinx", "myst_parser")
PACKAGES = ("sphinx", "myst-parser", "docutils")
NEVER_READ = SKIPPED_FOLDERS | {
    *("_build", ".bookside", ".git", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".tox", ".venv")
}
MAX_HASHED_BYTES = 2 * 1024 * 1024
MAX_ERROR_CHARS = 600
NEEDED_VARIABLES = re.compile(r"PATH|LANG|LC_\w+|HOME|TMPDIR|PYTHON\w*")
"""What Python needs of the environment; keys of models and of the database are none of a book's business."""


def parse(root: Path, project: Project, *, base: str, timeout_s: float) -> dict[str, Any]:
    """What Sphinx reads of the book, as ``child`` writes it; remembered for as long as no file of the book changes.

    Args:
        base: Path before every link.

    Raises:
        BookError: The extra is not installed, the configuration cannot be used, or the time is over.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise BookError(
            project.named_in,
            0,
            'Sphinx is needed to read this book: pip install "bookside[sphinx]"; '
            "without it, --kind folder reads the Markdown files alone",
        )
    wanted = {
        "root": str(root.resolve()),
        "source": project.source,
        "runs": project.runs,
        "toctrees": {name: [asdict(toctree) for toctree in found] for name, found in project.toctrees.items()},
        "address": project.address,
        "folders": project.folders,
        "base": base,
    }
    if project.runs is not None:  # what code makes may be different each time
        return run(project, wanted, timeout_s)
    texts = [json.dumps(wanted), settings_of(project), *(version(name) for name in PACKAGES), *contents_of(root)]
    return recalled("sphinx", texts, lambda: run(project, wanted, timeout_s))


def settings_of(project: Project) -> str:
    """``conf.py`` as Sphinx is to have it: names and literal values, and nothing that would run."""
    settings = {**project.settings, "extensions": list(project.extensions)}
    return "".join(
        f"{name} = {value!r}\n" for name, value in settings.items() if name.isidentifier() and is_literal(value)
    )


def is_literal(value: object) -> bool:
    """Whether the value can be written down as Python and read again."""
    try:
        return ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False


def contents_of(root: Path) -> Iterator[str]:
    """Names and contents of all files that the book may be made of, in short."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in NEVER_READ)
        for name in sorted(names):
            path = Path(folder, name)
            if within(root, path) and path.is_file():
                yield f"{str(path)!a} {digest(path)}"


def digest(path: Path) -> str:
    """A file's content in short; of a large one, its size and when it was changed."""
    try:
        state = path.stat()
        if state.st_size > MAX_HASHED_BYTES:
            return f"{state.st_size} {state.st_mtime_ns}"
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return f"cannot be opened: {error.errno}"  # Sphinx says what it means for the book


def environment() -> dict[str, str]:
    """What a process that reads a book is told of ours."""
    return {name: value for name, value in os.environ.items() if NEEDED_VARIABLES.fullmatch(name)}


def run(project: Project, wanted: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Have the book parsed, in a folder of its own."""
    with TemporaryDirectory(prefix="bookside-sphinx-") as folder:
        work = Path(folder)
        (work / "wanted.json").write_text(json.dumps(wanted), "utf-8")
        if project.runs is None:
            (work / "conf.py").write_text(settings_of(project), "utf-8", errors="replace")
        command = [sys.executable, "-P", "-B", "-X", "utf8", "-m", "bookside.book.sphinx.child", str(work)]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and nothing of the book is in it
                command,
                cwd=work,
                env=environment() if project.runs is None else None,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise BookError(
                project.named_in, 0, f"Sphinx did not read the book within {timeout_s:g} s (BOOKSIDE_SPHINX_TIMEOUT_S)"
            ) from error
        result = work / "read.json"
        if done.returncode or not result.is_file():
            words = " ".join(done.stderr.split())[-MAX_ERROR_CHARS:] or f"it ended with status {done.returncode}"
            raise BookError(project.named_in, 0, f"Sphinx cannot read the book: {words}")
        return parsed_json(result.read_text("utf-8"), project.named_in)
