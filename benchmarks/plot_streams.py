"""Draws what ``bench_streams`` wrote: one figure for the handbook, readable on light and on dark pages.

    python -m benchmarks.plot_streams RUN.json [RUN.json …] FIGURE.svg

Bars show the CPU that an answer costs, lines how it grows, as far as the runs have measured it.
"""

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.streams.peers import STARTERS

Record = dict[str, Any]

WIDTH, PANEL_HEIGHT = 720, 250
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 44, 44
BAR_LABELS = 240
GAP = 16
CHAR_WIDTH = 6.3
STYLE = """
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .faint { fill: #59636e } .rule { stroke: #d1d9e0 }
  .c0 { --hue: #b35900 } .c1 { --hue: #59636e } .c2 { --hue: #0969da } .c3 { --hue: #1a7f37 } .c4 { --hue: #8250df }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .ink { fill: #f0f6fc } .faint { fill: #9198a1 } .rule { stroke: #3d444d }
    .c0 { --hue: #f0883e } .c1 { --hue: #9198a1 } .c2 { --hue: #58a6ff } .c3 { --hue: #3fb950 } .c4 { --hue: #bc8cff }
  }
  text { font: 12px system-ui, sans-serif } .title { font-weight: 600; font-size: 13px } .rule { stroke-width: 1 }
  .bar, .dot { fill: var(--hue) } .line { fill: none; stroke: var(--hue); stroke-width: 2 }
"""


@dataclass(frozen=True, slots=True)
class Series:
    """One peer's points, x rising."""

    peer: str
    points: Sequence[tuple[float, float]]

    @property
    def colour(self) -> str:
        return f"c{list(STARTERS).index(self.peer)}"


def text(x: float, y: float, words: str, *, kind: str = "ink", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="rule"/>'


def round_steps(most: float, steps: int = 4) -> list[float]:
    """Round numbers from 0 to just above ``most``."""
    rough = most / steps
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= rough)
    return [step * place for place in range(math.ceil(most / step) + 1)]


def bars(title: str, series: Sequence[Series], top: float) -> tuple[list[str], float]:
    """A bar a peer; the parts, and how high the panel is."""
    most = max(one.points[0][1] for one in series)
    room = WIDTH - BAR_LABELS - RIGHT - 60
    parts = [text(GAP, top + 24, title, kind="ink title")]
    for place, one in enumerate(series):
        y, value = top + TOP + place * 28, one.points[0][1]
        length = room * value / most
        parts += [
            text(BAR_LABELS - 10, y + 14, one.peer, anchor="end"),
            f'<rect x="{BAR_LABELS}" y="{y:.1f}" width="{length:.1f}" height="20" rx="2" class="bar {one.colour}"/>',
            text(BAR_LABELS + length + 8, y + 14, f"{value:,.0f} ms", kind="faint"),
        ]
    return parts, TOP + 28 * len(series) + GAP


def curves(title: str, across: str, series: Sequence[Series], top: float) -> tuple[list[str], float]:
    """A line a peer over a linear plane from 0; the parts, and how high the panel is."""
    ys = round_steps(max(y for one in series for _, y in one.points))
    xs = sorted({x for one in series for x, _ in one.points})
    left, right, high, low = LEFT, WIDTH - RIGHT - 8, top + TOP, top + PANEL_HEIGHT - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (right - left) * x / xs[-1], low - (low - high) * y / ys[-1]

    parts = [text(GAP, top + 24, title, kind="ink title")]
    for y in ys:
        height = at(0, y)[1]
        parts += [rule(left, height, right, height), text(left - 8, height + 4, f"{y:,g}", kind="faint", anchor="end")]
    reached = -math.inf
    for x in xs:
        label, middle = f"{x:,g}", at(x, 0)[0]
        if middle - reached > CHAR_WIDTH * (len(label) + 1):  # else they would touch
            parts.append(text(middle, low + 18, label, kind="faint", anchor="middle"))
            reached = middle + CHAR_WIDTH * len(label) / 2
    parts.append(text(right, low + 36, across, kind="faint", anchor="end"))
    for one in series:
        places = [at(x, y) for x, y in one.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" class="line {one.colour}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="dot {one.colour}"/>' for x, y in places]
    return parts, PANEL_HEIGHT


def legend(peers: Sequence[str], top: float) -> tuple[list[str], float]:
    """Which colour is whose, in two columns."""
    parts: list[str] = []
    for place, peer in enumerate(peers):
        x, y = LEFT + (place % 2) * (WIDTH / 2 - 20), top + 20 + (place // 2) * 20
        one = Series(peer, ())
        parts += [f'<circle cx="{x:.1f}" cy="{y - 4:.1f}" r="5" class="dot {one.colour}"/>', text(x + 12, y, peer)]
    return parts, 20 * math.ceil(len(peers) / 2) + GAP


def series_of(records: Sequence[Record], part: str, key: str, value: str) -> list[Series]:
    """Medians of ``value`` by ``key``, for each peer that was measured in ``part``."""
    found: list[Series] = []
    for peer in STARTERS:
        of_peer = [record for record in records if record["part"] == part and record["peer"] == peer]
        measured = [(record[key], record[value]) for record in of_peer if record[value] is not None]
        points = [(x, median(y for other, y in measured if other == x)) for x in sorted({x for x, _ in measured})]
        if points:
            found.append(Series(peer, points))
    return found


def figure(records: Sequence[Record]) -> str:
    """The whole picture as SVG.

    Raises:
        ValueError: Nothing that can be drawn was measured.
    """
    parts: list[str] = []
    top = 0.0

    def add(made: tuple[list[str], float]) -> None:
        nonlocal top
        parts.extend(made[0])
        top += made[1]

    if found := series_of(records, "cost", "streams", "cpu_ms"):
        some = next(record for record in records if record["part"] == "cost")
        add(bars(f"CPU of the server per answer, {some['streams']} streams, {some['deltas']} pieces", found, top))
    drawn: dict[str, None] = {}
    for part, key, title, across in (
        ("deltas", "deltas", "CPU per answer (ms), as answers grow", "pieces of text in an answer"),
        ("streams", "streams", "CPU per answer (ms), as streams grow", "streams at once"),
        ("history", "history", "CPU per answer (ms), as threads grow", "earlier items of the thread"),
    ):
        if found := series_of(records, part, key, "cpu_ms"):
            add(curves(title, across, found, top))
            drawn |= dict.fromkeys(one.peer for one in found)
    if drawn:
        add(legend(list(drawn), top))
    if not parts:
        raise ValueError("the runs have neither cost nor scale")
    height = math.ceil(top)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}">',
            "<title>What a streamed answer costs</title>",
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{height}" class="paper"/>',
            *parts,
            "</svg>\n",
        )
    )


def main(arguments: Sequence[str]) -> int:
    if len(arguments) < 2:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    *runs, drawing = map(Path, arguments)
    records: list[Record] = []
    for run in runs:
        records += json.loads(run.read_text("utf-8"))["records"]
    drawing.write_text(figure(records), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
