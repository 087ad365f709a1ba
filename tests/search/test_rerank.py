"""Search with a re-ranker: a real index, a real network and a real rerank API, both with known numbers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from bookside.index.edge import open_edge_index
from bookside.index.model import Index
from bookside.models.cross_encoder import open_cross_encoder
from bookside.models.rerank_api import RerankApi
from bookside.models.static import StaticEmbedder, open_static_embedder
from bookside.search.editions import EditionSearch
from bookside.search.find import Search
from bookside.search.model import Passage
from bookside.search.rerank import Outcome, Reranking
from cross_encoders import held_networks, write_cross_encoder
from index.examples import TOPICS, chunks_of, page
from rerank_server import RerankServer, rerank_server

QUESTION = "Does irrigation of dry soil need a sensor that measures the colour of fruit, or topics of the world?"
"""Every passage fits it in some degree."""


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return open_static_embedder()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, embedder: StaticEmbedder) -> Path:
    folder = tmp_path_factory.mktemp("index")

    async def make() -> None:
        index = open_edge_index(folder, "book", embedder)
        await index.sync(
            chunks_of(
                *(
                    (page(f"{number}/text.md", chapter=number, order=number), [text])
                    for number, text in enumerate(TOPICS)
                )
            )
        )
        await index.close()

    asyncio.run(make())
    return folder


@pytest.fixture
async def index(indexed: Path, embedder: StaticEmbedder) -> AsyncIterator[Index]:
    opened = open_edge_index(indexed, "book", embedder)
    yield opened
    await opened.close()


@pytest.fixture
def server() -> Iterator[RerankServer]:
    with rerank_server() as running:
        yield running


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


async def test_what_the_network_judges_best_comes_first_and_its_fit_stays(
    tmp_path: Path, index: Index, embedder: StaticEmbedder
) -> None:
    """The passages are the same in another order, and whether they are likely to answer is judged as before."""
    plain = await Search(index, embedder).find([QUESTION], limit=6)
    limit = plain[3].fit
    network = open_cross_encoder(write_cross_encoder(tmp_path, ("irrigation", "soil", "dry"), weight=-1.0))
    search = Search(index, embedder, least_fit=limit, reranking=Reranking(network, weight=1.0))
    judged = await search.find([QUESTION], limit=6)

    assert judged[-1].text == plain[0].text == TOPICS[4]
    assert {one.id: one.fit for one in judged} == {one.id: one.fit for one in plain}
    assert [one.is_likely for one in judged] == [one.fit >= limit for one in judged]
    assert [one.score for one in judged] == sorted((one.score for one in judged), reverse=True)
    await network.close()


async def test_half_of_the_judgement_is_the_fit(server: RerankServer, index: Index, embedder: StaticEmbedder) -> None:
    """A re-ranker that finds all alike changes nothing; one that finds the last best does not make it the first."""
    plain = texts(await Search(index, embedder).find([QUESTION], limit=6))
    api = RerankApi(server.url)
    reranked = Search(index, embedder, reranking=Reranking(api))

    only = Search(index, embedder, reranking=Reranking(api, weight=1.0))
    server.reply = lambda body: scored([0.7] * len(body["documents"]))
    assert texts(await reranked.find([QUESTION], limit=6)) == plain
    assert texts(await only.find([QUESTION], limit=6)) == plain
    server.reply = lambda body: scored([float(plain[-1] in document) for document in body["documents"]])
    assert texts(await reranked.find([QUESTION], limit=6)) != plain
    assert texts(await only.find([QUESTION], limit=6))[0] == plain[-1]
    await api.close()


def scored(scores: Sequence[float]) -> tuple[int, bytes]:
    rows = ", ".join(f'{{"index": {place}, "relevance_score": {score}}}' for place, score in enumerate(scores))
    return 200, f'{{"results": [{rows}]}}'.encode()


async def test_only_the_first_are_read_with_their_headings_and_stay_the_first(
    server: RerankServer, index: Index, embedder: StaticEmbedder
) -> None:
    """What is behind them keeps its place, whatever the re-ranker makes of the first."""
    plain = texts(await Search(index, embedder).find([QUESTION], limit=6))
    server.reply = lambda body: scored([float(place) for place in range(len(body["documents"]))])
    api = RerankApi(server.url)
    search = Search(index, embedder, reranking=Reranking(api, candidates=3, weight=1.0))

    assert texts(await search.find([QUESTION], limit=6)) == [*plain[:3][::-1], *plain[3:]]
    assert server.requests[0]["documents"] == [f"Text › Über uns: 机器人 🤖\n{text}" for text in plain[:3]]
    await api.close()


async def test_a_passage_is_read_with_the_query_that_finds_it_best(
    server: RerankServer, index: Index, embedder: StaticEmbedder
) -> None:
    """Three queries cost no more reading than one, and their order does not matter."""
    api = RerankApi(server.url)
    search = Search(index, embedder, reranking=Reranking(api, candidates=4))
    queries = ["ripe fruit colour", "slope of the loss", "simulation reality gap"]
    found = await search.find(queries, limit=6)

    read = {document.splitlines()[1]: body["query"] for body in server.requests for document in body["documents"]}
    assert sum(len(body["documents"]) for body in server.requests) == len(read) == 4
    assert (read[TOPICS[5]], read[TOPICS[3]], read[TOPICS[0]]) == tuple(queries)
    assert await search.find(queries[::-1], limit=6) == found
    await api.close()


async def test_the_readers_chapter_still_counts(server: RerankServer, index: Index, embedder: StaticEmbedder) -> None:
    """The factors of nearness apply to the new scores, which are of the usual size: the best has 1."""
    api = RerankApi(server.url)
    search = Search(index, embedder, reranking=Reranking(api))
    away = {one.id: one for one in await search.find([QUESTION], limit=6)}
    near = await search.find([QUESTION], chapter=3, limit=6)
    assert max(one.score for one in away.values()) == 1.0
    for one in near:
        assert one.score == pytest.approx(away[one.id].score * (1.2 if one.chapter == 3 else 1.0))
    await api.close()


async def test_what_does_not_answer_in_time_costs_the_reader_nothing_but_the_wait(
    server: RerankServer, index: Index, embedder: StaticEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    """The order is that of a search without a re-ranker; it is logged and counted."""
    plain = await Search(index, embedder).find([QUESTION], limit=6)
    outcomes: list[Outcome] = []
    api = RerankApi(server.url)
    reranking = Reranking(api, limit_s=0.05, observe=outcomes.append)
    server.stuck.set()
    with caplog.at_level(logging.WARNING):
        assert await Search(index, embedder, reranking=reranking).find([QUESTION], limit=6) == plain
    assert outcomes == ["late"]
    assert "the re-ranker took longer than 0.05 s: the passages stay as they were ranked" in caplog.text
    assert reranking.missed == 1
    await api.close()


async def test_editions_share_the_time_of_one_search(
    server: RerankServer, index: Index, embedder: StaticEmbedder
) -> None:
    """Where the first used it up, the others are not asked for: five editions never take five times the limit."""
    outcomes: list[Outcome] = []
    api = RerankApi(server.url)
    search = Search(index, embedder, reranking=Reranking(api, limit_s=0.05, observe=outcomes.append))
    one = (search, lambda queries, passages: False)
    editions = EditionSearch(one, lambda: [(str(number), *one) for number in range(4)])
    server.stuck.set()
    assert await editions.find([QUESTION], limit=6) == await Search(index, embedder).find([QUESTION], limit=6)
    assert outcomes == ["late"] * 5
    assert len(server.requests) <= 1
    await api.close()


async def test_a_third_search_at_once_goes_on_without_a_wait(
    tmp_path: Path, index: Index, embedder: StaticEmbedder
) -> None:
    """While one is read for and another waits, the next has the order of a search without a re-ranker; it is "late"."""
    network = open_cross_encoder(write_cross_encoder(tmp_path, ("irrigation", "soil", "dry"), weight=-1.0))
    plain = await Search(index, embedder).find([QUESTION], limit=6)
    outcomes: list[Outcome] = []
    search = Search(index, embedder, reranking=Reranking(network, limit_s=60.0, weight=1.0, observe=outcomes.append))
    with held_networks() as (_, go_on):
        searches = [asyncio.create_task(search.find([QUESTION], limit=6)) for _ in range(3)]
        done, waiting = await asyncio.wait(searches, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        assert ([one.result() for one in done], len(waiting), outcomes) == ([plain], 2, ["late"])
        go_on.set()
        assert all(one[-1].text == TOPICS[4] for one in await asyncio.gather(*waiting))
    assert outcomes == ["late", "reranked", "reranked"]
    await network.close()


async def test_what_fails_costs_the_reader_nothing(
    server: RerankServer, index: Index, embedder: StaticEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where only one of several queries was answered; and the next search has the re-ranker again."""
    queries = [QUESTION, "ripe fruit colour"]
    plain = await Search(index, embedder).find(queries, limit=6)
    outcomes: list[Outcome] = []
    api = RerankApi(server.url)
    search = Search(index, embedder, reranking=Reranking(api, observe=outcomes.append))
    answer = server.reply
    server.reply = lambda body: (503, b"") if body["query"] == QUESTION else answer(body)
    with caplog.at_level(logging.WARNING):
        assert await search.find(queries, limit=6) == plain
    assert "re-ranker is unavailable: the endpoint failed (503): the passages stay as they were ranked" in caplog.text
    server.reply = answer
    await search.find(queries, limit=6)
    assert outcomes == ["failed", "reranked"]
    await api.close()


class Broken:
    """A re-ranker with a fault of its own."""

    name = "broken"

    async def relevance(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        raise ZeroDivisionError(f"{len(pairs)} pairs")

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_fault_of_its_own_is_logged_with_its_place_and_costs_the_reader_nothing(
    index: Index, embedder: StaticEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    plain = await Search(index, embedder).find([QUESTION], limit=6)
    assert await Search(index, embedder, reranking=Reranking(Broken())).find([QUESTION], limit=6) == plain
    assert "ZeroDivisionError" in caplog.text


async def test_nothing_found_asks_nobody(server: RerankServer, embedder: StaticEmbedder, tmp_path: Path) -> None:
    empty = open_edge_index(tmp_path, "book", embedder)
    await empty.sync([])
    api = RerankApi(server.url)
    assert await Search(empty, embedder, reranking=Reranking(api)).find([QUESTION]) == []
    assert server.requests == []
    await api.close()
    await empty.close()
