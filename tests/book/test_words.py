"""The words of a page stay whole: what only a generator's dialect writes gives way, and nothing else does."""

from pathlib import Path

import pytest

from bookside.book import cut, read_book
from bookside.book.mkdocs_inline import plain_words


def words(text: str) -> int:
    return len(text.split())


def passages(folder: Path) -> str:
    return "\n".join(chunk.text for chunk in cut(read_book(folder), count_tokens=words))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("=== :octicons-file-code-16: pyproject.toml", "=== pyproject.toml"),
        ("Press ++ctrl+alt+del++ or ++enter++.", "Press Ctrl+Alt+Del or Enter."),
        ("A ==marked word== and ^^an inserted one^^.", "A marked word and an inserted one."),
        ("[Open](a.md){ .md-button target=_blank } now", "[Open](a.md) now"),
        ("Call `#!python print(x)` twice.", "Call `print(x)` twice."),
    ],
)
def test_pymdowns_marks_give_way_to_their_words(line: str, expected: str) -> None:
    """Icons, keys, marks, attributes, and the language before code."""
    assert plain_words(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "i++ and j++ are a == b and c == d",
        "`++x++ ==y== :material-home:` stays",
        "| ==1.2 | ==1.3 |",
        "a ratio of 1:2:3, at 12:30:45",
        "use {name} and [x]{y}",
        "x^2^^3",
    ],
)
def test_what_only_looks_like_a_mark_stays(line: str) -> None:
    """Operators, versions, times, braces, and everything in code."""
    assert plain_words(line) == line


def test_a_link_is_its_words_wherever_its_address_stands(tmp_path: Path) -> None:
    """Definitions at the end of the page count for every section of it."""
    (tmp_path / "a.md").write_text(
        "# A\n\nSee [the standard][std] and [PEP 1][].\n\n## B\n\n[std]: x\n[pep 1]: y\n", "utf-8"
    )
    assert "See the standard and PEP 1." in passages(tmp_path)


def test_what_a_plugin_would_write_is_not_quoted_as_its_directive(tmp_path: Path) -> None:
    """The directive and its options are gone; the text around them stays, at its line."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: X\n", "utf-8")
    (tmp_path / "docs" / "index.md").write_text(
        "# API\n\nBefore.\n\n::: package.module.Class\n    options:\n      members: none\n\nAfter.\n\n## End\n", "utf-8"
    )
    text = passages(tmp_path)
    assert "Before." in text
    assert "After." in text
    assert ":::" not in text
    assert "members" not in text
    assert read_book(tmp_path).pages[0].sections[-1].line == 11


def test_lines_of_code_that_sites_do_not_show_are_not_quoted(tmp_path: Path) -> None:
    """Docusaurus's marks for highlighting, and mdBook's hidden lines of Rust; other languages keep their ``#``."""
    site = tmp_path / "site"
    (site / "docs").mkdir(parents=True)
    (site / "docusaurus.config.js").write_text("export default {}", "utf-8")
    code = "```js\na();\n// highlight-next-line\nb();\n```\n\n## After\n"
    (site / "docs" / "a.md").write_text("# A\n\n" + code, "utf-8")
    book = tmp_path / "book"
    (book / "src").mkdir(parents=True)
    (book / "book.toml").write_text("[book]\n", "utf-8")
    (book / "src" / "SUMMARY.md").write_text("- [A](a.md)\n", "utf-8")
    rust = (
        "```rust\n# use hidden;\n#[derive(Debug)]\nlet a = 1;\n## kept\n#\n```\n\n```sh\n# a comment\n```\n\n## After\n"
    )
    (book / "src" / "a.md").write_text("# A\n\n" + rust, "utf-8")

    assert "```js\na();\nb();\n```" in passages(site)
    assert "```rust\n#[derive(Debug)]\nlet a = 1;\n# kept\n```\n\n```sh\n# a comment\n```" in passages(book)
    assert [read_book(folder).pages[0].sections[-1].line for folder in (site, book)] == [9, 15]
