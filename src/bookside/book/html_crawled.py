"""The only place that knows a crawled site: where each file's page is on the web, and what its links mean."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from bookside.book.manifest import Crawled, read_manifest

ADDRESSES = ("href", "src", "poster", "data-src")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawledSite:
    """A site that a crawl has put into a folder.

    Args:
        origin: Scheme and host.
        base: The path below which its pages are.
        front: The file of the page with which the crawl began.
        pages: By their files.
        files: By the pages' addresses, without a slash at the end.
    """

    origin: str
    base: str
    front: str | None
    pages: Mapping[str, Crawled]
    files: Mapping[str, str]

    def below(self, path: str) -> str:
        """The page's address below the base path."""
        split = urlsplit(self.pages[path].url)
        inside = split.path.removeprefix(self.base.rstrip("/")) or "/"
        return f"{inside}?{split.query}" if split.query else inside

    @property
    def folder(self) -> str:
        """The folder that stands for the base path; ends with a slash."""
        depth = 1 + sum(1 for segment in self.base.split("/") if segment)
        deep = next((path for path in self.pages if path.count("/") >= depth), "")
        return "".join(f"{part}/" for part in deep.split("/")[:depth] if deep)

    def lead_to_files(self, tree: HtmlElement, path: str) -> None:
        """Have links to other pages of the site lead to their files, and all others to where they lead on the web."""
        base = self.pages[path].url
        for element in tree.iter("base"):
            base = urljoin(base, element.get("href") or "")
        for element in tree.iter():
            for name in ADDRESSES:
                value = element.get(name) if isinstance(element.tag, str) else None
                if value and not value.startswith("#") and element.tag != "base":
                    element.set(name, self._seen_from(path, base, value, is_canonical=is_canonical(element)))

    def _seen_from(self, path: str, base: str, value: str, *, is_canonical: bool) -> str:
        try:
            there, fragment = urldefrag(urljoin(base, value.strip()))
        except ValueError:
            return value
        file = None if is_canonical else self.files.get(there.rstrip("/"))
        if file is None:
            return f"{there}#{fragment}" if fragment else there
        relative = quote(posixpath.relpath(file, posixpath.dirname(path) or "."))
        return f"{relative}#{fragment}" if fragment else relative


def is_canonical(element: HtmlElement) -> bool:
    """Whether it is the address that a page gives itself."""
    return element.tag == "link" and (element.get("rel") or "").lower() == "canonical"


def crawled_in(folder: Path) -> CrawledSite | None:
    """The crawled site in ``folder``; ``None`` where no crawl has put one.

    Raises:
        BookError: The list of its pages is broken.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    split = urlsplit(manifest.start)
    by_url = manifest.by_url()
    start = by_url.get(manifest.start)
    return CrawledSite(
        origin=f"{split.scheme}://{split.netloc}",
        base=posixpath.join(posixpath.dirname(split.path), ""),
        front=start.file if start else None,
        pages={page.file: page for page in manifest.pages},
        files={page.url.rstrip("/"): page.file for page in manifest.pages},
    )
