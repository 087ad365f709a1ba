"""What a reader could ask on a page, taken from the page: no model is asked, and no words are put into a language."""

from dataclasses import dataclass
from typing import Literal

from bookside.book.model import Page

MAX_STARTERS = 4
MAX_CHARS = 160
QUESTION_MARKS = ("?", "？", "؟", "՞")

StarterKind = Literal["question", "summary", "explain"]


@dataclass(frozen=True, slots=True)
class Starter:
    """A question to begin with.

    Args:
        kind: ``question`` is asked as it stands; ``summary`` asks for the page called ``text``, ``explain`` for its
            section called ``text``, in words of the reader's language, which the client has.
    """

    kind: StarterKind
    text: str


def starters(page: Page, *, can_explain: bool = True) -> list[Starter]:
    """At most four: the author's own where there are some, else the page's headings that are questions, and then a
    summary of the page and explanations of its first sections.

    Args:
        can_explain: Whether a model writes the answers. What quotes the book alone can neither sum up nor explain, so
            the sections are then asked for by their headings.
    """
    if page.questions:
        return [Starter("question", question[:MAX_CHARS]) for question in page.questions[:MAX_STARTERS]]
    headings = [section.heading for section in page.sections if section.level in (2, 3) and section.anchor]
    headings = [heading for heading in dict.fromkeys(headings) if len(heading) <= MAX_CHARS]
    asked = [Starter("question", heading) for heading in headings if heading.endswith(QUESTION_MARKS)]
    others = [Starter("explain", heading) for heading in headings if not heading.endswith(QUESTION_MARKS)]
    if not can_explain:
        return [*asked, *(Starter("question", other.text) for other in others)][:MAX_STARTERS]
    return [*asked[: MAX_STARTERS - 1], Starter("summary", page.title), *others][:MAX_STARTERS]
