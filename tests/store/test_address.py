"""Reading the database's address."""

import pytest

from bookside.errors import Rejected
from bookside.store import migrate, open_store

FORM = r"expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bookside.db",
        "mysql://me:hunter2@host/db",
        "postgresql+psycopg://me:hunter2@host/db",
        "postgresql://me:hunter2@host:port/db",
        "postgresql://me:hunter2@[::1/db",
        "postgresql:me:hunter2@host/db",
        "host=localhost password=hunter2",
        "postgresql://me:hunter2@127.0.0.1:1/db?sslmode=sometimes",
    ],
)
async def test_an_unknown_form_is_rejected_without_repeating_it(url: str) -> None:
    """The message says what is right, and nothing of what may be a password."""
    for work in (open_store(url).__aenter__(), migrate(url)):
        with pytest.raises(Rejected, match=FORM) as caught:
            await work
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", ["sqlite:a.db", "sqlite:/a.db", "sqlite:///a.db?mode=ro", "sqlite:///a\0.db"])
async def test_a_sqlite_address_has_three_slashes_and_no_options(url: str) -> None:
    """What a process would otherwise take for a file of that name."""
    with pytest.raises(Rejected, match="a SQLite address is sqlite:///FILE"):
        await migrate(url)


async def test_a_sqlite_address_has_no_host() -> None:
    """Two slashes are a common slip."""
    with pytest.raises(Rejected, match=FORM):
        await migrate("sqlite://a.db")
