"""Pieces of a stream leave in order and whole, at once or behind one that a slow client keeps waiting."""

import asyncio
from typing import Any

import pytest

from bookside.http.sending import Pieces


class Server:
    """A server's ``send``, which waits before each piece while its client is slow."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.has_room = asyncio.Event()
        self.has_room.set()
        self.fault: Exception | None = None
        self.waiting = 0

    async def send(self, message: Any) -> None:
        """Take a piece when there is room."""
        if not self.has_room.is_set():
            self.waiting += 1
            try:
                await self.has_room.wait()
                await asyncio.sleep(0)
            finally:
                self.waiting -= 1
        if self.fault is not None:
            raise self.fault
        self.bodies.append(message["body"])


async def test_a_piece_is_sent_before_anything_else_happens() -> None:
    """Where the server has room, it has the piece when the call returns."""
    server = Server()
    pieces = Pieces(server.send)

    assert pieces.send_now(b"one")
    assert server.bodies == [b"one"]


async def test_nothing_overtakes_a_piece_that_waits() -> None:
    """While one waits for room, none is taken at once, and those that are sent come behind it; each comes once."""
    server = Server()
    pieces = Pieces(server.send)
    server.has_room.clear()

    taken = [pieces.send_now(b"one"), pieces.send_now(b"two")]
    rest = asyncio.create_task(pieces.send(b"two"))
    await asyncio.sleep(0)
    assert server.bodies == []
    server.has_room.set()
    await rest

    assert taken == [True, False]
    assert pieces.send_now(b"three")
    await pieces.send(b"", is_last=True)
    assert server.bodies == [b"one", b"two", b"three", b""]


async def test_what_waits_ends_with_the_stream() -> None:
    """Closing leaves nothing behind of a piece that nobody takes, and closing twice is no fault."""
    server = Server()
    pieces = Pieces(server.send)
    server.has_room.clear()
    pieces.send_now(b"one")
    await asyncio.sleep(0)

    await pieces.close()
    await pieces.close()

    assert (server.waiting, server.bodies) == (0, [])
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("has_room", [True, False])
async def test_a_fault_is_raised_by_the_next_send(*, has_room: bool) -> None:
    """A piece that could not be sent ends the stream, whether the server told at once or later."""
    server = Server()
    pieces = Pieces(server.send)
    server.fault = OSError("gone")
    if not has_room:
        server.has_room.clear()
    assert pieces.send_now(b"one")
    server.has_room.set()

    with pytest.raises(OSError, match="gone"):
        await pieces.send(b"two")

    assert not pieces.send_now(b"three")
    assert server.bodies == []
    await pieces.close()
