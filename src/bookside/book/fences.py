"""Fenced code, as seen line by line: for what must be known before a page can be parsed."""

import re
from dataclasses import dataclass

FENCE = re.compile(r"^(?P<lead>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")


@dataclass(frozen=True, slots=True)
class Fence:
    """An open fenced code block."""

    mark: str
    length: int
    info: str = ""

    def is_closed_by(self, line: str) -> bool:
        """Whether ``line`` ends it."""
        bare = line.strip(" \t>")
        return len(bare) >= self.length and not bare.strip(self.mark)


def opened(line: str) -> Fence | None:
    """The fence that ``line`` opens."""
    found = FENCE.match(line)
    if found is None or (found["fence"][0] == "`" and "`" in found["info"]):
        return None
    return Fence(found["fence"][0], len(found["fence"]), found["info"].strip())


def fenced(text: str, language: str) -> str:
    """``text`` as a block of code that nothing in it can close."""
    runs = [len(run) for run in re.findall("`+", text)]
    marks = "`" * max(3, max(runs, default=0) + 1)
    name = language.split()[0] if language.split() else ""
    return f"{marks}{name}\n{text.strip(chr(10)).rstrip()}\n{marks}"
