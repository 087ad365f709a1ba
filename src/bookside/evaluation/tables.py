"""Runs and comparisons as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from bookside.evaluation.compare import Comparison, Line, Moved
from bookside.evaluation.figures import Figure
from bookside.evaluation.report import Report
from bookside.evaluation.run import Result

MISSES_SHOWN = 20
MOVED_SHOWN = 20


def report_lines(report: Report) -> Iterator[str]:
    """The figures, the latency, and the misses."""
    about, count = report.about, len(report.results)
    yield f"{about['book']}: {count} questions, scope {about['scope']}"
    yield ""
    yield from _figures("by page", report.by_page())
    sections = sum(result.section is not None for result in report.results)
    if sections:
        yield from _figures(f"by section ({sections} questions)", report.by_section())
    for name, figures in report.of_baselines().items():
        yield from _figures(f"{name}, by page", figures)
    took = report.latency_ms()
    yield f"{took['median']:.1f} ms a question at the median, {took['p95']:.1f} ms at the 95th percentile"
    yield from _misses(report.misses())


def _figures(title: str, figures: Mapping[str, Figure]) -> Iterator[str]:
    yield f"{title:28} value   95 % interval"
    for name, one in figures.items():
        yield f"  {name:26} {one.value:.3f}   {one.low:.3f} – {one.high:.3f}"
    yield ""


def _misses(missed: Sequence[Result]) -> Iterator[str]:
    if not missed:
        return
    lost = sum(not result.is_found for result in missed)
    yield ""
    yield f"{len(missed)} were not first, {lost} of them not among the first ten" + (
        f"; the worst {MISSES_SHOWN}:" if len(missed) > MISSES_SHOWN else ":"
    )
    for result in missed[:MISSES_SHOWN]:
        place = (result.section or result.page).best
        yield f"{place or '–':>4}  {result.question}"
        yield f"      wanted {', '.join(result.wanted)}"
        yield f"      first  {result.first or 'nothing'}"


def comparison_lines(compared: Comparison) -> Iterator[str]:
    """Both runs, the difference, and the questions that moved."""
    yield f"{compared.questions} questions in both runs"
    if compared.only_old or compared.only_new:
        yield f"({compared.only_old} only in the first and {compared.only_new} only in the second are left out)"
    yield ""
    yield from _differences("by page", compared.by_page)
    if compared.by_section:
        yield from _differences("by section", compared.by_section)
    yield from _moved("won", compared.won)
    yield from _moved("lost", compared.lost)


def _differences(title: str, lines: Mapping[str, Line]) -> Iterator[str]:
    yield f"{title:12} {'first':>7} {'second':>7} {'gain':>8}   95 % interval of the gain      p"
    for name, line in lines.items():
        gain = line.gain
        interval = f"{gain.low:+.3f} … {gain.high:+.3f}"
        yield (
            f"  {name:10} {line.old.value:7.3f} {line.new.value:7.3f} {gain.value:+8.3f}   {interval:28} {gain.p:.4f}"
        )
    yield ""


def _moved(title: str, moved: Sequence[Moved]) -> Iterator[str]:
    yield f"{len(moved)} {title}" + (f"; the farthest {MOVED_SHOWN}:" if len(moved) > MOVED_SHOWN else "")
    for one in moved[:MOVED_SHOWN]:
        yield f"  {one.old or '–':>3} → {one.new or '–':<3}  {one.question}"
