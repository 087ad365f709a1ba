"""How much of the attached files the model reads: the newest first, within a budget of tokens."""

from collections.abc import Awaitable, Callable, Sequence

from chatkit.types import Attachment, ThreadItem, UserMessageItem

MAX_FILES = 20
"""Files of one thread that are read for one answer."""

MIN_FILE_TOKENS = 50
"""A file whose share is smaller is left out; its beginning would say nothing."""

MAX_TOKEN_CHARS = 8
"""More of a file than so many characters for each token of its share is not even counted."""

CUT = "\n(the rest of this file is left out)"
LEFT_OUT = "(this file is left out: there is no room for it)"

Read = Callable[[Attachment], Awaitable[str]]


def each_once(items: Sequence[ThreadItem]) -> list[ThreadItem]:
    """The items, each attachment only with the latest question that has it, and there once.

    An earlier question that had nothing but such files goes, as models refuse a message without content.
    """
    seen: set[str] = set()
    kept: list[ThreadItem] = []
    for item in reversed(items):
        if isinstance(item, UserMessageItem) and item.attachments:
            new = {attachment.id: attachment for attachment in item.attachments if attachment.id not in seen}
            seen |= new.keys()
            if not new and not any(part.text.strip() for part in item.content):
                continue
            item = item.model_copy(update={"attachments": list(new.values())})
        kept.append(item)
    return kept[::-1]


async def read_files(
    items: Sequence[ThreadItem], read: Read, *, max_tokens: int, count_tokens: Callable[[str], int]
) -> dict[str, str]:
    """What the model reads of each attachment, by its id.

    The latest question's files come first and share the budget evenly; what they leave is for those of the question
    before, and so on. A file that is longer than its share is cut, with a note. One that has no room, or comes after
    the first ``MAX_FILES``, is left out, with a note.

    Args:
        items: Oldest first, each attachment in one of them alone, as ``each_once`` gives them.
        read: The text of a file, or a note.
        max_tokens: For all files together.
    """
    texts: dict[str, str] = {}
    left = max_tokens
    for item in reversed(items):
        attachments = item.attachments if isinstance(item, UserMessageItem) else []
        for place, attachment in enumerate(attachments):
            share = left // (len(attachments) - place)
            if share < MIN_FILE_TOKENS or len(texts) >= MAX_FILES:
                texts[attachment.id] = LEFT_OUT
                continue
            text = shortened(await read(attachment), share, count_tokens)
            left -= count_tokens(text)
            texts[attachment.id] = text
    return texts


def shortened(text: str, max_tokens: int, count_tokens: Callable[[str], int]) -> str:
    """``text``, or as much of its beginning as fits into ``max_tokens`` together with a note that it was cut."""
    beginning = text[: max_tokens * MAX_TOKEN_CHARS]
    if len(beginning) == len(text) and count_tokens(text) <= max_tokens:
        return text
    room = max_tokens - count_tokens(CUT)
    while (tokens := count_tokens(beginning)) > room:
        beginning = beginning[: len(beginning) * room // tokens]
    return beginning + CUT
