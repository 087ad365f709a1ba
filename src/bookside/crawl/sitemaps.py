"""The only place that reads what a site says to crawlers: robots.txt and sitemaps."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from lxml import etree
from protego import Protego

from bookside.crawl.addresses import Scope, normal
from bookside.crawl.fetch import AGENT, Fetcher
from bookside.errors import Unavailable

MAX_ROBOTS_BYTES = 512 * 1024
MAX_SITEMAP_BYTES = 50 * 1024 * 1024
MAX_SITEMAPS = 50
LONGEST_DELAY_S = 30.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What robots.txt lets this crawler do."""

    _robots: Protego

    def allow(self, url: str) -> bool:
        """Whether ``url`` may be asked for."""
        return self._robots.can_fetch(url, AGENT)

    @property
    def delay_s(self) -> float:
        """The pause that the site asks for."""
        return min(self._robots.crawl_delay(AGENT) or 0.0, LONGEST_DELAY_S)

    @property
    def sitemaps(self) -> list[str]:
        """Addresses of sitemaps that the file names."""
        return list(self._robots.sitemaps)


def read_rules(fetcher: Fetcher, scope: Scope) -> Rules:
    """The site's rules; a site without the file has none.

    Raises:
        Unavailable: The server does not answer, so nobody knows what it allows.
    """
    url = urljoin(scope.origin, "/robots.txt")
    answer = fetcher.file(url, MAX_ROBOTS_BYTES)
    if answer.outcome == "failed" and not answer.reason.startswith("the server answers 4"):
        raise Unavailable(scope.origin, f"its robots.txt cannot be read: {answer.reason}")
    return Rules(Protego.parse(answer.body.decode("utf-8", "replace")))


def listed(fetcher: Fetcher, scope: Scope, rules: Rules) -> Iterator[str]:
    """The pages that the site's sitemaps name, in their order; sitemaps of other sites are not read."""
    named = [
        *rules.sitemaps,
        urljoin(scope.origin, scope.prefix + "sitemap.xml"),
        urljoin(scope.origin, "/sitemap.xml"),
    ]
    waiting = list(dict.fromkeys(url for url in (normal(one, scope.origin) for one in named) if url))
    seen: set[str] = set()
    while waiting and len(seen) < MAX_SITEMAPS:
        url = waiting.pop(0)
        if url in seen or not url.startswith(scope.origin + "/") or not rules.allow(url):
            continue
        seen.add(url)
        answer = fetcher.file(url, MAX_SITEMAP_BYTES)
        if answer.outcome != "page":
            continue
        root = parsed(unpacked(answer.body))
        if root is None:
            continue
        places = (" ".join((place.text or "").split()) for place in root.iter("{*}loc"))
        if etree.QName(root).localname == "sitemapindex":
            waiting += islice((there for place in places if (there := normal(place, url))), MAX_SITEMAPS)
        else:
            yield from (there for place in places if (there := normal(place, url)) and scope.contains(there))


def unpacked(data: bytes) -> bytes:
    """A sitemap that may be gzipped, up to its largest size."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, MAX_SITEMAP_BYTES)
    except zlib.error:
        return b""


def parsed(data: bytes) -> etree._Element | None:  # pyright: ignore[reportPrivateUsage]
    """The root of the document; ``None`` where it is no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
