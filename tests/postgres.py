"""A real PostgreSQL for the tests: one server a session on a free loopback port, one fresh database a test.

``postgres_url`` is the fixture that most tests want: the address of a database of its own with the newest schema.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from bookside.store import migrate

USER = "postgres"
TEMPLATE = "bookside_template"
OPTIONS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=200",
)
EMPTY = """
DO $$ BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  EXECUTE (
    SELECT 'TRUNCATE ' || string_agg(format('%I', tablename), ', ') || ' RESTART IDENTITY CASCADE'
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'bookside_schema'
  );
END $$
"""


class PostgresServer:
    """A server in a folder of its own, which may be stopped and started again.

    Args:
        programs: The folder with ``initdb`` and ``pg_ctl``.
        folder: Empty, and in a place that the user ``postgres`` can reach.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._names = count(1)
        self._free: list[str] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def create(self) -> None:
        """Make the server's files; they belong to whoever may run it, which is never root."""
        if os.getuid() == 0:
            shutil.chown(self._folder, USER)
        data = str(self._folder / "data")
        self._as_owner("initdb", "-D", data, "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = " ".join(f"-c {option}" for option in (*OPTIONS, f"port={self.port}"))
        self._control("start", "-l", str(self._folder / "log"), "-o", f"{options} -k {self._folder}")

    def stop(self) -> None:
        """Stop at once; whatever is connected is cut off."""
        self._control("stop", "-m", "fast")

    def restart(self) -> None:
        """Cut everybody off, and be there again."""
        self._control("restart", "-m", "fast", "-l", str(self._folder / "log"))

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """The name of a new copy of ``template``."""
        name = f"test_{next(self._names)}"
        self.create_database(name, template)
        return name

    def create_database(self, name: str, template: str = "template1") -> None:
        """Make the database ``name``, a copy of ``template``."""
        self._as_client("createdb", "-T", template, name)

    def take(self, template: str) -> str:
        """The name of a copy of ``template``: one that was given back, or a new one."""
        return self._free.pop() if self._free else self.new_database(template)

    def give_back(self, database: str) -> None:
        """Cut off whoever is still connected, and empty all tables, which is much quicker than a new copy."""
        self._as_client("psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", EMPTY, database)
        self._free.append(database)

    def drop(self, database: str) -> None:
        """Remove a database, also when somebody forgot to close a connection to it."""
        self._as_client("dropdb", "--force", "--if-exists", database)

    def _control(self, action: str, *arguments: str) -> None:
        self._as_owner("pg_ctl", "-D", str(self._folder / "data"), "-w", *arguments, action)

    def _as_owner(self, program: str, *arguments: str) -> None:
        become = ["runuser", "-u", USER, "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*become, str(self._programs / program), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL
        )

    def _as_client(self, program: str, *arguments: str) -> None:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        subprocess.run(
            [str(self._programs / program), *where, *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL
        )


def find_programs() -> Path | None:
    """The folder of the newest installed PostgreSQL; ``None`` where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if debian:
        return debian[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running server; the test is skipped where PostgreSQL is not installed, and fails there in CI."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have PostgreSQL: no initdb was found")
        pytest.skip("PostgreSQL is not installed: no initdb was found")
    folder = Path(tempfile.mkdtemp(prefix="bookside-postgres-", dir="/tmp"))
    server = PostgresServer(programs, folder)
    try:
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a database with the newest schema and nothing in it, to copy."""
    postgres_server.create_database(TEMPLATE)
    with asyncio.Runner() as runner:
        runner.run(migrate(postgres_server.url(TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The address of a database with the newest schema and no rows.

    Leave its schema as it is: the next test that asks gets the same database, emptied.
    """
    name = postgres_server.take(postgres_template)
    yield postgres_server.url(name)
    postgres_server.give_back(name)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a fresh database with no tables."""
    name = postgres_server.new_database()
    yield postgres_server.url(name)
    postgres_server.drop(name)
