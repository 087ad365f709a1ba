"""Search over a real index with the built-in embedder."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bookside.errors import Rejected, TooLarge, Unavailable
from bookside.index.edge import open_edge_index
from bookside.models.embedder import Vectors
from bookside.models.static import StaticEmbedder, open_static_embedder
from bookside.search.find import Search
from index.examples import TOPICS, chunks_of, page


class Counted(StaticEmbedder):
    """The built-in embedder, with what it was asked."""

    def __init__(self) -> None:
        open_ = open_static_embedder()
        super().__init__(open_._weights, open_.name)
        self.asked: list[list[str]] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(list(texts))
        return await super().embed(texts)


SUMMARY = "In short, the reality gap matters."


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return open_static_embedder()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, embedder: StaticEmbedder) -> Path:
    """A folder with the index; made once, for every test opens a copy of its own."""
    folder = tmp_path_factory.mktemp("index")

    async def make() -> None:
        index = open_edge_index(folder, "book", embedder)
        await index.sync(
            chunks_of(
                (page("1-basics/intro.md", chapter=1), TOPICS[:2]),
                (page("1-basics/summary.md", chapter=1, order=1), [SUMMARY]),
                (page("2-field/intro.md", chapter=2, order=2), TOPICS[2:4]),
                (page("2-field/summary.md", chapter=2, order=3), TOPICS[4:]),
            )
        )
        await index.close()

    asyncio.run(make())
    return folder


@pytest.fixture
async def search(indexed: Path, embedder: StaticEmbedder) -> AsyncIterator[Search]:
    index = open_edge_index(indexed, "book", embedder)
    yield Search(index, embedder)
    await index.close()


async def test_the_passage_that_answers_comes_first_with_its_place_in_the_book(search: Search) -> None:
    passages = await search.find(["What does an actuator do?"])
    first = passages[0]
    assert first.text == TOPICS[1]
    assert (first.page, first.title, first.chapter, first.lesson) == ("1-basics/intro.md", "Intro", 1, "intro")
    assert first.url == "https://b.org/1-basics/intro#about"
    assert first.score == 1.0
    assert set(first.as_json()) == {"page", "url", "title", "heading", "text", "score"}


async def test_passages_come_best_first_each_once_and_no_more_than_asked(search: Search) -> None:
    passages = await search.find(["reality gap", "simulation and world", "soil irrigation"], limit=4)
    assert len(passages) == 4
    assert len({passage.id for passage in passages}) == 4
    assert [passage.score for passage in passages] == sorted((passage.score for passage in passages), reverse=True)


async def test_a_passage_keeps_its_best_fit_of_all_queries(search: Search) -> None:
    queries = ["reality gap", "ripe fruit", "slope of the loss"]
    alone = [{passage.id: passage.fit for passage in await search.find([query], limit=50)} for query in queries]
    together = {passage.id: passage.fit for passage in await search.find(queries, limit=50)}
    assert together == {id: max(fits.get(id, 0.0) for fits in alone) for id in together}
    assert await search.find(queries[::-1], limit=50) == await search.find(queries, limit=50)


async def test_a_question_is_embedded_once_while_it_is_remembered(indexed: Path) -> None:
    embedder = Counted()
    index = open_edge_index(indexed, "book", embedder)
    search = Search(index, embedder)
    first = await search.find(["reality gap"])
    assert await search.find(["reality gap"]) == first
    await search.find(["ripe fruit", "reality gap"])
    assert embedder.asked == [["reality gap"], ["ripe fruit"]]
    await index.close()


async def test_the_readers_chapter_and_lesson_are_boosted_exactly(search: Search) -> None:
    plain = {passage.id: passage for passage in await search.find(["reality gap"], limit=50)}
    boosted = await search.find(["reality gap"], chapter=1, lesson="summary", limit=50)
    assert len(boosted) == len(plain)
    for passage in boosted:
        factor = 1.0 if passage.chapter != 1 else 1.32 if passage.lesson == "summary" else 1.2
        assert passage.score == pytest.approx(plain[passage.id].score * factor)


async def test_the_current_chapter_is_kept_to(search: Search) -> None:
    passages = await search.find(["reality gap"], scope="current_chapter", chapter=2, limit=50)
    assert {passage.chapter for passage in passages} == {2}
    assert len(passages) == 4
    assert max(passage.score for passage in passages) <= 1.0


async def test_the_current_page_is_its_slug_within_its_chapter(search: Search) -> None:
    passages = await search.find(["reality gap"], scope="current_page", chapter=1, lesson="summary", limit=50)
    assert [passage.text for passage in passages] == [SUMMARY]
    passages = await search.find(["reality gap"], scope="current_page", lesson="summary", limit=50)
    assert {passage.page for passage in passages} == {"1-basics/summary.md", "2-field/summary.md"}


async def test_nothing_past_the_readers_page_is_found(search: Search) -> None:
    """The scope itself, and the same limit in the chapter, which goes on after the page."""
    passages = await search.find(["topics, loss, soil, fruit"], scope="up_to_here", up_to=2, limit=50)
    assert {passage.page for passage in passages} == {"1-basics/intro.md", "1-basics/summary.md", "2-field/intro.md"}
    passages = await search.find(["ripe fruit"], scope="current_chapter", chapter=2, up_to=2, limit=50)
    assert {passage.page for passage in passages} == {"2-field/intro.md"}
    assert await search.find(["ripe fruit"], scope="current_page", chapter=2, lesson="summary", up_to=2) == []


async def test_what_was_read_is_boosted_near_the_reader(search: Search) -> None:
    """As in the whole book."""
    plain = {one.id: one.score for one in await search.find(["reality gap"], scope="up_to_here", up_to=1, limit=50)}
    near = await search.find(["reality gap"], scope="up_to_here", up_to=1, chapter=1, lesson="summary", limit=50)
    assert {one.id: pytest.approx(one.score / (1.32 if one.lesson == "summary" else 1.2)) for one in near} == plain


async def test_a_scope_with_nothing_in_it_finds_nothing(search: Search) -> None:
    assert await search.find(["reality gap"], scope="current_chapter", chapter=99) == []


@pytest.mark.parametrize(
    ("scope", "chapter", "lesson", "reason"),
    [
        ("current_page", 1, None, "the current page is not known, so the search cannot be kept to it$"),
        ("current_page", None, "", "the current page is not known, so the search cannot be kept to it$"),
        ("current_chapter", None, "intro", "the current chapter is not known, so the search cannot be kept to it$"),
        (
            "up_to_here",
            1,
            "intro",
            "page is not one of the book's, so the search cannot be kept to what they have read$",
        ),
        (
            "everywhere",
            1,
            "intro",
            "no scope 'everywhere'; there are current_page, current_chapter, up_to_here, full_book",
        ),
    ],
)
async def test_a_scope_without_its_place_is_refused_not_widened(
    search: Search, scope: str, chapter: int | None, lesson: str | None, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason):
        await search.find(["gap"], scope=scope, chapter=chapter, lesson=lesson)  # pyright: ignore


@pytest.mark.parametrize("queries", [[], [" ", ""], ["a", "b", "c", "d"]])
async def test_too_few_or_too_many_queries_are_refused(search: Search, queries: list[str]) -> None:
    with pytest.raises(Rejected, match="1 to 3 queries"):
        await search.find(queries)


async def test_blank_and_repeated_queries_are_passed_over(search: Search) -> None:
    assert await search.find([" reality gap ", "", "reality gap", "\n"]) == await search.find(["reality gap"])


async def test_a_query_over_the_limit_is_refused_with_the_limit(search: Search) -> None:
    with pytest.raises(TooLarge, match="2,000 characters"):
        await search.find(["x" * 2_001])
    assert await search.find(["x" * 2_000]) != []


async def test_no_passages_cannot_be_asked_for(search: Search) -> None:
    with pytest.raises(Rejected, match="at least 1"):
        await search.find(["gap"], limit=0)


@pytest.mark.parametrize("query", ["the of and", "?!", "世界", "\u0000", "'; DROP TABLE", "🤖" * 100])
async def test_odd_queries_are_answered_all_the_same(search: Search, query: str) -> None:
    assert len(await search.find([query])) == 5


async def test_without_an_index_the_search_is_unavailable(tmp_path: Path, embedder: StaticEmbedder) -> None:
    index = open_edge_index(tmp_path, "none", embedder)
    with pytest.raises(Unavailable, match="never made"):
        await Search(index, embedder).find(["gap"])
    await index.close()
