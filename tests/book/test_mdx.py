"""MDX and the other dialects give way to plain Markdown, line by line."""

import pytest

from bookside.book.mdx import strip
from bookside.book.mkdocs_markdown import as_commonmark


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("import A from 'a'\n\nText", "\n\nText"),
        (
            "import {\n  A,\n\n  B,\n} from 'a'\nexport const x = 1\n\nimported words stay",
            "\n\n\n\n\n\n\nimported words stay",
        ),
        ("Text\nimport is a word here", "Text\nimport is a word here"),
        ("A <B c={() => { return '}' }} d=\"<\">word</B>.", "A word."),
        ("a {/* gone */}b {1 + {x: 2}.x} c {'kept'}", "a b  c kept"),
        ("`<A>{b}` and \\{c} and ``{`}``", "`<A>{b}` and \\{c} and ``{`}``"),
        ("```js\nimport A\n<B>{c}</B>\n```\n<C/>", "```js\nimport A\n<B>{c}</B>\n```\n"),
        ('<img src={x} alt="A tree" /> 1 < 2 and {not closed', "A tree 1 < 2 and {not closed"),
        ("## A {/* #own-id */}", "## A {#own-id}"),
        (":::note[The *title*]\n\nText\n\n:::\nAfter", "> **The *title***  \n>\n> Text\n>\n\nAfter"),
        (":::tip\nText\n:::", "> **Tip**  \n> Text\n"),
        ("::::info\n:::warning Hot\nx\n:::\ny\n::::", "> **Info**  \n> > **Hot**  \n> > x\n>\n> y\n"),
    ],
)
def test_mdx_leaves_words(source: str, plain: str) -> None:
    assert strip(source) == plain


@pytest.mark.parametrize(
    "maths",
    [
        r"$$\frac{a}{b} = \sum_{i=0}^n i$$",
        "$$\nx = {a}\n\ny = \\frac{a}{b}\n$$",
        r"Inline $$\frac{a}{b}$$ and $\sqrt{x}$ and $x_{i}$ and $x^{a_{b}}$.",
        "## The value $x_{i}$",
    ],
)
def test_braces_of_maths_are_no_expressions(maths: str) -> None:
    assert strip(maths) == maths


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("It costs ${price_a} to ${price_b}.", "It costs $ to $."),
        ("From $5{a_b}$6 up, and {c}$.", "From $5$6 up, and $."),
        ("a $$ {gone}\n\n{gone} $$", "a $$ \n\n $$"),
        ("$ " * 100 + "{gone}", "$ " * 100),
    ],
)
def test_dollars_that_are_money_hide_no_expression(source: str, plain: str) -> None:
    assert strip(source) == plain


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ('!!! note "Title"\n    Text\n\n    ## H\n\nAfter', "> **Title**  \n> Text\n>\n> ## H\n\nAfter"),
        ("??? tip\n    Hidden", "> **Tip**  \n> Hidden"),
        ('=== "Tab"\n\n    Text\n\n        code', "**Tab**  \n\nText\n\n    code"),
        ("#Close\n\n```\n#not\n!!! note\n```", "# Close\n\n```\n#not\n!!! note\n```"),
        ("## H {: .wide }\n\n[TOC]\n\n{: #id }", "## H\n\n\n\n"),
        ("<div class='x' markdown>\n## H\n</div>", "\n## H\n"),
    ],
)
def test_python_markdowns_own_writing_becomes_commonmark(source: str, plain: str) -> None:
    assert as_commonmark(source) == plain
