"""What a journey has to know of the site that it is made on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page

from serving import Served


@dataclass(frozen=True, slots=True)
class Host:
    """A site with the assistant on it.

    Args:
        origin: Where its pages are.
        served: The assistant's server, which has read the same book.
        start: Path of the page on which journeys begin.
        link: Text of one of the site's own links on that page.
        leads_to: Path that the link leads to.
        heading: The heading of that page.
        selected: A sentence on the page on which journeys begin.
        question: Something that the book answers.
        cited: Path and anchor of the section that answers it.
        quoted: Words of that section.
        is_one_document: Whether the site changes its pages without loading them.
        darken: Presses the site's own switch, so that it is dark.
        restless: What of the site moves by itself while it loads, without the assistant, too; a selector.
        makes_room: Whether its text stands beside the open panel.
    """

    origin: str
    served: Served
    start: str
    link: str
    leads_to: str
    heading: str
    selected: str
    question: str
    cited: str
    quoted: str
    is_one_document: bool
    darken: Callable[[Page], Awaitable[None]]
    restless: str | None = None
    makes_room: bool = True
