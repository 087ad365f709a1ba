"""The four measurements: what is asked of whom, in which order."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.streams.peers import RELAY, Peer, Rig
from benchmarks.streams.waves import Wave, Waves

Record = dict[str, Any]
"""One measured wave, or one line of the memory's table, with its ``part``."""

SINGLE_QUESTIONS = 5
"""Questions of one stream per round and peer."""
SINGLE_DELTAS = 10
STAIRS = (25, 50, 75, 100, 150, 200, 300, 400)
SATURATED_MS = 1_000.0
"""A server is past what it can do when the slowest hundredth waits longer for its first text."""

SCALE_STREAMS = 8
SCALE_DELTAS = 200
MIN_ANSWERS = 8
"""Answers behind each point of a curve; few streams are asked several times."""
HISTORY_ITEMS = (0, 10, 20, 40)
HISTORY_DELTAS = 100
EARLIER_DELTAS = 60
"""Pieces of the answers that make a thread's history."""


@dataclass
class Plan:
    """What the command line asked for.

    Args:
        streams: Numbers of streams; the measurement's own when empty.
        save: Called after each wave, so that nothing measured is lost.
    """

    peers: Sequence[str]
    rounds: int
    streams: Sequence[int]
    deltas: int
    gap_s: float
    save: Callable[[], None]
    records: list[Record] = field(default_factory=list)

    def keep(self, part: str, wave: Wave, **more: Any) -> None:
        record = {"part": part, **asdict(wave), **more}
        del record["threads"]
        self.records.append(record)
        self.save()
        first_ms = wave.first_text_ms[1] if wave.first_text_ms else float("nan")
        progress(
            f"{part}, round {wave.round}: {wave.peer}, {wave.streams} × {wave.deltas}"
            + (f" after {wave.history} items" if part == "history" else "")
            + f": {wave.cpu_ms or 0:.0f} ms of CPU per answer, first text p99 {first_ms:.0f} ms, {wave.failed} failed"
            + "".join(f"; {count} × {fault}" for fault, count in wave.faults.items())
        )


def progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def in_turn(peers: Sequence[Peer], round_: int) -> list[Peer]:
    """All peers, each round beginning with another one."""
    start = round_ % len(peers)
    return [*peers[start:], *peers[:start]]


def opened(rig: Rig, waves: Waves, names: Sequence[str]) -> list[Peer]:
    peers: list[Peer] = []
    for name in names:
        progress(f"starting: {name}")
        peers.append(rig.open(name))
        waves.warm_up(peers[-1])
    return peers


def cost(rig: Rig, waves: Waves, plan: Plan) -> None:
    """CPU per answer, all streams of a peer at once, one peer after the other in each round."""
    streams = plan.streams[0] if plan.streams else 48
    peers = opened(rig, waves, plan.peers)
    for round_ in range(plan.rounds):
        for peer in in_turn(peers, round_):
            wave = waves.send(peer, streams=streams, deltas=plan.deltas, gap_s=plan.gap_s)
            wave.round = round_
            plan.keep("cost", wave)


def latency(rig: Rig, waves: Waves, plan: Plan) -> None:
    """One stream, many streams, and how many it takes until the first text is late."""
    peers = [rig.model(), *opened(rig, waves, plan.peers)]
    for round_ in range(plan.rounds * SINGLE_QUESTIONS):
        for peer in in_turn(peers, round_):
            wave = waves.send(peer, streams=1, deltas=SINGLE_DELTAS, gap_s=plan.gap_s)
            wave.round = round_
            plan.keep("single", wave)
    for round_ in range(plan.rounds):
        for streams in plan.streams or (96, 200):
            for peer in in_turn(peers, round_):
                wave = waves.send(peer, streams=streams, deltas=plan.deltas, gap_s=plan.gap_s)
                wave.round = round_
                plan.keep("load", wave)
    for peer in peers[1:]:
        _climb(peer, waves, plan)


def _climb(peer: Peer, waves: Waves, plan: Plan) -> None:
    for streams in STAIRS:
        wave = waves.send(peer, streams=streams, deltas=plan.deltas // 2, gap_s=plan.gap_s)
        plan.keep("stairs", wave)
        if wave.failed or wave.first_text_ms is None or wave.first_text_ms[1] > SATURATED_MS:
            return


def scale(rig: Rig, waves: Waves, plan: Plan) -> None:
    """CPU per answer as answers, threads and the number of streams grow."""
    peers = opened(rig, waves, plan.peers)
    for round_ in range(plan.rounds):
        for peer in in_turn(peers, round_):
            for deltas in (100, 200, 400, 800, 1600):
                wave = waves.send(peer, streams=SCALE_STREAMS, deltas=deltas, gap_s=plan.gap_s)
                wave.round = round_
                plan.keep("deltas", wave)
            for streams in plan.streams or (1, 4, 16, 48, 96, 200):
                for _ in range(max(1, MIN_ANSWERS // streams)):
                    wave = waves.send(peer, streams=streams, deltas=SCALE_DELTAS, gap_s=plan.gap_s)
                    wave.round = round_
                    plan.keep("streams", wave)
            if peer.name != RELAY:  # which has no threads
                _history(peer, waves, plan, round_)


def _history(peer: Peer, waves: Waves, plan: Plan, round_: int) -> None:
    """Threads grow by questions and their answers, two items each time."""
    has = 0
    threads: Sequence[str | None] = ()
    for wanted in HISTORY_ITEMS:
        while has < wanted:
            wave = waves.send(peer, streams=SCALE_STREAMS, deltas=EARLIER_DELTAS, gap_s=0.0, threads=threads)
            threads, has = threads or wave.threads, has + 2
        wave = waves.send(peer, streams=SCALE_STREAMS, deltas=HISTORY_DELTAS, gap_s=plan.gap_s, threads=threads)
        wave.round, wave.history = round_, has
        threads, has = threads or wave.threads, has + 2
        plan.keep("history", wave)
