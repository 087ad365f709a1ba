"""The only place that knows how MkDocs pages include files: PyMdown's snippets, ``--8<-- "file"``."""

import posixpath
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from bookside.book.frontmatter import FrontMatter
from bookside.book.includes import Includes, Line, numbered, with_lines
from bookside.book.mkdocs_config import DOCS_FOLDER, PAGE_FOLDER

NAME = "pymdownx.snippets"
MARK = re.compile(r"^(?P<space>[ \t]*)(?P<escape>;*)-+8<-+(?:[ \t]+(?P<quote>[\"'])(?P<file>.+?)(?P=quote)[ \t]*)?$")
SECTION = re.compile(
    r"(?P<escape>;*)-+8<-+[ \t]+\[[ \t]*(?P<type>start|end)[ \t]*:[ \t]*(?P<name>[\w-]+)[ \t]*\]", re.I
)
SELECTION = re.compile(
    r"^(?P<file>.*?)(?::(?P<name>[A-Za-z][\w-]*)|(?P<lines>(?::-?\d*){1,2}(?:,-?\d*(?::-?\d*)?)*))?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippets:
    """Options of the extension, as far as they say what is included.

    Args:
        bases: Folders, or single files, below the book's root in which files are looked for.
        appended: Files that stand at the end of every page.
        dedents: Whether sections and chosen lines lose the indent that they share.
    """

    bases: tuple[str, ...]
    appended: tuple[str, ...]
    dedents: bool

    @classmethod
    def configured(cls, options: dict[str, Any], docs: str) -> "Snippets":
        """From ``mkdocs.yml``; paths there are seen from its folder, and ``docs`` is the folder of the pages."""
        return cls(
            bases=tuple(base.replace(DOCS_FOLDER, docs) for base in texts(options.get("base_path", "."))),
            appended=texts(options.get("auto_append", [])),
            dedents=options.get("dedent_subsections") is True,
        )

    def expanded(self, page: FrontMatter, includes: Includes) -> FrontMatter:
        """The page with what it includes in its place."""
        lines = numbered(page.text, page.lines + 1)
        made = self._follow(lines, includes)
        last = lines[-1].number
        for file in self.appended:
            made += [Line("", last), *self._included(file, "", last, includes)]
        return with_lines(page, made)

    def _follow(self, lines: Sequence[Line], includes: Includes, *, is_section: bool = False) -> list[Line]:
        made: list[Line] = []
        is_block = False
        for line in lines:
            if "8<" not in line.text and not is_block:
                made.append(line)
                continue
            found = MARK.match(line.text)
            if found and found["escape"]:
                made.append(Line(line.text.replace(";", "", 1), line.number, line.part))
            elif found and found["file"]:
                if not is_block:
                    made += self._included(found["file"], found["space"], line.number, includes)
            elif found:
                is_block = not is_block
            elif is_block:
                space = line.text[: len(line.text) - len(line.text.lstrip())]
                made += self._included(line.text.strip(), space, line.number, includes)
            elif is_section or not SECTION.search(line.text):
                made.append(line)
        return made

    def _included(self, target: str, space: str, line: int, includes: Includes) -> list[Line]:
        """What a name stands for, with its selection of lines; nothing for one that is commented out or an address."""
        target = target.strip()
        if not target or target.startswith((";", "https://", "http://")):
            return []
        found = SELECTION.match(target)
        file = found["file"].strip() if found else target
        with includes.reading(file, self._candidates(file, includes.page_folder), line) as text:
            if text is None:
                return []
            lines = text.split("\n") if text else []
            name = found["name"] if found else None
            if found and found["lines"]:
                lines = self._dedented(ranges(lines, found["lines"]))
            elif name:
                section = between(lines, name)
                if section is None:
                    includes.complain(line, f"includes {target!r}, and there is no such section in it")
                    return []
                lines = self._dedented(section)
            made = self._follow([Line(words, line) for words in lines], includes, is_section=name is not None)
        return [Line(space + inner.text, inner.number, inner.part) for inner in made]

    def _candidates(self, file: str, page_folder: str) -> list[str]:
        """Where the file may be; a base that is a file is only itself."""
        bases = [base.replace(PAGE_FOLDER, page_folder or ".") for base in self.bases]
        folders = [posixpath.normpath(posixpath.join(base, file)) for base in bases]
        files = [base for base in bases if posixpath.join(posixpath.dirname(base), file) == base]
        return [*folders, *files]

    def _dedented(self, lines: list[str]) -> list[str]:
        return textwrap.dedent("\n".join(lines)).split("\n") if self.dedents else lines


def ranges(lines: Sequence[str], selection: str) -> list[str]:
    """The lines that ``:2``, ``:2:5``, ``::-2`` or several of these after commas choose."""
    made: list[str] = []
    for span in selection[1:].split(","):
        first, _, last = span.partition(":")
        start = int(first) if first.lstrip("-") else None
        end = int(last) if last.lstrip("-") else None
        begin = 0 if start is None else max(0, len(lines) + start) if start < 0 else max(0, start - 1)
        stop = len(lines) if end is None else max(0, len(lines) + 1 + end) if end < 0 else end
        made += lines[begin:stop]
    return made


def between(lines: Sequence[str], name: str) -> list[str] | None:
    """The lines of a section, without other sections' marks; ``None`` where there is no such section."""
    made: list[str] | None = None
    for line in lines:
        found = SECTION.search(line)
        if found and found["escape"]:
            line = line.replace(found["escape"], found["escape"][1:], 1)
        elif found and found["name"] == name:
            if found["type"].lower() == "start":
                made = [] if made is None else made
                continue
            break
        elif found and made is not None:
            continue
        if made is not None:
            made.append(line)
    return made


def texts(value: Any) -> tuple[str, ...]:
    """One text or a list of them."""
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, str))
