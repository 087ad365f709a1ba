"""A folder of built HTML is read as the book that it was made from: its words, its real ids, its order."""

import subprocess
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookside.book import Book, Page, read_book
from bookside.book.html_page import document_of, source_of_document
from bookside.book.pages import Address
from bookside.book.text import blocks
from bookside.errors import BookError

MKDOCS_EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "mkdocs-material"


def markdown(html: str) -> str:
    document = document_of(f"<html><body><main>{html}</main></body></html>", "a.html")
    return source_of_document(document, Address(path="a.html", url="/a.html"), fallback_title="A").markdown.strip()


def write(folder: Path, pages: dict[str, str | bytes]) -> Book:
    for name, text in pages.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_book(folder)


def anchors(page: Page) -> list[tuple[str, str | None]]:
    return [(section.heading, section.anchor) for section in page.sections if section.level]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    command = [str(MKDOCS_EXAMPLE / ".venv/bin/mkdocs"), "build", "-q", "-f", str(MKDOCS_EXAMPLE / "mkdocs.yml")]
    subprocess.run([*command, "-d", str(folder)], check=True)
    return folder


def test_a_site_that_was_built_has_the_pages_sections_and_order_of_its_sources(built: Path) -> None:
    """What MkDocs Material wrote is read back: addresses, ids, titles and order are those of the Markdown."""
    sources, site = read_book(MKDOCS_EXAMPLE), read_book(built)
    assert (site.kind, site.problems) == ("html", ())
    assert [page.url for page in site.pages] == [page.url for page in sources.pages]
    for of_source, of_site in zip(sources.pages, site.pages, strict=True):
        assert anchors(of_site) == anchors(of_source)
        assert all(section.anchor is None or f'id="{section.anchor}"' in (built / of_site.path).read_text("utf-8")
                   for section in of_site.sections)  # fmt: skip


def test_ids_are_found_on_headings_on_what_they_begin_and_on_marks_before_them(tmp_path: Path) -> None:
    html = """<main><section id="top"><h1>One</h1><p>a</p></section>
        <div class="sect1" id="two"><div class="titlepage"><div><h2>Two</h2></div></div><p>b</p></div>
        <h2><a id="three"></a>Three<a class="headerlink" href="#three">¶</a></h2><p>c</p>
        <a name="four"></a><h2>Four</h2><p>d</p>
        <h2 id="five"><a class="header" href="#five">Five</a></h2><p>e</p><h3>Without</h3><p>f</p></main>"""
    book = write(tmp_path, {"index.html": html})
    expected = [
        ("One", "top"), ("Two", "two"), ("Three", "three"), ("Four", "four"), ("Five", "five"), ("Without", None)
    ]  # fmt: skip
    assert anchors(book.pages[0]) == expected
    assert book.pages[0].sections[1].url == "/#two"
    assert book.pages[0].sections[1].line == 2


def test_what_is_there_for_the_site_alone_is_left_out() -> None:
    html = """<nav>Menu</nav><div class="sidebar" id="sidebar">Tree</div><div role="navigation">Path</div>
        <h1>Title</h1><p>Words.</p><a class="theme-edit-this-page" href="/edit/x">Edit this page</a>
        <div class="cookie-banner">We bake</div><button>Copy</button><script>x()</script><style>y</style>
        <p hidden>Secret</p><div role="tabpanel" hidden>Second tab</div><footer>Colophon</footer>"""
    assert markdown(html) == "# Title {#h0}\n\nWords.\n\nSecond tab".replace(" {#h0}", "")


def test_code_keeps_its_language_and_its_lines() -> None:
    assert (
        markdown('<pre><code class="language-rust">fn a() {\n  b\n}</code></pre>') == "```rust\nfn a() {\n  b\n}\n```"
    )
    assert markdown('<div class="highlight-python3 notranslate"><div class="highlight"><pre>a\n</pre></div></div>') == (
        "```python3\na\n```"
    )
    lines = (
        '<pre class="prism-code language-js"><code><span class="token-line">a<br></span><span>b<br></span></code></pre>'
    )
    assert markdown(lines) == "```js\na\nb\n```"
    assert markdown("<pre>```</pre>") == "````\n```\n````"
    assert markdown("<p>Run <code>a  `b`</code>.</p>") == "Run `` a `b` ``."


def test_tables_lists_callouts_definitions_and_images_keep_their_words() -> None:
    table = (
        "<table><caption>T</caption><tr><th>A</th><th>B</th></tr><tr><td colspan=2>x|<code>y|z</code></td></tr></table>"
    )
    assert markdown(table) == "T\n\n| A | B |\n| --- | --- |\n| x\\|`y\\|z` |  |"
    assert markdown("<ol start=3><li>a<ul><li>b</li></ul></li><li>c</li></ol>") == "3. a\n   - b\n4. c"
    note = '<div class="admonition warning"><p class="admonition-title">Mind</p><p>Hot.</p></div>'
    assert markdown(note) == "> **Mind**  \n> Hot."
    assert markdown("<dl><dt>Soil</dt><dd>Ground.</dd></dl>") == "- **Soil**\n\n  Ground."
    assert markdown('<figure><img src="a b.png" alt="A [map]"><figcaption>Map</figcaption></figure>') == (
        "![A \\[map\\]](a%20b.png)\n\nMap"
    )


@pytest.mark.parametrize(
    "html",
    [
        '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>',
        '<span class="katex"><span class="katex-mathml"><math><annotation encoding="application/x-tex">x^2'
        '</annotation></math></span><span class="katex-html" aria-hidden="true">x2</span></span>',
        '<span class="MathJax_Preview">x2</span><script type="math/tex">x^2</script>',
        '<span class="math notranslate nohighlight">\\(x^2\\)</span>',
        '<span class="arithmatex">\\(x^2\\)</span>',
    ],
)
def test_a_formula_is_its_tex_however_the_page_shows_it(html: str) -> None:
    assert markdown(f"<p>So {html} it is.</p>") == "So $x^2$ it is."


def test_the_order_is_that_of_the_contents_and_of_links_to_the_next_page(tmp_path: Path) -> None:
    def page(title: str, next_page: str = "") -> str:
        return f"<html><head><link rel='next' href='{next_page}'></head><body><h1>{title}</h1><p>a</p></body></html>"

    entries = "".join(
        f"<li><a href='{to}'>{name}</a></li>" for to, name in [("z.html", "Zebra"), ("a/", "Ape"), ("m.html", "M")]
    )
    contents = f"<div class='toc'><ul>{entries}</ul></div>"
    index = f"<html><head><link rel='next' href='z.html'></head><body><h1>Zoo</h1>{contents}<p>a</p></body></html>"
    pages = {
        "index.html": index,
        "m.html": page("Monkey"),
        "z.html": page("Zebra", "stripes.html"),
        "stripes.html": page("Stripes", "a/"),
        "a/index.html": page("Ape", "m.html"),
        "404.html": page("Nothing here"),
    }
    book = write(tmp_path, pages)
    assert [(page.url, page.chapter.title if page.chapter else None) for page in book.pages] == [
        ("/", None), ("/z.html", "Zebra"), ("/stripes.html", "Zebra"), ("/a/", None), ("/m.html", None)
    ]  # fmt: skip


def test_the_base_path_is_the_one_that_the_pages_give_themselves(tmp_path: Path) -> None:
    head = '<head><link rel="canonical" href="https://x.org/book/{}"><title>{} - X</title></head>'
    pages: dict[str, str | bytes] = {
        "index.html": head.format("", "Home") + "<h1>Home</h1>",
        "a/index.html": head.format("a", "A") + "<h1>A</h1>",
        "b.html": head.format("b", "B") + "<p>Only words.</p>",
    }
    book = write(tmp_path, pages)
    assert [(page.url, page.title) for page in book.pages] == [("/book/", "Home"), ("/book/a", "A"), ("/book/b", "B")]
    assert read_book(tmp_path, site_url="https://y.org", base_url="/z").pages[2].url == "https://y.org/z/b"
    assert book.title == "X"


def test_pages_in_other_encodings_are_read_and_broken_ones_are_named(tmp_path: Path) -> None:
    book = write(
        tmp_path,
        {
            "a.html": "<meta charset='iso-8859-1'><h1>Käse</h1>".encode("latin-1"),
            "b.html": "<h1>Ветер</h1>".encode("utf-16"),
            "c.html": "<meta charset=shift_jis><h1>水</h1>".encode("shift_jis"),
            "d.html": b"<h1>a</h1>\n\xff\xfe\xff broken",
            "e.html": b"",
        },
    )
    assert [page.title for page in book.pages] == ["Käse", "Ветер", "水"]
    assert [(error.path, error.line) for error in book.problems] == [("d.html", 2), ("e.html", 1)]


def test_a_page_that_only_leads_elsewhere_is_no_page(tmp_path: Path) -> None:
    book = write(tmp_path, {"index.html": "<meta http-equiv=refresh content='0; url=a.html'>", "a.html": "<h1>A</h1>"})
    assert [page.path for page in book.pages] == ["a.html"]


def test_a_folder_with_markdown_is_not_taken_for_a_built_site(tmp_path: Path) -> None:
    book = write(tmp_path, {"index.html": "<h1>Built</h1>", "a.md": "# A"})
    assert (book.kind, [page.path for page in book.pages]) == ("folder", ["a.md"])


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("<h1>Secret</h1>")
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<h1>Home</h1>")
    (site / "out.html").symlink_to(tmp_path / "secret.html")
    assert [page.path for page in read_book(site).pages] == ["index.html"]
    (site / "index.html").unlink()
    with pytest.raises(BookError):
        read_book(site, kind="html")


TAGS = ["p", "div", "ul", "ol", "li", "blockquote", "table", "tr", "td", "th", "em", "b", "code", "pre", "a", "span",
        "h2", "h3", "dl", "dt", "dd", "section", "figure", "figcaption", "sup", "br"]  # fmt: skip
WORDS = st.text(st.sampled_from("ab1*_`[]()<>&|#$~\\{}!:-+=.\"' \n"), max_size=12)
TREES = st.recursive(
    WORDS.map(escape),
    lambda inside: st.tuples(st.sampled_from(TAGS), st.lists(inside, max_size=4)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=25,
)


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_whatever_is_nested_in_what(html: str) -> None:
    """Letters of the page's text come through Markdown into the passages, in their order."""
    try:
        document = document_of(f"<html><body><main>{html}</main></body></html>", "a.html")
    except BookError:
        return
    main = document.tree.xpath("//main")[0]
    seen = [c for c in "".join(main.itertext()) if c in "ab"]
    source = source_of_document(document, Address(path="a.html", url="/a"), fallback_title="T")
    read = "".join(
        section.heading * (section.level > 0)
        + "".join(block.whole() for block in blocks(section.markdown, "commonmark"))
        for section in source.sections
    )
    assert "".join(seen) == "".join(c for c in read if c in "ab")
