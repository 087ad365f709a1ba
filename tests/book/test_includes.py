"""What pages include is part of them, as the generators have it, and nothing outside the book is ever read."""

from pathlib import Path

import pytest

from bookside.book import Book, Page, read_book
from bookside.book.includes import MAX_INCLUDED_CHARS

BOOKS = Path(__file__).parent.parent / "fixtures" / "books"
INCLUDES = BOOKS / "includes"
LANTERNS = BOOKS / "docusaurus-editions"


def page(book: Book, path: str) -> Page:
    return next(page for page in book.pages if page.path == path)


def section(page: Page, anchor: str) -> str:
    return next(section.markdown for section in page.sections if section.anchor == anchor)


def lines_of(page: Page) -> dict[str, int]:
    return {section.anchor: section.line for section in page.sections if section.anchor}


def problems(book: Book) -> list[str]:
    return [str(problem) for problem in book.problems]


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder


def mdbook(folder: Path, text: str, **files: str) -> Path:
    pages = {"book.toml": "[book]\n", "src/SUMMARY.md": "- [A](a.md)\n", "src/a.md": text}
    return written(folder, pages | {f"src/{name}.md": words for name, words in files.items()})


def test_mdbook_includes_lines_anchors_and_code() -> None:
    """Whole files, nested ones, lines, anchors and playgrounds; an escaped directive is text."""
    splices = page(read_book(INCLUDES / "mdbook"), "src/ch/splices.md")
    assert "It opens the lay." in section(splices, "a-fid")
    assert section(splices, "whipping").strip() == "Bind the ends first."
    last = section(splices, "a-fid-1")
    assert '    let strands = 3;\n    println!("{strands} strands");\n```' in last
    assert "```rust\n    drop(strands);\n```" in last
    assert "```rust\nfn main() {" in last
    assert "written {{#include file.rs}} in" in last
    assert lines_of(splices) == {
        "splices": 1,
        "a-fid": 3,
        "whipping": 3,
        "a-fid-1": 5,
        "lines-and-ends-here": 21,
        "after-them": 27,
    }


def test_mkdocs_snippets_of_files_sections_and_lines() -> None:
    """In text, in code, in call-outs; nested; from every base path; what is appended defines links only."""
    book = read_book(INCLUDES / "mkdocs")
    index, code = page(book, "docs/index.md"), page(book, "docs/guide/code.md")
    assert section(index, "before-you-climb").strip() == "Look at every strand."
    assert section(index, "strands-that-are-worn_1").strip("> \n") == "Cut them out."
    assert "SWL]" not in index.markdown
    knots = section(code, "knots")
    assert "``` lua\nfunction bowline(rope)\n    return rope.loop()\nend\n```" in knots
    assert "``` lua\nfunction sheet_bend(one, other)\n    return one + other\nend\n```" in knots
    assert "8<" not in knots
    assert '--8<-- "written as it stands"' in code.markdown
    assert lines_of(code) == {"knots": 4, "strands-that-are-worn": 17, "the-very-end": 24}


def test_docusaurus_partials_have_anchors_of_their_own() -> None:
    """Each partial's headings are counted by themselves, so two of them may have the same id, as on the site."""
    trim = page(read_book(LANTERNS), "versioned_docs/version-2.0/guide/01-trim.md")
    assert [section.anchor for section in trim.sections][1:] == [
        "with-scissors",
        "hot-glass",
        "hot-glass",
        "äußerste-vorsicht",
        "hot-glass",
        "hot-glass",
        "every-month",
        "by-machine",
    ]
    assert "Glass keeps its heat." in trim.markdown
    assert "import " not in trim.markdown
    assert "```jsx\n<Warning />\n```" in trim.markdown
    assert lines_of(trim)["by-machine"] == 25


def test_docusaurus_shows_a_file_as_code(tmp_path: Path) -> None:
    """A raw import inside ``<CodeBlock>`` is a block of code in its language."""
    text = (
        "import CodeBlock from '@theme/CodeBlock';\nimport source from '!!raw-loader!./knot.py';\n\n# Code\n\n"
        '<CodeBlock language="python" title="knot.py">{source}</CodeBlock>\n\nAfter it.\n'
    )
    site = written(
        tmp_path, {"docusaurus.config.js": "export default {}", "docs/a.mdx": text, "docs/knot.py": "tie()\n"}
    )
    book = read_book(site)
    assert "```python\ntie()\n```" in book.pages[0].markdown
    assert "After it." in book.pages[0].markdown


def test_what_is_missing_or_outside_is_a_problem_with_its_line_and_the_page_stays() -> None:
    """The names are as the page writes them; the sections after the include are there."""
    assert problems(read_book(INCLUDES / "mdbook")) == [
        "src/ch/splices.md:23: includes 'missing.md', which is not a file in the book",
        "src/ch/splices.md:25: includes '../../../../../../../../../etc/hostname', which is not a file in the book",
    ]
    assert problems(read_book(INCLUDES / "mkdocs")) == [
        "docs/guide/code.md:26: includes 'guide/../index-of-nothing.md', which is not a file in the book",
        "docs/guide/code.md:28: includes '../../../../../../../../etc/hostname', which is not a file in the book",
    ]


@pytest.mark.parametrize("way", ["link", "dots", "absolute"])
def test_nothing_outside_the_book_is_included(tmp_path: Path, way: str) -> None:
    """Neither through a symbolic link, nor by ``..``, nor by an absolute path."""
    secret = tmp_path / "secret.md"
    secret.write_text("TOP SECRET", "utf-8")
    named = {"link": "linked.md", "dots": "../../secret.md", "absolute": str(secret)}[way]
    book = mdbook(tmp_path / "book", f"# A\n\n{{{{#include {named}}}}}\n\n## B\n")
    (book / "src" / "linked.md").symlink_to(secret)
    read = read_book(book)
    assert "SECRET" not in read.pages[0].markdown
    assert [section.anchor for section in read.pages[0].sections] == ["a", "b"]
    assert problems(read) == [f"src/a.md:3: includes {named!r}, which is not a file in the book"]


def test_a_circle_of_includes_ends(tmp_path: Path) -> None:
    """It is named, and what is not in the circle stays."""
    read = read_book(mdbook(tmp_path, "# A\n\n{{#include b.md}}\n", b="Bee\n{{#include c.md}}", c="{{#include b.md}}"))
    assert "Bee" in read.pages[0].markdown
    assert problems(read) == ["src/a.md:3: includes 'b.md', which leads back to itself"]


def test_includes_that_double_and_double_are_cut_off(tmp_path: Path) -> None:
    """Small files that include each other many times give no endless page; the problem says so."""
    files = {f"f{n}": f"{{{{#include f{n + 1}.md}}}}\n" * 40 for n in range(8)}
    read = read_book(mdbook(tmp_path, "# A\n\n{{#include f0.md}}\n\n## B\n", **files, f8="x" * 1000))
    assert len(read.pages[0].markdown) < 4 * MAX_INCLUDED_CHARS
    assert any("more than" in problem for problem in problems(read))
    assert read.pages[0].sections[-1].anchor == "b"


def test_an_unknown_anchor_or_section_is_named(tmp_path: Path) -> None:
    """A part of a file that is not there is not the whole file."""
    read = read_book(mdbook(tmp_path, "# A\n\n{{#include b.md:part}}\n", b="Everything"))
    assert "Everything" not in read.pages[0].markdown
    assert problems(read) == ["src/a.md:3: includes 'b.md:part', and there is no such anchor in it"]
