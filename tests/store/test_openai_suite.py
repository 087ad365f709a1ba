"""OpenAI's own tests of a ChatKit store and server, run on Bookside's store.

They come with the source distribution of ``openai-chatkit``, which is fetched once and kept in pytest's cache; none of
them is a part of Bookside. The two modules of helpers that they import are not in it: ``openai_shim`` stands for them.
"""

import os
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pytest

from store.openai_shim import WHERE

SUITE = ("test_store.py", "test_chatkit_server.py")
LEAST = 78
"""Tests in the two files at the version that Bookside was first built on."""

OURS = {
    "tests/__init__.py": "",
    "tests/_types.py": "from store.openai_shim import RequestContext\n",
    "helpers/__init__.py": "",
    "helpers/mock_store.py": "from store.openai_shim import SQLiteStore\n",
    "pytest.ini": "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n",
    "conftest.py": """\
import pytest
from store.openai_shim import close_all


@pytest.fixture(autouse=True)
async def closed():
    yield
    await close_all()
""",
}


@pytest.fixture(scope="session")
def sdist(request: pytest.FixtureRequest) -> Path:
    """The source distribution of the ChatKit that is installed; no network skips the test, and fails it in CI."""
    assert request.config.cache is not None
    wanted = version("openai-chatkit")
    folder = request.config.cache.mkdir("openai-chatkit")
    file = folder / f"openai_chatkit-{wanted}.tar.gz"
    if not file.exists():
        options = ["--no-deps", "--no-binary", "openai-chatkit", "--quiet", "--dest", str(folder)]
        pip = [sys.executable, "-m", "pip", "download", *options, f"openai-chatkit=={wanted}"]
        fetched = subprocess.run(pip, capture_output=True, text=True, timeout=120)
        if not file.exists():
            reason = f"openai-chatkit's source distribution cannot be fetched: {fetched.stderr.strip()[-300:]}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
    return file


@pytest.fixture
def suite(sdist: Path, tmp_path: Path) -> Path:
    """A folder in which their tests find all that they import."""
    for name, text in OURS.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    with tarfile.open(sdist) as archive:
        for name in SUITE:
            file = archive.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/tests/{name}")
            assert file is not None
            (tmp_path / "tests" / name).write_bytes(file.read())
    return tmp_path


def run(suite: Path, url: str) -> dict[str, int]:
    """Run all of it in a process of its own; the counts of tests, failures, errors and skipped ones."""
    report = suite / "report.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "tests"],
        cwd=suite,
        env={**os.environ, WHERE: url, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert report.exists(), done.stdout + done.stderr
    (totals,) = ElementTree.parse(report).getroot().iter("testsuite")
    assert done.returncode == 0, done.stdout[-5000:]
    return {name: int(totals.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}


def check(totals: dict[str, int], database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nOpenAI's suite on {database}: {totals}\n")
    assert {name: totals[name] for name in totals if name != "tests"} == {"failures": 0, "errors": 0, "skipped": 0}
    assert totals["tests"] >= LEAST


def test_openais_suite_passes_on_sqlite(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it; no test is left out."""
    check(run(suite, f"sqlite:///{suite}"), "SQLite", capsys)


def test_openais_suite_passes_on_postgres(
    suite: Path, empty_postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of it; no test is left out."""
    check(run(suite, empty_postgres_url), "PostgreSQL", capsys)
