"""What is counted, by one server and by several processes together."""

import subprocess
import sys
from pathlib import Path

from prometheus_client import generate_latest

from bookside.http.metrics import Metrics, forget_live

WORKER = """
import os, sys
from pathlib import Path
from bookside.http.metrics import Metrics, share_metrics
share_metrics(Path(sys.argv[1]), int(sys.argv[2]))
metrics = Metrics()
for _ in range(int(sys.argv[3])):
    metrics.began()
    metrics.first_text(0.2)
    metrics.ended("completed", 1.5)
metrics.began()
metrics.resumed()
metrics.refused("reader")
from prometheus_client import generate_latest
sys.stdout.buffer.write(generate_latest(metrics.registry))
sys.stdout.flush()
os._exit(9)
"""


def counted(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


def worker(folder: Path, number: int, answers: int) -> list[str]:
    """The rows that a process gives as this worker, after so many answers and one more that it dies in."""
    command = [sys.executable, "-c", WORKER, str(folder), str(number), str(answers)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def test_every_end_of_an_answer_is_counted() -> None:
    metrics = Metrics()
    for outcome in ("completed", "failed", "dropped", "stopped", "interrupted"):
        metrics.began()
        metrics.ended(outcome, 0.3)
    metrics.began()
    metrics.first_text(0.2)
    metrics.resumed()
    metrics.refused("process")
    rows = counted(metrics).splitlines()

    for outcome in ("completed", "failed", "dropped", "stopped", "interrupted"):
        assert f'bookside_answers_total{{outcome="{outcome}"}} 1.0' in rows
    assert "bookside_streams_live 1.0" in rows
    assert "bookside_answer_seconds_count 5.0" in rows
    assert 'bookside_first_text_seconds_bucket{le="0.1"} 0.0' in rows
    assert 'bookside_first_text_seconds_bucket{le="0.25"} 1.0' in rows
    assert "bookside_resumed_total 1.0" in rows
    assert 'bookside_refused_total{why="process"} 1.0' in rows


def test_two_servers_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()
    first.began()

    assert "bookside_streams_live 1.0" in counted(first)
    assert "bookside_streams_live 0.0" in counted(second)


def test_workers_count_together(tmp_path: Path) -> None:
    """Each gives the sum; one that takes a dead one's place counts on, and what was live in the dead one is not."""
    worker(tmp_path, 1, 2)
    both = worker(tmp_path, 2, 3)
    forget_live(tmp_path, 1)
    forget_live(tmp_path, 2)
    again = worker(tmp_path, 1, 1)

    assert 'bookside_answers_total{outcome="completed"} 5.0' in both
    assert "bookside_first_text_seconds_count 5.0" in both
    assert 'bookside_answer_seconds_bucket{le="2.0"} 5.0' in both
    assert "bookside_streams_live 2.0" in both
    assert 'bookside_answers_total{outcome="completed"} 6.0' in again
    assert "bookside_resumed_total 3.0" in again
    assert 'bookside_refused_total{why="reader"} 3.0' in again
    assert "bookside_streams_live 1.0" in again
