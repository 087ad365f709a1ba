"""The built-in reader: pages at the addresses of citations, the book's files, and nothing else of the disk."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from serving import GARDEN, MARKS, Served, serving


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The book with every mark, of more chapters than are all open at once."""
    with serving(tmp_path_factory.mktemp("marks"), book=MARKS) as served:
        yield served


def written(folder: Path, **pages: str) -> Path:
    """A book of these pages."""
    book = folder / "book"
    book.mkdir()
    for name, text in pages.items():
        (book / f"{name}.md").write_text(text)
    return book


def test_every_section_is_where_its_address_says(garden: Served) -> None:
    """Each page answers, and has an element with each anchor."""
    book = garden.app.library.book
    assert book is not None
    for page in book.pages:
        html = garden.client.get(page.url).text
        for section in page.sections:
            assert section.anchor is None or f'id="{section.anchor}"' in html, section.url


def test_the_front_shows_the_book(garden: Served) -> None:
    """/ answers with the book's title and links to its pages."""
    front = garden.client.get("/")

    assert front.status_code == 200
    assert "The Garden Machine" in front.text
    assert 'href="/2-water/1-relay"' in front.text


def test_links_between_files_become_links_between_pages(garden: Served) -> None:
    """A relative link to a file leads to its page, with the fragment; an outside one stays."""
    html = garden.client.get("/1-soil/1-moisture").text

    assert 'href="/2-water/1-relay#wiring"' in html
    assert 'href="https://sheets.example/sensor"' in html


def test_pages_run_no_script_but_ours(garden: Served) -> None:
    """A strict content security policy, and no inline script or style in any page."""
    for address in ("/", "/1-soil/1-moisture", "/nowhere"):
        response = garden.client.get(address)
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert "unsafe" not in response.headers["content-security-policy"]
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", response.text)


def test_an_unknown_page_is_404_with_a_way_on(garden: Served) -> None:
    """HTML for people, with a link to the beginning."""
    missing = garden.client.get("/no/such/page")

    assert missing.status_code == 404
    assert 'href="/"' in missing.text


def test_a_page_cannot_bring_its_own_script(tmp_path: Path) -> None:
    """Scripts, handlers, frames and javascript: links of a page's source are gone."""
    book = tmp_path / "book"
    book.mkdir()
    hostile = '<script>alert(1)</script><img src=x onerror="alert(1)"><iframe src="/"></iframe>'
    (book / "README.md").write_text(f"# Hi\n\n{hostile}\n\n[x](javascript:alert(1))\n")
    with serving(tmp_path / "data", book=book) as served:
        article = served.client.get("/").text.split("<article>")[1].split("</article>")[0]

    assert not re.search(r"<script|onerror|iframe|=.javascript:", article)


@pytest.mark.parametrize(
    "address",
    [
        "/_bookside/files/../../secret.png",
        "/_bookside/files/..%2f..%2fsecret.png",
        "/_bookside/files/README.md",
        "/_bookside/static/..%2ftemplates%2fpage.html",
        "/..%2f..%2fsecret.png",
        "/_bookside/files/link.png",
    ],
)
def test_files_outside_the_book_are_not_served(tmp_path: Path, address: str) -> None:
    """No path, and no symbolic link, leads out of the book's folder; sources are not files of the site."""
    book = tmp_path / "a" / "book"
    book.mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (book / "README.md").write_text("# Hi\n\n![x](pic.png)\n")
    (book / "pic.png").write_bytes(b"\x89PNG")
    (book / "link.png").symlink_to(tmp_path / "secret.png")
    with serving(tmp_path / "data", book=book) as served:
        refused = served.client.get(address)
        assert served.client.get("/_bookside/files/pic.png").content == b"\x89PNG"

    assert refused.status_code == 404
    assert b"secret" not in refused.content


def test_the_widget_is_one_file(garden: Served) -> None:
    """/bookside.js is the built widget, usable from any site."""
    widget = garden.client.get("/bookside.js")

    assert widget.headers["content-type"].startswith("text/javascript")
    assert widget.headers["access-control-allow-origin"] == "*"
    assert b"bookside-chat" in widget.content
    assert widget.headers["content-encoding"] == "gzip"
    assert garden.client.get("/bookside.js", headers={"If-None-Match": widget.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("part", ["none", "..%2Fbookside", "bookside.licenses", "%00", "x" * 300])
def test_only_the_widgets_parts_lie_beside_it(garden: Served, part: str) -> None:
    """Below /bookside/ there is nothing but the widget's own parts."""
    assert garden.client.get(f"/bookside/{part}.js").status_code == 404


def test_citations_lead_to_the_published_site(tmp_path: Path) -> None:
    """With SITE_BASE_URL and BOOK_BASE_URL addresses are the site's; here the pages are served below the same path."""
    with serving(tmp_path, book=GARDEN, site_base_url="https://me.example", book_base_url="/garden") as served:
        found = served.client.get("/assistant/search", params={"q": "What is a relay?"}).json()
        assert served.client.get("/garden/2-water/1-relay").status_code == 200
        assert served.client.get("/garden/").status_code == 200

    assert found[0]["url"].startswith("https://me.example/garden/2-water/1-relay")


@pytest.mark.parametrize(
    "address",
    [
        "/_bookside/files/%00.png",
        "/_bookside/static/%00",
        f"/_bookside/files/{'x' * 300}.png",
        f"/_bookside/static/{'x' * 300}",
        f"/{'x' * 300}.png",
        "/%00.png",
        "/_bookside/files/loop.png",
    ],
)
def test_a_name_that_no_file_can_have_is_404(tmp_path: Path, address: str) -> None:
    """Nor is it an error to link to one from a page, or to what is no address."""
    book = tmp_path / "book"
    book.mkdir()
    (book / "README.md").write_text(f"# Hi\n\n![x]({'x' * 300}.png) [y](http://[y) [z](%00.png)\n")
    (book / "loop.png").symlink_to(book / "loop.png")
    with serving(tmp_path / "data", book=book) as served:
        assert served.client.get(address).status_code == 404
        assert served.client.get("/").status_code == 200


@pytest.mark.parametrize("prefix", ["/_bookside/files/", "/_bookside/static/", "/"])
def test_nothing_is_told_of_files_outside_the_book(tmp_path: Path, prefix: str) -> None:
    """A file outside, a link to one and a file that does not exist are answered alike, to the byte."""
    book = tmp_path / "book"
    (book / "static").mkdir(parents=True)
    (book / "README.md").write_text("# Hi\n")
    outside = tmp_path / "secret.png"
    outside.write_bytes(b"secret")
    for folder in (book, book / "static"):
        (folder / "link.png").symlink_to(outside)
    up = quote("../" * 12 + str(outside).lstrip("/"), safe="")
    with serving(tmp_path / "data", book=book) as served:
        told = [served.client.get(prefix + name) for name in ("none.png", "link.png", up, quote(str(outside), safe=""))]

    assert {answer.status_code for answer in told} == {404}
    assert len({(answer.content, answer.headers["content-type"]) for answer in told}) == 1


def test_a_file_with_a_percent_sign_in_its_name_is_served(tmp_path: Path) -> None:
    """Addresses are decoded once."""
    book = tmp_path / "book"
    book.mkdir()
    (book / "README.md").write_text("# Hi\n\n![x](a%2520b.png)\n")
    (book / "a%20b.png").write_bytes(b"\x89PNG")
    with serving(tmp_path / "data", book=book) as served:
        address = re.findall(r'src="(/_bookside/files/[^"]+)"', served.client.get("/").text)[0]
        assert served.client.get(address).content == b"\x89PNG"


def test_pages_of_no_chapter_stand_apart_from_the_chapter_before(tmp_path: Path) -> None:
    """In the navigation and on the cover; what comes first has nothing to stand apart from."""
    book = tmp_path / "book"
    (book / "1-soil").mkdir(parents=True)
    (book / "0-start.md").write_text("# Start\n")
    (book / "1-soil" / "README.md").write_text("# Soil\n")
    (book / "1-soil" / "1-roots.md").write_text("# Roots\n")
    (book / "9-glossary.md").write_text("# Glossary\n")
    with serving(tmp_path / "data", book=book) as served:
        cover = served.client.get("/").text

    table, chapters = cover.split("<main")
    for shown in (table, chapters):
        groups = re.findall(r"<ul( class=\"apart\")?>(.*?)</ul>", shown, re.DOTALL)
        apart = {title: bool(mark) for mark, pages in groups for title in re.findall(r">([^<>]+)</a>", pages)}
        assert {title: apart[title] for title in ("Start", "Roots", "Glossary")} == {
            "Start": False,
            "Roots": False,
            "Glossary": True,
        }


def test_the_chapter_that_is_read_is_open(marks: Served) -> None:
    """The others are closed, each is a group with its title, and the current page is marked once."""
    html = marks.client.get("/3-chapter/2-lesson").text
    groups = re.findall(r'<details class="chapter"( open)?>\s*<summary>([^<]*)</summary>', html)

    assert [title for _, title in groups] == ["Marks", "Chapter 2", "Chapter 3", "Chapter 4", "Chapter 5"]
    assert [title for is_open, title in groups if is_open] == ["Chapter 3"]
    assert re.findall(r'<a href="([^"]*)" aria-current="page">', html) == ["/3-chapter/2-lesson"]


def test_parts_hold_chapters(tmp_path: Path) -> None:
    """A part is a group of groups, and a page that is a chapter by itself is a page."""
    book = tmp_path / "book"
    for chapter in ("1-first/1-one", "1-first/2-two", "2-last/1-one", "2-last/2-two"):
        (book / chapter).mkdir(parents=True)
        (book / chapter / "README.md").write_text(f"# {chapter[-3:].title()}\n")
        (book / chapter / "1-page.md").write_text("# A page\n")
    with serving(tmp_path / "data", book=book) as served:
        html = served.client.get("/1-first/2-two/1-page").text

    assert re.search(r'<details class="part" open>.*?<details class="chapter" open>.*?aria-current', html, re.DOTALL)


def test_a_page_says_where_it_is_and_what_follows(marks: Served) -> None:
    """The way from the book down, and the pages before and after."""
    html = marks.client.get("/1-marks/2-page").text

    place = html.split('aria-label="Place in the book"')[1].split("</nav>")[0]
    assert re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", place) == ["The Marked Garden", "Marks"]
    assert 'rel="prev" href="/1-marks/1-all"' in html
    assert 'rel="next" href="/1-marks/3-page"' in html


def test_a_page_tells_search_engines_what_it_is(marks: Served) -> None:
    """Its own address, its description, or its beginning, and its title with the book's."""
    described, plain = marks.client.get("/1-marks/1-all").text, marks.client.get("/1-marks/2-page").text

    assert "<title>Everything at once · The Marked Garden</title>" in described
    assert '<link rel="canonical" href="/1-marks/1-all">' in described
    assert '<meta name="description" content="A page with every mark &amp; &#34;quotes&#34;.">' in described
    assert '<meta property="og:title" content="Everything at once">' in described
    assert '<meta name="description" content="Words of page 2 about seedlings.">' in plain
    assert "noindex" not in described + plain


def test_the_canonical_address_is_the_published_one(tmp_path: Path) -> None:
    """With SITE_BASE_URL this server's pages name the site's, in the site map, too."""
    with serving(tmp_path, book=GARDEN, site_base_url="https://me.example", book_base_url="/garden") as served:
        html = served.client.get("/garden/2-water/1-relay").text
        site_map = served.client.get("/sitemap.xml").text

    assert '<link rel="canonical" href="https://me.example/garden/2-water/1-relay">' in html
    assert '<meta property="og:url" content="https://me.example/garden/2-water/1-relay">' in html
    assert "<loc>https://me.example/garden/2-water/1-relay</loc>" in site_map


def test_the_site_map_has_every_page(marks: Served) -> None:
    """With addresses of this server, where the site's own is not known."""
    answer = marks.client.get("/sitemap.xml")
    listed = [element.text for element in ElementTree.fromstring(answer.text).iter() if element.tag.endswith("loc")]
    book = marks.app.library.book

    assert answer.headers["content-type"] == "application/xml"
    assert book is not None
    assert listed == [marks.url + page.url for page in book.pages]


@pytest.mark.parametrize(
    ("name", "config", "page", "language", "direction"),
    [
        ("mkdocs.yml", "site_name: Bagh\ntheme:\n  name: material\n  language: ur\n", "docs/index.md", "ur", "rtl"),
        ("book.toml", '[book]\ntitle = "Garten"\nlanguage = "de"\n', "src/index.md", "de", "ltr"),
        (
            "docusaurus.config.js",
            'module.exports = {title: "H", baseUrl: "/", i18n: {defaultLocale: "pt-BR", locales: ["pt-BR"]}};',
            "docs/index.md",
            "pt-BR",
            "ltr",
        ),
        ("mkdocs.yml", 'site_name: X\ntheme:\n  language: "\\"><script>"\n', "docs/index.md", "en", "ltr"),
    ],
)
def test_a_page_is_in_the_language_of_the_book(
    tmp_path: Path, name: str, config: str, page: str, language: str, direction: str
) -> None:
    """As the site's configuration names it, and written in that language's direction."""
    book = tmp_path / "book"
    (book / page).parent.mkdir(parents=True)
    (book / name).write_text(config)
    (book / page).write_text("# Title\n\nText.\n")
    (book / "src").mkdir(exist_ok=True)
    (book / "src" / "SUMMARY.md").write_text("# Summary\n\n- [Title](index.md)\n")
    with serving(tmp_path / "data", book=book) as served:
        assert f'<html lang="{language}" dir="{direction}">' in served.client.get("/").text


def test_the_search_is_a_form_that_needs_no_script(marks: Served) -> None:
    """On every page, and its answer is a page with the sections that were found and the words marked."""
    assert '<form class="search" role="search" action="/_bookside/search" method="get">' in marks.client.get("/").text

    answer = marks.client.get("/_bookside/search", params={"q": "seedling"})

    assert answer.status_code == 200
    assert "<title>seedling · Search · The Marked Garden</title>" in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.headers["x-robots-tag"] == "noindex"
    assert 'href="/1-marks/2-page"' in answer.text
    assert "about <mark>seedlings</mark>." in answer.text
    assert 'value="seedling"' in answer.text


def test_a_search_leads_to_sections(marks: Served) -> None:
    """Of this server, with the path of headings; each section once."""
    html = marks.client.get("/_bookside/search", params={"q": "More of page 3"}).text
    addresses = re.findall(r'<a href="(/1-marks/3-page#[^"]*)">([^<]*)</a>', html)

    assert ("/1-marks/3-page#part-of-3", "Part of 3") in addresses
    assert len(addresses) == len(set(addresses))


def test_a_search_that_nothing_fits_says_so_and_shows_the_nearest(marks: Served) -> None:
    """In place of the number of pages; a search that finds its words does not say so."""
    far = marks.client.get("/_bookside/search", params={"q": "quarterly revenue of shipping companies"}).text
    near = marks.client.get("/_bookside/search", params={"q": "seedling"}).text

    assert "Nothing in this book quite fits “quarterly revenue of shipping companies”" in far
    assert "<ol>" in far
    assert "quite fits" not in near


@pytest.mark.parametrize("query", ["", "   "])
def test_a_search_for_nothing_asks_for_words(marks: Served, query: str) -> None:
    """The page has the field, and no result."""
    answer = marks.client.get("/_bookside/search", params={"q": query})

    assert answer.status_code == 200
    assert "<ol>" not in answer.text.split("<article")[1]


class Elements(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_a_search_shows_no_markup(tmp_path: Path) -> None:
    """Neither the query's, nor a page's, nor its title's."""
    text = f"`{HOSTILE}` relay\n\n## {HOSTILE} relay\n\nrelay\n"
    book = written(tmp_path, a=f"---\ntitle: '{HOSTILE}'\n---\n\n{text}")
    with serving(tmp_path / "data", book=book) as served:
        html = served.client.get("/_bookside/search", params={"q": f"{HOSTILE} relay"}).text
        page = served.client.get("/a").text

    for made in (html, page):
        elements = Elements(made).found
        assert all(dict(attributes).get("src", "").startswith("/") for name, attributes in elements if name == "script")
        assert not any(name in ("img", "i", "b") for name, _ in elements)
        assert not any(key.startswith("on") for _, attributes in elements for key, _ in attributes)
    assert "&lt;script&gt;" in html


def test_a_search_that_is_too_long_is_refused_in_words(marks: Served) -> None:
    """With the limit, as a page."""
    answer = marks.client.get("/_bookside/search", params={"q": "x" * 3_000})

    assert answer.status_code == 413
    assert 'role="alert"' in answer.text
    assert "2000" in answer.text.replace(",", "")


def test_searches_count_for_the_limit(tmp_path: Path) -> None:
    """With or without a script; the page says when to try again."""
    with serving(tmp_path, rate_limit_requests=1, rate_limit_window=600) as served:
        asked = [served.client.get("/_bookside/search", params={"q": "relay"}) for _ in range(11)]

    assert [answer.status_code for answer in asked] == [200] * 10 + [429]
    assert int(asked[-1].headers["retry-after"]) > 0
    assert "too many searches" in asked[-1].text


def test_a_page_is_not_sent_again(marks: Served) -> None:
    """To a browser that has it; nor are styles and files of the book."""
    page = marks.client.get("/1-marks/1-all")
    addresses = re.findall(r'(?:href|src)="(/_bookside/[^"]+)"', page.text)
    assert any(address.endswith(".png") for address in addresses)
    for address in ("/1-marks/1-all", "/", *addresses):
        if address == "/_bookside/search":
            continue
        tag = marks.client.get(address).headers["etag"]
        again = marks.client.get(address, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.content) == (304, b""), address
        assert marks.client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_page_is_checked_and_a_style_is_kept(marks: Served) -> None:
    """Pages may change at any time; the address of a style has its version, and another version is not kept."""
    page = marks.client.get("/")
    style = re.findall(r'href="(/_bookside/static/reader.css\?v=\w+)"', page.text)[0]

    assert page.headers["cache-control"] == "no-cache"
    assert "immutable" in marks.client.get(style).headers["cache-control"]
    assert "immutable" not in marks.client.get(style.partition("?")[0] + "?v=old").headers["cache-control"]


@pytest.mark.parametrize(
    ("accepts", "is_packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("gzip;q=0.0, br", False),
    ],
)
def test_a_page_is_compressed_for_who_takes_it(marks: Served, accepts: str, is_packed: bool) -> None:
    """And the words are the same."""
    answer = marks.client.get("/1-marks/2-page", headers={"Accept-Encoding": accepts})

    assert (answer.headers.get("content-encoding") == "gzip") is is_packed
    assert "Accept-Encoding" in answer.headers["vary"]
    assert "Words of page 2" in answer.text


def test_images_say_their_size_and_missing_ones_what_they_were(marks: Served) -> None:
    """PNG and SVG, in Markdown and in HTML."""
    html = marks.client.get("/1-marks/1-all").text

    assert re.search(r'<img src="/_bookside/files/1-marks/beds.png"[^>]* width="320" height="240"', html)
    assert re.search(r'<img src="/_bookside/files/1-marks/plan.svg" width="200"[^>]* height="50"', html)
    assert html.count('loading="lazy" decoding="async"') == 2
    assert '<span class="no-picture">The lost picture</span>' in html


def test_links_and_images_of_html_lead_where_those_of_markdown_do(tmp_path: Path) -> None:
    """A relative address in a tag is one of the book."""
    book = written(tmp_path, a='# A\n\n<a href="b.md#x">B</a> <img src="p.png" alt="P">\n', b="# B\n\n## X\n")
    (book / "p.png").write_bytes((MARKS / "1-marks" / "beds.png").read_bytes())
    with serving(tmp_path / "data", book=book) as served:
        html = served.client.get("/a").text

    assert '<a href="/b#x"' in html
    assert '<img src="/_bookside/files/p.png"' in html


def test_the_cover_invites_to_the_first_page(tmp_path: Path) -> None:
    """Where a book has no page at its own address."""
    with serving(tmp_path / "data", book=written(tmp_path, a="# Alpha\n", b="# Beta\n")) as served:
        cover = served.client.get("/").text

    assert '<a href="/a">Start reading</a>' in cover
    assert "2 pages" in cover
