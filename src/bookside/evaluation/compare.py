"""Two runs over the same questions: what the second gained, and which questions it won and lost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bookside.errors import Rejected
from bookside.evaluation.figures import Difference, Figure, Rank, difference, figure, values
from bookside.evaluation.run import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A figure of both runs, and the difference."""

    old: Figure
    new: Figure
    gain: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A question whose answer stands elsewhere; ``None`` for nowhere."""

    question: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The second run against the first.

    Args:
        questions: How many both have; only these count.
        won: Those that stand higher up now, the farthest moved first.
        lost: Those that stand further down.
        only_old: Questions that only the first run has.
        only_new: Questions that only the second has.
    """

    questions: int
    by_page: dict[str, Line]
    by_section: dict[str, Line]
    won: tuple[Moved, ...]
    lost: tuple[Moved, ...]
    only_old: int
    only_new: int

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def compare(old: Sequence[Result], new: Sequence[Result]) -> Comparison:
    """Compare the questions that both runs have, by their words and what was wanted.

    Raises:
        Rejected: They have no question in common.
    """
    pairs = _paired(old, new)
    if not pairs:
        raise Rejected("the two runs have no question in common, so there is nothing to compare")
    sections = [(a.section, b.section) for a, b in pairs if a.section is not None and b.section is not None]
    moved = [
        Moved(question=a.question, old=(a.section or a.page).best, new=(b.section or b.page).best) for a, b in pairs
    ]
    won = [one for one in moved if _gain(one) > 0]
    lost = [one for one in moved if _gain(one) < 0]
    return Comparison(
        questions=len(pairs),
        by_page=_lines([(a.page, b.page) for a, b in pairs]),
        by_section=_lines(sections) if sections else {},
        won=tuple(sorted(won, key=_gain, reverse=True)),
        lost=tuple(sorted(lost, key=_gain)),
        only_old=len(old) - len(pairs),
        only_new=len(new) - len(pairs),
    )


def _paired(old: Sequence[Result], new: Sequence[Result]) -> list[tuple[Result, Result]]:
    """A question that comes several times is paired in its order."""
    known = {key: result for result, key in zip(old, _keys(old), strict=True)}
    return [(known[key], result) for result, key in zip(new, _keys(new), strict=True) if key in known]


def _keys(results: Sequence[Result]) -> list[tuple[str, tuple[str, ...], int]]:
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    keys: list[tuple[str, tuple[str, ...], int]] = []
    for result in results:
        name = (result.question, result.wanted)
        keys.append((*name, seen[name]))
        seen[name] += 1
    return keys


def _lines(pairs: Sequence[tuple[Rank, Rank]]) -> dict[str, Line]:
    before, after = values([old for old, _ in pairs]), values([new for _, new in pairs])
    return {
        name: Line(old=figure(before[name]), new=figure(after[name]), gain=difference(before[name], after[name]))
        for name in before
    }


def _gain(moved: Moved) -> float:
    return (1 / moved.new if moved.new else 0.0) - (1 / moved.old if moved.old else 0.0)
