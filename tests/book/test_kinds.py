"""Small real sites of every kind are read with the addresses that their generators build.

The recordings in ``fixtures/books/built`` were made from the output of Docusaurus 3.10 and MkDocs 1.6.
"""

import json
import shutil
import sys
from pathlib import Path

import pytest

from bookside.book import Book, Page, read_book
from bookside.book.address import origin
from bookside.errors import BookError

BOOKS = Path(__file__).parent.parent / "fixtures" / "books"


def recorded(name: str) -> dict[str, list[str]]:
    return json.loads((BOOKS / "built" / f"{name}.json").read_text("utf-8"))


def page(book: Book, path: str) -> Page:
    return next(page for page in book.pages if page.path == path)


def anchors(page: Page) -> list[str]:
    return [section.anchor for section in page.sections if section.anchor]


def chapter(page: Page) -> tuple[int, str] | None:
    return (page.chapter.number, page.chapter.title) if page.chapter else None


@pytest.mark.parametrize("name", ["docusaurus", "docusaurus-versioned", "mkdocs"])
def test_every_address_and_heading_id_is_in_the_built_site(name: str) -> None:
    built = recorded(name)
    book = read_book(BOOKS / name)
    assert book.problems == ()
    assert {page.url for page in book.pages} <= built.keys()
    for found in book.pages:
        assert anchors(found) == built[found.url], found.path
        assert all(s.url == (f"{found.url}#{s.anchor}" if s.anchor else found.url) for s in found.sections)


def test_every_page_of_the_built_site_that_is_text_is_in_the_book() -> None:
    built = recorded("docusaurus").keys() - {"/garden/docs/category/deep-things"}
    assert {page.url for page in read_book(BOOKS / "docusaurus").pages} == built
    assert {page.url for page in read_book(BOOKS / "mkdocs").pages} == recorded("mkdocs").keys()


def test_docusaurus_reads_sidebars_categories_and_titles() -> None:
    book = read_book(BOOKS / "docusaurus")
    assert (book.kind, book.title) == ("docusaurus", "The Robot's Garden")
    outline = [(p.path, p.title, p.part.title if p.part else None, chapter(p)) for p in book.pages[:13]]
    assert outline == [
        ("docs/welcome.md", "Welcome", None, None),
        ("docs/01-basics/index.mdx", "Basics", None, (1, "Basics of soil")),
        ("docs/01-basics/02-watering.md", "water", None, (1, "Basics of soil")),
        ("docs/01-basics/03-light.md", "Light", None, (1, "Basics of soil")),
        ("docs/2-advanced/graft.md", "Grafting", "Advanced", (2, "Advanced")),
        ("docs/2-advanced/deep/9-worms.md", "Worms", "Advanced", (3, "Deep things")),
        ("docs/2-advanced/deep/10-roots.md", "Roots", "Advanced", (3, "Deep things")),
        ("docs/2-advanced/5-moved.md", "Moved up", "Advanced", (2, "Advanced")),
        ("docs/2-advanced/7.0-notes.md", "Version notes", "Advanced", (2, "Advanced")),
        ("docs/Reference/Reference.md", "Reference", None, (4, "Reference")),
        ("docs/api/api.md", "API", None, (5, "Api")),
        ("docs/api/seeds.md", "Seeds API", None, (5, "Api")),
        ("docs/2021-11-news/readme.md", "News of November", None, None),
    ]
    light = page(book, "docs/01-basics/03-light.md")
    assert light.lesson is not None
    assert (light.lesson.slug, light.lesson.title) == ("light", "Light and shade")


def test_a_folder_of_documents_inside_a_docusaurus_site_is_read_with_the_sites_addresses() -> None:
    whole = read_book(BOOKS / "docusaurus")
    docs = read_book(BOOKS / "docusaurus" / "docs")
    assert docs.kind == "docusaurus"
    assert [(f"docs/{p.path}", p.url) for p in docs.pages] == [
        (p.path, p.url) for p in whole.pages if p.path.startswith("docs/")
    ]


def test_drafts_unlisted_pages_and_partials_are_not_in_the_book() -> None:
    paths = {page.path for page in read_book(BOOKS / "docusaurus").pages}
    assert not paths & {f"docs/01-basics/{name}.md" for name in ("draft", "unlisted", "_draft")}


def test_the_newest_version_of_versioned_documents_is_the_book() -> None:
    book = read_book(BOOKS / "docusaurus-versioned")
    assert [p.url for p in book.pages] == ["/", "/guide/1-flour/", "/guide/2-salt/"]
    assert chapter(book.pages[1]) == (7, "Chapter 7: Guide")
    assert {p.url for p in read_book(BOOKS / "docusaurus-versioned" / "docs").pages} == {
        "/next/",
        "/next/guide/1-flour/",
    }


def test_mdx_gives_way_to_its_words() -> None:
    basics = page(read_book(BOOKS / "docusaurus"), "docs/01-basics/index.mdx")
    assert "Apples are red fruit." in basics.markdown
    for gone in ("useState", "<TabItem", "Highlight", "A comment", "{1 + 1}", ":::"):
        assert gone not in basics.markdown
    for kept in ("Pear", "Before you *dig*", "Legacy title", "a string", "<Tabs>{value}</Tabs>", "## not a heading"):
        assert kept in basics.markdown
    assert [s.line for s in basics.sections if s.heading == "In a list"] == [65]


def test_mkdocs_takes_titles_from_the_navigation_then_front_matter_then_the_first_heading() -> None:
    book = read_book(BOOKS / "mkdocs")
    assert (book.kind, book.title) == ("mkdocs", "River Handbook")
    assert [(p.path, p.title, chapter(p), p.part.title if p.part else None) for p in book.pages] == [
        ("docs/index.md", "Home", None, None),
        ("docs/guide/measuring.md", "Measuring", (1, "User Guide"), "User Guide"),
        ("docs/guide/sampling.md", "Sampling by hand", (1, "User Guide"), "User Guide"),
        ("docs/guide/advanced/flow.md", "Flow", (2, "Advanced"), "User Guide"),
        ("docs/reference/index.md", "Reference", (3, "Reference"), None),
        ("docs/reference/units.md", "Units", (3, "Reference"), None),
        ("docs/extra.md", "Not in the navigation", None, None),
    ]


def test_mkdocs_without_a_navigation_or_directories_in_addresses(tmp_path: Path) -> None:
    shutil.copytree(BOOKS / "mkdocs" / "docs", tmp_path / "docs")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: !ENV [NAME, Plain]\nuse_directory_urls: false\nplugins: !!python/name:x.y\n"
    )
    book = read_book(tmp_path)
    assert book.title == "Plain"
    assert [p.url for p in book.pages] == [
        "/index.html",
        "/extra.html",
        "/guide/measuring.html",
        "/guide/sampling.html",
        "/guide/advanced/flow.html",
        "/reference/index.html",
        "/reference/units.html",
    ]


def test_mkdocs_tells_which_entries_of_the_navigation_have_no_file(tmp_path: Path) -> None:
    """Links to elsewhere, files that are no pages, and pages named twice are no problem."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# A\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: A\nnav:\n  - index.md\n  - Again: index.md\n  - Gone: gone.md\n  - Part:\n"
        "    - 'deep/lost.md'\n    - ../outside.md\n    - Web: https://example.org/a.md\n"
        "    - Mail: mailto:a@example.org\n"
        "    - Api: api.html\n    - Top: /top/\n"
    )
    book = read_book(tmp_path)
    assert [str(problem) for problem in book.problems] == [
        "mkdocs.yml:5: nav names 'gone.md', which is not there",
        "mkdocs.yml:7: nav names 'deep/lost.md', which is not there",
        "mkdocs.yml:8: nav names '../outside.md', which is not there",
    ]
    assert [page.path for page in book.pages] == ["docs/index.md"]


def test_code_that_a_configuration_names_is_never_imported(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# A\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: A\nmarkdown_extensions:\n  - this\n  - antigravity:\n      a: !!python/name:os.system\n"
        "  - pymdownx.snippets:\n      base_path: /\n  - toc: {slugify: !!python/object/apply:os.system [echo]}\n"
    )
    assert [s.url for s in read_book(tmp_path).pages[0].sections] == ["/#a"]
    assert not {"this", "antigravity"} & sys.modules.keys()


def test_mdbook_follows_its_summary() -> None:
    book = read_book(BOOKS / "mdbook")
    assert (book.kind, book.title) == ("mdbook", "The Little Press")
    assert [(p.url, p.title, p.part.title if p.part else None, chapter(p)) for p in book.pages] == [
        ("/press/foreword.html", "Foreword", None, None),
        ("/press/index.html", "Introduction", None, None),
        ("/press/letters.html", "Letters", "Setting type", (1, "Letters")),
        ("/press/ch02/index.html", "The Case", "Setting type", (2, "The Case")),
        ("/press/ch02/upper%20case.html", "Upper case", "Setting type", (2, "The Case")),
        ("/press/ch02/small.html", "Small capitals", "Setting type", (2, "The Case")),
        ("/press/ink.html", "Ink and paper", "Printing", (3, "Ink and paper")),
        ("/press/drying.html", "Drying", "Printing", (4, "A draft chapter")),
        ("/press/appendix/glossary.html", "Glossary", None, None),
    ]
    assert anchors(page(book, "src/letters.md")) == [
        *("letters", "serifs", "serifs-1", "serifs-1-1", "--flag-what-it--really--does"),
        *("own-id", "with-class", "ümlaut--co"),
    ]


def test_a_plain_folder_is_read_in_the_order_of_its_numbers() -> None:
    book = read_book(BOOKS / "folder")
    assert [(p.url, p.title, chapter(p), p.lesson.slug if p.lesson else "") for p in book.pages] == [
        ("/", "A small course", None, "README"),
        ("/1-start", "Start here", (1, "Start here"), "1-start"),
        ("/1-start/lessons/1-hello", "Lesson 1-hello", (1, "Start here"), "1-hello"),
        ("/1-start/lessons/2-world", "Lesson 2-world", (1, "Start here"), "2-world"),
        ("/1-start/lessons/10-end", "Lesson 10-end", (1, "Start here"), "10-end"),
        ("/2-more/lessons/1-only", "Only", (2, "More"), "1-only"),
        ("/glossary", "The glossary", None, "glossary"),
    ]
    assert anchors(book.pages[2]) == ["lesson-1-hello", "try-it", "try-it-1"]


def test_the_address_of_the_site_and_another_base_path_come_first() -> None:
    book = read_book(BOOKS / "docusaurus", site_url="https://me.github.io/", base_url="plants")
    assert book.pages[0].url == "https://me.github.io/plants/docs/"
    assert read_book(BOOKS / "folder", base_url="/my-book").pages[1].url == "/my-book/1-start"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("HTTPS://Me.GitHub.io/", "https://me.github.io"),
        ("https://me.github.io:443", "https://me.github.io"),
        ("http://Localhost:80", "http://localhost"),
        ("https://me.github.io:8443", "https://me.github.io:8443"),
        ("http://me.github.io:443", "http://me.github.io:443"),
    ],
)
def test_the_origin_of_a_site_is_written_as_browsers_write_it(given: str, made: str) -> None:
    """Else none of the site's pages could ask the assistant."""
    assert origin(given) == made


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("mkdocs.yml", "site_name: A\nnav: [\n", 3, "broken YAML"),
        ("mkdocs.yml", "site_name: A\ndocs_dir: ../..\n", 1, "docs_dir '../..' is not a folder in the book"),
        ("book.toml", "[book]\ntitle = \n", 2, "broken TOML"),
        ("book.toml", "[book]\n", 1, "no summary"),
        ("docusaurus.config.js", "const a = 1;\nmodule.exports = {title: ;\n", 2, "not JavaScript"),
        ("docusaurus.config.js", "const a = 1;\n", 1, "exports nothing"),
    ],
)
def test_a_broken_configuration_is_an_error_with_its_line(
    tmp_path: Path, name: str, text: str, line: int, reason: str
) -> None:
    (tmp_path / "index.md").write_text("# A\n")
    (tmp_path / name).write_text(text)
    with pytest.raises(BookError) as caught:
        read_book(tmp_path)
    assert caught.value.line == line
    assert reason in caught.value.reason


def test_a_folder_without_pages_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="no Markdown pages"):
        read_book(tmp_path)
    with pytest.raises(BookError, match="no such folder"):
        read_book(tmp_path / "nowhere")
