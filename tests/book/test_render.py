"""A page's HTML: its formulas, call-outs, code, notes and images, and that nothing else gets in."""

import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookside.book.frontmatter import FrontMatter
from bookside.book.markdown import parser
from bookside.book.model import Dialect, Page
from bookside.book.pages import Address, source_of
from bookside.book.pictures import Picture, settled
from bookside.book.render import render


def html(markdown: str, dialect: Dialect = "commonmark", picture: Picture | None = None) -> str:
    """``markdown`` as a page shows it; every image is ``picture``."""
    source = source_of(Address(path="a.md", url="/a"), FrontMatter(text=markdown), fallback_title="A", dialect=dialect)
    page = Page(
        path="a.md",
        url="/a",
        title=source.title,
        order=0,
        part=None,
        chapter=None,
        lesson=None,
        markdown=source.markdown,
        sections=source.sections,
        dialect=dialect,
    )
    return render(page, lambda address: address, lambda _: picture)


@pytest.mark.parametrize(
    "source",
    [
        "$x^2$",
        "so $x^2$, then",
        "($x^2$)",
        "$$x^2$$",
        "$$\nx^2\n$$",
        "- $$\n  x^2\n  $$",
        "> $x^2$",
        "```math\nx^2\n```",
    ],
)
@pytest.mark.parametrize("dialect", ["commonmark", "mdx"])
def test_a_formula_becomes_mathml_and_keeps_its_source(source: str, dialect: Dialect) -> None:
    """In a line and as a block, in lists and quotations; the TeX stays as the annotation."""
    made = html(source, dialect)

    assert "<msup><mi>x</mi><mn>2</mn></msup>" in made
    assert '<annotation encoding="application/x-tex">x^2</annotation>' in made
    assert "$" not in made


@pytest.mark.parametrize("source", [r"\(x^2\)", r"\\(x^2\\)", r"\[x^2\]", "\\[\nx^2\n\\]", r"\\[ x^2 \\]"])
def test_brackets_hold_formulas_except_in_mdx(source: str) -> None:
    """As MathJax reads them; in MDX a bracket is only escaped."""
    assert "<msup>" in html(source)
    assert "<math" not in html(source, "mdx")


@pytest.mark.parametrize(
    "source",
    [
        "It costs $5 and $6.",
        "$5, $6",
        "$5/$6",
        "US$5 or A$7",
        "a $100 bill, or 100$",
        "$20 for one of them$",
        "set `$HOME` and $PATH to `$x$`",
        "$HOME/$USER",
        r"\$x\$",
        "    $$\n    x^2\n    $$\n",
        "```\n$$x^2$$\n```",
        "$$ never closed\n\nnext",
        r"an \[optional\] word \(in brackets\)",
        "<!-- $x$ -->",
    ],
)
def test_money_and_code_are_no_formulas(source: str) -> None:
    """Prices, variables, escaped signs and code stay as they are."""
    assert "<math" not in html(source)


@pytest.mark.parametrize(
    "tex",
    [
        r"\nosuch{x}",
        r"\begin{nope}x\end{nope}",
        r"\frac{a",
        "x" * 3_000,
        "{" * 200 + "x" + "}" * 200,
        r"\def\a{\a\a}\a",
    ],
)
def test_what_is_no_tex_is_shown_as_code(tex: str) -> None:
    """Unknown, broken, endless and enormous formulas are no errors."""
    made = html(f"$${tex}$$")

    assert f'<code class="tex">{tex}</code>' in made
    assert "<math" not in made


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<img src=x onerror=alert(1)>}",
        r"a</annotation><script>alert(1)</script>",
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\color{red}x",
        r"\begin{align} a &= b \end{align}",
        '"><script>alert(1)</script>',
    ],
)
def test_a_formula_brings_nothing_but_mathml(tex: str) -> None:
    """No element, handler, address or style of a formula's own, whichever way it is written."""
    made = html(f"$$\n{tex}\n$$")

    assert not re.search(r"<(?!/?(?:math|semantics|annotation|m[a-z]+|span|code|p)\b)", made), made
    assert not re.search(r"<[^>]*\s(?:style|on\w+|href|src)=", made), made


@given(st.text(alphabet="$\\()[]{}^_ab1 \n`<>|&-", max_size=60))
def test_no_text_breaks_the_search_for_formulas(text: str) -> None:
    """Whatever dollars and brackets stand in it, a page is made, and lets in no element that is not allowed."""
    made = html(text)

    assert not re.search(r"<(?:script|style|iframe|form|input|object)\b", made)


def test_retrieval_reads_formulas_as_they_are_written() -> None:
    """The shared parser knows none: only rendering does."""
    assert [token.type for token in parser().parse("$$\nx\n$$")] == ["paragraph_open", "inline", "paragraph_close"]


def test_the_words_of_a_heading_with_a_formula_keep_their_anchor() -> None:
    """Its id is the site's, though the formula is shown as one."""
    made = html("## The area $x_1$\n\nText.")

    assert re.search(r'<h2 id="the-area-x_1">The area <math>.*</math><a class="to-section" href="#the-area-x_1"', made)


@pytest.mark.parametrize(
    ("source", "kind", "title"),
    [
        ("> [!NOTE]\n> Words.", "note", "Note"),
        ("> [!caution] Words.", "danger", "Caution"),
        ("> **Warning**  \n> Words.", "warning", "Warning"),
        ("> **Tip**\n>\n> Words.", "tip", "Tip"),
        ("> **My own**  \n> Words.", "", "My own"),
    ],
)
def test_a_call_out_has_its_title_and_its_kind(source: str, kind: str, title: str) -> None:
    """Alerts as on GitHub, and what the readers of site kinds make of admonitions."""
    made = html(source)

    assert f'<div class="{f"admonition {kind}".strip()}" role="note">' in made
    assert f'<p class="admonition-title">{title}</p>' in made
    assert re.search(r"<p>\s*Words\.</p>", made)
    assert "[!" not in made


def test_a_plain_quotation_stays_one() -> None:
    """Bold words inside it are no title."""
    assert "admonition" not in html("> **Bold** words.\n\n> Others.\n\n> [!NOSUCH] x")


def test_code_has_colours_and_says_its_title_aside() -> None:
    """Language and title are attributes: the text of the block is the code alone."""
    made = html('```python title="a.py"\nx = 1\n```')

    assert '<div class="code" data-title="a.py" data-language="python">' in made
    assert '<span class="mi">1</span>' in made
    assert re.sub(r"<[^>]+>", "", made).strip() == "x = 1"


@pytest.mark.parametrize("info", ["js {1,3}", "js title=a", "{.js}", "{ .js .lines }", "JS", "js,ignore", "js{2}"])
def test_the_language_is_found_in_every_way_of_writing_it(info: str) -> None:
    """Docusaurus's, Python-Markdown's and mdBook's."""
    assert '<span class="kd">let</span>' in html(f"```{info}\nlet x\n```")


def test_tasks_and_notes_add_no_words() -> None:
    """The mark of a task stays in the text, and the number of a note is no part of it."""
    made = html("- [x] Done\n- [ ] Not\n\nText[^a] on.\n\n[^a]: The note.")
    words = " ".join(re.sub(r"<[^>]+>", "", made).split())

    assert words == "[x] Done [ ] Not Text on. The note."
    assert 'aria-label="Done"' in made
    assert '<a id="note-mark-1" href="#note-1" role="doc-noteref" data-number="1" aria-label="Note 1"' in made
    assert '<li id="note-1">' in made


def test_images_have_their_size() -> None:
    """Of the file; the author's own width keeps its shape; both of the author's count."""
    picture = Picture(400, 100)

    assert 'width="400" height="100" loading="lazy" decoding="async"' in html("![a](a.png)", picture=picture)
    assert re.search(r'<img [^>]*width="200"[^>]* height="50"', html('<img src="a.png" width="200">', picture=picture))
    assert re.search(r'<img [^>]*height="50"[^>]* width="200"', html('<img src="a.png" height="50">', picture=picture))
    assert 'width="10" height="10"' in html('<img src="a.png" width="10" height="10">', picture=picture)


@pytest.mark.parametrize("width", ["²", "9" * 400, "50%", "-1"])
def test_a_width_that_is_none_changes_nothing(width: str) -> None:
    """What an author wrote by mistake stays as it is, and the page is shown."""
    html = settled(f'<img src="a.png" width="{width}">', lambda _: Picture(width=40, height=30))

    assert f'width="{width}"' in html
    assert "height" not in html


def test_attributes_hold_no_tags() -> None:
    """The cleaner writes what looks like a tag in an attribute so that nothing takes it for one."""
    assert nh3.clean('<a title="<img>">t</a>').count("<") == 2


def test_a_missing_image_is_its_description() -> None:
    """Or its file's name, where it has none; neither is markup."""
    assert '<span class="no-picture">A &lt;b&gt;</span>' in html("![A <b>](a.png)")
    assert '<span class="no-picture">a.png</span>' in html("![](x/a.png)")


def test_cells_are_aligned_without_styles() -> None:
    """By an attribute, as the security policy of the pages forbids styles."""
    made = html("| a | b |\n|--:|:-:|\n| 1 | 2 |")

    assert '<td align="right">1</td>' in made
    assert '<td align="center">2</td>' in made
    assert "style=" not in made
