"""The process in which a book is parsed: reads what is wanted from a file, has Sphinx read the book, writes the result.

``python -m bookside.book.sphinx.child WORK`` with a folder that holds ``wanted.json`` and, unless the book's own is to
be run, ``conf.py``; leaves ``read.json`` there. It exits with 1, and a line on stderr, when the book cannot be parsed.
"""

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sphinx.project
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.matching import Matcher

from bookside.book.files import MAX_FILE_BYTES, SKIPPED_FOLDERS, check_length, check_lines, natural_key, within
from bookside.book.sphinx import extension
from bookside.book.sphinx.builder import MarkdownBuilder, told
from bookside.book.sphinx.confine import confine
from bookside.book.sphinx.substitutions import limit_parsers, limit_substitutions
from bookside.book.sphinx.unknown import keep_unknown
from bookside.errors import BookError

EXTENSION = extension.__name__
SKIPPED = SKIPPED_FOLDERS | {"_build"}
WRITTEN = frozenset({".rst", ".md", ".txt"})
BEGINS = re.compile(r"\n(?=[^\n]*?(?:WARNING|ERROR|CRITICAL|SEVERE): )")
WARNING = re.compile(r"^(?P<file>.+?)(?::(?P<line>\d+))?: (?P<level>WARNING|ERROR|CRITICAL|SEVERE): (?P<words>.*)$")
REFUSED_SUBSTITUTION = "Substitution error:SecurityError: "
TOLD_WARNINGS = re.compile(
    r"Include file|toctree contains reference to (?:nonexisting|excluded)|could not be read|undecodable"
    r"|image file not readable|" + REFUSED_SUBSTITUTION
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LABEL = re.compile(r" \[[\w.-]+\]$")


class Application(Sphinx):
    """Sphinx with our builder, whatever the configuration names."""

    def preload_builder(self, name: str) -> None:
        """Called when the book's extensions are loaded and before its settings are."""
        self.setup_extension(EXTENSION)
        suffixes: Any = self.config["source_suffix"]
        if ".ipynb" in suffixes and not self.is_read_by_another(suffixes[".ipynb"]):
            suffixes[".ipynb"] = extension.NOTEBOOK
        super().preload_builder(name)

    def is_read_by_another(self, filetype: str) -> bool:
        """Whether an extension of the book reads notebooks."""
        return filetype in self.registry.source_parsers


class Reading:
    """One book.

    Args:
        wanted: As ``process`` writes it.
    """

    def __init__(self, wanted: dict[str, Any], work: Path) -> None:
        self._wanted = wanted
        self._work = work
        self._root = Path(wanted["root"])
        self._source = self._root / wanted["source"]
        self._problems: dict[tuple[str, str], dict[str, Any]] = {}
        self._refused: set[str] = set()

    def read(self) -> dict[str, Any]:
        """The book's documents, its settings and its problems."""
        keep_unknown(self._tell_unknown)
        untyped: Any = sphinx.project
        untyped.get_matching_files = self._files
        MarkdownBuilder.address = self._wanted["address"]
        MarkdownBuilder.base = self._wanted["base"]
        MarkdownBuilder.folders = self._wanted["folders"]
        warnings = io.StringIO()
        runs = self._wanted["runs"]
        confoverrides = {"bookside_toctrees": self._wanted["toctrees"]}
        if runs is None:
            limit_substitutions()
            limit_parsers()
            confine(str(self._root), str(self._work), self._refused.add)
        else:
            confoverrides["nb_execution_mode"] = "off"
        app = Application(
            srcdir=self._source,
            confdir=self._work if runs is None else self._root / runs,
            outdir=self._work / "out",
            doctreedir=self._work / "doctrees",
            buildername=MarkdownBuilder.name,
            confoverrides=confoverrides,
            status=None,
            warning=warnings,
            freshenv=True,
            tags=["html", "builder_html"] if self._wanted["address"] != "dirhtml" else ["dirhtml", "builder_dirhtml"],
        )
        app.build(force_all=True)
        builder: Any = app.builder
        self._take_warnings(warnings.getvalue())
        for error in builder.broken:
            self._tell(self._below(error.path), error.line, error.reason)
        return {
            "project": app.config.html_title if self._has_title(app) else app.config.project,
            "language": app.config.language,
            "baseurl": app.config.html_baseurl,
            "root": app.config.root_doc,
            "documents": {name: self._document(app, builder, name) for name in builder.written},
            "problems": list(self._problems.values()),
        }

    def _has_title(self, app: Sphinx) -> bool:
        given: Any = app.config._raw_config  # pyright: ignore[reportPrivateUsage]
        return bool(given.get("html_title"))

    def _document(self, app: Sphinx, builder: MarkdownBuilder, name: str) -> dict[str, Any]:
        title = app.env.titles[name].astext() if name in app.env.titles else ""
        return {
            "file": self._below(builder.file_of(name)),
            "address": builder.get_target_uri(name),
            "title": "" if title == "<no title>" else title,
            **asdict(builder.written[name]),
        }

    def _files(self, dirname: Any, include: Any = ("**",), exclude: Any = ()) -> Iterator[str]:
        """The documents below the folder of sources, as Sphinx would list them, without what leads out of the book."""
        included, excluded = Matcher(include), Matcher(exclude)
        seen: set[str] = set()
        top = os.path.realpath(dirname)
        for folder, folders, names in os.walk(top, followlinks=True):
            real = os.path.realpath(folder)
            if real in seen or not within(self._root, Path(folder)):
                folders.clear()
                continue
            seen.add(real)
            relative = Path(folder).relative_to(top)
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".") and name not in SKIPPED and not excluded((relative / name).as_posix())
            )
            for name in sorted(names, key=natural_key):
                path = (relative / name).as_posix()
                if included(path) and not excluded(path) and self._is_readable(Path(folder, name), path):
                    yield path

    def _is_readable(self, file: Path, path: str) -> bool:
        if not within(self._root, file) or not file.is_file():
            return False
        fault = too_long(file)
        if fault is not None and file.suffix in {*WRITTEN, ".ipynb"}:
            self._tell(self._below(path), fault.line, fault.reason)
        return fault is None

    def _below(self, path: str) -> str:
        """A path below the sources as one below the book's folder."""
        return Path(os.path.normpath(os.path.join(self._wanted["source"], path))).as_posix()

    def _tell_unknown(self, what: str, source: str, line: int) -> None:
        """Once for each name: the first place stands for all."""
        reason = f"what the {what} makes: its extension is not loaded, and its words are kept as they stand"
        if what.startswith("directive 'auto"):
            reason = f"what the {what} takes from code: the code is not imported; BOOKSIDE_SPHINX_CONF=run lets it be"
        self._problems.setdefault(("", what), self._problem(self._shown(source), line, reason))

    def _take_warnings(self, text: str) -> None:
        """Keep what Sphinx says where words of the book are missing."""
        for block in BEGINS.split(COLOURS.sub("", text)):
            found = WARNING.match(" ".join(block.split()))
            if found is None:
                continue
            words = LABEL.sub("", found["words"])
            if found["level"] == "WARNING" and not TOLD_WARNINGS.search(words):
                continue
            words = words.removeprefix(REFUSED_SUBSTITUTION)
            outside = next((path for path in self._refused if os.path.basename(path) in words), None)
            if outside is not None:
                words = f"it includes {outside!r}, which {self._why(outside)}"
            self._tell(self._shown(found["file"]), int(found["line"] or 0), words)

    def _why(self, path: str) -> str:
        """Why a file was not opened."""
        inner = path.startswith(os.path.realpath(self._root) + os.sep)
        return "holds Bookside's own data" if inner else "is outside the book's folder"

    def _shown(self, source: str) -> str:
        """A file that Sphinx names, as a path below the book's folder."""
        source = source.partition(":")[0] if "docstring of" in source else source
        path = os.path.realpath(os.path.join(self._source, source))
        root = os.path.realpath(self._root)
        return Path(path).relative_to(root).as_posix() if path.startswith(root + os.sep) else source

    def _tell(self, path: str, line: int, reason: str) -> None:
        self._problems.setdefault((path, reason), self._problem(path, line, reason))

    def _problem(self, path: str, line: int, reason: str) -> dict[str, Any]:
        return {"path": path, "line": line, "reason": reason}


def too_long(file: Path) -> BookError | None:
    """Why a document would take minutes; whether it can be read at all is for Sphinx to say."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            return BookError(str(file), 1, f"the file is over {MAX_FILE_BYTES // 2**20} MB")
        if file.suffix in WRITTEN:
            text = file.read_bytes().decode("utf-8", "replace")
            check_length(text, str(file))
            check_lines(text, str(file))
    except OSError:
        return None
    except BookError as error:
        return error
    return None


def main() -> int:
    """Read ``wanted.json``, write ``read.json``."""
    work = Path(sys.argv[1])
    wanted = json.loads((work / "wanted.json").read_text("utf-8"))
    sys.setrecursionlimit(5_000)
    try:
        read = Reading(wanted, work).read()
    except (SphinxError, OSError) as error:
        sys.stderr.write(f"{told(error)}\n")
        return 1
    (work / "read.json").write_text(json.dumps(read), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
