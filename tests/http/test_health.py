"""Health, readiness, status, search and metrics say what is true."""

from pathlib import Path

import pytest

from model_server import ModelServer
from serving import Served, serving


def test_health_asks_every_part(garden: Served) -> None:
    """Counts come from the index itself."""
    health = garden.client.get("/assistant/health").json()
    status = garden.client.get("/assistant/index/status").json()

    assert health["status"] == "ok"
    assert set(health["checks"]) == {"database", "index", "model"}
    assert health["checks"]["index"]["chunks"] == status["chunks"] == len(garden.app.library.chunks)
    assert (status["pages"], status["chapters"], status["problems"]) == (6, [1, 2], [])
    assert garden.client.get("/healthz").json() == {"status": "ok"}
    assert garden.client.get("/readyz").status_code == 200


def test_a_model_that_refuses_the_key_is_seen(tmp_path: Path, model: ModelServer) -> None:
    """Its key is really tried: the answer is degraded, names the status, and never the key."""
    model.status, model.error_text = 401, "Incorrect key sk-secret-key"
    with serving(tmp_path, openai_base_url=model.url, openai_api_key="sk-secret-key") as served:
        health = served.client.get("/assistant/health")

    assert health.json()["status"] == "degraded"
    assert "(401)" in health.json()["checks"]["model"]["reason"]
    assert "sk-secret" not in health.text
    assert model.headers[-1]["authorization"] == "Bearer sk-secret-key"


def test_pages_that_were_left_out_are_named(tmp_path: Path) -> None:
    """A page that cannot be read is in the status, with its line; the rest is served."""
    book = tmp_path / "book"
    book.mkdir()
    (book / "README.md").write_text("# Fine\n\nAll is well here.\n")
    (book / "bad.md").write_bytes(b"# Bad\n\n\xff\xfe\n")
    with serving(tmp_path / "data", book=book) as served:
        status = served.client.get("/assistant/index/status").json()

    assert status["pages"] == 1
    assert ["bad.md:3" in problem for problem in status["problems"]] == [True]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=relay", 200),
        ("q=", 422),
        ("", 422),
        ("q=x&n=0", 422),
        ("q=x&scope=page", 422),
        ("q=x&scope=current_page", 422),
    ],
)
def test_search_answers_or_says_what_is_wrong(garden: Served, query: str, status: int) -> None:
    """A scope without the place it needs is refused, never widened."""
    response = garden.client.get(f"/assistant/search?{query}")

    assert response.status_code == status
    if status == 200:
        assert set(response.json()[0]) == {"page", "url", "title", "heading", "text", "score"}
    else:
        assert response.headers["content-type"] == "application/problem+json"


def test_search_keeps_to_its_scope(garden: Served) -> None:
    """current_chapter and current_page filter strictly."""
    chapter = garden.client.get("/assistant/search?q=water&scope=current_chapter&chapter=1&n=20").json()
    page = garden.client.get("/assistant/search?q=water&scope=current_page&lesson=2-roots&n=20").json()

    assert {passage["page"].split("/")[0] for passage in chapter} == {"1-soil"}
    assert {passage["page"] for passage in page} == {"1-soil/2-roots.md"}


def test_metrics_count_answers(garden: Served) -> None:
    """Prometheus can read how many answers ended, and how."""
    garden.ask("What is a relay?")
    metrics = garden.client.get("/metrics").text

    assert 'bookside_answers_total{outcome="completed"}' in metrics
    assert "bookside_first_text_seconds_count" in metrics
    assert "bookside_streams_live 0.0" in metrics


def test_only_named_origins_may_use_the_assistant(tmp_path: Path) -> None:
    """CORS allows the settings' sites, the site of the book and pages on this machine; nobody else."""

    def allowed(served: Served, origin: str) -> bool:
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,chatkit-frame-instance-id",
        }
        response = served.client.options("/chatkit", headers=headers)
        return response.status_code == 200 and response.headers.get("access-control-allow-origin") == origin

    with serving(
        tmp_path, site_base_url="https://me.example", allowed_origins="https://a.example, https://b.example/"
    ) as s:
        origins = [
            "https://me.example",
            "https://a.example",
            "https://b.example",
            "http://localhost:3000",
            "https://evil.example",
        ]
        assert [allowed(s, origin) for origin in origins] == [True, True, True, True, False]
