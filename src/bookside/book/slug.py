"""The only place for heading ids: how GitHub and Docusaurus, mdBook, Hugo and Pandoc name them."""

import unicodedata
from functools import cache

import regex

from bookside.book.slug_unicode import younger_letters

KEPT_BY_GITHUB = r"\p{Alphabetic}\p{Mark}\p{Decimal_Number}\p{Connector_Punctuation}\- "


def github_slug(text: str, *, keep_case: bool = False) -> str:
    """The id of one heading, before it is made unique."""
    return dropped_by_github().sub("", text if keep_case else text.lower()).replace(" ", "-")


@cache
def dropped_by_github() -> regex.Pattern[str]:
    """Characters that are in no id: all but letters, marks, digits, connectors, hyphens and spaces of Unicode 13."""
    return regex.compile(f"[^{KEPT_BY_GITHUB}]|[{younger_letters()}]")


class GithubSlugger:
    """Ids of one page's headings, in order, as the ``github-slugger`` package gives them (Docusaurus, GitHub)."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def slug(self, text: str, *, keep_case: bool = False) -> str:
        """The id of the page's next heading; a second ``Notes`` is ``notes-1``."""
        base = slug = github_slug(text, keep_case=keep_case)
        while slug in self._seen:
            self._seen[base] += 1
            slug = f"{base}-{self._seen[base]}"
        self._seen[slug] = 0
        return slug


class Slugger:
    """The ids that one page has used, so that none is given twice."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def kept(self, id: str) -> str:
        """An id of the author's own, which no other heading gets after it."""
        self._used.add(id)
        return id

    def unique(self, base: str) -> str:
        """``base``, or the first of ``base-1``, ``base-2``, … that the page has not used."""
        slug = base
        while slug in self._used:
            count = self._next.get(base, 1)
            self._next[base] = count + 1
            slug = f"{base}-{count}"
        self._used.add(slug)
        return slug


class MdBookSlugger(Slugger):
    """Ids of one page's headings, in order, as mdBook gives them."""

    def slug(self, text: str) -> str:
        """The id of the page's next heading."""
        kept = (c if c.isalnum() or c in "_-" else "-" if c.isspace() else "" for c in text.strip().lower())
        return self.unique("".join(kept))


class HugoSlugger(Slugger):
    """Ids of one page's headings, in order, as Hugo gives them; of several lines the last one counts."""

    def __init__(self, id_type: str) -> None:
        super().__init__()
        self._ascii = id_type == "github-ascii"

    def slug(self, text: str) -> str:
        """The id of the page's next heading."""
        words = text.rsplit("\n", 1)[-1].strip()
        if self._ascii:
            words = unicodedata.normalize("NFC", unicodedata.normalize("NFD", words).translate(accents()))
            words = words.encode("ascii", "ignore").decode("ascii")
        base = dropped_by_hugo().sub("", words.replace(" ", "-")).lower() or "heading"
        return self.unique(base)


@cache
def dropped_by_hugo() -> regex.Pattern[str]:
    """Characters that are in none of Hugo's heading ids."""
    return regex.compile(r"[^\p{L}\p{Nd}_-]")


@cache
def accents() -> dict[int, None]:
    """Marks that stand above and below letters, for ``str.translate``."""
    return dict.fromkeys(range(0x300, 0x370))


def hugo_path(text: str) -> str:
    """``text`` as a part of Hugo's addresses: spaces have become one hyphen, signs are gone."""
    made: list[str] = []
    hyphen_waits = False
    for character in text.strip():
        if kept_in_hugo_path().fullmatch(character):
            if hyphen_waits and character != "-":
                made.append("-")
            hyphen_waits = False
            made.append(character)
        elif character.isspace() and made and made[-1] != "-":
            hyphen_waits = True
    return "".join(made)


@cache
def kept_in_hugo_path() -> regex.Pattern[str]:
    """Characters that Hugo's addresses may have."""
    return regex.compile(r"[\p{L}\p{M}\p{Nd}./\\_#+~@%-]")


class PandocSlugger(Slugger):
    """Ids of one page's headings, in order, as Pandoc, and so Quarto, gives them."""

    def slug(self, text: str) -> str:
        """The id of the page's next heading: its letters, from the first one on, in small ones."""
        words = pandoc_dashes().sub("", text).lower()
        base = "-".join(dropped_by_pandoc().sub("", words).split())
        base = regex.sub(r"^[^\p{L}]+", "", base) or "section"
        return self.unique(base)


@cache
def dropped_by_pandoc() -> regex.Pattern[str]:
    """Characters that are in none of Pandoc's ids, and are no spaces."""
    return regex.compile(r"[^\p{L}\p{M}\p{N}_.\s-]")


@cache
def pandoc_dashes() -> regex.Pattern[str]:
    """What Pandoc makes typographic: two or three hyphens are a dash, three points are one sign."""
    return regex.compile(r"-{2,3}|\.{3}")
