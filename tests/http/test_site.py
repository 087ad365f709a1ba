"""The built-in reader: pages at the addresses of citations, the book's files, and nothing else of the disk."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from serving import GARDEN, Served, serving


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
