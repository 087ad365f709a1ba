"""How much and how often a reader may ask."""

import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bookside.context import Reader
from bookside.errors import TooLarge, TooMany

READERS_PER_ADDRESS = 10
"""A network address may ask as much as so many readers; new tokens do not get around that."""

ADMINISTRATION = RateLimitItemPerSecond(60, 60)
"""Requests of one address to the operator's routes: one a second."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``requests`` per ``window_s`` seconds."""

    requests: int
    window_s: int


class Rate:
    """Counts questions, searches, verdicts and new readers in this process, by reader and by network address.

    Args:
        limit: ``None`` for no limit.
    """

    def __init__(self, limit: RateLimit | None) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items: tuple[RateLimitItemPerSecond, RateLimitItemPerSecond] | None = None
        if limit is not None:
            self._items = (
                RateLimitItemPerSecond(limit.requests, limit.window_s),
                RateLimitItemPerSecond(limit.requests * READERS_PER_ADDRESS, limit.window_s),
            )

    async def ask(self, reader: Reader, address: str) -> None:
        """Count one question.

        Raises:
            TooMany: The reader, or everybody at that address, has asked too often.
        """
        if self._items is None:
            return
        per_reader, per_address = self._items
        await self._count(per_reader, asker(reader, address), "questions")
        await self._count(per_address, f"address:{address}", "questions")

    async def mint(self, address: str) -> None:
        """Count one new token; an address may have as many as it may ask questions.

        Raises:
            TooMany: That address has had too many.
        """
        if self._items is not None:
            await self._count(self._items[1], f"tokens:{address}", "new readers")

    async def search(self, address: str) -> None:
        """Count one search, for passages or for threads; an address may have as many as it may ask questions.

        Raises:
            TooMany: That address has had too many.
        """
        if self._items is not None:
            await self._count(self._items[1], f"searches:{address}", "searches")

    async def feedback(self, address: str) -> None:
        """Count one verdict; an address may give as many as it may ask questions.

        Raises:
            TooMany: That address has given too many.
        """
        if self._items is not None:
            await self._count(self._items[1], f"feedback:{address}", "verdicts")

    async def administer(self, address: str) -> None:
        """Count one request to the operator's routes, also where readers have no limit: keys are not to be tried out.

        Raises:
            TooMany: That address has sent too many.
        """
        await self._count(ADMINISTRATION, f"administration:{address}", "requests")

    async def may_try(self, address: str) -> bool:
        """Count one token sent where it only shows more; whether the address has not sent too many.

        Apart from ``administer``: readers at the operator's address may send tokens of their own.
        """
        return await self._limiter.hit(ADMINISTRATION, f"tries:{address}")

    async def _count(self, item: RateLimitItemPerSecond, key: str, what: str) -> None:
        if not await self._limiter.hit(item, key):
            reset_at, _ = await self._limiter.get_window_stats(item, key)
            wait_s = max(1, math.ceil(reset_at - time.time()))
            raise TooMany(f"too many {what}; try again in {wait_s} seconds", retry_after_s=wait_s)


def asker(reader: Reader, address: str) -> str:
    """Whom a question counts for: the reader, or where nobody is known by name, everybody at that address."""
    return reader.id if reader.lists_threads else f"holder:{address}"


async def read_body(stream: AsyncIterator[bytes], max_bytes: int, what: str = "the request") -> bytes:
    """The whole body.

    Args:
        what: The body's name in the error.

    Raises:
        TooLarge: It is longer than ``max_bytes``; no more than that was read.
    """
    body = bytearray()
    async for piece in stream:
        body += piece
        if len(body) > max_bytes:
            raise TooLarge(what, max_bytes, "bytes")
    return bytes(body)
