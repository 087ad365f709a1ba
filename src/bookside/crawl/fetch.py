"""The only place that asks other people's servers: one page at a time, with pauses, within limits, inside the site."""

import time
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from bookside.crawl.addresses import Scope, addresses_of, at, normal
from bookside.errors import Rejected

AGENT = "Bookside"
MAX_REDIRECTS = 5
RETRIES = 2
LONGEST_WAIT_S = 60.0
SLOWEST_S = 60.0
TRY_AGAIN = frozenset({429, 502, 503, 504})

Outcome = Literal["page", "unchanged", "gone", "failed", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of one address.

    Args:
        url: Where the page is, redirects followed.
        reason: Why there is none.
    """

    outcome: Outcome
    url: str
    body: bytes = b""
    kind: str = ""
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None
    reason: str = ""


class Fetcher:
    """Asks for addresses of one site.

    Args:
        delay_s: Between two requests.
        max_bytes: Of one answer.
        may_follow: Whether a redirect may lead to an address, beside its being in ``scope``.
        private: Whether the site's name may lead to a private address.
    """

    def __init__(
        self, client: httpx2.Client, scope: Scope, *, delay_s: float, max_bytes: int, private: bool,
        may_follow: Callable[[str], bool] = lambda _: True,
    ) -> None:  # fmt: skip
        self._client = client
        self._scope = scope
        self.delay_s = delay_s
        self._max_bytes = max_bytes
        self._private = private
        self.may_follow = may_follow
        self._last = 0.0
        self._failures = Counter[str]()

    def page(self, url: str, headers: Mapping[str, str]) -> Fetched:
        """The page at ``url``, or what there is instead; never an error."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._patient(url, headers)
            if answer.outcome != "skipped" or not answer.kind.startswith("to "):
                return answer
            there = normal(answer.kind[3:], url)
            if there is None or not self._scope.contains(there):
                return Fetched(outcome="skipped", url=url, reason="it leads out of the site")
            if not self.may_follow(there):
                return Fetched(outcome="skipped", url=url, reason="it leads where robots.txt lets nobody in")
            url = there
        return Fetched(outcome="skipped", url=url, reason="its redirects go round")

    def file(self, url: str, max_bytes: int) -> Fetched:
        """A file of the site that is no page, such as its sitemap."""
        return self._patient(url, {}, max_bytes=max_bytes, any_kind=True)

    def _patient(self, url: str, headers: Mapping[str, str], *, max_bytes: int = 0, any_kind: bool = False) -> Fetched:
        waited = 0.0
        for attempt in range(RETRIES + 1):
            self._pause()
            try:
                with self._sent(url, headers) as response:
                    if response.status_code not in TRY_AGAIN or attempt == RETRIES:
                        return self._taken(url, response, max_bytes or self._max_bytes, any_kind=any_kind)
                    wait = seconds(response.headers.get("retry-after"), 2.0 * (attempt + 1))
            except (httpx2.HTTPError, httpx2.InvalidURL, Rejected, zlib.error, ValueError) as error:
                if attempt == RETRIES or not isinstance(error, httpx2.TransportError):
                    return Fetched(outcome="failed", url=url, reason=str(error) or type(error).__name__)
                wait = 1.0 * (attempt + 1)
            waited += wait
            if waited > LONGEST_WAIT_S:
                break
            time.sleep(wait)
        return Fetched(outcome="failed", url=url, reason="the server asks to wait longer than a crawl does")

    @contextmanager
    def _sent(self, url: str, headers: Mapping[str, str]) -> Generator[httpx2.Response]:
        """The answer, from a number that was checked: asked once more, the name may lead elsewhere.

        The number that failed least is asked first, and the next one where nothing can be reached. A proxy finds out by
        itself where a name leads.
        """
        numbers = addresses_of(url, private=self._private)
        if not numbers or proxy_for(url):
            with self._client.stream("GET", url, headers=dict(headers)) as response:
                yield response
            return
        split = urlsplit(url)
        pinned, name = {**headers, "Host": split.netloc}, {"sni_hostname": split.hostname}
        numbers.sort(key=self._failures.__getitem__)
        for number in numbers:
            try:
                with self._client.stream("GET", at(url, number), headers=pinned, extensions=name) as response:
                    yield response
                return
            except httpx2.TransportError as error:
                self._failures[number] += 1
                if number == numbers[-1] or not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
                    raise

    def _pause(self) -> None:
        now = time.monotonic()
        if self._last and now - self._last < self.delay_s:
            time.sleep(self.delay_s - (now - self._last))
        self._last = time.monotonic()

    def _taken(self, url: str, response: httpx2.Response, max_bytes: int, *, any_kind: bool) -> Fetched:
        status = response.status_code
        if status == 304:
            return Fetched(outcome="unchanged", url=url)
        if response.has_redirect_location:
            return Fetched(outcome="skipped", url=url, kind=f"to {response.headers['location']}")
        if status in (404, 410):
            return Fetched(outcome="gone", url=url, reason=f"the server answers {status}")
        if status != 200:
            return Fetched(outcome="failed", url=url, reason=f"the server answers {status}")
        kind, charset = content_type(response.headers.get("content-type", ""))
        if not any_kind and kind not in ("text/html", "application/xhtml+xml"):
            return Fetched(outcome="skipped", url=url, reason=f"it is {kind or 'of no kind'}, not HTML")
        body = bytearray()
        started = time.monotonic()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > max_bytes:
                return Fetched(outcome="skipped", url=url, reason=f"it is over {max_bytes:,} bytes")
            if time.monotonic() - started > SLOWEST_S:
                return Fetched(outcome="failed", url=url, reason=f"it took over {SLOWEST_S:.0f} seconds")
        return Fetched(
            outcome="page",
            url=url,
            body=bytes(body),
            kind=kind,
            charset=charset,
            etag=response.headers.get("etag"),
            modified=response.headers.get("last-modified"),
        )


def seconds(value: str | None, otherwise: float) -> float:
    """A ``Retry-After`` in seconds; a date counts as none."""
    return float(value) if value and value.isdecimal() and len(value) < 7 else otherwise


def content_type(value: str) -> tuple[str, str | None]:
    """The kind and the encoding that a header names."""
    message = Message()
    message["content-type"] = value
    charset = message.get_content_charset()
    return (message.get_content_type() if value else ""), charset


def proxy_for(url: str) -> str | None:
    """The proxy that this machine's settings name for ``url``; ``None`` where it is asked directly."""
    split = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(split.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(split.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def open_client(url: str) -> httpx2.Client:
    """A client for the site at ``url``, which says who it is and follows nothing by itself.

    Whether there is a proxy is known by the site's name: of a number the settings say nothing.
    """
    headers = {
        "User-Agent": f"{AGENT}/0.1 (reads documentation)",
        "Accept": "text/html, application/xhtml+xml, */*;q=0.1",
    }
    transport = httpx2.HTTPTransport(proxy=proxy_for(url))
    timeout = httpx2.Timeout(20.0, connect=10.0)
    return httpx2.Client(headers=headers, transport=transport, timeout=timeout, follow_redirects=False)
