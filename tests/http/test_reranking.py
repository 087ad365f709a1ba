"""A server with a re-ranker: what readers find, and what an operator sees of it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bookside.models import cross_encoder
from cross_encoders import write_cross_encoder
from rerank_server import rerank_server
from serving import Served, serving, wait_until


def first(served: Served) -> str:
    found = served.client.get("/assistant/search", params={"q": "What is a relay?"})
    assert found.status_code == 200, found.text
    return found.json()[0]["url"]


def metrics(served: Served) -> list[str]:
    return served.client.get("/metrics").text.splitlines()


def test_readers_find_what_the_network_judges_best_and_it_is_counted(tmp_path: Path) -> None:
    network = write_cross_encoder(tmp_path / "model", ("relay", "wiring", "pump"), weight=-1.0)
    with serving(tmp_path / "plain") as served:
        plain = first(served)
        assert not any(row.startswith("bookside_reranked_total{") for row in metrics(served))
    with serving(tmp_path / "data", reranker=str(network)) as served:
        assert first(served) != plain == "/2-water/1-relay#the-relay"
        assert 'bookside_reranked_total{outcome="reranked"} 1.0' in metrics(served)


def test_an_endpoint_that_stands_still_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    """Other requests are answered while a search waits for it; then the search has the endpoint's order."""
    with (
        rerank_server() as server,
        serving(tmp_path, reranker=server.url, reranker_timeout_s=60.0) as served,
        ThreadPoolExecutor(1) as reader,
    ):
        wait_until(lambda: server.requests)  # it is asked when the server starts
        server.stuck.set()
        waiting = reader.submit(first, served)
        wait_until(lambda: len(server.requests) == 2)
        assert not any(row.startswith("bookside_reranked_total{") for row in metrics(served))
        assert not waiting.done()
        server.let_go.set()
        assert waiting.result() == "/2-water/1-relay#the-relay"
        assert 'bookside_reranked_total{outcome="reranked"} 1.0' in metrics(served)


def test_what_runs_the_network_may_be_broken_and_the_log_says_so_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a library of the system is missing: readers find what they would without a re-ranker."""

    def fails(name: str) -> None:
        raise ImportError(f"{name}: cannot open shared object file")

    network = write_cross_encoder(tmp_path / "model", ("relay", "wiring", "pump"), weight=-1.0)
    monkeypatch.setattr(cross_encoder, "import_module", fails)
    with serving(tmp_path / "data", reranker=str(network)) as served:
        wait_until(lambda: "the re-ranker could not be loaded: as long as it fails" in caplog.text)
        assert "onnxruntime: cannot open shared object file" in caplog.text
        assert first(served) == "/2-water/1-relay#the-relay"
