"""What every test may ask for."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from model_server import model, shared_model
from postgres import empty_postgres_url, postgres_server, postgres_template, postgres_url

__all__ = ["empty_postgres_url", "model", "postgres_server", "postgres_template", "postgres_url", "shared_model"]

settings.register_profile("bookside", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test takes time
settings.load_profile("bookside")

NOT_FOR_TESTS = ("OPENAI_", "BOOKSIDE_", "QDRANT_", "DATABASE_URL", "BOOK", "SITE_BASE_URL", "CHAT_MODEL", "EMBEDDING_")


@pytest.fixture(scope="session", autouse=True)
def nobodys_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No key, no service and no setting of the person who runs the tests; their ``.env`` is out of sight, too."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name.startswith(NOT_FOR_TESTS) or name in ("HOST", "PORT"):
                patch.delenv(name)
        patch.setenv("BOOKSIDE_EMBEDDER", "static")  # every server would make MiniLM's graph anew; some tests do
        patch.chdir(tmp_path_factory.mktemp("nowhere"))
        yield
