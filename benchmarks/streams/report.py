"""Tables from the records of a run: medians of the rounds, and ratios to the baseline of the same round."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from benchmarks.streams.measure import SATURATED_MS, Record
from benchmarks.streams.peers import BASELINE, MODEL
from benchmarks.streams.tables import number, spread, table

Value = Callable[[Record], float | None]


def report(records: Sequence[Record]) -> str:
    """All tables that the records give."""
    parts: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        parts[record["part"]].append(record)
    return "\n\n".join(TABLES[part](parts[part]) for part in TABLES if parts[part])


def in_groups(records: Sequence[Record], *keys: str) -> dict[tuple[Any, ...], list[Record]]:
    """Records with equal values of ``keys``, in the order of their first."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(tuple(record[key] for key in keys), []).append(record)
    return groups


def values(records: Sequence[Record], value: Value) -> list[float]:
    return [found for found in map(value, records) if found is not None]


def ratios(records: Sequence[Record], others: Sequence[Record], value: Value) -> list[float]:
    """In each round, the value of ``others`` divided by that of ``records``."""
    other = {record["round"]: value(record) for record in others}
    pairs = ((value(record), other.get(record["round"])) for record in records)
    return [theirs / ours for ours, theirs in pairs if ours and theirs]


def cpu_ms(record: Record) -> float | None:
    return record["cpu_ms"]


def first_ms(record: Record) -> float | None:
    return record["first_text_ms"][0] if record["first_text_ms"] else None


def late_ms(record: Record) -> float | None:
    return record["first_text_ms"][1] if record["first_text_ms"] else None


def total_ms(record: Record) -> float | None:
    return record["total_ms"][0] if record["total_ms"] else None


def failed(records: Sequence[Record]) -> str:
    return number(sum(sum(record["faults"].values()) for record in records))


def middle(records: Sequence[Record], value: Value, digits: int = 0) -> str:
    found = values(records, value)
    return number(median(found) if found else None, digits)


def cost_table(records: Sequence[Record]) -> str:
    peers = in_groups(records, "peer")
    baseline = peers.get((BASELINE,), [])
    some = records[0]
    head = (
        f"{some['streams']} streams, {some['deltas']} pieces, {number(1 / some['gap_s'])} a second"
        if some["gap_s"]
        else f"{some['streams']} streams, {some['deltas']} pieces, as fast as they can",
        "CPU ms per answer",
        "times less than the quickstart",
        "database, CPU ms",
        "first text, ms",
        "failed",
    )
    rows = [
        (
            name,
            spread(values(found, cpu_ms)),
            spread(ratios(found, baseline, cpu_ms), 2),
            middle(found, lambda record: record["database_cpu_ms"]),
            middle(found, first_ms),
            failed(found),
        )
        for (name,), found in peers.items()
    ]
    return table(head, sorted(rows, key=lambda row: row[0] != BASELINE))


def single_table(records: Sequence[Record]) -> str:
    peers = in_groups(records, "peer")
    of_model = median(values(peers[(MODEL,)], first_ms))
    rows = [
        (
            name,
            spread(values(found, first_ms), 1),
            number(median(values(found, first_ms)) - of_model, 1) if values(found, first_ms) else "–",
            failed(found),
        )
        for (name,), found in peers.items()
    ]
    return table(("one stream", "first text, ms", "over the model's own, ms", "failed"), rows)


def load_table(records: Sequence[Record]) -> str:
    groups = in_groups(records, "streams", "peer")
    rows: list[tuple[str, ...]] = []
    for streams in dict.fromkeys(streams for streams, _ in groups):
        model = groups[streams, MODEL]
        for (of, name), found in groups.items():
            if of == streams:
                over = [1 / ratio for ratio in ratios(found, model, total_ms)]
                rows.append(
                    (
                        f"{streams} × {name}",
                        failed(found),
                        middle(found, first_ms),
                        middle(found, late_ms),
                        middle(found, total_ms),
                        spread(over, 2),
                    )
                )
    head = (
        "streams",
        "failed",
        "first text p50, ms",
        "first text p99, ms",
        "whole answer p50, ms",
        "÷ the model's own",
    )
    return table(head, rows)


def stairs_table(records: Sequence[Record]) -> str:
    groups = in_groups(records, "peer")
    stairs = sorted({record["streams"] for record in records})
    rows: list[tuple[str, ...]] = []
    for (name,), found in groups.items():
        at = {record["streams"]: record for record in found}
        good = [
            record["streams"] for record in found if not record["faults"] and (late_ms(record) or 0) <= SATURATED_MS
        ]
        cells = (
            (
                "–"
                if step not in at
                else failed([at[step]]) + " failed"
                if at[step]["faults"]
                else number(late_ms(at[step]))
            )
            for step in stairs
        )
        rows.append((name, number(max(good, default=0)), *cells))
    head = ("first text p99 in ms, by streams", "still under 1 s", *map(str, stairs))
    return table(head, rows)


def curve_table(key: str, what: str) -> Callable[[Sequence[Record]], str]:
    def made(records: Sequence[Record]) -> str:
        groups = in_groups(records, "peer", key)
        points = sorted({record[key] for record in records})
        names = dict.fromkeys(name for name, _ in groups)
        rows = [(name, *(middle(groups.get((name, point), ()), cpu_ms, 1) for point in points)) for name in names]
        return table((f"CPU ms per answer, by {what}", *map(str, points)), rows)

    return made


def memory_table(records: Sequence[Record]) -> str:
    head = (
        "memory",
        "started, MiB",
        "idle connection, KiB",
        "live stream, KiB",
        "after the streams, MiB",
        "before the drops, MiB",
        "after 1,000 drops, MiB",
        "open files before, after",
    )
    rows = [
        (
            record["peer"],
            number(record["before_mib"], 1),
            number(record["idle_kib"], 1),
            number(record["live_kib"], 1),
            number(record["after_mib"], 1),
            number(record["drops_before_mib"], 1),
            number(record["drops_after_mib"], 1),
            f"{record['drops_before_files']}, {record['drops_after_files']}",
        )
        for record in records
    ]
    return table(head, rows)


TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "cost": cost_table,
    "single": single_table,
    "load": load_table,
    "stairs": stairs_table,
    "deltas": curve_table("deltas", "pieces of text"),
    "streams": curve_table("streams", "streams at once"),
    "history": curve_table("history", "earlier items of the thread"),
    "memory": memory_table,
}
