"""What connections and streams cost in memory, and what is left of those that broke off."""

import http.client
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

from benchmarks.streams.load import drop_all
from benchmarks.streams.measure import Plan, progress
from benchmarks.streams.peers import RELAY, Peer, Rig
from benchmarks.streams.waves import Waves

IDLE_CONNECTIONS = 400
LIVE_STREAMS = 100
LIVE_DELTAS = 300
DROPS = 1_000
DROPS_AT_ONCE = 20
DROPPED_FIRST = 200
"""Drops before the first weighing, in which a server takes what it then keeps."""
REST_S = 5.0
"""Until what was cut off has been noticed and put away."""


def memory(rig: Rig, waves: Waves, plan: Plan) -> None:
    """Weigh each peer, started afresh."""
    for name in plan.peers:
        if name == RELAY:
            continue
        with ExitStack() as stack:
            progress(f"starting: {name}")
            peer = rig.open(name, stack)
            waves.warm_up(peer)
            record = {"part": "memory", "peer": name} | _idle(peer)
            record |= _live(peer, waves, plan)
            record |= _dropped(peer, rig, waves, plan)
        plan.records.append(record)
        plan.save()


def _idle(peer: Peer) -> dict[str, float]:
    """KiB for each connection that has asked once and stays open."""
    where = urlsplit(peer.idle_url)
    before_mib, files = peer.server.rss_mib(), peer.server.open_files()
    connections: list[http.client.HTTPConnection] = []
    try:
        for _ in range(IDLE_CONNECTIONS):
            connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
            connections.append(connection)
            connection.request("GET", where.path)
            connection.getresponse().read()
        after_mib, is_open = peer.server.rss_mib(), peer.server.open_files() - files
    finally:
        for connection in connections:
            connection.close()
    progress(f"memory: {peer.name}: {is_open} connections at rest, {before_mib:.1f} → {after_mib:.1f} MiB")
    return {
        "before_mib": before_mib,
        "idle_connections": is_open,
        "idle_kib": 1024 * (after_mib - before_mib) / max(is_open, 1),
    }


def _live(peer: Peer, waves: Waves, plan: Plan) -> dict[str, float]:
    """KiB for each stream, at the most that the server had while they ran."""
    streams = plan.streams[0] if plan.streams else LIVE_STREAMS
    wave = waves.send(peer, streams=streams, deltas=LIVE_DELTAS, gap_s=plan.gap_s)
    before_mib, most_mib, after_mib = wave.rss_mib
    progress(f"memory: {peer.name}: {streams} streams, {before_mib:.1f} → {most_mib:.1f} → {after_mib:.1f} MiB")
    return {
        "streams": streams,
        "failed": wave.failed,
        "live_mib": most_mib,
        "live_kib": 1024 * (most_mib - before_mib) / streams,
        "after_mib": after_mib,
    }


def _dropped(peer: Peer, rig: Rig, waves: Waves, plan: Plan) -> dict[str, float]:
    """MiB and open files before and after the drops."""
    rig.pace(LIVE_DELTAS, plan.gap_s)
    waves.run(drop_all(peer.target, DROPPED_FIRST, DROPS_AT_ONCE))
    time.sleep(REST_S)
    before_mib, before_files = peer.server.rss_mib(), peer.server.open_files()
    had_text = waves.run(drop_all(peer.target, DROPS, DROPS_AT_ONCE))
    time.sleep(REST_S)
    after_mib, after_files = peer.server.rss_mib(), peer.server.open_files()
    progress(f"memory: {peer.name}: {had_text} drops, {before_mib:.1f} → {after_mib:.1f} MiB")
    return {
        "drops": had_text,
        "drops_before_mib": before_mib,
        "drops_after_mib": after_mib,
        "drops_before_files": before_files,
        "drops_after_files": after_files,
    }
