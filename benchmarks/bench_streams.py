"""What a streamed answer costs and how long it takes, beside OpenAI's ChatKit quickstart and a plain relay of bytes.

    python -m benchmarks.bench_streams [cost|latency|scale|memory|all] [--json FILE]

Every server is a process of its own before the same stand-in for the model. Peers are asked in turn in each round, and
every answer is compared with the expected text, character for character. Tables are Markdown; progress is on stderr.
"""

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any

import uvloop
from benchmarks.streams.measure import Plan, Record, cost, latency, progress, scale
from benchmarks.streams.memory import memory
from benchmarks.streams.peers import SHORT_NAMES, Rig, missing
from benchmarks.streams.report import report
from benchmarks.streams.waves import Waves

MEASUREMENTS: dict[str, Callable[[Rig, Waves, Plan], None]] = {
    "cost": cost,
    "latency": latency,
    "scale": scale,
    "memory": memory,
}
PACKAGES = ("openai-chatkit", "openai-agents", "openai", "fastapi", "uvicorn", "uvloop")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bench_streams",
        description=(__doc__ or "").strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what", nargs="?", default="cost", choices=(*MEASUREMENTS, "all"), help="what to measure (cost)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each peer has its turn (3)")
    parser.add_argument(
        "--streams",
        type=numbers,
        default=(),
        help="streams at once: one number for cost (48) and memory (100), several for latency (96,200) and scale",
    )
    parser.add_argument("--deltas", type=int, default=400, help="pieces of text in an answer (400)")
    parser.add_argument("--gap", type=float, default=0.02, help="seconds between two of them (0.02)")
    parser.add_argument(
        "--peers", type=names, default=tuple(SHORT_NAMES), help=f"some of {','.join(SHORT_NAMES)} (all)"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", type=setting, help="a setting of Bookside"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measured wave, also when interrupted")
    return parser.parse_args()


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def names(text: str) -> tuple[str, ...]:
    wanted = tuple(text.split(","))
    if unknown := set(wanted) - set(SHORT_NAMES):
        raise argparse.ArgumentTypeError(f"no such peer: {', '.join(sorted(unknown))}")
    return wanted


def setting(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError("write it as NAME=VALUE")
    return name, value


def machine() -> dict[str, Any]:
    """Where the figures were measured."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": next(
            (
                line.partition(":")[2].strip()
                for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
                if line.startswith("model name")
            ),
            platform.machine(),
        ),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def end(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends it as Ctrl+C does, with every server that it started."""
    raise KeyboardInterrupt


def main() -> int:
    given = arguments()
    signal.signal(signal.SIGTERM, end)
    wanted = [SHORT_NAMES[name] for name in given.peers]
    for name, what in missing(wanted).items():
        progress(f"left out: {name}: it wants {what}")
        wanted.remove(name)
    records: list[Record] = []

    def save() -> None:
        if given.json:
            run = {"machine": machine(), "arguments": sys.argv[1:], "records": records}
            given.json.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", "utf-8")

    plan = Plan(wanted, given.rounds, given.streams, given.deltas, given.gap, save, records)
    chosen = MEASUREMENTS.values() if given.what == "all" else [MEASUREMENTS[given.what]]
    try:
        for measure in chosen:
            with (
                tempfile.TemporaryDirectory(prefix="bookside-bench-", ignore_cleanup_errors=True) as folder,
                asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
                Rig(Path(folder), dict(given.set)) as rig,
            ):
                measure(rig, Waves(rig, runner), plan)
    except KeyboardInterrupt:
        progress("interrupted")
        return 130
    finally:
        if records:
            print(report(records))
    return 1 if any(record.get("faults") for record in records) else 0


if __name__ == "__main__":
    sys.exit(main())
