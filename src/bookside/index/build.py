"""The program that builds a shard, run as a child process: the engine holds the GIL while it works.

It reads frames from its standard input until one says ``finish``, then prints what it built as one line of JSON.
A frame is a line of JSON, and for ``upsert`` the float32 vectors of its points right after it. No file is touched
before the first frame comes. When the input ends early, because the parent died, nothing is finished.
"""

import json
import sys
from array import array
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

from qdrant_edge import (
    CountRequest,
    EdgeShard,
    FieldCondition,
    Filter,
    MatchValue,
    Point,
    Record,
    ScrollRequest,
    UpdateOperation,
)

from bookside.index.files import mark_files
from bookside.index.lexicon import Count, Kind, stored_lexicon, written_words
from bookside.index.pages import PageEntry, mean_vectors
from bookside.index.payload import KIND, LEXICON_ID, lexicon_payload
from bookside.index.shard import (
    DENSE,
    FIELD_INDICES,
    PAGE_DENSE,
    PAGE_SPARSE,
    SPARSE,
    UNREADABLE,
    EngineError,
    engine_errors,
    shard_config,
)
from bookside.index.sparse import PAGE_WORDS, Words

BYTES_PER_FLOAT = 4
SCROLL_BATCH = 2_000


def new_shard(folder: Path, vector_size: int) -> EdgeShard:
    """An empty shard in ``folder``, which it makes."""
    folder.mkdir(parents=True)
    shard = EdgeShard.create(str(folder), shard_config(vector_size))
    for field, schema in FIELD_INDICES.items():
        shard.update(UpdateOperation.create_field_index(field, schema))
    return shard


def start_from(folder: Path, vector_size: int) -> tuple[EdgeShard, set[str]]:
    """The shard in ``folder``, or a new one where there is none, and the words that its lexicon knows.

    Raises:
        EngineError: The one that is there cannot be gone on from.
    """
    if not folder.is_dir():
        return new_shard(folder, vector_size), set()
    with engine_errors():
        shard = EdgeShard.load(str(folder))
        records = shard.retrieve([LEXICON_ID], with_payload=True, with_vector=False)
    return shard, set(stored_lexicon(records[0].payload if records else None).written)


def apply(
    shard: EdgeShard, frame: dict[str, Any], source: BinaryIO, vector_size: int, words: Words, written: set[str]
) -> None:
    """Do what one frame says; the words of new texts are added to ``written``."""
    match frame["do"]:
        case "delete":
            shard.update(UpdateOperation.delete_points(frame["ids"]))
        case "rewrite":
            for id, payload in frame["points"]:
                shard.update(UpdateOperation.overwrite_payload([id], payload))
        case "upsert":
            rows = frame["points"]
            floats = array("f", read_exactly(source, len(rows) * vector_size * BYTES_PER_FLOAT))
            points: list[Point] = []
            for row, (id, fields, payload) in enumerate(rows):
                dense = floats[row * vector_size : (row + 1) * vector_size].tolist()
                points.append(Point(id, {DENSE: dense, SPARSE: words.document(fields)}, payload))
                written.update(word for text, _ in fields for word in written_words(text))
            shard.update(UpdateOperation.upsert_points(points))
        case "pages":
            entries = [
                PageEntry(id=id, payload=payload, chunk_ids=tuple(chunk_ids), fields=tuple(map(tuple, fields)))
                for id, payload, chunk_ids, fields in frame["points"]
            ]
            means = mean_vectors(entries, chunk_vectors(shard, [id for entry in entries for id in entry.chunk_ids]))
            points = [
                Point(
                    entry.id,
                    {PAGE_DENSE: mean.tolist(), PAGE_SPARSE: words.document(entry.fields, usual_words=PAGE_WORDS)},
                    entry.payload,
                )
                for entry, mean in zip(entries, means, strict=True)
            ]
            shard.update(UpdateOperation.upsert_points(points))
        case unknown:
            raise ValueError(f"unknown frame {unknown!r}")


def chunk_vectors(shard: EdgeShard, ids: list[str]) -> dict[str, Sequence[float]]:
    """The vectors of these chunks by meaning."""
    vectors: dict[str, Sequence[float]] = {}
    for start in range(0, len(ids), SCROLL_BATCH):
        records = shard.retrieve([*ids[start : start + SCROLL_BATCH]], with_payload=False, with_vector=[DENSE])
        vectors.update((str(record.id), array("f", named(record)[DENSE])) for record in records)
    return vectors


def named(record: Record) -> dict[str, Any]:
    """A record's vectors by their names; none for a point that has none."""
    return cast("dict[str, Any]", record.vector) if isinstance(record.vector, dict) else {}


def count_words(shard: EdgeShard, written: set[str]) -> Count:
    """Count the words of every chunk and page in the shard."""
    count = Count(written)
    kinds: dict[str, Kind] = {SPARSE: "chunk", PAGE_SPARSE: "page"}
    offset = None
    while True:
        request = ScrollRequest(offset=offset, limit=SCROLL_BATCH, with_payload=False, with_vector=list(kinds))
        records, offset = shard.scroll(request)
        for record in records:
            for name, vector in named(record).items():
                count.add(kinds[name], vector.indices)
        if offset is None:
            return count


def read_exactly(source: BinaryIO, length_bytes: int) -> bytes:
    """The next ``length_bytes``.

    Raises:
        EOFError: The input ended before.
    """
    content = source.read(length_bytes)
    if len(content) < length_bytes:
        raise EOFError("the input ended in the middle of a frame")
    return content


def main(folder: Path, vector_size: int, language: str) -> int:
    """Build the shard in ``folder`` from the frames on standard input; 0 when it was finished."""
    source = sys.stdin.buffer
    words = Words(language)
    first = source.readline()
    if not first:
        return 1
    try:
        shard, written = start_from(folder, vector_size)
    except EngineError as error:
        sys.stderr.write(str(error))
        return UNREADABLE
    for line in chain([first], source):
        frame = json.loads(line)
        if frame["do"] == "finish":
            break
        apply(shard, frame, source, vector_size, words, written)
    else:
        return 1
    lexicon = count_words(shard, written).lexicon()
    shard.update(UpdateOperation.upsert_points([Point(LEXICON_ID, {}, lexicon_payload(lexicon.as_text()))]))
    shard.optimize()
    shard.flush()
    chunks = Filter(must=[FieldCondition(key=KIND, match=MatchValue(value="chunk"))])
    count = shard.count(CountRequest(exact=True, filter=chunks))
    shard.close()
    sys.stdout.write(json.dumps({"chunks": count, "files": mark_files(folder)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
