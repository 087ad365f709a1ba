"""The crawl itself: from the first page and the sitemap along the links, into a folder that the next one brings up to
date."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin

from bookside.book.files import below, read_bytes
from bookside.book.html_page import Document, document_of
from bookside.book.html_tree import decoded
from bookside.book.manifest import MANIFEST, Crawled, Manifest, manifest_json, read_manifest
from bookside.crawl.addresses import addresses_of, file_for, is_wanted, normal, scope_of, start_of
from bookside.crawl.fetch import Fetched, Fetcher, open_client
from bookside.crawl.sitemaps import Rules, listed, read_rules
from bookside.errors import BookError, Rejected, Unavailable

SAVE_EVERY = 20
TRIES_PER_PAGE = 10
"""A crawl knows and asks no more addresses than so many for each page that it may take: most may be no pages."""

LINKS_BETWEEN_PAGES = frozenset({"next", "prev", "canonical", "index", "contents"})

Tell = Callable[[str, str], None]
"""Told what became of an address, and the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a crawl may take."""

    max_pages: int = 1_000
    max_bytes: int = 5_000_000
    delay_s: float = 0.5
    private: bool = False


@dataclass(slots=True)
class CrawlReport:
    """What a crawl did.

    Args:
        left_out: Addresses with the reason why they are no pages.
        is_whole: Whether no page was left because of the limit, be it on pages or on tries.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    is_whole: bool = True


class Crawl:
    """Brings ``folder`` in step with the site at ``start``.

    Args:
        tell: Called for each address.
    """

    def __init__(self, start: str, folder: Path, limits: Limits, tell: Tell = lambda _, __: None) -> None:
        self._start = start_of(start)
        self._scope = scope_of(start)
        self._folder = folder
        self._limits = limits
        self._tell = tell
        self._report = CrawlReport()

    def run(self) -> CrawlReport:
        """Fetch the site's pages; those that are known are asked for only if they changed.

        An interrupted crawl is saved, and the next one goes on where it was.

        Raises:
            Rejected: The folder holds something else, or the address may not be asked.
            Unavailable: The first page cannot be had, or the folder cannot be written to.
        """
        addresses_of(self._start, private=self._limits.private)
        self._take_up()
        try:
            with open_client(self._start) as http:
                fetcher = Fetcher(
                    http, self._scope, delay_s=self._limits.delay_s, max_bytes=self._limits.max_bytes,
                    private=self._limits.private,
                )  # fmt: skip
                rules = read_rules(fetcher, self._scope)
                fetcher.delay_s = max(fetcher.delay_s, rules.delay_s)
                fetcher.may_follow = rules.allow
                if not rules.allow(self._start):
                    raise Rejected(f"the site's robots.txt does not let {self._start} be read")
                self._follow(fetcher, rules)
            self._finish()
        finally:
            if self._pages:
                self._save()
        return self._report

    def _take_up(self) -> None:
        """What the last crawl left in the folder."""
        found = read_manifest(self._folder)
        if found is None:
            if self._folder.is_dir() and any(self._folder.iterdir()):
                raise Rejected(f"{str(self._folder)!r} is not empty and holds no crawled site: name another folder")
            found = Manifest(start=self._start)
        elif found.start != self._start:
            raise Rejected(f"{str(self._folder)!r} holds {found.start}: name another folder")
        elif found.is_finished:
            found = replace(found, run=found.run + 1, is_finished=False)
        self._manifest = found
        self._pages = found.by_url()
        self._taken = {page.file.casefold() for page in found.pages}

    def _follow(self, fetcher: Fetcher, rules: Rules) -> None:
        most = TRIES_PER_PAGE * self._limits.max_pages
        named = list(islice(listed(fetcher, self._scope, rules), most + 1))
        if len(named) > most:
            self._report.is_whole = False
        known = dict.fromkeys([self._start, *named[:most], *self._pages])
        waiting = deque(known)
        done = tried = 0
        while waiting:
            url = waiting.popleft()
            if not rules.allow(url):
                self._leave_out(url, "robots.txt lets nobody in")
                continue
            if done >= self._limits.max_pages or tried >= most:
                self._report.is_whole = False
                break
            tried += 1
            document = self._page(fetcher, url)
            if document is None:
                continue
            done += 1
            if done % SAVE_EVERY == 0:
                self._save()
            for link in links(*document):
                if link in known or not self._scope.contains(link) or not is_wanted(link):
                    continue
                if len(known) >= most:
                    self._report.is_whole = False
                    break
                known[link] = None
                waiting.append(link)

    def _page(self, fetcher: Fetcher, url: str) -> tuple[str, Document] | None:
        """The page at ``url``, fetched or as it was; ``None`` where there is none."""
        known = self._pages.get(url)
        if known is not None and known.run == self._manifest.run:
            return self._kept(known, "done")  # by the crawl that was interrupted, or under another address
        headers = {}
        if known is not None and below(self._folder, known.file) is not None:
            headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        answer = fetcher.page(url, {name: value for name, value in headers.items() if value})
        if answer.outcome == "unchanged" and known is not None:
            self._report.unchanged += 1
            return self._kept(replace(known, run=self._manifest.run), "unchanged")
        if answer.outcome == "page":
            return self._taken_in(answer)
        if answer.outcome == "failed" and known is not None:
            self._leave_out(url, f"{answer.reason}; kept as it was")
            return self._kept(replace(known, run=self._manifest.run), "kept")
        if url == self._start:
            raise Unavailable(url, answer.reason)
        self._leave_out(url, answer.reason)
        return None

    def _taken_in(self, answer: Fetched) -> tuple[str, Document] | None:
        url = answer.url
        if url in self._pages and self._pages[url].run == self._manifest.run:
            return None  # another address has led here before
        try:
            document = document_of(decoded(answer.body, url, answer.charset), url)
        except BookError as error:
            self._leave_out(url, error.reason)
            return None
        if "noindex" in document.head.robots:
            self._leave_out(url, "it asks crawlers to leave it out")
            return None
        before = self._pages.get(url)
        file = before.file if before else file_for(url, self._taken)
        is_same = (
            before is not None
            and below(self._folder, file) is not None
            and read_bytes(self._folder, file) == answer.body
        )
        if not is_same:
            self._write(file, answer.body)
        self._taken.add(file.casefold())
        self._pages[url] = Crawled(
            url=url, file=file, charset=answer.charset, etag=answer.etag, modified=answer.modified,
            run=self._manifest.run,
        )  # fmt: skip
        outcome = "unchanged" if is_same else "changed" if before else "added"
        setattr(self._report, outcome, getattr(self._report, outcome) + 1)
        self._tell(outcome, url)
        return url, document

    def _kept(self, page: Crawled, outcome: str) -> tuple[str, Document] | None:
        self._pages[page.url] = page
        self._tell(outcome, page.url)
        try:
            return page.url, document_of(
                decoded(read_bytes(self._folder, page.file), page.file, page.charset), page.file
            )
        except BookError as error:
            self._leave_out(page.url, error.reason)
            return None

    def _leave_out(self, url: str, reason: str) -> None:
        self._report.left_out[url] = reason
        self._tell("left out", f"{url}: {reason}")

    def _finish(self) -> None:
        """Take away what the site no longer has, when all of it was seen."""
        if self._report.is_whole:
            for page in [page for page in self._pages.values() if page.run != self._manifest.run]:
                del self._pages[page.url]
                file = below(self._folder, page.file)
                if file is not None:
                    with writing(file):
                        file.unlink()
                self._report.removed += 1
        self._manifest = replace(self._manifest, is_finished=True)

    def _save(self) -> None:
        self._manifest = replace(self._manifest, pages=tuple(self._pages.values()))
        self._write(MANIFEST, manifest_json(self._manifest).encode())

    def _write(self, name: str, data: bytes) -> None:
        """Whole or not at all."""
        file = self._folder / name
        beside = file.with_name(file.name + ".part")
        with writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(data)
            os.replace(beside, file)


@contextmanager
def writing(file: Path) -> Generator[None]:
    """A fault of the disk is told with the file's name.

    Raises:
        Unavailable: There was one.
    """
    try:
        yield
    except OSError as error:
        raise Unavailable(str(file), f"it cannot be written: {error.strerror}") from error


def links(url: str, document: Document) -> Iterator[str]:
    """Where the page leads, unless it asks not to be followed."""
    if "nofollow" in document.head.robots:
        return
    base = next((element.get("href") for element in document.tree.iter("base") if element.get("href")), None)
    for link in document.tree.iter("a", "area", "link"):
        if link.tag == "link" and (link.get("rel") or "").lower() not in (
            "next",
            "prev",
            "canonical",
            "index",
            "contents",
        ):
            continue
        href = link.get("href")
        if href and "nofollow" not in (link.get("rel") or ""):
            there = normal(href, urljoin(url, base or ""))
            if there is not None:
                yield there
