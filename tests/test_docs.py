"""The handbook is true: its reference pages, its links, its settings and its examples."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath

import pytest
import typer
from markdown_it.token import Token

from bookside.book import Book, Page, read_book
from bookside.book.markdown import parser
from bookside.cli import cli
from bookside.settings import Settings, variable

ROOT = Path(__file__).parent.parent
HANDBOOK = ROOT / "docs"
SERVER = "127.0.0.1:8000"
"""What examples call their server; the tests put their own in its place."""

SERVER_START_S = 60
EXAMPLE_TIMEOUT_S = 120
OURS = re.compile(
    r"\b(?:BOOKSIDE_[A-Z0-9_]*[A-Z0-9]|(?:OPENAI|QDRANT|RATE_LIMIT|DATABASE|EMBEDDING|CHAT)_[A-Z_]*[A-Z])\b"
)
MISSPELT_ON_PURPOSE = {"BOOKSIDE_PASAGES"}
INTERPRETERS = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"], "javascript": ["node"]}


@dataclass(frozen=True, slots=True)
class Example:
    """A code block whose info string is a language and ``run``."""

    page: str
    number: int
    language: str
    code: str


def handbook() -> Book:
    return read_book(HANDBOOK)


def tokens_of(page: Page) -> list[Token]:
    return parser(page.dialect).parse(page.markdown)


def every_token(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from every_token(token.children or [])


def examples() -> list[Example]:
    found: list[Example] = []
    for page in handbook().pages:
        for token in tokens_of(page):
            language, _, flag = token.info.partition(" ")
            if token.type == "fence" and flag == "run":
                found.append(Example(page.path, len(found), language, token.content))
    return found


def ids(example: Example) -> str:
    return f"{PurePosixPath(example.page).stem}-{example.number}"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the handbook and nothing else."""
    folder = tmp_path_factory.mktemp("handbook")
    shutil.copytree(HANDBOOK, folder / "docs")
    return folder


def environment() -> dict[str, str]:
    """The environment without settings, so that no example asks a model, with this Python's programs first.

    Passages are embedded by static vectors, which take no time to prepare.
    """
    names = {variable(name) for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in names and not name.startswith("BOOKSIDE_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "BOOKSIDE_EMBEDDER": "static"}


@pytest.fixture(scope="module")
def address(workplace: Path) -> Iterator[str]:
    """A server of the handbook, as the command starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("bookside")), "serve", "docs", "--port", str(port)]
    with (workplace / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=workplace, env=environment(), stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + SERVER_START_S
        while not is_ready(port):
            assert server.poll() is None, (workplace / "server.log").read_text()
            assert time.monotonic() < deadline, (workplace / "server.log").read_text()
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def test_the_handbook_is_read_without_problems() -> None:
    """Every page of the handbook can be read, and each but the welcome page is in a numbered chapter."""
    book = handbook()
    assert not book.problems
    assert [page.path for page in book.pages if page.chapter is None] == ["book/index.md"]
    assert sorted({page.chapter.number for page in book.pages if page.chapter}) == list(range(1, 10))


def test_reference_pages_are_what_the_code_says() -> None:
    """The generated pages are byte for byte what would be written now."""
    command = [sys.executable, "-m", "scripts.docs", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=EXAMPLE_TIMEOUT_S)
    assert done.returncode == 0, done.stderr


def test_every_command_is_documented() -> None:
    """The page of the command has a section for each command."""
    group = typer.main.get_command(cli)
    page = next(page for page in handbook().pages if page.path.endswith("reference/command.md"))
    documented = {section.heading for section in page.sections}
    commands: dict[str, object] = getattr(group, "commands", {})
    assert commands
    assert {f"bookside {name}" for name in commands} <= documented


def test_every_setting_is_documented() -> None:
    """The page of the settings has a section for each setting."""
    page = next(page for page in handbook().pages if page.path.endswith("reference/settings.md"))
    assert {variable(name) for name in Settings.model_fields} <= {section.heading for section in page.sections}


def test_settings_that_the_handbook_names_exist() -> None:
    """No page, and neither README nor CONTRIBUTING, names a setting that Bookside does not have."""
    known = {variable(name) for name in Settings.model_fields} | {"BOOKSIDE_BOOK"} | MISSPELT_ON_PURPOSE
    files = [*HANDBOOK.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {(name, file.name) for file in files for name in OURS.findall(file.read_text("utf-8"))}
    assert named
    assert not {(name, file) for name, file in named if name not in known}


def test_the_readme_gives_a_reason_for_each_dependency() -> None:
    """README's tables have a row for each package that pyproject.toml or the widget asks for, and for no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *chain.from_iterable(project["dependency-groups"].values())]
    widget = json.loads((ROOT / "widget" / "package.json").read_text("utf-8"))["dependencies"]
    names = sorted([*(re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in asked), *widget])
    rows = re.findall(r"^\| `([a-z0-9.-]+)` \| \S", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == names


def test_links_lead_to_pages_and_anchors_that_exist() -> None:
    """Every link of the handbook to a page of it leads to a file that is a page, and to a heading on it."""
    book = handbook()
    anchors = {page.path: {section.anchor for section in page.sections} for page in book.pages}
    broken: list[str] = []
    checked = 0
    for page in book.pages:
        for token in every_token(tokens_of(page)):
            href = token.attrGet("href")
            if not isinstance(href, str) or "://" in href:
                continue
            checked += 1
            target, _, fragment = href.partition("#")
            path = os.path.normpath(PurePosixPath(page.path).parent / target) if target else page.path
            if path not in anchors or (fragment and fragment not in anchors[path]):
                broken.append(f"{page.path}: {href}")
    assert checked > 10
    assert not broken


def test_excerpts_stand_in_the_files_that_they_name() -> None:
    """A code block with a file of ``examples/`` as its title is a piece of that file, word for word."""
    checked = 0
    for page in handbook().pages:
        for token in tokens_of(page):
            named = re.search(r'title="(examples/[^"]+)"', token.info)
            if named is not None:
                assert token.content.rstrip() in (ROOT / named[1]).read_text("utf-8"), (page.path, token.content)
                checked += 1
    assert checked > 5


@pytest.mark.parametrize("example", examples(), ids=ids)
def test_examples_run(example: Example, workplace: Path, address: str) -> None:
    """Every example that is marked to be run ends well, and says something unless it writes a file."""
    code = example.code.replace(SERVER, address)
    command = INTERPRETERS[example.language]
    if example.language == "javascript":
        if shutil.which("node") is None and not os.environ.get("CI"):
            pytest.skip("Node is not installed")
        script = workplace / "example.mjs"
        script.write_text(code)
        code = str(script)
    done = subprocess.run(
        [*command, code], cwd=workplace, env=environment(), capture_output=True, text=True, timeout=EXAMPLE_TIMEOUT_S
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or ">" in code
    if "curl" in code:
        assert '"status":4' not in done.stdout
        assert "event: error" not in done.stdout
