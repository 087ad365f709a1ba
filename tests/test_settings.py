"""What an operator may set: by which names, with which refusals, and never shown to anybody."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from bookside.errors import Rejected
from bookside.settings import Settings, read_settings, variable

SEED = {
    "OPENAI_API_KEY": ("openai_api_key", "sk-never-shown"),
    "OPENAI_BASE_URL": ("openai_base_url", "http://127.0.0.1:1/v1"),
    "CHAT_MODEL": ("chat_model", "a-model"),
    "EMBEDDING_MODEL": ("embedding_model", "an-embedding-model"),
    "DATABASE_URL": ("database_url", "postgresql://user:never-shown@db/book"),
    "QDRANT_URL": ("qdrant_url", "http://127.0.0.1:6333"),
    "QDRANT_API_KEY": ("qdrant_api_key", "never-shown-either"),
    "QDRANT_COLLECTION": ("qdrant_collection", "my_book"),
    "SITE_BASE_URL": ("site_base_url", "https://me.example"),
    "BOOK_BASE_URL": ("book_base_url", "/garden"),
    "HOST": ("host", "0.0.0.0"),
    "PORT": ("port", 8123),
    "RATE_LIMIT_REQUESTS": ("rate_limit_requests", 7),
    "RATE_LIMIT_WINDOW": ("rate_limit_window", 90),
}


def plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, where ``.env`` may lie."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", SEED)
def test_well_known_names_work_unchanged(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Each variable sets its field, without a prefix."""
    field, value = SEED[name]
    monkeypatch.setenv(name, str(value))

    assert plain(getattr(read_settings(), field)) == value


def test_every_setting_can_be_set_by_its_variable(folder: Path) -> None:
    """No two settings share a variable; those that are not well known begin with BOOKSIDE_."""
    names = [variable(field) for field in Settings.model_fields]

    assert len(names) == len(set(names))
    assert {name for name in names if not name.startswith("BOOKSIDE_")} == {*SEED, "BOOK"}


def test_dotenv_is_read(folder: Path) -> None:
    """A .env in the working folder sets well-known names and ours."""
    (folder / ".env").write_text("OPENAI_API_KEY=sk-file\nPORT=8124\nBOOKSIDE_PASSAGES=3\nSOMETHING_ELSE=1\n")
    settings = read_settings()

    assert (plain(settings.openai_api_key), settings.port, settings.passages) == ("sk-file", 8124, 3)


def test_the_environment_wins_over_dotenv_and_the_command_over_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is nearer to the call counts."""
    (folder / ".env").write_text("PORT=8124\nHOST=127.0.0.2\n")
    monkeypatch.setenv("PORT", "8125")
    assert (read_settings().port, read_settings().host) == (8125, "127.0.0.2")
    assert read_settings(port=8126, host=None).port == 8126


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """``DATABASE_URL=`` in a compose file means the default."""
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("PORT", "")

    assert (read_settings().database_url, read_settings().port) == (None, 8000)


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_misspelt_name_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """A BOOKSIDE_ variable that names no setting is refused by name, wherever it stands; its value is not shown."""
    if place == ".env":
        (folder / ".env").write_text("BOOKSIDE_STOER=never-shown\n")
    else:
        monkeypatch.setenv("BOOKSIDE_STOER", "never-shown")
    with pytest.raises(Rejected, match="BOOKSIDE_STOER") as refused:
        read_settings()

    assert "never-shown" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "never-shown"),
        ("PORT", "70000"),
        ("RATE_LIMIT_WINDOW", "0"),
        ("RATE_LIMIT_REQUESTS", "-1"),
        ("BOOKSIDE_ANSWER_TIMEOUT_S", "0"),
        ("BOOKSIDE_CHAT_API", "never-shown"),
        ("BOOKSIDE_EMBEDDER", "never-shown"),
        ("BOOKSIDE_BOOK_KIND", "never-shown"),
        ("QDRANT_COLLECTION", "never/shown"),
        ("BOOKSIDE_SECRET", "never-shown-and-too-short"),
    ],
)
def test_a_wrong_value_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The message names the variable as the operator wrote it, and never the value; nor does its cause."""
    monkeypatch.setenv(name, value)
    with pytest.raises(Rejected, match=name) as refused:
        read_settings()

    assert "never" not in str(refused.value)
    assert refused.value.__suppress_context__
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "key", ["schlüssel-ohne-ende", " never-shown-0123456", "never-shown-0123456\n", "never\tshown-012345"]
)
def test_an_admin_key_that_no_header_carries_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Else every call would be told that its key is wrong."""
    monkeypatch.setenv("BOOKSIDE_ADMIN_KEY", key)
    with pytest.raises(Rejected, match=r"BOOKSIDE_ADMIN_KEY.*ASCII") as refused:
        read_settings()

    assert key.strip() not in str(refused.value)
    monkeypatch.setenv("BOOKSIDE_ADMIN_KEY", "open sesame, 0123456!")
    assert plain(read_settings().admin_key) == "open sesame, 0123456!"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither printed nor dumped settings hold a key, a password or the signing secret."""
    monkeypatch.setenv("BOOKSIDE_SECRET", "never-shown-" * 4)
    for name in ("OPENAI_API_KEY", "DATABASE_URL", "QDRANT_API_KEY"):
        monkeypatch.setenv(name, str(SEED[name][1]))
    settings = read_settings()

    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "never-shown" not in shown


def test_reading_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are values: frozen, and the environment and the folder are as before."""
    before = dict(os.environ)
    settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # pyright: ignore[reportAttributeAccessIssue]

    assert dict(os.environ) == before
    assert list(folder.iterdir()) == []


def test_origins_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces, capital letters and a final slash do not matter."""
    monkeypatch.setenv("BOOKSIDE_ALLOWED_ORIGINS", "https://a.example, HTTPS://B.example/ ,")

    assert read_settings().allowed_origins == ("https://a.example", "https://b.example")
