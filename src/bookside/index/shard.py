"""One shard of the embedded engine: how it is laid out, and its errors as ours."""

from collections.abc import Generator
from contextlib import contextmanager

from qdrant_edge import (
    Distance,
    EdgeConfig,
    EdgeSparseVectorParams,
    EdgeVectorParams,
    Modifier,
    PayloadSchemaType,
)

DENSE = "dense"
SPARSE = "bm25"
FIELD_INDICES: dict[str, PayloadSchemaType] = {
    "chapter_number": PayloadSchemaType.Integer,
    "lesson_slug": PayloadSchemaType.Keyword,
    "page": PayloadSchemaType.Keyword,
    "page_order": PayloadSchemaType.Integer,
}


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
    """Dense and sparse vectors. Without a log: a shard is only ever built, closed, then read."""
    return EdgeConfig(
        vectors={DENSE: EdgeVectorParams(size=vector_size, distance=Distance.Cosine)},
        sparse_vectors={SPARSE: EdgeSparseVectorParams(modifier=Modifier.Idf)},
        wal_enabled=False,
    )
