"""The program that builds a shard, run as a child process: the engine holds the GIL while it works.

It reads frames from its standard input until one says ``finish``, then prints what it built as one line of JSON.
A frame is a line of JSON, and for ``upsert`` the float32 vectors of its points right after it. When the input
ends early, because the parent died, nothing is finished.
"""

import json
import sys
from array import array
from pathlib import Path
from typing import Any, BinaryIO

from qdrant_edge import EdgeShard, Point, UpdateOperation

from bookside.index.files import mark_files
from bookside.index.shard import DENSE, FIELD_INDICES, SPARSE, shard_config
from bookside.index.sparse import Words

BYTES_PER_FLOAT = 4


def open_shard(folder: Path, vector_size: int) -> EdgeShard:
    """The shard in ``folder``; a new one where there is none."""
    if folder.is_dir():
        return EdgeShard.load(str(folder))
    folder.mkdir(parents=True)
    shard = EdgeShard.create(str(folder), shard_config(vector_size))
    for field, schema in FIELD_INDICES.items():
        shard.update(UpdateOperation.create_field_index(field, schema))
    return shard


def apply(shard: EdgeShard, frame: dict[str, Any], source: BinaryIO, vector_size: int, words: Words) -> None:
    """Do what one frame says."""
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
            for row, (id, text, payload) in enumerate(rows):
                dense = floats[row * vector_size : (row + 1) * vector_size].tolist()
                points.append(Point(id, {DENSE: dense, SPARSE: words.document(text)}, payload))
            shard.update(UpdateOperation.upsert_points(points))
        case unknown:
            raise ValueError(f"unknown frame {unknown!r}")


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
    shard = open_shard(folder, vector_size)
    for line in source:
        frame = json.loads(line)
        if frame["do"] == "finish":
            break
        apply(shard, frame, source, vector_size, words)
    else:
        return 1
    shard.optimize()
    shard.flush()
    count = shard.info().points_count
    shard.close()
    sys.stdout.write(json.dumps({"chunks": count, "files": mark_files(folder)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
