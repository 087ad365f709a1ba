"""The only place for documents that are made once and sent often: compressed, and not again to who has them."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Response

TAKES_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)", re.IGNORECASE)
IN_TAG = re.compile(r'(?:W/)?"([^"]*)"')


@dataclass(frozen=True, slots=True)
class Made:
    """A document.

    Args:
        packed: Its bytes, compressed.
        tag: Tells one content from another.
    """

    packed: bytes
    tag: str
    media_type: str

    @classmethod
    def of(cls, content: str | bytes, media_type: str) -> "Made":
        """The document with this content."""
        plain = content.encode() if isinstance(content, str) else content
        return cls(gzip.compress(plain, 6, mtime=0), sha256(plain).hexdigest()[:20], media_type)

    def answer(self, asked: Mapping[str, str], headers: Mapping[str, str], status: int = 200) -> Response:
        """The response to a request with the headers ``asked``: 304 where its sender has this content."""
        more = {**headers, "ETag": f'W/"{self.tag}"', "Vary": "Accept-Encoding"}
        if status == 200 and self.tag in IN_TAG.findall(asked.get("if-none-match", "")):
            return Response(status_code=304, headers=more)
        if TAKES_GZIP.search(asked.get("accept-encoding", "")):
            return Response(self.packed, status, {**more, "Content-Encoding": "gzip"}, self.media_type)
        return Response(gzip.decompress(self.packed), status, more, self.media_type)
