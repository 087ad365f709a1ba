"""The only place for what the built-in reader says itself: in the book's language where it is known, or in English."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

ENGLISH = "en"
TRADITIONAL = {"hant", "tw", "hk", "mo"}
"""Chinese that is written in characters which the words are not in."""
SCRIPTED = (
    *("colours", "colours_system", "colours_light", "colours_dark"),
    *("copy", "copy_code", "copied", "selected", "code", "table", "cancel"),
    *("results", "pages", "searching", "no_server", "too_many", "no_answer", "press_enter"),
    *("all_results", "choose", "nothing_short"),
)
"""The words that the reader's scripts say."""
LABELS = {
    "Link to this section": "to_section",
    "Note": "note",
    "Notes": "notes",
    "Back to the text": "to_text",
    "To do": "to_do",
    "Done": "done",
}
"""What the renderer of pages calls its own parts."""

_LABEL = re.compile(rf'(?<= aria-label=")({"|".join(sorted(LABELS, key=len, reverse=True))})(?=(?: \d+)?")')


def wording(folder: Path, language: str | None) -> dict[str, str]:
    """The words by name, from the files in ``folder``, for the tag of a language such as ``de-AT``."""
    words = _read(folder / f"{ENGLISH}.json")
    name, *more = (language or ENGLISH).replace("_", "-").lower().split("-")
    is_known = name.isalpha() and not (name == "zh" and TRADITIONAL & set(more))
    if is_known and (folder / f"{name}.json").is_file():
        words |= _read(folder / f"{name}.json")
    return words


def for_scripts(words: Mapping[str, str]) -> dict[str, str]:
    """Those that scripts say."""
    return {name: words[name] for name in SCRIPTED}


def labelled(html: str, words: Mapping[str, str]) -> str:
    """A rendered page, with its parts' labels in the reader's words."""
    return _LABEL.sub(lambda label: words[LABELS[label[1]]], html)


def _read(path: Path) -> dict[str, str]:
    return json.loads(path.read_text("utf-8"))
