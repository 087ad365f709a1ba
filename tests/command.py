"""The command, run in the test's own process; everything but that is as it is for a person."""

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bookside.cli import main


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def bookside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs the command in an empty folder; everything but the process itself is as it is for a person."""
    monkeypatch.chdir(tmp_path)
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}

    def run(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["bookside", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)  # noqa: T201 - as the interpreter does
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            status = 0
        printed = capsys.readouterr()
        return Ended(status, printed.out, printed.err)

    yield run
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def one_line(ended: Ended) -> str:
    """The one line of an expected failure, which is all that was printed."""
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("bookside: ")
    assert ended.err.count("\n") == 1, ended.err
    return ended.err
