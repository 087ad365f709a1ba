"""What nobody has written does not hold a book up: it is refused by its name and line, or shown by its words."""

from pathlib import Path

import pytest

from bookside.book import Page, cut, read_book
from bookside.book.files import MAX_LINE_CHARS, MAX_PAGE_CHARS, MAX_PAGE_LINES
from bookside.book.flat import MAX_OPEN
from bookside.book.formulas import MAX_LINES
from bookside.book.frontmatter import MAX_CHARS
from bookside.book.html_tree import MAX_CHARS as MAX_HTML_CHARS
from bookside.book.markdown import MAX_INLINE_CHARS
from bookside.book.pictures import Picture
from bookside.book.render import render


def page_of(folder: Path, text: str, name: str = "a.md") -> Page:
    (folder / name).write_text(text)
    return read_book(folder).pages[0]


def html_of(page: Page) -> str:
    return render(page, lambda address: address, lambda _: Picture())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# A\n\n" + "a" * (MAX_LINE_CHARS + 1), "b.md:3: the line is over 1,000,000 characters long: divide it"),
        ("a\n" * (MAX_PAGE_LINES + 1), "b.md:1: it has over 30,000 lines: divide it into several pages"),
        (
            ("a" * 999_999 + "\n") * (MAX_PAGE_CHARS // 1_000_000 + 1),
            "b.md:1: it is over 4,000,000 characters long: divide it into several pages",
        ),
        (
            "---\na:\n" + f"- {'b ' * 40}\n" * (MAX_CHARS // 80) + "---\n",
            "b.md:2: its settings are over 500,000 characters long: shorten them",
        ),
    ],
    ids=["line", "lines", "characters", "settings"],
)
def test_a_page_that_is_too_long_is_a_problem_and_the_others_are_read(tmp_path: Path, text: str, problem: str) -> None:
    """It says what to do, and where."""
    (tmp_path / "a.md").write_text("# A\n\nWords.\n" + "b" * MAX_LINE_CHARS)
    (tmp_path / "b.md").write_text(text)
    book = read_book(tmp_path)
    assert ([page.path for page in book.pages], [str(one) for one in book.problems]) == (["a.md"], [problem])


def test_html_that_becomes_too_long_a_page_is_a_problem(tmp_path: Path) -> None:
    """Its one line is no fault, nor are its many: nobody wrote them, and nobody can divide them."""
    (tmp_path / "a.html").write_text("<h1>A</h1>" + "<p>" + "Words. " * (MAX_PAGE_CHARS // 7))
    (tmp_path / "b.html").write_text("<h1>B</h1><p>" + "Words. " * 200_000)
    (tmp_path / "c.html").write_text("<h1>C</h1><!--" + " " * MAX_HTML_CHARS)
    (tmp_path / "d.html").write_text("<h1>D</h1>" + "<p>Words.</p>" * (MAX_PAGE_LINES // 2 + 10))
    book = read_book(tmp_path)
    assert [page.path for page in book.pages] == ["b.html", "d.html"]
    assert [problem.path for problem in book.problems] == ["a.html", "c.html"]


@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_what_is_embedded_in_a_page_counts_for_nothing(tmp_path: Path, name: str) -> None:
    """A picture in base64, as Google Docs puts it into Markdown; words beside it stay."""
    data = f"data:image/png;base64,{'iVBOR/+w' * (MAX_HTML_CHARS // 8)}=="
    written = f"# A\n\nSoil ![field][one] data:{'soil' * 300}.\n\n[one]: <{data}>\n\n## Sand\n\nMore.\n"
    built = (
        f'<h1>A</h1><p>Soil <img src="{data}" alt="field"> data:{"soil" * 300}.</p>\n<h2 id="sand">Sand</h2><p>More.'
    )
    book = read_book(page_of(tmp_path, written if name == "a.md" else built, name) and tmp_path)
    chunks = cut(book, count_tokens=lambda text: len(text.split()))
    assert (book.problems, [section.heading for section in book.pages[0].sections]) == ((), ["A", "Sand"])
    assert [chunk.text for chunk in chunks] == [f"Soil field data:{'soil' * 300}.", "More."]


def test_a_heading_that_is_too_long_is_taken_word_for_word(tmp_path: Path) -> None:
    """In its section and where it is shown, with its id."""
    page = page_of(tmp_path, f"# A\n\n## {'*b* ' * 600}\n\nWords.\n")
    assert page.sections[1].heading == ("*b* " * 600).strip()
    assert f'id="{page.sections[1].anchor}"' in html_of(page)


def mkdocs_page(folder: Path, text: str, settings: str = "") -> Page:
    (folder / "mkdocs.yml").write_text(f"site_name: S\n{settings}")
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text(text)
    return read_book(folder).pages[0]


HARD = ["[" * 10_000, "[a](" * 5_000, "soil " * 50_000, "\n# Same" * 2_100, ("[" * 500 + " soil" * 1_000 + "\n\n") * 3]


@pytest.mark.parametrize("hard", HARD, ids=["brackets", "links", "words", "headings", "paragraphs"])
def test_a_mkdocs_page_that_its_own_parser_takes_minutes_for_has_its_ids(tmp_path: Path, hard: str) -> None:
    """As that parser would number them; an author's own, too."""
    text = f"# Same\n\n## Same\n\n## Own {{#mine}}\n\n{hard}\n"
    sections = mkdocs_page(tmp_path, text, "markdown_extensions: [attr_list]\n").sections
    assert [section.anchor for section in sections[:3]] == ["same", "same_1", "mine"]
    assert len({section.anchor for section in sections}) == len(sections)


def test_an_id_in_such_a_mkdocs_page_is_words_where_its_site_knows_none(tmp_path: Path) -> None:
    page = mkdocs_page(tmp_path, f"# Top\n\n## Own {{#mine}}\n\n{'[' * 10_000}\n")
    assert [section.anchor for section in page.sections] == ["top", "own-mine"]


BIG = {
    "table": "| a | b | c |\n|---|---|---|\n"
    + "| `setting_i` | what it does, [see](a.md) (and more) | the default |\n" * 400,
    "code": '```json\n{"a": [\n'
    + '  {"name": "soil", "depths": [1, 2, [3, 4]], "is": {"so": "[x](y)"}},\n' * 600
    + "]}\n```\n",
    "list": "- [soil](a.md) (that of a field), a term of this book\n" * 500,
}


@pytest.mark.parametrize("big", BIG)
def test_a_mkdocs_page_with_a_big_block_has_the_ids_of_the_built_site(tmp_path: Path, big: str) -> None:
    """Which its own parser alone knows, as of a heading with a class and an id."""
    assert len(BIG[big]) > 20_000
    page = mkdocs_page(tmp_path, f"# Top\n\n{BIG[big]}\n## Own {{.wide #mine}}\n", "markdown_extensions: [attr_list]\n")
    assert [section.anchor for section in page.sections] == ["top", "mine"]


def test_tags_that_go_too_deep_are_shown_by_their_words(tmp_path: Path) -> None:
    """Whether in blocks or in lines; what is closed again goes no deeper."""
    page = page_of(tmp_path, "<ul><li>" * MAX_OPEN + "soil &amp; sand\n\nSee <b>here</b>.\n")
    assert html_of(page) == "<p>soil &amp; sand</p>\n<p>See here.</p>\n"
    shown = "<div>soil</div>\n" * MAX_OPEN * 2
    assert html_of(page_of(tmp_path, shown)) == shown
    assert html_of(page_of(tmp_path, "a<b>\n\n" * (MAX_OPEN + 1))).count("<b>") == 0


@pytest.mark.parametrize(
    "written",
    [
        "<table>\n" + "<tr><td>a<td>b\n" * MAX_OPEN + "</table>",
        "<table><tbody>\n" + "<tr><th><p>a\n<ul><li>b<li>c</ul>\n" * MAX_OPEN + "<tfoot><tr><td>d</table>",
        "<p>a\n" * MAX_OPEN * 2,
        "a<p>\n\n" * MAX_OPEN * 2,
        "<dl>\n" + "<dt>a\n<dd><p>b\n" * MAX_OPEN + "</dl>",
        "<ul><li>a</ul>\n" * MAX_OPEN * 2,
    ],
    ids=["rows", "body", "blocks", "paragraphs", "terms", "lists"],
)
def test_elements_that_need_no_end_tag_do_not_go_deep(tmp_path: Path, written: str) -> None:
    """What comes after them is shown with its tags, too."""
    assert "<b>soil</b>" in html_of(page_of(tmp_path, f"{written}\n\n<b>soil</b>\n"))


@pytest.mark.parametrize("deep", ["<li><dd>", "<table><tr><td>", "<b><i></b>", "<p><b>", "<dl><dt>"])
def test_elements_that_do_go_deep_are_counted_whatever_stands_between_them(tmp_path: Path, deep: str) -> None:
    """As browsers keep them open."""
    assert html_of(page_of(tmp_path, f"<div>{deep * (MAX_OPEN + 1)}soil</div>\n")) == "<p>soil</p>\n"


def test_a_paragraph_that_is_too_long_is_shown_word_for_word(tmp_path: Path) -> None:
    """Its links, too: to look for them would take minutes."""
    words = "[a](b) https://a.example/ " * (MAX_INLINE_CHARS // 20)
    assert html_of(page_of(tmp_path, words)) == f"<p>{words.strip()}</p>\n"


def test_the_end_of_a_formula_is_not_looked_for_without_end(tmp_path: Path) -> None:
    lines = "x = 1 + 2 + 3\n" * MAX_LINES
    assert html_of(page_of(tmp_path, f"\\[\n{lines}\\]\n")).startswith("<p>[\n")
    assert "<math" in html_of(page_of(tmp_path, f"\\[\n{lines[:140]}\\]\n"))


def test_short_lines_and_paragraphs_are_not_counted_each_time(tmp_path: Path) -> None:
    """A book of them is cut in the time of any other, and its chunks are as full."""
    for gap in ("\n", "\n\n"):
        book = read_book(page_of(tmp_path, f"soil{gap}" * 5_000) and tmp_path)
        counted: list[str] = []

        def count(text: str, counted: list[str] = counted) -> int:
            counted.append(text)
            return len(text.split())

        chunks = cut(book, count_tokens=count)
        assert {chunk.tokens for chunk in chunks[:-1]} == {320}
        assert len(counted) < 1_000
