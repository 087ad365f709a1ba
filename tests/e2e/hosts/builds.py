"""Where the example sites' builds come from: made anew when their sources are not those of the build there."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
MADE = {"node_modules", ".venv", "build", "site", ".docusaurus"}
"""What lies in an example's folder itself and is no source of it."""

SERVER = "http://assistant.invalid"
"""The assistant's address in the builds; who serves them puts a real one in its place."""


@dataclass(frozen=True, slots=True)
class Example:
    """One of the sites in ``examples/``.

    Args:
        program: What builds it, below the folder.
        arguments: How it is called; ``{to}`` stands for the folder to write.
        builds: Where builds lie, below the folder.
        address: Where the site says that it is published.
    """

    name: str
    program: str
    arguments: tuple[str, ...]
    builds: str
    address: str

    @property
    def folder(self) -> Path:
        """Where its sources are."""
        return EXAMPLES / self.name


DOCUSAURUS = Example(
    name="docusaurus",
    program="node_modules/.bin/docusaurus",
    arguments=("build", "--out-dir", "{to}"),
    builds="build",
    address="https://fieldnote.example/fieldnote/",
)
MKDOCS = Example(
    name="mkdocs-material",
    program=".venv/bin/mkdocs",
    arguments=("build", "--strict", "--quiet", "--site-dir", "{to}"),
    builds="site",
    address="https://tidemark.example/handbook/",
)


def sources(example: Example) -> list[Path]:
    """The files that a build is made from."""
    found: list[Path] = []
    for folder, folders, names in os.walk(example.folder):
        folders[:] = [name for name in folders if name not in MADE or Path(folder) != example.folder]
        found += [Path(folder, name) for name in names]
    return sorted(found)


def fingerprint(example: Example) -> str:
    """Changes with every name and byte of the sources."""
    digest = hashlib.sha256()
    for path in sources(example):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(example.folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def built(example: Example) -> Path:
    """The folder of the example's build; skips (fails in CI) where its packages were not installed."""
    program = example.folder / example.program
    if not program.exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI must build examples/{example.name}: run make install-dev first")
        pytest.skip(f"the packages of examples/{example.name} are not installed: run make install-dev")
    builds = example.folder / example.builds
    place = builds / fingerprint(example)
    if not place.exists():
        shutil.rmtree(builds, ignore_errors=True)
        unfinished = builds / "unfinished"
        _run([str(program), *(part.format(to=unfinished) for part in example.arguments)], example.folder)
        unfinished.rename(place)
    return place


def _run(command: list[str], folder: Path) -> None:
    settings = {"ASSISTANT_URL": SERVER, "NO_UPDATE_NOTIFIER": "1", "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=folder, env=os.environ | settings, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
