"""What the model reads of attached files: the newest first, within a budget."""

from datetime import datetime

import pytest
from chatkit.types import Attachment, FileAttachment, InferenceOptions, UserMessageItem, UserMessageTextContent

from bookside.chat.files import CUT, LEFT_OUT, MAX_FILES, each_once, read_files, shortened


def count(text: str) -> int:
    """One token a character."""
    return len(text)


def asked(id: str, *files: str, text: str = "Why?") -> UserMessageItem:
    return UserMessageItem(
        id=id,
        thread_id="thr_1",
        created_at=datetime(2026, 1, 1),
        content=[UserMessageTextContent(text=text)] if text else [],
        attachments=[FileAttachment(id=file, name=f"{file}.txt", mime_type="text/plain") for file in files],
        inference_options=InferenceOptions(),
    )


async def read(items: list[UserMessageItem], texts: dict[str, str], max_tokens: int) -> dict[str, str]:
    async def text_of(attachment: Attachment) -> str:
        return texts[attachment.id]

    return await read_files(items, text_of, max_tokens=max_tokens, count_tokens=count)


@pytest.mark.parametrize("tokens_of", [len, lambda text: len(text.encode()), lambda text: len(text.split())])
@pytest.mark.parametrize("text", ["", "a" * 300, "ü" * 300, "one two " * 200, " " * 5_000, "a " + "ü" * 999])
def test_a_shortened_text_fits(text: str, tokens_of: type[len]) -> None:
    """It is the text, or its beginning and a note, and never more tokens than allowed."""
    for room in (50, 100, 299, 300, 10_000):
        short = shortened(text, room, tokens_of)
        assert short == text or (short.endswith(CUT) and text.startswith(short.removesuffix(CUT)))
        assert tokens_of(short) <= room


async def test_the_latest_question_comes_first() -> None:
    """Its files share the budget; earlier ones have what is left, or are left out."""
    items = [asked("q1", "old"), asked("q2", "new", "short")]
    texts = {"old": "o" * 500, "new": "n" * 500, "short": "s" * 10}
    given = await read(items, texts, 300)

    assert given["short"] == texts["short"]
    assert len(given["new"]) == 150
    assert len(given["old"]) == 140
    assert (await read(items, texts, 100))["old"] == LEFT_OUT
    assert await read(items, texts, 0) == dict.fromkeys(texts, LEFT_OUT)


async def test_so_many_files_are_read_and_no_more() -> None:
    """However small they are."""
    items = [asked(f"q{n}", f"f{n}") for n in range(MAX_FILES + 1)]
    given = await read(items, {f"f{n}": "x" for n in range(MAX_FILES + 1)}, 10_000)

    assert [file for file, text in given.items() if text == LEFT_OUT] == ["f0"]


def test_each_file_stands_with_its_latest_question() -> None:
    """Once; a question that is left with nothing goes."""
    items = each_once([asked("q1", "a", text=" "), asked("q2", "a", "b"), asked("q3", "a", "a", text="")])

    assert [
        (item.id, [file.id for file in item.attachments]) for item in items if isinstance(item, UserMessageItem)
    ] == [
        ("q2", ["b"]),
        ("q3", ["a"]),
    ]
