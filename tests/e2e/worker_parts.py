"""What workers do in tests of those who watch over them; here because a new process has to find it by name."""

from collections.abc import Callable
from pathlib import Path


def ends_before_it_serves(starts: Path, number: int, serves: Callable[[], None]) -> None:
    """Leave a mark in ``starts``, and end as a server does that lacks something."""
    with starts.open("a") as marks:
        marks.write(f"{number}\n")
    raise SystemExit(3)
