"""Patterns of files to leave out, one a line, as ``.gitignore`` has them."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patterns:
    """Asked with ``path in patterns``; the last pattern that matches decides."""

    rules: tuple[tuple[re.Pattern[str], bool], ...]

    @classmethod
    def parse(cls, text: str) -> "Patterns":
        """``!`` takes a file back in; lines with ``#`` are comments."""
        rules: list[tuple[re.Pattern[str], bool]] = []
        for line in text.splitlines():
            pattern = line.strip()
            if not pattern or pattern.startswith("#"):
                continue
            taken_back = pattern.startswith("!")
            rules.append((compiled(pattern.removeprefix("!")), not taken_back))
        return cls(tuple(rules))

    def __contains__(self, path: str) -> bool:
        left_out = False
        for pattern, leaves_out in self.rules:
            if pattern.match(path):
                left_out = leaves_out
        return left_out


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern with a slash before its end is seen from the top; another matches at any depth."""
    anchored = "/" in pattern.rstrip("/")
    folder_only = pattern.endswith("/")
    body = pattern.strip("/")
    made = ""
    for piece in re.findall(r"\*\*/|/\*\*|\*|\?|\[[^\]]+\]|[^*?\[]+|.", body):
        made += {"**/": "(?:.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}.get(piece) or (
            piece.replace("[!", "[^") if piece.startswith("[") and piece.endswith("]") else re.escape(piece)
        )
    return re.compile(("" if anchored else "(?:.*/)?") + made + ("/.*" if folder_only else "(?:/.*)?") + r"\Z")
