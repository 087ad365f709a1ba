"""One page: what is a heading, what is text, and what a page that cannot be read does to the rest."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookside.book import Page, Section, read_book
from bookside.book.markdown import headings, parser
from bookside.book.mdx import strip


def read(folder: Path, text: str | bytes, name: str = "page.md") -> Page:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_book(folder).pages[0]


def of(page: Page) -> list[tuple[int, str, int]]:
    return [(section.level, section.heading, section.line) for section in page.sections]


def test_a_hash_in_code_is_no_heading(tmp_path: Path) -> None:
    page = read(tmp_path, "# A\n\n```\n## b\n```\n\n    ## c\n\n~~~md\n## d\n~~~\n\n## E\n")
    assert of(page) == [(1, "A", 1), (2, "E", 13)]


def test_underlined_and_marked_headings_are_seen_with_their_visible_words(tmp_path: Path) -> None:
    page = read(tmp_path, "*A* `b`\n===\n\nText ![the alt](x.png)\n\nC [d](e)\nand <b>f</b>\n---\n")
    assert of(page) == [(1, "A b", 1), (2, "C d and f", 6)]


def test_lines_are_counted_in_the_file_below_front_matter_a_mark_and_windows_line_ends(tmp_path: Path) -> None:
    page = read(tmp_path, b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\n\r\nBefore.\r\n\r\n# A\r\n\r\n## B\r\n")
    assert (page.title, of(page)) == ("T", [(0, "T", 4), (1, "A", 7), (2, "B", 9)])
    assert "\r" not in page.markdown


def test_the_path_of_a_section_leads_from_the_pages_title(tmp_path: Path) -> None:
    page = read(tmp_path, "# T\n\n## A\n\n#### B\n\n## C\n\n# Second\n\n### D\n")
    assert [section.path for section in page.sections] == [
        ("T",),
        ("T", "A"),
        ("T", "A", "B"),
        ("T", "C"),
        ("T", "Second"),
        ("T", "Second", "D"),
    ]


def test_an_explicit_id_is_the_anchor_and_no_word_of_the_heading(tmp_path: Path) -> None:
    page = read(tmp_path, "# T\n\n## Own {#my-id}\n\nText\n\n## Own\n")
    assert [(s.heading, s.anchor) for s in page.sections] == [("T", "t"), ("Own", "my-id"), ("Own", "own")]
    assert "{#" not in page.markdown


def test_a_page_that_cannot_be_read_is_named_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "bad-bytes.md").write_bytes(b"# A\n\nb\xff\n")
    (tmp_path / "bad-front.md").write_text("---\ntitle: A\nb: [1,\n---\n# A\n")
    (tmp_path / "good.md").write_text("# Good\n")
    book = read_book(tmp_path)
    assert [page.path for page in book.pages] == ["good.md"]
    assert [(problem.path, problem.line) for problem in book.problems] == [("bad-bytes.md", 3), ("bad-front.md", 4)]


def test_nothing_outside_the_book_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "b.md").write_text("# Secret\n")
    book = tmp_path / "book"
    (book / ".hidden").mkdir(parents=True)
    (book / "node_modules").mkdir()
    for path in (book / ".hidden" / "a.md", book / "node_modules" / "a.md", book / "page.md"):
        path.write_text("# A\n")
    (book / "link.md").symlink_to(tmp_path / "secret.md")
    (book / "folder").symlink_to(tmp_path / "secrets")
    (book / "circle").symlink_to(book)
    found = read_book(book)
    assert ([page.path for page in found.pages], found.problems) == (["page.md"], ())
    (book / "src").mkdir()
    (book / "book.toml").write_text("")
    (book / "src" / "SUMMARY.md").write_text("- [S](../../secret.md)\n- [P](../page.md)\n")
    assert [page.path for page in read_book(book).pages] == ["page.md"]


def test_every_page_of_a_flat_book_is_a_chapter_but_its_front_page(tmp_path: Path) -> None:
    for name in ("README", "2-b", "1-a", "10-c"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n")
    assert [(p.path, p.chapter.number if p.chapter else None) for p in read_book(tmp_path).pages] == [
        ("README.md", None),
        ("1-a.md", 1),
        ("2-b.md", 2),
        ("10-c.md", 10),
    ]


def test_nested_groups_are_parts_and_chapters_counted_when_the_authors_numbers_clash(tmp_path: Path) -> None:
    for path in ("1-x/1-a/p", "1-x/2-b/p", "2-y/1-c/p", "2-y/intro"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{path}.md").write_text("# P\n\n## Q\n")
        (tmp_path / f"{path}2.md").write_text("# P2\n")
    book = read_book(tmp_path)
    seen = [(p.part.title, p.chapter.number, p.chapter.title) for p in book.pages if p.part and p.chapter]
    assert list(dict.fromkeys(seen)) == [("X", 1, "A"), ("X", 2, "B"), ("Y", 3, "C"), ("Y", 4, "Y")]


def same_headings(page: Page) -> bool:
    tokens = [token for token in parser(page.dialect).parse(page.markdown) if token.type == "heading_open"]
    return [int(token.tag[1]) for token in tokens] == [s.level for s in page.sections if s.level > 0]


MARKED_UP = st.text(
    alphabet=st.sampled_from("ab #*_`~-=+>|[](){}<>!/\\\"'&;:.1\n\n\n\t\r\0é流") | st.characters(codec="utf-8"),
    max_size=400,
)


@settings(max_examples=200, deadline=None)
@given(text=MARKED_UP, suffix=st.sampled_from([".md", ".mdx"]))
def test_any_text_is_a_page_or_a_problem(tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "good.md").write_text("# Good\n")
    (folder / f"any{suffix}").write_bytes(text.encode("utf-8"))
    book = read_book(folder)
    assert len(book.pages) + len(book.problems) == 2
    assert all(same_headings(page) for page in book.pages)


@settings(max_examples=100, deadline=None)
@given(text=MARKED_UP)
def test_any_text_is_a_page_of_mkdocs_or_a_problem(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(
        "site_name: A\nmarkdown_extensions: [admonition, attr_list, pymdownx.superfences]\n"
    )
    (folder / "docs" / "index.md").write_text("# Good\n")
    (folder / "docs" / "any.md").write_bytes(text.encode("utf-8"))
    book = read_book(folder)
    assert len(book.pages) + len(book.problems) == 2
    assert all(same_headings(page) for page in book.pages)


@settings(max_examples=300, deadline=None)
@given(text=MARKED_UP.map(lambda text: text.replace("\r", "").replace("\0", "")))
def test_taking_mdx_away_keeps_every_line_in_its_place(text: str) -> None:
    assert strip(text).count("\n") == text.count("\n")


def test_section_is_the_source_without_its_heading_line(tmp_path: Path) -> None:
    page = read(tmp_path, "# A\n\nOne *two*.\n\n## B\nthree\n")
    assert [section.markdown for section in page.sections] == ["\nOne *two*.\n", "three\n"]
    assert isinstance(page.sections[0], Section)
    assert headings(page.markdown, page.dialect)[1].start == 4
