"""What the server counts, for Prometheus."""

import time
from collections.abc import AsyncIterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

FIRST_TEXT_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32)
ANSWER_BUCKETS_S = (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """Counters of one server; each has its own registry, so that two servers fit in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter(
            "bookside_answers_total", "Answers that ended, by how.", ["outcome"], registry=self.registry
        )
        self._live = Gauge("bookside_streams_live", "Answers being streamed.", registry=self.registry)
        self._first_text_s = Histogram(
            "bookside_first_text_seconds",
            "From the question to the first text.",
            registry=self.registry,
            buckets=FIRST_TEXT_BUCKETS_S,
        )
        self._answer_s = Histogram(
            "bookside_answer_seconds",
            "From the question to the end of the answer.",
            registry=self.registry,
            buckets=ANSWER_BUCKETS_S,
        )

    async def counted(self, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """``frames``, counted and timed as they pass."""
        began_at, outcome, has_text = time.perf_counter(), "dropped", False
        self._live.inc()
        try:
            async for frame in frames:
                if not has_text and b"text_delta" in frame:
                    has_text = True
                    self._first_text_s.observe(time.perf_counter() - began_at)
                if frame.startswith(b'data: {"type":"error"'):
                    outcome = "failed"
                yield frame
            outcome = "failed" if outcome == "failed" else "completed"
        finally:
            self._live.dec()
            self._answers.labels(outcome).inc()
            self._answer_s.observe(time.perf_counter() - began_at)
