"""The servers that are compared, each as a real process before the same stand-in for the model."""

import importlib.util
import json
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.streams.answers import Dialect
from benchmarks.streams.load import Target
from benchmarks.streams.processes import (
    ROOT,
    Process,
    database_url,
    free_port,
    plain_environment,
    postgres,
    postgres_programs,
    process,
    python_server,
)

MODEL = "the model itself"
QUICKSTART = "SDK quickstart, in memory"
RELAY = "relay of bytes"
RESPONSES_SQLITE = "Bookside, Responses, SQLite"
COMPLETIONS_SQLITE = "Bookside, Chat Completions, SQLite"
RESPONSES_POSTGRES = "Bookside, Responses, PostgreSQL"

BASELINE = QUICKSTART
BOOK = ROOT / "docs"
HEALTH = {QUICKSTART: "/openapi.json"}
"""What an idle reader asks for; ``/healthz`` elsewhere."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A server to ask.

    Args:
        server: Whose CPU and memory count.
        database: PostgreSQL, where it is used; counted apart.
    """

    name: str
    target: Target
    server: Process
    database: Process | None = None

    @property
    def idle_url(self) -> str:
        """Something small to ask for."""
        return f"http://127.0.0.1:{self.server.port}{HEALTH.get(self.name, '/healthz')}"


class Rig:
    """The stand-in and the peers before it; entering starts the stand-in, leaving ends everything.

    Args:
        folder: Empty; logs and data are kept there.
        settings: Further settings of Bookside, by the names of their variables.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._folder = folder
        self._settings = settings
        self._stack = ExitStack()

    def __enter__(self) -> "Rig":
        port = free_port()
        self.upstream = self._stack.enter_context(
            process(python_server("upstream", "--port", str(port)), port, self._folder, environment=plain_environment())
        )
        self._model_url = f"http://127.0.0.1:{port}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def pace(self, deltas: int, gap_s: float) -> None:
        """Let answers that begin from now on have ``deltas`` pieces, one every ``gap_s`` seconds."""
        body = json.dumps({"deltas": deltas, "gap_s": gap_s}).encode()
        url = f"http://127.0.0.1:{self.upstream.port}/pace"
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as response:
            response.read()

    def model(self) -> Peer:
        """The stand-in as a peer: what the load measures where no server stands between."""
        target = Target(f"{self._model_url}/responses", Dialect.RESPONSES, is_model=True)
        return Peer(MODEL, target, self.upstream)

    def open(self, name: str, stack: ExitStack | None = None) -> Peer:
        """Start a peer; it ends with ``stack``, or with the rig."""
        return STARTERS[name](self, stack or self._stack)

    def quickstart(self, stack: ExitStack) -> Peer:
        port = free_port()
        environment = plain_environment(OPENAI_BASE_URL=self._model_url, OPENAI_API_KEY="x")
        command = python_server("quickstart", "--port", str(port))
        server = stack.enter_context(process(command, port, self._folder, environment=environment))
        return Peer(QUICKSTART, Target(f"http://127.0.0.1:{port}/chatkit"), server)

    def relay(self, stack: ExitStack) -> Peer:
        port = free_port()
        environment = plain_environment(OPENAI_BASE_URL=self._model_url)
        command = python_server("relay", "--port", str(port))
        server = stack.enter_context(process(command, port, self._folder, environment=environment))
        return Peer(RELAY, Target(f"http://127.0.0.1:{port}/", Dialect.RESPONSES), server)

    def bookside(self, stack: ExitStack, name: str, api: str, database: Process | None = None) -> Peer:
        port = free_port()
        folder = self._folder / f"bookside-{port}"
        folder.mkdir()
        environment = plain_environment(
            OPENAI_BASE_URL=self._model_url,
            OPENAI_API_KEY="x",
            BOOKSIDE_CHAT_API=api,
            BOOKSIDE_DATA=str(folder / "data"),
            BOOKSIDE_LOG_LEVEL="warning",
            **({"DATABASE_URL": database_url(database)} if database else {}),
            **self._settings,
        )
        command = [Path(sys.executable).with_name("bookside"), "serve", BOOK, "--port", str(port)]
        ready_url = f"http://127.0.0.1:{port}/healthz"
        server = stack.enter_context(process(command, port, folder, ready_url=ready_url, environment=environment))
        return Peer(name, Target(f"http://127.0.0.1:{port}/chatkit"), server, database)

    def bookside_on_postgres(self, stack: ExitStack) -> Peer:
        programs = postgres_programs()
        assert programs is not None
        database = stack.enter_context(postgres(programs))
        return self.bookside(stack, RESPONSES_POSTGRES, "responses", database)


STARTERS = {
    QUICKSTART: Rig.quickstart,
    RELAY: Rig.relay,
    RESPONSES_SQLITE: lambda rig, stack: rig.bookside(stack, RESPONSES_SQLITE, "responses"),
    COMPLETIONS_SQLITE: lambda rig, stack: rig.bookside(stack, COMPLETIONS_SQLITE, "chat_completions"),
    RESPONSES_POSTGRES: Rig.bookside_on_postgres,
}
SHORT_NAMES = {
    "quickstart": QUICKSTART,
    "relay": RELAY,
    "sqlite": RESPONSES_SQLITE,
    "completions": COMPLETIONS_SQLITE,
    "postgres": RESPONSES_POSTGRES,
}
"""What the command line calls them."""


def missing(names: Sequence[str]) -> dict[str, str]:
    """Which of the peers cannot be started here, and what they want."""
    found: dict[str, str] = {}
    if RELAY in names and importlib.util.find_spec("aiohttp") is None:
        found[RELAY] = "the package aiohttp"
    if RESPONSES_POSTGRES in names and postgres_programs() is None:
        found[RESPONSES_POSTGRES] = "PostgreSQL's programs"
    return found
