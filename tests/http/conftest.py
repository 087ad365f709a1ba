"""Servers for the tests of the HTTP face."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from model_server import ModelServer
from serving import Served, serving


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server without a language model; tests of one module share it."""
    with serving(tmp_path_factory.mktemp("garden")) as served:
        yield served


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, shared_model: ModelServer) -> Iterator[Served]:
    """A server whose answers the scripted model writes, over Chat Completions; it asks for passages itself."""
    data: Path = tmp_path_factory.mktemp("written")
    key = "sk-test-never-shown"
    with serving(data, openai_base_url=shared_model.url, openai_api_key=key, retrieval="agentic") as served:
        yield served
