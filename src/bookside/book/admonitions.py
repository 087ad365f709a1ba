"""The only place for Docusaurus's admonitions, ``:::note[Title]`` … ``:::``."""

import re

from bookside.book.fences import Fence, opened

ADMONITION = re.compile(
    r"^(?P<lead>[ \t]*)(?P<colons>:{3,})[ \t]*(?P<name>[A-Za-z][\w-]*)?"
    r"(?:\[(?P<label>.*)\])?[ \t]*(?P<rest>.*)$"
)


def quoted_admonitions(text: str) -> str:
    """``:::note[Title]`` … ``:::`` as a quotation that begins with its title, or its name."""
    if ":::" not in text:
        return text
    made: list[str] = []
    open_ones: list[tuple[int, int]] = []
    fence: Fence | None = None
    for line in text.split("\n"):
        found = None if fence else ADMONITION.match(line)
        prefix = "> " * len(open_ones)
        fence = (None if fence.is_closed_by(line) else fence) if fence else opened(line)
        if found and found["name"]:
            title = (found["label"] or found["rest"]).strip()
            title = re.sub(r"\{[^{}]*\}$", "", title).strip() or found["name"].capitalize()
            lead = min(len(found["lead"].expandtabs(4)), open_ones[-1][0] if open_ones else 99)
            made.append(" " * lead + prefix + f"> **{title}**  ")
            open_ones.append((lead, len(found["colons"])))
        elif found and open_ones and not found["rest"]:
            lead = open_ones[0][0]
            while open_ones and open_ones[-1][1] > len(found["colons"]):
                open_ones.pop()
            if open_ones:
                open_ones.pop()
            made.append((" " * lead + "> " * len(open_ones)).rstrip())
        elif open_ones:
            lead = open_ones[0][0]
            made.append(
                (" " * lead + prefix + line[lead:]).rstrip(" ") if line.strip() else " " * lead + prefix.rstrip()
            )
        else:
            made.append(line)
    return "\n".join(made)
