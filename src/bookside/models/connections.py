"""Connections to a language model's server: aiohttp's, behind the interface that OpenAI's client asks for.

aiohttp's parser is compiled, and an answer comes in hundreds of small pieces; and its connections can be left unread
for a while, so that what comes meanwhile is read at once.
"""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
from yarl import URL

RESTS = "bookside.rests"
"""Name of the extension of a response with its ``Restful`` body."""

ERRORS: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx2.ReadTimeout),
    (aiohttp.InvalidURL, httpx2.UnsupportedProtocol),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError),
    (aiohttp.ClientPayloadError, httpx2.ReadError),
    (aiohttp.ClientError, httpx2.NetworkError),
    (TimeoutError, httpx2.TimeoutException),
    (OSError, httpx2.NetworkError),
)
"""The nearest kind of error of httpx for each of aiohttp's; the first that fits."""


@contextmanager
def _told_as_httpx() -> Generator[None]:
    try:
        yield
    except (aiohttp.ClientError, OSError) as error:
        kind = next(theirs for ours, theirs in ERRORS if isinstance(error, ours))
        raise kind(str(error) or type(error).__name__) from error


class Body(httpx2.AsyncByteStream):
    """The bytes of a response, in pieces as they come."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._resting: asyncio.Transport | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _told_as_httpx():
            while piece := await self._response.content.readany():
                yield piece

    def rest(self) -> bool:
        """Leave the connection unread until ``wake``; ``False`` where there is nothing more to read."""
        connection = self._response.connection
        transport = connection.transport if connection is not None else None
        if transport is None or transport.is_closing():
            return False
        transport.pause_reading()
        self._resting = transport
        return True

    def taken(self) -> bytes:
        """What has come and was not read yet; nothing where that is for the iteration to tell."""
        content = self._response.content
        return content.read_nowait() if content.exception() is None else b""

    def wake(self) -> None:
        """Read again; what has come meanwhile comes as one piece."""
        transport, self._resting = self._resting, None
        if transport is not None and not transport.is_closing():
            transport.resume_reading()

    async def aclose(self) -> None:
        """Give the connection back, or close it if there is more to come."""
        self.wake()
        self._response.release()


class Connections(httpx2.AsyncBaseTransport):
    """Connections that are kept for the next request; opened when they are first needed.

    Args:
        at_once: How many there may be.
        keep_alive_s: How long one is kept that nobody uses.
    """

    def __init__(self, *, at_once: int, keep_alive_s: float) -> None:
        self._at_once = at_once
        self._keep_alive_s = keep_alive_s
        self._proxies = getproxies()
        self._session: aiohttp.ClientSession | None = None

    def _proxy(self, url: httpx2.URL) -> str | None:
        """The proxy that the environment names for an address: ``HTTPS_PROXY`` and its like, save for ``NO_PROXY``."""
        if not self._proxies or proxy_bypass(url.host):
            return None
        return self._proxies.get(url.scheme) or self._proxies.get("all")

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._at_once, keepalive_timeout=self._keep_alive_s, ssl=httpx2.create_ssl_context()
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response as soon as its headers are there.

        Raises:
            httpx2.TransportError: There is none.
        """
        if self._session is None:
            self._session = self._open()
        waits = request.extensions.get("timeout", {})
        body = await request.aread()
        headers = [(name, value) for name, value in request.headers.multi_items() if name != "transfer-encoding"]
        with _told_as_httpx():
            response = await self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=headers,
                data=body or None,
                allow_redirects=False,
                proxy=self._proxy(request.url),
                timeout=aiohttp.ClientTimeout(
                    connect=waits.get("pool"), sock_connect=waits.get("connect"), sock_read=waits.get("read")
                ),
            )
        read = Body(response)
        return httpx2.Response(
            response.status,
            headers=list(response.raw_headers),
            stream=read,
            request=request,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": (response.reason or "").encode(), RESTS: read},
        )

    async def aclose(self) -> None:
        """Close them all."""
        if self._session is not None:
            await self._session.close()
            self._session = None
