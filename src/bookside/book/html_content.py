"""The only place that knows which part of an HTML page is its text, and what in it is there for the site alone."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from bookside.book.html_tree import classes, words_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MAIN = (
    "//*[@itemprop='articleBody']",
    "//div[contains(concat(' ',normalize-space(@class),' '),' theme-doc-markdown ')]",
    "//article[contains(concat(' ',normalize-space(@class),' '),' md-content__inner ')]",
    "//*[@role='main']",
    "//main//article",
    "//main",
    "//article",
    "//div[contains(concat(' ',normalize-space(@class),' '),' markdown-body ')]",
    "//div[contains(concat(' ',normalize-space(@class),' '),' md-content ')]",
    "//div[contains(concat(' ',normalize-space(@class),' '),' document ')]",
    "//*[@id='content' or @id='main-content' or @id='main']",
    "//div[contains(concat(' ',normalize-space(@class),' '),' content ')]",
)
"""Where themes put a page's text, the surest first."""

MIN_SHARE = 0.3
"""What holds less of the page's words than this is not its text, whatever it is called."""

SEEN_TEXT = ".//text()[not(ancestor::script or ancestor::style or ancestor::nav or ancestor::footer)]"
_DROPPED_TAGS = """
style noscript template nav button input select textarea iframe object embed canvas link meta dialog
"""
DROPPED_TAGS = frozenset(_DROPPED_TAGS.split())
DROPPED_ROLES = frozenset({"navigation", "search", "banner", "contentinfo", "complementary", "tablist", "button"})
_DROPPED_CLASSES = """
headerlink hash-link anchorjs-link header-anchor heading-anchor heading-link toc-backref-mark breadcrumb breadcrumbs
wy-breadcrumbs theme-doc-breadcrumbs theme-doc-version-badge theme-doc-toc-mobile theme-edit-this-page theme-last-
updated edit-this-page edit-page-link edit-link md-content__button md-source-file md-footer git-revision-date prev-
next-area prev-next-footer pagination-nav related sphinxsidebar sphinxsidebarwrapper rst-footer-buttons navheader
navfooter navLinks nav-wrapper nav-chapters toc table-of-contents sidetoc bd-toc page-toc copybtn copy-button
clipboard-button linenos linenodiv lineno line-number hljs-ln-numbers boring skip-link back-to-top MathJax
MathJax_Preview MathJax_Display MathJax_SVG katex-html cookie-banner cookie-consent cookie-notice cookie-bar consent-
banner gdpr-banner viewcode-link page-footer site-footer footer-nav
"""
DROPPED_CLASSES = frozenset(_DROPPED_CLASSES.split())
_DROPPED_IDS = """
toc TOC table-of-contents sidebar sidebar-toggle menu-bar footer navbar searchbox search-wrapper indices-and-tables-
nav onetrust-consent-sdk cookie-banner CookieConsent
"""
DROPPED_IDS = frozenset(_DROPPED_IDS.split())
PERMALINK = re.compile(r"[¶#§🔗⚓\s\u200b\ufe0f]*|permalink|link|anchor", re.IGNORECASE)
EDIT = re.compile(
    r"(?:edit|improve|view|suggest)\b.{0,40}\b(?:page|github|gitlab|source|edits?)\b.{0,20}", re.IGNORECASE
)
INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
FORMULA_SCRIPT = "math/"


def main_of(document: HtmlElement) -> HtmlElement:
    """The element that holds the page's text; the whole body where the theme does not tell."""
    bodies: list[HtmlElement] = document.xpath("//body")
    body = bodies[0] if bodies else document
    total = 0
    for pattern in MAIN:
        found: list[HtmlElement] = document.xpath(pattern)
        if not found:
            continue
        total = total or seen_length(body)
        best = max(found[:50], key=seen_length)
        if seen_length(best) >= MIN_SHARE * total:
            return best
    return body


def seen_length(element: HtmlElement) -> int:
    """How many characters of text it has, without scripts, styles and navigation."""
    return sum(len(text.strip()) for text in element.xpath(SEEN_TEXT))


def prune(main: HtmlElement) -> None:
    """Take out of ``main`` what is not its text: navigation, buttons, marks beside headings, hidden parts."""
    for element in list(main.iter()):
        if element is main or not isinstance(element.tag, str):
            continue
        parent = element.getparent()
        if parent is not None and is_dropped(element, main):
            element.drop_tree()
    for heading in main.iter(*HEADINGS):
        for link in heading.iter("a"):
            if (link.get("href") or "").startswith("#"):  # to itself
                link.attrib.pop("href")


def is_dropped(element: HtmlElement, main: HtmlElement) -> bool:
    """Whether readers of the page's text do without it."""
    tag = element.tag
    if tag == "script":
        return not (element.get("type") or "").startswith(FORMULA_SCRIPT)
    if tag in DROPPED_TAGS or element.get("id") in DROPPED_IDS or element.get("role") in DROPPED_ROLES:
        return True
    if tag == "footer":
        return main.tag == "body" or element.getparent() is main
    if tag == "header" and main.tag == "body":
        return not any(True for _ in element.iter(*HEADINGS))
    names = classes(element)
    if not DROPPED_CLASSES.isdisjoint(names):
        return True
    if tag == "a":
        return is_for_the_site(element, names)
    is_panel = element.get("role") == "tabpanel"
    if is_panel:
        return False
    hidden = element.get("hidden") is not None or INVISIBLE.search(element.get("style") or "") is not None
    return hidden or (element.get("aria-hidden") == "true" and not any(True for _ in element.iter(*HEADINGS)))


def is_for_the_site(link: HtmlElement, names: list[str]) -> bool:
    """Whether a link is a heading's mark or leads to an editor; a named place without words is kept for its id."""
    words = words_of(link)
    if link.get("href") is None:
        return False
    if not words:
        return link.get("id") is None and link.get("name") is None and not any(True for _ in link.iter("img", "math"))
    if "permalink" in names or PERMALINK.fullmatch(words):
        return any(True for _ in link.iterancestors(*HEADINGS, "dt", "caption", "figcaption")) or "#" in words
    return EDIT.fullmatch(words) is not None and any(part in (link.get("href") or "") for part in ("/edit/", "/blob/"))


def ids_of_headings(main: HtmlElement) -> dict[HtmlElement, str | None]:
    """The id that leads to each heading: its own, that of what it begins, or that of a mark in or before it."""
    taken: set[str] = set()
    made: dict[HtmlElement, str | None] = {}
    for heading in main.iter(*HEADINGS):
        made[heading] = next((name for name in _candidates(heading, main) if name and name not in taken), None)
        if name := made[heading]:
            taken.add(name)
    return made


def _candidates(heading: HtmlElement, main: HtmlElement) -> Iterator[str | None]:
    yield heading.get("id")
    for mark in heading.iter("a", "span"):
        yield mark.get("id") or (mark.get("name") if mark.tag == "a" else None)
    element = heading
    while element is not main:
        before = element.getprevious()
        while before is not None and not words_of(before) and before.tag not in HEADINGS and not before.xpath(".//img"):
            for mark in [before, *before.iterdescendants("a", "span")]:
                yield mark.get("id") or (mark.get("name") if mark.tag == "a" else None)
            before = before.getprevious()
        parent = element.getparent()
        if parent is None or parent is main or before is not None or (parent.text or "").strip():
            return
        yield parent.get("id")
        element = parent
