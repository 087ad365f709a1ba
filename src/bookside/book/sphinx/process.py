"""The only place that starts Sphinx: a process of its own, with a limit on its time; its result is a file."""

import json
import pprint
import subprocess
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bookside.book.sphinx.project import Project
from bookside.errors import BookError

NEEDED = ("sphinx", "myst_parser")
MAX_ERROR_CHARS = 600


def parse(root: Path, project: Project, *, base: str, timeout_s: float) -> dict[str, Any]:
    """What Sphinx reads of the book, as ``child`` writes it.

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
    with TemporaryDirectory(prefix="bookside-sphinx-") as folder:
        work = Path(folder)
        wanted = {
            "root": str(root.resolve()),
            "source": project.source,
            "runs": project.runs,
            "toctrees": {name: [asdict(toctree) for toctree in found] for name, found in project.toctrees.items()},
            "address": project.address,
            "folders": project.folders,
            "base": base,
        }
        (work / "wanted.json").write_text(json.dumps(wanted), "utf-8")
        if project.runs is None:
            settings = {**project.settings, "extensions": list(project.extensions)}
            lines = [f"{name} = {pprint.pformat(value, width=200)}" for name, value in settings.items()]
            (work / "conf.py").write_text("\n".join(lines) + "\n", "utf-8", errors="replace")
        command = [sys.executable, "-P", "-B", "-X", "utf8", "-m", "bookside.book.sphinx.child", str(work)]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and nothing of the book is in it
                command, cwd=work, capture_output=True, text=True, errors="replace", timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise BookError(
                project.named_in, 0, f"Sphinx did not read the book within {timeout_s:g} s (BOOKSIDE_SPHINX_TIMEOUT_S)"
            ) from error
        result = work / "read.json"
        if done.returncode or not result.is_file():
            words = " ".join(done.stderr.split())[-MAX_ERROR_CHARS:] or f"it ended with status {done.returncode}"
            raise BookError(project.named_in, 0, f"Sphinx cannot read the book: {words}")
        return json.loads(result.read_text("utf-8"))
