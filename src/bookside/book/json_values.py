"""The only place that reads a book's own JSON: whatever escapes say, each text in it can be encoded.

``"\\ud83d"`` is half a character, which JSON, YAML and Python let pass; no tokenizer and no file takes it.
"""

import json
import re
from typing import Any, cast

from bookside.errors import BookError

HALF = re.compile("[\ud800-\udfff]")
ESCAPED = re.compile(r"\\u[dD][89a-fA-F]|\\U0000[dD][89a-fA-F]")
"""How a half is written in JSON and YAML; a pair of them, which JSON makes one character of, looks the same."""


def parsed_json(text: str, path: str, *, fault: str = "broken JSON") -> Any:
    """What the JSON in ``text`` says.

    Args:
        path: Named in the error.
        fault: What the error calls the file.

    Raises:
        BookError: It is not JSON.
    """
    try:
        values = json.loads(text)
        return without_halves(values) if ESCAPED.search(text) else values
    except json.JSONDecodeError as error:
        raise BookError(path, error.lineno, f"{fault}: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # a number without end, lists in lists
        raise BookError(path, 1, f"{fault}: {error}") from error


def without_halves(value: Any) -> Any:
    """``value``, as JSON gives it, with texts that are whole."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [without_halves(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {whole(key): without_halves(one) for key, one in cast("dict[str, Any]", value).items()}
    return value


def whole(text: str) -> str:
    """``text`` where two halves that follow each other are one character, and a half alone is ``\\ufffd``."""
    if not HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
