"""One shard of the embedded engine: how it is laid out, and its errors as ours."""

from collections.abc import Generator
from contextlib import contextmanager

from qdrant_edge import (
    Distance,
    EdgeConfig,
    EdgeSparseVectorParams,
    EdgeVectorParams,
    PayloadSchemaType,
)

DENSE = "dense"
SPARSE = "bm25"
PAGE_DENSE = "page_dense"
PAGE_SPARSE = "page_bm25"
FIELD_INDICES: dict[str, PayloadSchemaType] = {
    "kind": PayloadSchemaType.Keyword,
    "chapter_number": PayloadSchemaType.Integer,
    "lesson_slug": PayloadSchemaType.Keyword,
    "page": PayloadSchemaType.Keyword,
    "page_order": PayloadSchemaType.Integer,
}

UNREADABLE = 3
"""How the process that builds ends when the engine cannot load what it is to go on from."""


class EngineError(Exception):
    """The embedded engine refused an operation; the message is its own."""


@contextmanager
def engine_errors() -> Generator[None]:
    """Turn the engine's errors, which are bare ``Exception``, into ``EngineError``; others pass."""
    try:
        yield
    except Exception as error:
        if type(error) is not Exception:
            raise
        raise EngineError(str(error)) from error


def shard_config(vector_size: int) -> EdgeConfig:
    """Vectors of chunks and of pages, dense and sparse. Without a log: a shard is only built, closed, then read."""
    dense = EdgeVectorParams(size=vector_size, distance=Distance.Cosine)
    return EdgeConfig(
        vectors={DENSE: dense, PAGE_DENSE: dense},
        sparse_vectors={SPARSE: EdgeSparseVectorParams(), PAGE_SPARSE: EdgeSparseVectorParams()},
        wal_enabled=False,
    )
