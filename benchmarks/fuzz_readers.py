"""Hard books for every reader, for some minutes: counts crashes, books that take over five seconds, and secrets read.

    python -m benchmarks.fuzz_readers --minutes 5

Each book is made from a number (`tests/hard_books.py`), read, cut and rendered in a process of its own, which is
stopped when it takes too long. What is found is printed with its number, and `--seed` makes that book again. Before
them come, of each kind, books of fifty megabytes in one line, of very many short lines, and of one thing inside itself
a hundred thousand times.
"""

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bookside.book import cut, read_book
from bookside.book.pictures import Picture
from bookside.book.render import render
from bookside.errors import BookError
from bookside.models.tokens import load_token_counter
from documents import docx, epub, paragraph
from hard_books import SECRET, SECRET_FILES, hard_book

TOO_LONG_S = 5.0
GIVEN_UP_S = 60.0
MB = 1024 * 1024

LINES: dict[str, Callable[[], str]] = {
    "words": lambda: "soil " * (10 * MB),
    "one word": lambda: "a" * (50 * MB),
    "stars": lambda: "*a " * (50 * MB // 3),
    "brackets": lambda: "[" * (50 * MB),
    "backticks": lambda: "` `` " * (10 * MB),
    "tags": lambda: "<b>" * (50 * MB // 3),
    "cells": lambda: "|a" * (25 * MB),
    "braces": lambda: "{" * (50 * MB),
    "dollars": lambda: "$a" * (25 * MB),
    "links": lambda: "[a](b) " * (50 * MB // 7),
    "heading": lambda: "# " + "a " * (25 * MB),
}
MANY: dict[str, Callable[[], str]] = {
    "paragraphs": lambda: "soil\n\n" * 14_500,
    "headings": lambda: "# a\n" * 29_000,
    "items": lambda: "- a\n" * 29_000,
    "rows": lambda: "|a|b|\n|-|-|\n" + "|a|b|\n" * 29_000,
    "formulas": lambda: "\\[\n" * 29_000,
    "elements": lambda: "<div>\n\n" * 14_500,
    "notes": lambda: "[^a]: b\n\n" * 14_500,
    "imports": lambda: "import A from 'a'\n\n" * 14_500,
}
DEEP = {
    "quotations": "> ", "items": "- ", "tags": "<div>", "brackets": "[", "emphasis": "*a ", "braces": "{a",
    "tables": "<table><tr><td>", "lists": "<ul><li>",
    "images": "![", "calls": ":::note\n", "spans": "<b>", "formulas": "$\\frac{",
}  # fmt: skip


SITES: dict[str, tuple[str, dict[str, str]]] = {
    "Markdown": ("a.md", {}),
    "MDX": ("a.mdx", {}),
    "HTML": ("a.html", {}),
    "MkDocs": ("docs/a.md", {"mkdocs.yml": "site_name: S\n"}),
    "mdBook": ("src/a.md", {"book.toml": "[book]\ntitle = 'S'\n", "src/SUMMARY.md": "- [A](a.md)\n"}),
    "Hugo": ("content/a.md", {"hugo.toml": "title = 'S'\n"}),
    "Quarto": ("a.qmd", {"_quarto.yml": "project:\n  type: website\n"}),
    "Sphinx": ("index.rst", {"conf.py": "project = 'S'\n"}),
    "MyST": ("index.md", {"conf.py": "project = 'S'\nextensions = ['myst_parser']\n"}),
    "notebook": ("a.ipynb", {}),
    "DOCX": ("a.docx", {}),
    "EPUB": ("a.epub", {}),
    "front matter": ("a.md", {}),
}
"""Where the page lies, and what else the site has."""


def big_books(kind: str | None = None) -> dict[str, tuple[str, Callable[[], str]]]:
    """Names of books with their kind and the text of their one page."""
    made: dict[str, tuple[str, Callable[[], str]]] = {}
    for site in SITES if kind is None else (kind,):
        made |= {f"{site}: 50 MB of {name} in one line": (site, text) for name, text in LINES.items()}
        made |= {f"{site}: a page of {name}": (site, text) for name, text in MANY.items()}
        made |= {
            f"{site}: 100,000 {name} inside each other": (site, lambda mark=mark: mark * 100_000 + "x")
            for name, mark in DEEP.items()
        }
    return made


def write_big(folder: Path, site: str, text: str) -> None:
    """A book of one page below ``folder``."""
    name, others = SITES[site]
    for other, content in others.items():
        (folder / other).parent.mkdir(exist_ok=True)
        (folder / other).write_text(content)
    (folder / name).parent.mkdir(exist_ok=True)
    data = {
        "notebook": lambda: json.dumps({"cells": [{"cell_type": "markdown", "source": text}], "metadata": {}}).encode(),
        "DOCX": lambda: docx("".join(paragraph(line) for line in text.split("\n") if line)),
        "EPUB": lambda: epub({"a.xhtml": text}),
        "front matter": lambda: f"---\n{text}\n---\n".encode(),
    }.get(site, text.encode)
    (folder / name).write_bytes(data())


def wholly(path: Path) -> bool:
    """Read, cut and render a book; whether it could be read."""
    try:
        book = read_book(path)
    except BookError:
        return False
    count = load_token_counter()
    cut(book, count_tokens=count)
    for page in book.pages:
        render(page, lambda address: address, lambda _: Picture())
        assert SECRET not in page.markdown, "a secret was read"
    return True


def worker(end: Connection) -> None:
    """Take books by number or by name, and tell what became of each."""
    opened: list[str] = []
    sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
    load_token_counter()("warm")
    while True:
        wanted: int | str = end.recv()
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder).resolve()
            try:
                if isinstance(wanted, int):
                    path = hard_book(random.Random(wanted), top)
                else:
                    path = top / "book"
                    path.mkdir()
                    site, text = big_books()[wanted]
                    write_big(path, site, text())
                opened.clear()
                end.send("begun")
                started = time.perf_counter()
                was_read = wholly(path)
                took = time.perf_counter() - started
                outside = [name for name in opened if Path(name).name in SECRET_FILES and Path(name).parent == top]
                end.send(("secret" if outside else "read" if was_read else "refused", took, str(outside or "")))
            except Exception:  # noqa: BLE001 - what it is for
                end.send(("crash", 0.0, traceback.format_exc(limit=-6)))


class Reader:
    """A process that reads books and is stopped when one takes too long."""

    def __init__(self) -> None:
        self._end, other = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=worker, args=(other,), daemon=True)
        self._process.start()
        other.close()

    def read(self, wanted: int | str) -> tuple[str, float, str]:
        """What became of the book, in how many seconds, and more of it."""
        self._end.send(wanted)
        try:
            first = self._end.recv()
            if first != "begun":
                return first
            if self._end.poll(GIVEN_UP_S):
                return self._end.recv()
        except EOFError:
            return "died", 0.0, "the process ended"
        return "hang", GIVEN_UP_S, ""

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def main() -> None:
    """Read hard books until the time is over."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=3.0)
    arguments.add_argument("--seed", type=int, help="only this book")
    arguments.add_argument("--big", action="store_true", help="only the big books")
    arguments.add_argument("--kind", choices=list(SITES), help="big books of this kind alone")
    arguments.add_argument("--small", action="store_true", help="no big books")
    given = arguments.parse_args()
    counts: Counter[str] = Counter()
    slowest: list[tuple[float, int | str]] = []
    reader = Reader()

    def take(wanted: int | str) -> None:
        nonlocal reader
        outcome, took, more = reader.read(wanted)
        if outcome in ("read", "refused") and took > TOO_LONG_S:
            outcome = "slow"
        counts[outcome] += 1
        slowest.append((took, wanted))
        slowest[:] = sorted(slowest, key=lambda pair: -pair[0])[:5]
        if outcome not in ("read", "refused") or isinstance(wanted, str):
            print(f"{outcome:8} {took:6.1f} s  {wanted}  {more}", flush=True)
        if outcome in ("hang", "died"):
            reader.stop()
            reader = Reader()

    if given.seed is not None:
        take(given.seed)
    else:
        if not given.small:
            for name in big_books(given.kind):
                take(name)
        end = time.monotonic() + given.minutes * 60
        numbers = random.Random(int(time.time()))
        while not given.big and time.monotonic() < end:
            take(numbers.randrange(2**64))
    reader.stop()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(", ".join(f"{number} {outcome}" for outcome, number in counts.most_common()), f"; peak {peak:,.0f} MB")
    print("slowest:", ", ".join(f"{took:.1f} s ({wanted})" for took, wanted in slowest))


if __name__ == "__main__":
    main()
