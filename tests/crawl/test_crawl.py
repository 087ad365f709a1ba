"""A crawl takes a site as far as it lets itself be taken, and no further; what it leaves is a book."""

import gzip
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bookside.book import read_book
from bookside.cli import cli
from bookside.crawl import Crawl, CrawlReport, Limits
from bookside.crawl.addresses import addresses_of, file_for, is_wanted, normal, scope_of
from bookside.errors import BookError, Rejected, Unavailable

QUICK = Limits(delay_s=0.0, max_pages=30, max_bytes=20_000)


@dataclass
class Site:
    """A real server: what it answers by path, and what it was asked."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, html: str | bytes, status: int = 200, **headers: str) -> None:
        body = html.encode() if isinstance(html, str) else html
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": "text/html; charset=utf-8", **names}, body)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt" and "sitemap" not in path]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, headers, body = made.answers.get(self.path, (404, {}, b"nothing"))
            tag = headers.get("ETag")
            if tag and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


def guide(site: Site) -> None:
    links = "".join(
        f'<a href="{href}">x</a>' for href in ("water", "/guide/soil/#deep", "/other", "https://else.example/")
    )
    site.page("/guide/", f'<html lang="en"><h1>Guide</h1><nav>{links}</nav><p>Begin.</p></html>', ETag='"1"')
    site.page("/guide/water", '<h1>Water</h1><p>Wet. See <a href="soil/#deep">soil</a>.</p>', ETag='"2"')
    site.page("/guide/soil/", '<h1>Soil</h1><h2 id="deep">Deep</h2><p>Dark.</p><img src="/img/a.png">', ETag='"3"')
    site.page("/other", "<h1>Other</h1>")


def run(site: Site, folder: Path, limits: Limits = QUICK, path: str = "/guide/") -> CrawlReport:
    return Crawl(site.origin + path, folder, limits).run()


def test_a_crawled_site_is_a_book_with_its_live_addresses(site: Site, tmp_path: Path) -> None:
    """Pages beside and below the first one, with their addresses, their order, and links between them."""
    guide(site)
    report = run(site, tmp_path / "site")
    assert (report.added, report.left_out) == (3, {})
    assert site.paths() == ["/guide/", "/guide/water", "/guide/soil/"]
    book = read_book(tmp_path / "site")
    assert (book.kind, [page.url for page in book.pages]) == (
        "html",
        [f"{site.origin}/guide/", f"{site.origin}/guide/water", f"{site.origin}/guide/soil/"],
    )
    assert book.pages[2].sections[1].url == f"{site.origin}/guide/soil/#deep"
    assert "[soil](soil/index.html#deep)" in book.pages[1].markdown
    assert f"({site.origin}/img/a.png)" in book.pages[2].markdown
    moved = read_book(tmp_path / "site", site_url="https://my.example", base_url="/docs")
    assert moved.pages[1].url == "https://my.example/docs/water"


def test_a_second_crawl_asks_for_changes_alone(site: Site, tmp_path: Path) -> None:
    guide(site)
    run(site, tmp_path / "site")
    site.asked.clear()
    site.page("/guide/water", "<h1>Water</h1><p>Wetter.</p>", ETag='"4"')
    site.page("/guide/", '<h1>Guide</h1><a href="water">x</a>', ETag='"5"')
    del site.answers["/guide/soil/"]
    report = run(site, tmp_path / "site")
    assert (report.added, report.changed, report.unchanged, report.removed) == (0, 2, 0, 1)
    assert dict(site.asked)["/guide/water"]["if-none-match"] == '"2"'
    assert [page.title for page in read_book(tmp_path / "site").pages] == ["Guide", "Water"]
    report = run(site, tmp_path / "site")
    assert (report.changed, report.unchanged, report.removed) == (0, 2, 0)


def test_an_interrupted_crawl_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    guide(site)

    class Stopped(Exception):
        pass

    def stop(outcome: str, address: str) -> None:
        if address.endswith("/water"):
            raise Stopped

    with pytest.raises(Stopped):
        Crawl(f"{site.origin}/guide/", tmp_path / "site", QUICK, stop).run()
    site.asked.clear()
    assert run(site, tmp_path / "site").added == 1
    assert site.paths() == ["/guide/soil/"]


def test_a_server_that_fails_once_does_not_take_a_page_away(site: Site, tmp_path: Path) -> None:
    guide(site)
    run(site, tmp_path / "site")
    site.page("/guide/water", "oh", status=500)
    report = run(site, tmp_path / "site")
    assert report.removed == 0
    assert "kept as it was" in report.left_out[f"{site.origin}/guide/water"]
    assert len(read_book(tmp_path / "site").pages) == 3


def test_robots_txt_is_obeyed(site: Site, tmp_path: Path) -> None:
    guide(site)
    site.page("/robots.txt", "User-agent: *\nDisallow: /guide/soil\n", Content_Type="text/plain")
    site.page("/guide/water", '<h1>Water</h1><a href="moved">x</a><a rel="nofollow" href="quiet">x</a>')
    site.page("/guide/moved", "", status=302, Location="/guide/soil/")
    site.page("/guide/quiet", "<h1>Quiet</h1>")
    run(site, tmp_path / "site")
    assert site.paths() == ["/guide/", "/guide/water", "/guide/moved"]
    site.page("/robots.txt", "User-agent: Bookside\nDisallow: /\n")
    with pytest.raises(Rejected, match=r"robots\.txt"):
        run(site, tmp_path / "b")
    site.page("/robots.txt", "", status=500)
    with pytest.raises(Unavailable):
        run(site, tmp_path / "c")


def test_pages_are_found_in_sitemaps_also_packed_ones_and_lists_of_them(site: Site, tmp_path: Path) -> None:
    site.page("/guide/", "<h1>Guide</h1>")
    for name in "ab":
        site.page(f"/guide/{name}", f"<h1>{name}</h1>")
    site.page("/robots.txt", f"Sitemap: {site.origin}/all.xml\n")
    index = f"<sitemapindex><sitemap><loc>{site.origin}/pages.xml.gz</loc></sitemap></sitemapindex>"
    site.page("/all.xml", index, Content_Type="text/xml")
    places = "".join(f"<url><loc>{site.origin}{path}</loc></url>" for path in ("/guide/b", "/guide/a", "/out"))
    entity = '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    packed = gzip.compress(
        f"{entity}<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{places}</urlset>".encode()
    )
    site.page("/pages.xml.gz", packed, Content_Type="application/gzip")
    assert run(site, tmp_path / "site").added == 3
    assert site.paths() == ["/all.xml", "/pages.xml.gz", "/guide/", "/guide/b", "/guide/a"]


def test_traps_do_not_hold_a_crawl(site: Site, tmp_path: Path) -> None:
    """Endless calendars, circles, huge pages, files of other kinds, redirects without end or out of the site."""
    hrefs = [
        "?day=2",
        "a/a/a/a/a",
        "huge",
        "film",
        "round",
        "out",
        "bad",
        "x" * 600,
        "javascript:x",
        "mailto:a@b.example",
    ]
    site.page("/guide/", "<h1>G</h1>" + "".join(f'<a href="{href}">x</a>' for href in hrefs))
    site.page("/guide/huge", b"<p>" + b"x" * 100_000)
    site.page("/guide/film", b"\0\1", Content_Type="video/mp4")
    site.page("/guide/round", "", status=301, Location="round")
    site.page("/guide/out", "", status=301, Location="http://localhost:1/")
    site.page("/guide/bad", b"<h1>\xff\xfe\xfa</h1>")
    report = run(site, tmp_path / "site")
    assert report.added == 1
    reasons = {url.removeprefix(f"{site.origin}/guide/"): reason for url, reason in report.left_out.items()}
    assert reasons == {
        "huge": "it is over 20,000 bytes",
        "film": "it is video/mp4, not HTML",
        "round": "its redirects go round",
        "out": "it leads out of the site",
        "bad": "not UTF-8 at byte 4; save the file as UTF-8",
    }


def test_a_site_without_end_is_read_up_to_the_limit(site: Site, tmp_path: Path) -> None:
    for number in range(40):
        site.page(f"/guide/{number}", f'<h1>{number}</h1><a href="{number + 1}">x</a>')
    report = run(site, tmp_path / "site", path="/guide/0")
    assert (report.added, report.is_whole) == (30, False)


def test_a_site_of_addresses_that_are_no_pages_is_left_after_so_many_tries(site: Site, tmp_path: Path) -> None:
    """Whether the sitemap or a page names them; and nothing that was taken before is taken away."""
    few = replace(QUICK, max_pages=2)
    site.page("/guide/", '<h1>G</h1><a href="a">x</a>')
    site.page("/guide/a", "<h1>A</h1>")
    assert run(site, tmp_path / "site", few).is_whole
    del site.answers["/guide/a"]
    gone = [f"/guide/gone/{number}" for number in range(100)]
    site.page("/guide/", "<h1>G</h1>" + "".join(f'<a href="{path}">x</a>' for path in gone))
    for listed in ("", "".join(f"<url><loc>{site.origin}{path}</loc></url>" for path in gone)):
        site.page("/sitemap.xml", f"<urlset>{listed}</urlset>", Content_Type="text/xml")
        site.asked.clear()
        report = run(site, tmp_path / "site", few)
        assert (report.is_whole, report.removed) == (False, 0)
        assert 10 < len(site.paths()) <= 20
        assert len(report.left_out) <= 20


def test_an_address_that_is_named_twice_is_one_try(site: Site, tmp_path: Path) -> None:
    site.page("/guide/", "<h1>G</h1>")
    twice = f"<url><loc>{site.origin}/guide/</loc></url><url><loc>{site.origin}/guide/gone</loc></url>" * 2
    site.page("/sitemap.xml", f"<urlset>{twice}</urlset>", Content_Type="text/xml")
    assert run(site, tmp_path / "site", replace(QUICK, max_pages=1)).added == 1
    assert site.paths() == ["/guide/"]
    assert run(site, tmp_path / "site").is_whole
    assert site.paths() == ["/guide/", "/guide/", "/guide/gone"]


def test_a_page_may_lie_below_a_page(site: Site, tmp_path: Path) -> None:
    below = ["b.html", "b.html/c.html", "b.html/", "b.html.part/d", "B.HTM/e"]
    site.page("/guide/", "<h1>G</h1>" + "".join(f'<a href="{path}">x</a>' for path in below))
    for path in below:
        site.page(f"/guide/{path}", f"<h1>{path}</h1><p>Words.</p>")
    assert run(site, tmp_path / "site").added == 6
    assert {page.url for page in read_book(tmp_path / "site").pages} == {
        f"{site.origin}/guide/{path}" for path in ("", *below)
    }


def test_a_folder_that_cannot_be_written_to_is_named(site: Site, tmp_path: Path) -> None:
    guide(site)
    run(site, tmp_path / "site")
    site.page("/guide/water", "<h1>Water</h1><p>Wetter.</p>")
    (tmp_path / "site/pages/guide/water.html.part").mkdir()
    with pytest.raises(Unavailable, match=r"water\.html is unavailable: it cannot be written"):
        run(site, tmp_path / "site")


def test_a_folder_that_holds_something_else_is_left_alone(site: Site, tmp_path: Path) -> None:
    guide(site)
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(Rejected, match="not empty"):
        run(site, tmp_path)
    run(site, tmp_path / "site")
    with pytest.raises(Rejected, match="name another folder"):
        run(site, tmp_path / "site", path="/")


def test_a_list_of_pages_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    page = '{"url": "http://a.example/", "file": "pages/../../secret.html"}'
    listed = f'{{"version": 1, "start": "http://a.example/", "run": 1, "is_finished": true, "pages": [{page}]}}'
    (tmp_path / "bookside-crawl.json").write_text(listed)
    with pytest.raises(BookError, match="broken"):
        read_book(tmp_path)


PRIVATE = """
127.0.0.1 10.0.0.1 169.254.169.254 224.0.0.1 239.255.255.250 255.255.255.255 ::1 fd00::1 fe80::1%eth0 ff0e::1
::ffff:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b::7f00:1 2002:a00:1::
"""
PUBLIC = "93.184.216.34 2606:2800:220:1::1 64:ff9b::93.184.216.34 ::ffff:93.184.216.34"


def lead(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """Every name leads to these numbers."""
    found = [(2, 1, 6, "", (number, 443)) for number in numbers]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)


def test_names_do_not_lead_into_private_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that names a private machine is meant; a name that turns out to be one is not."""
    for meant in ("http://127.0.0.1:8000/", "http://[::1]/", "http://localhost/"):
        assert addresses_of(meant, private=False) == []
    for number in PRIVATE.split():
        lead(monkeypatch, "93.184.216.34", number)
        with pytest.raises(Rejected, match="--private"):
            addresses_of("https://docs.example/", private=False)
        assert addresses_of("https://docs.example/", private=True) == []
    lead(monkeypatch, *PUBLIC.split())
    assert addresses_of("https://docs.example/", private=False) == PUBLIC.split()


def test_what_was_checked_is_what_is_asked(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere when it is looked up for the connection does not lead the crawl there."""
    guide(site)
    checked = [(2, 1, 6, "", ("127.0.0.1", site.port))]
    look_up = socket.getaddrinfo

    def answered(host: str, *args: Any, **named: Any) -> Any:
        if host != "docs.example":
            return look_up(host, *args, **named)
        return checked if not args[1:] else look_up("127.0.0.9", *args, **named)

    monkeypatch.setattr("socket.getaddrinfo", answered)
    monkeypatch.setattr("bookside.crawl.addresses.is_public", lambda _: True)
    origin = f"http://docs.example:{site.port}"
    report = Crawl(f"{origin}/guide/", tmp_path / "site", QUICK).run()
    assert (report.added, report.left_out) == (3, {})
    assert {headers["host"] for _, headers in site.asked} == {f"docs.example:{site.port}"}
    assert read_book(tmp_path / "site").pages[0].url == f"{origin}/guide/"


def look_up_at(site: Site, monkeypatch: pytest.MonkeyPatch, *numbers: str) -> list[str]:
    """Let the name ``docs.example`` lead to these numbers; what else is looked up is in the list."""
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def answered(host: str, *args: Any, **named: Any) -> Any:
        if host == "docs.example":
            return [(2, 1, 6, "", (number, site.port)) for number in numbers]
        asked.append(host)
        return look_up(host, *args, **named)

    monkeypatch.setattr("socket.getaddrinfo", answered)
    monkeypatch.setattr("bookside.crawl.addresses.is_public", lambda _: True)
    return asked


def test_a_number_that_is_not_reached_is_asked_once(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next number is asked at once, and first for the pages that follow."""
    guide(site)
    asked = look_up_at(site, monkeypatch, "127.0.0.9", "127.0.0.1")
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    report = Crawl(f"http://docs.example:{site.port}/guide/", tmp_path / "site", QUICK).run()
    assert (report.added, report.left_out, slept) == (3, {}, [])
    assert (asked[:2], set(asked[2:])) == (["127.0.0.9", "127.0.0.1"], {"127.0.0.1"})


def test_a_site_that_needs_no_proxy_is_asked_directly(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings name the site; its number, which is asked, is nowhere in them."""
    guide(site)
    look_up_at(site, monkeypatch, "127.0.0.1")
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.9:9")
    monkeypatch.setenv("no_proxy", "docs.example")
    report = Crawl(f"http://docs.example:{site.port}/guide/", tmp_path / "site", QUICK).run()
    assert (report.added, report.left_out) == (3, {})


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
def test_a_proxy_is_given_the_name_of_the_site(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It finds out by itself where that leads, whichever of the settings names it."""
    guide(site)
    site.answers = {f"http://docs.example{path}": answer for path, answer in site.answers.items()}
    look_up_at(site, monkeypatch, "127.0.0.9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv(name, f"127.0.0.1:{site.port}")
    report = Crawl("http://docs.example/guide/", tmp_path / "site", QUICK).run()
    assert (report.added, report.left_out) == (3, {})


@pytest.mark.parametrize("path", ["/pages/my-site/", "/guide/", "/"])
@pytest.mark.parametrize(
    ("names", "chapters"),
    [(("one", "two"), ["one", "two"]), (("a/one", "a/two", "three"), ["A", "A", None])],
    ids=["flat", "folders"],
)
def test_folders_below_the_base_path_are_chapters(
    site: Site, tmp_path: Path, path: str, names: tuple[str, ...], chapters: list[str | None]
) -> None:
    """And not the folder in which the crawl keeps its pages, or those of the base path."""
    site.page(path, "<h1>Start</h1>" + "".join(f'<a href="{name}">x</a>' for name in names))
    for name in names:
        site.page(path + name, f"<h1>{name}</h1><p>Words.</p>")
    run(site, tmp_path / "site", path=path)
    found = {page.title: page.chapter and page.chapter.title for page in read_book(tmp_path / "site").pages}
    assert found == {"Start": None, **dict(zip(names, chapters, strict=True))}


def test_addresses_have_one_form_and_safe_names() -> None:
    assert normal("../b/./c/#x", "http://A.example:80/a/x") == "http://a.example/b/c/"
    assert normal("%7Ea b", "http://a.example/") == "http://a.example/~a%20b"
    assert normal("http://user:pass@a.example/", "http://a.example/") is None
    assert normal("file:///etc/passwd", "http://a.example/") is None
    assert normal("http://[", "http://a.example/") is None
    assert scope_of("http://a.example/guide/start.html").contains("http://a.example/guide")
    assert not scope_of("http://a.example/guide/").contains("http://a.example/guidebook/")
    assert not is_wanted("http://a.example/a.pdf")
    assert file_for("http://a.example/%2e%2e/%2e%2e/etc/passwd", set()) == "pages/_/_/etc/passwd.html"
    taken = {"pages/a.html"}
    assert file_for("http://a.example/A", taken).startswith("pages/A-")


def test_the_command_says_what_it_did(site: Site, tmp_path: Path) -> None:
    guide(site)
    made = CliRunner().invoke(
        cli, ["crawl", f"{site.origin}/guide/", str(tmp_path / "s"), "--delay", "0", "--max-pages", "2"]
    )
    assert made.exit_code == 0, made.output
    assert "2 added, 0 changed, 0 unchanged, 0 removed, 0 left out" in made.stdout
    assert "the limit is 2" in made.stderr
