"""The only place that knows PyMdown's marks within a line: icons, keys, marked words, attributes. Their words stay."""

import re

CODE_SPAN = re.compile(r"(?P<marks>`+)(?P<language>#!\w[\w+-]* )?(?P<code>.*?)(?<!`)(?P=marks)(?!`)")
ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[a-z0-9-]+:(?:\{[^{}\n]*\})?[ ]?")
KEYS = re.compile(r"(?<![+\w])\+\+(?P<keys>[\w\"][\w\"+ -]*?)\+\+(?![+\w])")
MARKED = re.compile(r"(?<![=\w])==(?=[^\s=])(?P<words>[^=\n]*?[^\s=])==(?![=\w])")
INSERTED = re.compile(r"(?<!\^)\^\^(?=[^\s^])(?P<words>[^\^\n]*?[^\s^])\^\^(?!\^)")
ATTRIBUTES = re.compile(r"(?<=[)\]`*_])\{:?[ ]*(?:[.#][\w-]|[\w-]+[ ]*=)[^{}\n]*\}")
ONE_MARK = (":", "++", "==", "^^", "{", "#!")


def plain_words(line: str) -> str:
    """``line`` without the marks; in code only the name of a language before it goes."""
    if not any(mark in line for mark in ONE_MARK):
        return line
    made: list[str] = []
    place = 0
    for found in CODE_SPAN.finditer(line):
        made += [plain(line[place : found.start()]), found["marks"], found["code"], found["marks"]]
        place = found.end()
    made.append(plain(line[place:]))
    return ATTRIBUTES.sub("", "".join(made))


def plain(text: str) -> str:
    """Text outside code."""
    text = KEYS.sub(lambda found: named(found["keys"]), ICON.sub("", text))
    return INSERTED.sub(r"\g<words>", MARKED.sub(r"\g<words>", text))


def named(keys: str) -> str:
    """``ctrl+alt+del`` as ``Ctrl+Alt+Del``."""
    return "+".join(key.strip('" ').replace("-", " ").title() for key in keys.split("+"))
