"""Small pictures, made here so that no file of them is needed."""

import struct
import zlib

COLOURS = {"red": (200, 60, 50), "blue": (60, 90, 200), "green": (60, 150, 90)}


def png(colour: str, side: int = 64) -> bytes:
    """A square of one colour."""
    row = b"\0" + bytes(COLOURS[colour]) * side
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(row * side)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
