"""The only place that knows how the built-in reader shows a PDF: its text as one page, with ways to the file itself."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from bookside.book.model import Page

PAGE_OF_FILE = re.compile(r'<(?P<tag>h[1-6]) id="page=(?P<number>\d+)">.*?</(?P=tag)>', re.DOTALL)


def is_pdf(page: Page) -> bool:
    """Whether the page is one of a PDF."""
    return page.path.partition("#")[0].lower().endswith(".pdf")


def joined(sheet: Sequence[Page]) -> Page:
    """Pages that share an address as the one page that is shown there."""
    if len(sheet) == 1:
        return sheet[0]
    return replace(
        sheet[0],
        markdown="\n\n".join(page.markdown for page in sheet),
        sections=tuple(section for page in sheet for section in page.sections),
    )


def with_file_links(html: str, file: str) -> str:
    """``html`` with a link below the first heading of each page of the file that opens the file there.

    Args:
        file: Address of the PDF.
    """

    def linked(heading: re.Match[str]) -> str:
        number = heading["number"]
        return f'{heading[0]}<p class="file-page"><a href="{escape(file)}#page={number}">PDF, page {number}</a></p>'

    return PAGE_OF_FILE.sub(linked, html)
