"""What a turn knows of the passages that its model was given."""

from dataclasses import replace

from bookside.chat.turn import Consulted
from bookside.search.model import Passage

ONE = Passage(
    id="a", page="p.md", url="/p#s", title="P", heading="S", path=("P", "S"), text="A.", score=1.0, fit=1.0,
    is_likely=True, chapter=None, chapter_title=None, lesson=None,
)  # fmt: skip


def test_a_passage_keeps_its_number_until_it_comes_with_more() -> None:
    """A number stands for all that was given with it, so that what is cited by it is looked for in all of that."""
    consulted = Consulted()
    longer = replace(ONE, text="A.\n\nB.", parts=("a", "b"))
    other = replace(ONE, edition="1.0")

    assert [consulted.number(passage) for passage in (ONE, longer, ONE, longer, other)] == [1, 2, 1, 2, 3]
    assert consulted.number(replace(ONE, id="b", text="B.")) == 2
    assert [consulted[number].text for number in (1, 2, 3)] == ["A.", "A.\n\nB.", "A."]
    assert 4 not in consulted
