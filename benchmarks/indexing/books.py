"""Books of any size, made by repeating the pages of a real one with changes, so that no two chunks are the same."""

import re
from pathlib import Path

WORD = re.compile(r"\b[a-z]{6,}\b")
EVERY = 40
"""One word of so many is changed."""

EDIT = "\n\n## A section of today\n\nIt was not here yesterday, and says how many pumps there are.\n"


def write_book(folder: Path, source: Path, pages: int) -> None:
    """So many pages below ``folder``, in parts of as many as ``source`` has."""
    files = sorted(path for path in source.rglob("*.md") if "node_modules" not in path.parts)
    for number in range(pages):
        part, place = divmod(number, len(files))
        file = files[place]
        target = folder / f"part-{part + 1:03}" / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(changed(file.read_text("utf-8"), part), "utf-8")


def changed(text: str, part: int) -> str:
    """The text of one part: every so many words another one."""
    count = 0

    def of(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"{found[0]} {part}" if count % EVERY == part % EVERY else found[0]

    return WORD.sub(of, text)


def edit(folder: Path) -> None:
    """Add a section to a page in the middle."""
    files = sorted(folder.rglob("*.md"))
    file = files[len(files) // 2]
    file.write_text(file.read_text("utf-8") + EDIT, "utf-8")
