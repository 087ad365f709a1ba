"""The only place where a book becomes questions for its author to look through: picked all over it, and worded.

The templates are English, and each stands for a kind of heading. What an author has worded as a question is taken as
it is, in any language.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bookside.book.model import Book, Page, Section

Kind = Literal["question", "how-to", "identifier", "error", "concept", "definition", "description", "model"]

QUESTION_MARKS = ("?", "？", "؟", "՞")
NUMBER = re.compile(
    r"^(?:(?:chapter|part|step|lesson|appendix)\s+)?(?:[0-9]+(?:\.[0-9]+)*[.):]?|(?:[a-z]|[ivx]+)[.):])\s+(?=\S)", re.I
)
IDENTIFIER = re.compile(
    r"^(?:--?[a-z][\w-]*|[\w.]+\(\)|[a-z]\w*(?:::\w+)+|[a-z][a-z0-9]*(?:_\w+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
    r"|[a-z]+[A-Z]\w*|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+|[\w-]+\.(?:py|js|ts|toml|yml|yaml|json|md|txt|rs|c|h)"
    r"|@\w[\w.]*|(?:/[\w{}-]+)+)$"
)
INTRODUCING = re.compile(
    r"^(?:(?:task|project|lab|challenge|exercise)\s*[-–—:]\s*|(?:an?\s+)?(?:introduction|intro|guide)\s+to\s+)", re.I
)
ERROR = re.compile(r"^(?:E\d{3,5}\b|[A-Z]\w*(?:Error|Exception|Warning)\b)")
ROUTE = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE)\s+/\S*$")
AUXILIARY = "is|are|was|were|has|have|can|do|does|did|will|should|must|may"
ASKING = re.compile(rf"^(?:how|what|when|where|which|why|who)\s+(?:{AUXILIARY})\b", re.I)
SAYING = re.compile(rf"(?<!\bthat)(?<!\bwhich)(?<!\bwho)\s(?:{AUXILIARY})\s", re.I)
SMALL = re.compile(
    r"^(?:an?|the|how|what|when|where|which|why|who|whether|with|without|in|on|at|for|behind|from)\s", re.I
)
WHERE = re.compile(r"^(?:with|without|in|on|at|for|behind|from|after|before|between|under|inside|outside)\s", re.I)
HEAD_END = re.compile(r"\s(?:of|in|for|with|without|to|from|on|at|by|as|beside|that|which|who)\s", re.I)
VERB_WORDS = """
capture deal decide meet propose prove read remember say see spot support survey trigger visualise visualize
recognise recognize use welcome
add adjust allow answer append apply ask assign attach authenticate avoid back begin bind build call change check
choose clean clear clone close combine compare compile compute configure connect control convert copy create
customise customize debug declare define delete deploy describe design detect develop disable discover display
distribute divide document download draw edit embed enable encode encrypt evaluate examine exclude execute exit
explore export expose extend extract fetch filter find fix follow format generate get give group grow handle hide
host identify implement import improve include increase index initialise initialize insert inspect install integrate
invoke join keep launch learn let limit list listen load log look loop make manage measure merge migrate mix modify
monitor mount move name open optimise optimize order organise organize override package parse pass patch plan play
plot point post predict prepare prevent print process produce program protect provide publish pull push put query
raise read receive record recover redirect reduce refactor register release remove rename render repeat replace
report request reset resolve restart restore restrict retrieve return reuse revert review roll run save scale
schedule search secure select send serve set share show sign simulate skip solve sort specify split start stop store
stream submit subscribe supply switch sync tag take tell test throw track train transform translate troubleshoot try
turn understand undo uninstall unpack update upgrade upload use validate verify view visit wait watch work wrap
write
"""
GENERIC_WORDS = """
& about acknowledgements additional also appendix assignment background bibliography challenge changelog conclusion
contents credits definition description details discussion example examples exercise exercises footnotes foreword
further glossary goals history index introduction learning licence license links more next notes objectives of on
options other outline overview parameters post-lecture pre-lecture preface prerequisites quiz quizzes reading recap
references related requirements resources returns review see self steps study summary synopsis syntax table tips
todo topics usage what's
"""
VERBS = frozenset(VERB_WORDS.split())
GENERIC = frozenset(GENERIC_WORDS.split())
"""Words of headings that say nothing without their page; a heading with no other is passed over."""

DEFINITION = re.compile(
    r"^(?P<what>(?:An?|The)\s+[a-z][\w -]{2,40}?|[A-Z][\w-]{2,30}(?: [\w-]+){0,2})"
    r"\s+(?P<verb>is|are)\s+(?:an?|the|one)\s"
)
WH = re.compile(r"^(?:how|what|when|where|which|why|who|whether)\b", re.I)
MAX_CHARS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question that nobody has looked through.

    Args:
        page: File of the page that answers.
        section: The heading's anchor, where the question is about a section.
    """

    question: str
    page: str
    section: str | None
    kind: Kind

    def as_json(self) -> dict[str, str | bool]:
        """A line for a file of questions, marked as a draft."""
        where = {"page": self.page} | ({"section": self.section} if self.section else {})
        return {"question": self.question, **where, "kind": self.kind, "draft": True}


def drafts(book: Book, limit: int) -> list[Draft]:
    """At most ``limit`` drafts from templates, spread over the book and in its order, each wording once.

    In a book that is not in English only what its author has worded as a question is taken.
    """
    is_english = (book.language or "en").lower().split("-")[0] == "en"
    proposals: list[list[Draft]] = []
    for page in book.pages:
        drafted = list(_of_page(page))
        proposals.append([one for one in drafted if is_english or one.kind == "question"])
    return _distinct(_in_turn(proposals), limit, [page.path for page in book.pages])


def spread(sections: Sequence[tuple[Page, Section]], limit: int) -> list[tuple[Page, Section]]:
    """At most ``limit`` of ``sections``, evenly apart."""
    if len(sections) <= limit:
        return list(sections)
    return [sections[place * len(sections) // limit] for place in range(limit)]


def _in_turn(of_pages: Sequence[Sequence[Draft]]) -> Iterator[Draft]:
    """The first of every page, then the second of every page, and so on; the pages far from each other first."""
    order = _far_apart(len(of_pages))
    for turn in range(max(map(len, of_pages), default=0)):
        for place in order:
            if turn < len(of_pages[place]):
                yield of_pages[place][turn]


def _far_apart(count: int) -> list[int]:
    """The numbers below ``count``, so that any first few of them are spread over all."""
    bits = max(1, count - 1).bit_length()
    mirrored = (int(format(number, f"0{bits}b")[::-1], 2) for number in range(2**bits))
    return [number for number in mirrored if number < count]


def _distinct(found: Iterable[Draft], limit: int, pages: Sequence[str]) -> list[Draft]:
    made: dict[str, Draft] = {}
    for draft in found:
        if len(made) == limit:
            break
        made.setdefault(draft.question.casefold(), draft)
    place = {page: number for number, page in enumerate(pages)}
    return sorted(made.values(), key=lambda draft: place[draft.page])


def _of_page(page: Page) -> Iterator[Draft]:
    """What can be asked on a page, the most telling first: each kind in turn, so that no page gives only one."""
    yield from _apart(
        [
            [_on(page, None, question, "question") for question in page.questions],
            list(_headings(page)),
            list(_definitions(page)),
            list(_about(page)),
        ]
    )


def _apart(kinds: Sequence[Sequence[Draft]]) -> Iterator[Draft]:
    for turn in range(max(map(len, kinds), default=0)):
        yield from (of_one[turn] for of_one in kinds if turn < len(of_one))


def _on(page: Page, section: Section | None, question: str, kind: Kind) -> Draft:
    return Draft(question=question, page=page.path, section=section.anchor if section else None, kind=kind)


def _headings(page: Page) -> Iterator[Draft]:
    for section in page.sections:
        if section.level > 1 and section.anchor and len(section.heading) <= MAX_CHARS:
            worded = question_for(section.heading)
            if worded is not None:
                yield _on(page, section, *worded)


def _definitions(page: Page) -> Iterator[Draft]:
    for section in page.sections:
        found = DEFINITION.match(section.markdown.strip())
        if found and found["what"].split()[0] not in ("It", "This", "That", "There", "These", "They", "Here"):
            what = found["what"]
            what = what[0].lower() + what[1:] if what.split()[0] in ("A", "An", "The") else what
            yield _on(page, section if section.level > 1 else None, f"What {found['verb']} {what}?", "definition")


def _about(page: Page) -> Iterator[Draft]:
    """From the page's title and what the author says of it."""
    worded = question_for(page.title)
    if worded is not None:
        yield _on(page, None, *worded)
    described = (page.description or "").split(". ")[0].strip().rstrip(".")
    if 10 <= len(described) <= MAX_CHARS:
        yield _on(page, None, _for_description(described), "description")


def question_for(heading: str) -> tuple[str, Kind] | None:
    """A question for a heading, by its kind; ``None`` where it says nothing by itself.

    >>> question_for("Installing the sensor")
    ('How do I install the sensor?', 'how-to')
    """
    words = INTRODUCING.sub("", NUMBER.sub("", " ".join(heading.split()))).strip()
    bare = words.strip("`*_ ").rstrip(":.")
    if not any(letter.isalpha() for letter in bare):
        return None
    if words.endswith(QUESTION_MARKS):
        return words, "question"
    if IDENTIFIER.match(bare) or ROUTE.match(bare):
        return f"What does `{bare}` do?", "identifier"
    if all(word in GENERIC for word in re.findall(r"[\w'&-]+", bare.casefold())):
        return None
    if ERROR.match(bare) or "?" in bare:
        return f"What does “{bare}” mean, and what can I do about it?", "error"
    return _how_to(bare) or _concept(bare)


def _how_to(bare: str) -> tuple[str, Kind] | None:
    first, _, rest = bare.partition(" ")
    if bare.lower().startswith("how to "):
        return f"How do I {_mine(_small(bare[len('how to ') :]))}?", "how-to"
    verb = first.lower() if first.lower() in VERBS else _verb_of(first.lower())
    if rest and verb:
        return f"How do I {verb} {_mine(rest)}?", "how-to"
    return None


def _concept(bare: str) -> tuple[str, Kind]:
    if ASKING.match(bare):
        return f"{bare}?", "question"
    if WH.match(bare):
        return f"Can you explain {_small(bare)}?", "concept"
    if WHERE.match(bare):
        return f"How does it work {_small(bare)}?", "concept"
    if SAYING.search(bare):
        return f"What does it mean that {_small(bare)}?", "concept"
    if re.search(r"\b(?:and|or|vs\.?|versus)\b|[,&/:–—]", bare, re.I):
        return f"What should I know about {_small(bare)}?", "concept"
    return f"What {'are' if _is_plural(bare) else 'is'} {_small(bare)}?", "concept"


def _verb_of(word: str) -> str | None:
    """The verb whose -ing form this is."""
    if not word.endswith("ing"):
        return None
    stem = word[:-3]
    for verb in (stem, f"{stem}e", stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem):
        if verb in VERBS:
            return verb
    return None


def _is_plural(words: str) -> bool:
    """Whether the noun at the head of ``words`` looks like more than one."""
    last = HEAD_END.split(words)[0].split()[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "ics"))


def _small(words: str) -> str:
    """With a small first letter, unless it looks like a name: other capitals in the word, or in the words after it."""
    first, _, rest = words.partition(" ")
    is_name = first[1:] != first[1:].lower() or rest[:1].isupper()
    return words if is_name and not SMALL.match(words) else words[0].lower() + words[1:]


def _mine(words: str) -> str:
    """What the book says to its reader, as the reader says it."""
    words = re.sub(r"\byou are\b", "I am", words)
    return re.sub(r"\byou\b", "I", re.sub(r"\byour\b", "my", words))


def _for_description(described: str) -> str:
    if WH.match(described):
        return f"Can you explain {_small(described)}?"
    how_to = _how_to(described)
    return how_to[0] if how_to else f"Where does the book tell of {_small(described)}?"
