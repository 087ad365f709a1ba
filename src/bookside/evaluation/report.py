"""What a run gave, as a value that is written to a file and read back; the only place that knows the file's form."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bookside.errors import Rejected
from bookside.evaluation.figures import Figure, Rank, as_json, figure, figures, latency
from bookside.evaluation.run import Result

FORMAT = 1
GIVEN = 5
BASELINE_FIGURES = ("hit@1", "hit@5", "hit@10", "MRR@10", "nDCG@10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run.

    Args:
        about: What was run: the book, the file of questions, the scope, versions; plain values.
        results: In the order of the questions.
        baselines: The results of other ways to search, by their names.
        left_out: Lines of the file that are no questions, with the reason.
    """

    about: Mapping[str, Any]
    results: Sequence[Result]
    baselines: Mapping[str, Sequence[Result]] = field(default_factory=dict[str, Sequence[Result]])
    left_out: Sequence[str] = ()

    def by_page(self) -> dict[str, Figure]:
        """The figures by page, and how often a wanted passage is among the first five."""
        found = [float(result.passage is not None and result.passage <= GIVEN) for result in self.results]
        return figures([result.page for result in self.results]) | {f"passage@{GIVEN}": figure(found)}

    def by_section(self) -> dict[str, Figure]:
        """The figures by section, over the questions that name one; empty where none does."""
        ranks = [result.section for result in self.results if result.section is not None]
        return figures(ranks) if ranks else {}

    def of_baselines(self) -> dict[str, dict[str, Figure]]:
        """The figures by page of every baseline."""
        return {name: figures([result.page for result in results]) for name, results in self.baselines.items()}

    def latency_ms(self) -> dict[str, float]:
        """Median and 95th percentile of a question."""
        return latency([result.took_ms for result in self.results])

    def misses(self) -> list[Result]:
        """What was not among the first ten, and what was not first, the worst first."""
        missed = [result for result in self.results if _best(result) != 1]
        return sorted(missed, key=lambda result: -(_best(result) or 1_000_000))


def _best(result: Result) -> int | None:
    return (result.section or result.page).best


def to_json(report: Report) -> str:
    """The report as a JSON document."""
    return json.dumps(
        {
            "format": FORMAT,
            **report.about,
            "questions": len(report.results),
            "left_out": list(report.left_out),
            "latency_ms": report.latency_ms(),
            "by_page": as_json(report.by_page()),
            "by_section": as_json(report.by_section()),
            "baselines": {name: as_json(of_one) for name, of_one in report.of_baselines().items()},
            "results": [_plain(result) for result in report.results],
        },
        ensure_ascii=False,
        indent=1,
    )


def _plain(result: Result) -> dict[str, Any]:
    return {
        "question": result.question,
        "wanted": list(result.wanted),
        "page": {"places": list(result.page.places), "wanted": result.page.wanted},
        "section": None
        if result.section is None
        else {"places": list(result.section.places), "wanted": result.section.wanted},
        "passage": result.passage,
        "first": result.first,
        "first_heading": result.first_heading,
        "took_ms": round(result.took_ms, 3),
    }


def read_results(file: Path) -> list[Result]:
    """The results of a report that was written to ``file``.

    Raises:
        Rejected: It cannot be read, or is no report of this form.
    """
    try:
        read = json.loads(file.read_bytes())
        if read["format"] != FORMAT:
            raise Rejected(f"{file} is of another version of Bookside; run `bookside eval … --json {file}` again")
        return [_result(one) for one in read["results"]]
    except OSError as error:
        raise Rejected(f"{file} cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected(f"{file} is no report; `bookside eval QUESTIONS --json FILE` writes one") from error


def _result(read: Mapping[str, Any]) -> Result:
    return Result(
        question=read["question"],
        wanted=tuple(read["wanted"]),
        page=_rank(read["page"]),
        section=None if read["section"] is None else _rank(read["section"]),
        passage=read["passage"],
        first=read["first"],
        first_heading=read["first_heading"],
        took_ms=read["took_ms"],
    )


def _rank(read: Mapping[str, Any]) -> Rank:
    return Rank(tuple(read["places"]), read["wanted"])
