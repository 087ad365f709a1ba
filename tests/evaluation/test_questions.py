"""Files of questions, against the garden book."""

from pathlib import Path

import pytest

from bookside.book import read_book
from bookside.errors import Rejected
from bookside.evaluation.questions import Questions, read_questions
from bookside.evaluation.run import result_of
from bookside.http.places import Places
from index.examples import page
from serving import GARDEN

RELAY = "2-water/1-relay.md"


def read(tmp_path: Path, *lines: str | bytes) -> Questions:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
    return read_questions(file, Places(read_book(GARDEN)).page)


@pytest.mark.parametrize(
    ("where", "pages", "sections"),
    [
        ('"page": "2-water/1-relay.md"', (RELAY,), ()),
        ('"page": "/2-water/1-relay/"', (RELAY,), ()),
        ('"page": ["2-water/1-relay.md", "1-soil/2-roots.md"]', (RELAY, "1-soil/2-roots.md"), ()),
        ('"page": "2-water/1-relay.md", "section": "Wiring"', (RELAY,), ({"/2-water/1-relay#wiring"},)),
        ('"page": "2-water/1-relay.md", "section": "#wiring"', (RELAY,), ({"/2-water/1-relay#wiring"},)),
        ('"page": "2-water/1-relay.md", "section": "the  relay › wiring"', (RELAY,), ({"/2-water/1-relay#wiring"},)),
        ('"url": "https://garden.example/2-water/1-relay#timing"', (RELAY,), ({"/2-water/1-relay#timing"},)),
        ('"url": "/2-water/1-relay"', (RELAY,), ()),
        (
            '"page": "2-water/1-relay.md", "section": ["Wiring", "Timing"]',
            (RELAY,),
            ({"/2-water/1-relay#wiring"}, {"/2-water/1-relay#timing"}),
        ),
        (
            '"page": "2-water/1-relay.md", "section": ["Wiring", "The relay"]',
            (RELAY,),
            ({"/2-water/1-relay#the-relay", "/2-water/1-relay#wiring", "/2-water/1-relay#timing"},),
        ),
    ],
)
def test_where_an_answer_stands(
    tmp_path: Path, where: str, pages: tuple[str, ...], sections: tuple[set[str], ...]
) -> None:
    """A page by its file or address, a section by heading, path or anchor; subsections belong to a section."""
    (question,) = read(tmp_path, '{"question": " Why? ", ' + where + "}").good

    assert (question.text, question.pages) == ("Why?", pages)
    assert [set(addresses) for addresses in question.sections] == list(sections)
    assert question.on is None
    assert not question.is_draft


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        (b'{"question": "\xff"}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ('{"page": "README.md"}', "no question"),
        ('{"question": "", "page": "README.md"}', "no question"),
        ('{"question": "Why?"}', "neither page nor url"),
        ('{"question": "Why?", "page": "no.md"}', "no page of the book is 'no.md'"),
        ('{"question": "Why?", "page": 3}', "page is neither a text nor a list"),
        ('{"question": "Why?", "page": "README.md", "section": "Nope"}', "README.md has no section 'Nope'"),
        ('{"question": "Why?", "url": "/2-water/1-relay#nope"}', "has no section 'nope'"),
        ('{"question": "Why?", "section": "Wiring"}', "no page has no section 'Wiring'"),
        ('{"question": "Why?", "page": "README.md", "on": "elsewhere"}', "no page of the book is 'elsewhere'"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: str | bytes, reason: str) -> None:
    """With its number and what is wrong with it."""
    questions = read(tmp_path, '{"question": "Why?", "page": "README.md", "draft": true}', "", line)

    assert [question.is_draft for question in questions.good] == [True]
    assert [problem.line for problem in questions.bad] == [3]
    assert reason in str(questions.bad[0])


@pytest.mark.parametrize(
    ("lines", "reason"), [([], "has no questions"), (["{"], r"questions\.jsonl:1: this is not JSON")]
)
def test_nothing_to_ask_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    """Not measured as if it were perfect."""
    with pytest.raises(Rejected, match=reason):
        read(tmp_path, *lines)


def test_a_page_is_found_where_its_first_passage_is(tmp_path: Path) -> None:
    """Pages and sections count once each; of several that answer any will do, and all count for nDCG."""
    question = read(
        tmp_path, '{"question": "Why?", "page": ["2-water/1-relay.md", "README.md"], "section": "Timing"}'
    ).good[0]
    on_relay, elsewhere = page(RELAY, site=""), page("1-soil/2-roots.md", site="")

    class Passage:
        def __init__(self, of: object, anchor: str) -> None:
            self.page, self.url, self.heading = of.path, f"{of.url}#{anchor}", anchor  # type: ignore[attr-defined]

    found = [Passage(elsewhere, "a"), Passage(elsewhere, "b"), Passage(on_relay, "wiring"), Passage(on_relay, "timing")]
    result = result_of(question, found, 1.5)

    assert (result.page.places, result.page.wanted) == ((2,), 1)
    assert result.section is not None
    assert (result.section.places, result.section.wanted, result.passage) == ((4,), 1, 4)
    assert (result.first, result.took_ms) == ("/1-soil/2-roots#a", 1.5)
    nothing = result_of(question, [], 1.0)
    assert (nothing.page.best, nothing.passage, nothing.first) == (None, None, None)
