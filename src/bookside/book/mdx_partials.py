"""The only place that knows how MDX pages include files: ``import Part from './_part.mdx'`` with ``<Part />``."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bookside.book import mdx
from bookside.book.fences import Fence, opened
from bookside.book.frontmatter import FrontMatter, split
from bookside.book.includes import Includes, Line, numbered, with_lines
from bookside.book.mdx_constructs import end_of_tag
from bookside.errors import BookError

IMPORT = re.compile(
    r"^import\s+(?P<name>[A-Za-z_$][\w$]*)\s+from\s+(?P<quote>['\"])(?P<raw>!*raw-loader!)?(?P<path>[^'\"]+)(?P=quote)\s*;?\s*$"
)
CODE = re.compile(r"<CodeBlock(?P<attributes>[^<>]*)>\s*\{\s*(?P<name>[A-Za-z_$][\w$]*)\s*\}\s*</CodeBlock>")
LANGUAGE = re.compile(r"\blanguage\s*=\s*\{?[\"'](?P<language>[\w+#-]+)")
TAG = re.compile(r"<(?P<name>[A-Z][\w$]*)(?=[\s/>])")
OF_SITE = "@site/"


@dataclass
class Imported:
    """What a file has imported: names of its partials and of files that it shows as code, with their paths."""

    partials: dict[str, str] = field(default_factory=dict[str, str])
    code: dict[str, str] = field(default_factory=dict[str, str])


def expanded(page: FrontMatter, includes: Includes, *, site: str) -> FrontMatter:
    """The page with its partials, and the files that it shows as code, in their places.

    Args:
        site: The site's folder below the book's root, for paths that begin with ``@site``.
    """
    imported = imported_in(page.text)
    if not (imported.partials or imported.code):
        return page
    return with_lines(page, follow(numbered(page.text, page.lines + 1), imported, includes, site))


def imported_in(text: str) -> Imported:
    """What the imports outside code name."""
    imported = Imported()
    fence: Fence | None = None
    for line in text.split("\n"):
        if fence:
            fence = None if fence.is_closed_by(line) else fence
            continue
        fence = opened(line)
        found = IMPORT.match(line)
        if found and found["raw"]:
            imported.code[found["name"]] = found["path"]
        elif found and found["path"].endswith((".md", ".mdx")):
            imported.partials[found["name"]] = found["path"]
    return imported


def follow(lines: Sequence[Line], imported: Imported, includes: Includes, site: str) -> list[Line]:
    """``lines`` with the tags of imported files replaced; code is not touched."""
    made: list[Line] = []
    fence: Fence | None = None
    for line in lines:
        if fence:
            fence = None if fence.is_closed_by(line.text) else fence
            made.append(line)
            continue
        fence = opened(line.text)
        if fence or "<" not in line.text:
            made.append(line)
        else:
            made += replaced(line, imported, includes, site)
    return made


def replaced(line: Line, imported: Imported, includes: Includes, site: str) -> Iterator[Line]:
    """One line; what it includes stands between empty lines, indented as it is."""
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    place = 0
    for start, end, inside in inclusions(line, imported, includes, site):
        before = line.text[place:start]
        if before.strip():
            yield Line(before, line.number, line.part)
        yield Line("", line.number, line.part)
        for inner in inside:
            yield Line(indent + inner.text if inner.text else "", inner.number, inner.part)
        yield Line("", line.number, line.part)
        place = end
    if not place or line.text[place:].strip():
        yield Line(line.text[place:], line.number, line.part)


def inclusions(
    line: Line, imported: Imported, includes: Includes, site: str
) -> Iterator[tuple[int, int, Sequence[Line]]]:
    """Beginning and end of each tag of an imported file, with the lines that take its place."""
    place = 0
    while (start := line.text.find("<", place)) >= 0:
        place = start + 1
        code = CODE.match(line.text, start)
        tag = TAG.match(line.text, start)
        if code and code["name"] in imported.code:
            place = code.end()
            yield start, place, shown(code, imported.code[code["name"]], line, includes, site)
        elif tag and tag["name"] in imported.partials:
            end = end_of_tag(line.text, start)
            if end == start:
                continue
            closing = f"</{tag['name']}>"
            rest = line.text[end:].lstrip()
            place = line.text.index(closing, end) + len(closing) if rest.startswith(closing) else end
            yield start, place, partial(imported.partials[tag["name"]], line, includes, site)


def shown(code: re.Match[str], path: str, line: Line, includes: Includes, site: str) -> list[Line]:
    """The file as a block of code."""
    language = LANGUAGE.search(code["attributes"])
    with includes.reading(path, [located(path, includes, site)], line.number) as text:
        if text is None:
            return []
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    words = [fence + (language["language"] if language else ""), *text.rstrip("\n").split("\n"), fence]
    return [Line(word, line.number, line.part) for word in words]


def partial(path: str, line: Line, includes: Includes, site: str) -> list[Line]:
    """The text of a partial, with what it includes itself."""
    with includes.reading(path, [located(path, includes, site)], line.number) as text:
        if text is None:
            return []
        try:
            body = split(text, path).text
        except BookError as error:
            includes.complain(line.number, f"includes {path!r}, which cannot be read: {error}")
            return []
        part = includes.next_part()
        without_modules = "".join(region.text for region in mdx.regions(body))
        lines = [Line(words, line.number, part) for words in without_modules.strip("\n").split("\n")]
        return follow(lines, imported_in(body), includes, site)


def located(path: str, includes: Includes, site: str) -> str:
    """The imported file's path below the book's root."""
    folder, name = (site, path.removeprefix(OF_SITE)) if path.startswith(OF_SITE) else (includes.folder, path)
    return posixpath.normpath(posixpath.join(folder, name))
