"""What the server counts, for Prometheus."""

import os
from pathlib import Path
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, multiprocess, values

from bookside.runs import Outcome

FIRST_TEXT_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32)
ANSWER_BUCKETS_S = (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128)
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable in which prometheus_client expects the folder that processes share."""


class Metrics:
    """Counters of one server; each has its own registry, so that two servers fit in one process.

    After ``share_metrics`` they are one part of a sum over several processes, and ``registry`` gives that sum.
    """

    def __init__(self) -> None:
        own = CollectorRegistry()
        self._answers = Counter("bookside_answers_total", "Answers that ended, by how.", ["outcome"], registry=own)
        self._live = Gauge("bookside_streams_live", "Answers being written.", registry=own, multiprocess_mode="livesum")
        self._first_text_s = Histogram(
            "bookside_first_text_seconds",
            "From the question to the first text.",
            registry=own,
            buckets=FIRST_TEXT_BUCKETS_S,
        )
        self._answer_s = Histogram(
            "bookside_answer_seconds",
            "From the question to the end of the answer.",
            registry=own,
            buckets=ANSWER_BUCKETS_S,
        )
        self._resumed = Counter("bookside_resumed_total", "Streams that were taken up again.", registry=own)
        self._refused = Counter(
            "bookside_refused_total", "Answers refused because too many were being written.", ["why"], registry=own
        )
        self._reranked = Counter(
            "bookside_reranked_total",
            "Searches that a re-ranker put in order, or should have.",
            ["outcome"],
            registry=own,
        )
        self.registry = own
        if SHARED_FOLDER in os.environ:
            self.registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(self.registry, os.environ[SHARED_FOLDER])

    def began(self) -> None:
        """An answer began; ``ended`` has to follow."""
        self._live.inc()

    def first_text(self, seconds: float) -> None:
        """Its first text came so long after the question."""
        self._first_text_s.observe(seconds)

    def ended(self, outcome: Outcome, seconds: float) -> None:
        """It ended so long after the question."""
        self._live.dec()
        self._answers.labels(outcome).inc()
        self._answer_s.observe(seconds)

    def resumed(self) -> None:
        """A reader took up an answer's stream again."""
        self._resumed.inc()

    def refused(self, why: Literal["reader", "process"]) -> None:
        """No answer was begun: its reader, or this process, has too many already."""
        self._refused.labels(why).inc()

    def reranked(self, outcome: Literal["reranked", "late", "failed"]) -> None:
        """A re-ranker did its work for a search, or it did not and the search went without."""
        self._reranked.labels(outcome).inc()


def share_metrics(folder: Path, worker: int) -> None:
    """Count in files of ``folder`` from now on, which the other workers read; call it before there are ``Metrics``.

    A worker's files have its number and not its process's, so the process that takes its place counts on where it
    ended: no sum ever falls, and there are never more files than workers need.
    """
    os.environ[SHARED_FOLDER] = str(folder)
    prometheus: Any = values
    prometheus.ValueClass = prometheus.MultiProcessValue(lambda: worker)


def forget_live(folder: Path, worker: int) -> None:
    """The worker's process has ended, and with it all that was live in it; what it counted stays."""
    prometheus: Any = multiprocess
    prometheus.mark_process_dead(worker, str(folder))
