"""What the assistant offers is told to everybody, and is true."""

from pathlib import Path

from bookside.chat.attachments import ACCEPTED, is_text_type
from serving import Served, serving


def test_it_says_what_is_offered(garden: Served) -> None:
    """Title, files, speech and limits; no token is needed."""
    assert garden.client.get("/assistant/config").json() == {
        "title": "The Garden Machine",
        "attachments": {"max_bytes": 1_000_000, "accept": ACCEPTED},
        "transcription": False,
        "feedback": True,
        "max_question_chars": 2000,
        "max_selection_chars": 2000,
    }


def test_it_says_what_is_not_offered(tmp_path: Path) -> None:
    """No files where they are switched off, no speech without a model for it."""
    with serving(tmp_path, attachments=False) as served:
        offered = served.client.get("/assistant/config").json()
    assert (offered["attachments"], offered["transcription"]) == (None, False)


def test_what_a_browser_is_told_to_accept_is_accepted() -> None:
    """Each type and each ending that the field for files names can really be attached."""
    for kind in ACCEPTED.split(","):
        if kind.startswith("."):
            assert is_text_type("application/octet-stream", f"file{kind}")
        else:
            assert is_text_type(kind.replace("*", "plain"), "file")
