"""A wave is many questions at once to one peer; what it took is one record of plain values."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import Any, TypeVar

from benchmarks.streams.load import Exchange, ask_all, check
from benchmarks.streams.peers import Peer, Rig

Result = TypeVar("Result")

MEMORY_EVERY_S = 0.25
SETTLE_S = 0.5
"""After a wave, so that what a server puts off until its answers are out is counted, too."""
WARM_UP_WAVES = 3
WARM_UP = (8, 40)
"""Streams and pieces of the first waves to a new server, which are not counted."""


@dataclass(slots=True, kw_only=True)
class Wave:
    """What one wave took; CPU in milliseconds per answer, memory of the server in MiB.

    Args:
        history: Items that each thread had before.
        faults: What went wrong, and how often.
        first_text_ms: Median and 99th percentile.
        total_ms: Median and the longest.
        cpu_ms: Of the server's process and its children.
        rig_cpu_share: Cores that the stand-in and the load used while the wave lasted.
        threads: Of the answers, in their order.
    """

    peer: str
    streams: int
    deltas: int
    gap_s: float
    history: int = 0
    round: int = 0
    answers: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    wall_s: float = 0.0
    first_text_ms: tuple[float, float] | None = None
    total_ms: tuple[float, float] | None = None
    cpu_ms: float | None = None
    database_cpu_ms: float | None = None
    rig_cpu_share: float = 0.0
    events: float | None = None
    bytes: float | None = None
    rss_mib: tuple[float, float, float] = (0.0, 0.0, 0.0)
    threads: list[str | None] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return sum(self.faults.values())


class Waves:
    """Sends waves over one event loop of its own; every question of a run has a number of its own."""

    def __init__(self, rig: Rig, runner: asyncio.Runner) -> None:
        self._rig = rig
        self._runner = runner
        self._numbers = count(1)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something on the loop."""
        return self._runner.run(work)

    def warm_up(self, peer: Peer) -> None:
        """Let a new server do what it does only once.

        Raises:
            RuntimeError: It does not answer as it should.
        """
        streams, deltas = WARM_UP
        for _ in range(WARM_UP_WAVES):
            wave = self.send(peer, streams=streams, deltas=deltas, gap_s=0.0)
            if wave.failed:
                raise RuntimeError(f"{peer.name} does not answer: {wave.faults}")

    def send(self, peer: Peer, *, streams: int, deltas: int, gap_s: float, threads: Sequence[str | None] = ()) -> Wave:
        """Ask ``streams`` questions at once; with ``threads``, each in its own."""
        self._rig.pace(deltas, gap_s)
        numbers = [next(self._numbers) for _ in range(streams)]
        wave = Wave(peer=peer.name, streams=streams, deltas=deltas, gap_s=gap_s)
        before_mib = peer.server.rss_mib()
        cpu_before_s, started = self._cpu_s(peer), time.perf_counter()
        exchanges, most_mib = self._runner.run(_watched(peer, numbers, threads))
        wave.wall_s = time.perf_counter() - started
        time.sleep(SETTLE_S)
        used_s = [after - before for after, before in zip(self._cpu_s(peer), cpu_before_s, strict=True)]
        wave.rss_mib = (before_mib, most_mib, peer.server.rss_mib())
        _take(wave, exchanges, peer)
        if wave.answers:
            wave.cpu_ms = 1_000 * used_s[0] / wave.answers
            wave.database_cpu_ms = 1_000 * used_s[1] / wave.answers if peer.database else None
        wave.rig_cpu_share = (used_s[2] + used_s[3]) / wave.wall_s
        return wave

    def _cpu_s(self, peer: Peer) -> tuple[float, float, float, float]:
        """Of the server, its database, the stand-in, and this process."""
        database_s = peer.database.cpu_s() if peer.database else 0.0
        return peer.server.cpu_s(), database_s, self._rig.upstream.cpu_s(), time.process_time()


async def _watched(peer: Peer, numbers: Sequence[int], threads: Sequence[str | None]) -> tuple[list[Exchange], float]:
    """The exchanges, and the most memory that the server had meanwhile, in MiB."""
    most_mib = 0.0

    async def watch() -> None:
        nonlocal most_mib
        while True:
            most_mib = max(most_mib, peer.server.rss_mib())
            await asyncio.sleep(MEMORY_EVERY_S)

    watching = asyncio.create_task(watch())
    try:
        return await ask_all(peer.target, numbers, threads), most_mib
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def _take(wave: Wave, exchanges: Sequence[Exchange], peer: Peer) -> None:
    """Read and check every answer, now that the clock stands still."""
    faults: Counter[str] = Counter()
    good: list[Exchange] = []
    events: list[int] = []
    for exchange in exchanges:
        found = check(exchange, peer.target.dialect, wave.deltas)
        wave.threads.append(found.thread_id)
        if found.fault:
            faults[found.fault] += 1
        else:
            good.append(exchange)
            events.append(found.events)
    wave.answers, wave.faults = len(good), dict(faults)
    if good:
        texts_ms = [1_000 * (exchange.first_text_s or exchange.total_s) for exchange in good]
        totals_ms = [1_000 * exchange.total_s for exchange in good]
        wave.first_text_ms = (median(texts_ms), percentile(texts_ms, 0.99))
        wave.total_ms = (median(totals_ms), max(totals_ms))
        wave.events = median(events)
        wave.bytes = median(sum(map(len, exchange.received)) for exchange in good)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
