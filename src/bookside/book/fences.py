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
