"""What every index must do. An adapter's tests are this class and a fixture ``open_index``."""

import asyncio
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from bookside.book.model import Chunk
from bookside.errors import Unavailable
from bookside.index import collections, edge, server
from bookside.index.model import Candidates, Filter, Index, IndexedChunk, SyncReport
from bookside.index.payload import LAYOUT
from bookside.index.plan import contents_when_in_step
from bookside.models.embedder import Embedder
from index.embedders import FailsAfter, HashedWords
from index.examples import TOPICS, chunk, chunks_of, page

OpenIndex = Callable[[Embedder], Index]
"""Opens one more view of the same collection, as another process would."""

EVERYTHING = 10_000


async def ask(index: Index, question: str, *, only: Filter | None = None, limit: int = 50) -> Candidates:
    vectors = await HashedWords().embed([question])
    return (await index.candidates([question], vectors, only or Filter(), limit))[0]


async def texts(index: Index) -> list[str]:
    """The text of every chunk in the index, sorted."""
    return sorted(hit.chunk.text for hit in (await ask(index, "everything", limit=EVERYTHING)).dense)


def versions(count: int, word: str) -> list[Chunk]:
    return chunks_of((page(), [f"Sentence {number} of the {word} edition." for number in range(count)]))


class IndexContract:
    @pytest.fixture
    def index(self, open_index: OpenIndex) -> Index:
        return open_index(HashedWords())

    async def test_an_index_never_made_has_no_chunks_and_answers_no_question(self, index: Index) -> None:
        status = await index.status()
        assert (status.chunks, status.pages, status.chapters, status.embedder) == (0, 0, (), None)
        assert status.indexed_at is None
        with pytest.raises(Unavailable, match="never made"):
            await ask(index, "anything")

    async def test_what_is_added_is_found_by_words_and_by_meaning(self, index: Index) -> None:
        assert await index.sync(chunks_of((page(), TOPICS))) == SyncReport(added=len(TOPICS), removed=0, unchanged=0)
        found = await ask(index, "What is the reality gap?")
        assert found.sparse[0].chunk.text == TOPICS[0]
        assert found.dense[0].chunk.text == TOPICS[0]
        assert len(found.dense) == len(TOPICS)
        assert [hit.score for hit in found.sparse] == sorted((hit.score for hit in found.sparse), reverse=True)

    async def test_several_questions_are_answered_in_their_order(self, index: Index) -> None:
        await index.sync(chunks_of((page(), TOPICS)))
        questions = ["reality gap", "the", "soil is dry"]
        found = await index.candidates(questions, await HashedWords().embed(questions), Filter(), 2)
        assert [candidates.sparse[0].chunk.text for candidates in (found[0], found[2])] == [TOPICS[0], TOPICS[4]]
        assert found[1].sparse == ()
        assert all(len(candidates.dense) == 2 for candidates in found)

    async def test_a_second_run_changes_nothing_and_embeds_nothing(self, index: Index, open_index: OpenIndex) -> None:
        chunks = chunks_of((page(), TOPICS))
        await index.sync(chunks)
        before = await index.status()
        embedder = HashedWords()
        again = open_index(embedder)
        assert await again.sync(chunks) == SyncReport(added=0, removed=0, unchanged=len(TOPICS))
        assert embedder.embedded == []
        assert await again.status() == before

    async def test_status_counts_chunks_pages_and_chapters(self, index: Index) -> None:
        await index.sync(
            chunks_of(
                (page("2/b.md", chapter=2), TOPICS[:2]),
                (page("1/a.md", chapter=1), TOPICS[2:4]),
                (page("c.md", chapter=None), TOPICS[4:]),
            )
        )
        status = await index.status()
        assert (status.chunks, status.pages, status.chapters) == (6, 3, (1, 2))
        assert (status.embedder, status.vector_size) == ("hashed-words", 64)
        assert status.indexed_at is not None
        assert status.indexed_at.endswith("+00:00")

    async def test_an_edited_page_replaces_only_its_own_chunks(self, open_index: OpenIndex) -> None:
        embedder = HashedWords()
        index = open_index(embedder)
        first, second = page("a.md"), page("b.md", order=1)
        await index.sync(chunks_of((first, TOPICS[:3]), (second, TOPICS[3:])))
        embedder.embedded.clear()
        report = await index.sync(chunks_of((first, TOPICS[:3]), (second, [*TOPICS[3:5], "A robot picks the fruit."])))
        assert report == SyncReport(added=1, removed=1, unchanged=5)
        assert len(embedder.embedded) == 1
        assert await texts(index) == sorted([*TOPICS[:5], "A robot picks the fruit."])

    async def test_a_page_is_judged_by_all_that_its_chunks_say(self, index: Index) -> None:
        await index.sync(chunks_of((page("a.md"), TOPICS[:3]), (page("b.md", order=1), TOPICS[3:])))
        found = await ask(index, "nodes, topics and sensors")
        assert set(found.sparse_pages) == {"a.md"}
        assert max(hit.score for hit in found.sparse) < found.sparse_pages["a.md"] < 1
        mean = (
            await HashedWords().embed([chunk_.indexed_text for chunk_ in chunks_of((page("a.md"), TOPICS[:3]))])
        ).mean(axis=0)
        (question,) = await HashedWords().embed(["nodes, topics and sensors"])
        assert found.dense_pages["a.md"] == pytest.approx(float(question @ mean / np.linalg.norm(mean)), abs=1e-5)
        assert set(found.dense_pages) == {"a.md", "b.md"}

    async def test_a_page_of_very_many_chunks_is_judged_by_all_of_them(self, index: Index) -> None:
        """However many are read at once."""
        many = [f"Sentence {number} of a long list." for number in range(600)] + [f"A walrus {n}." for n in range(600)]
        await index.sync(chunks_of((page("a.md"), many), (page("b.md", order=1), TOPICS)))
        indexed = [one.indexed_text for one in chunks_of((page("a.md"), many))]
        mean = (await HashedWords().embed(indexed)).mean(axis=0)
        (question,) = await HashedWords().embed(["a walrus on a list"])
        found = await ask(index, "a walrus on a list")
        assert found.dense_pages["a.md"] == pytest.approx(float(question @ mean / np.linalg.norm(mean)), abs=1e-4)

    async def test_what_is_known_of_pages_and_words_follows_an_edit(self, index: Index, open_index: OpenIndex) -> None:
        first, second = page("a.md"), page("b.md", order=1)
        edited = [TOPICS[0], "A walrus sleeps."]
        await index.sync(chunks_of((first, TOPICS[:3]), (second, TOPICS[3:])))
        await index.sync(chunks_of((first, edited), (second, TOPICS[3:])))
        questions = ("walrus", "sensor", "reality gap", "mistyped walrsu")
        after_edit = [await ask(index, question) for question in questions]
        made_anew = open_index(HashedWords(name="another"))
        await made_anew.sync(chunks_of((first, edited), (second, TOPICS[3:])))
        for question, one in zip(questions, after_edit, strict=True):
            other = await ask(made_anew, question)
            assert (one.sparse, one.sparse_pages) == (other.sparse, other.sparse_pages)
            assert one.dense_pages == pytest.approx(other.dense_pages, abs=1e-6)
        assert after_edit[-1].sparse[0].chunk.text == "A walrus sleeps."
        assert (await made_anew.status()).chunks == 5

    async def test_a_filter_holds_for_pages_as_for_chunks(self, index: Index) -> None:
        await index.sync(chunks_of((page("1/a.md", chapter=1), TOPICS[:3]), (page("2/b.md", chapter=2), TOPICS[:3])))
        found = await ask(index, "reality gap", only=Filter(chapter_number=2))
        assert set(found.dense_pages) == set(found.sparse_pages) == {"2/b.md"}

    async def test_a_deleted_page_takes_its_chunks_along(self, index: Index) -> None:
        await index.sync(chunks_of((page("a.md"), TOPICS[:3]), (page("b.md"), TOPICS[3:])))
        report = await index.sync(chunks_of((page("a.md"), TOPICS[:3])))
        assert report == SyncReport(added=0, removed=3, unchanged=3)
        assert await texts(index) == sorted(TOPICS[:3])
        assert (await ask(index, "ripe fruit")).sparse == ()
        assert (await index.status()).pages == 1

    async def test_a_book_without_chunks_is_an_empty_index(self, index: Index) -> None:
        await index.sync(chunks_of((page(), TOPICS)))
        assert await index.sync([]) == SyncReport(added=0, removed=len(TOPICS), unchanged=0)
        assert await ask(index, "reality gap") == Candidates(dense=(), sparse=())
        assert (await index.status()).indexed_at is not None
        assert (await index.generation()).indexed_at == (await index.status()).indexed_at

    async def test_a_moved_site_rewrites_addresses_and_keeps_the_vectors(self, open_index: OpenIndex) -> None:
        embedder = HashedWords()
        index = open_index(embedder)
        await index.sync(chunks_of((page(site="https://old.org"), TOPICS)))
        embedder.embedded.clear()
        report = await index.sync(chunks_of((page(site="https://new.org"), TOPICS)))
        assert report == SyncReport(added=0, removed=0, unchanged=len(TOPICS))
        assert embedder.embedded == []
        hits = (await ask(index, "reality gap")).dense
        assert {hit.chunk.url for hit in hits} == {"https://new.org/1-basics/intro#about"}

    async def test_a_renamed_heading_is_embedded_again_under_the_same_id(self, open_index: OpenIndex) -> None:
        embedder = HashedWords()
        index = open_index(embedder)
        old, new = chunk(TOPICS[0], heading="Gaps"), chunk(TOPICS[0], heading="Chasms")
        await index.sync([old])
        assert await index.sync([new]) == SyncReport(added=1, removed=1, unchanged=0)
        assert old.id == new.id
        assert (await ask(index, "chasms")).sparse[0].chunk.heading == "Chasms"
        assert (await index.status()).chunks == 1

    async def test_a_changed_embedder_builds_beside_and_switches(self, index: Index, open_index: OpenIndex) -> None:
        chunks = chunks_of((page(), TOPICS))
        await index.sync(chunks)
        other = HashedWords(size=32, name="other-words")
        changed = open_index(other)
        with pytest.raises(Unavailable, match="was made with hashed-words, not other-words"):
            await changed.candidates(["gap"], await other.embed(["gap"]), Filter(), 5)
        assert len(await texts(index)) == len(TOPICS)
        other.embedded.clear()
        assert await changed.sync(chunks) == SyncReport(added=len(TOPICS), removed=len(TOPICS), unchanged=0)
        assert len(other.embedded) == len(TOPICS)
        assert (await changed.status()).vector_size == 32
        found = await changed.candidates(["reality gap"], await other.embed(["reality gap"]), Filter(), 5)
        assert found[0].dense[0].chunk.text == TOPICS[0]

    async def test_a_reader_goes_on_with_its_embedder_s_generation(self, index: Index, open_index: OpenIndex) -> None:
        """While another process makes generations with another embedder, and until it is the reader's own again."""
        chunks = chunks_of((page(), TOPICS))
        await index.sync(chunks)
        before = await index.generation()
        changed = open_index(HashedWords(size=32, name="other-words"))
        assert (await index.status()).newer_embedder is None
        await changed.sync(chunks[:3])
        await changed.sync(chunks[:4])
        assert await index.generation() == before
        assert len(await texts(index)) == len(TOPICS)
        status = await index.status()
        assert (status.chunks, status.embedder, status.newer_embedder) == (6, "hashed-words", "other-words")
        assert (await changed.status()).newer_embedder is None
        await open_index(HashedWords()).sync(chunks[:2])
        assert (await index.status()).newer_embedder is None
        assert len(await texts(index)) == 2

    async def test_another_layout_builds_beside_and_switches(
        self, index: Index, open_index: OpenIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Chunks that a newer Bookside lays out otherwise are all made anew; readers have the old ones until then."""
        chunks = chunks_of((page(), TOPICS))
        await index.sync(chunks)
        for module in (edge, server, collections):
            monkeypatch.setattr(module, "LAYOUT", LAYOUT + 1)
        embedder = HashedWords()
        newer = open_index(embedder)
        assert len(await texts(newer)) == len(TOPICS)
        assert await newer.sync(chunks) == SyncReport(added=len(TOPICS), removed=len(TOPICS), unchanged=0)
        assert len(embedder.embedded) == len(TOPICS)
        assert await newer.sync(chunks) == SyncReport(added=0, removed=0, unchanged=len(TOPICS))
        assert len(await texts(index)) == len(TOPICS)

    async def test_a_generation_says_which_chunks_it_holds(self, index: Index) -> None:
        """In any order, and never the same for others; another address is another content."""
        chunks = chunks_of((page(), TOPICS))
        assert await index.generation() is None
        await index.sync(chunks)
        first = await index.generation()
        assert first is not None
        assert first.contents == contents_when_in_step(chunks[::-1], "book")
        assert first.contents != contents_when_in_step(chunks[1:], "book")
        await index.sync(chunks_of((page(site="https://new.org"), TOPICS)))
        second = await index.generation()
        assert second is not None
        assert (second.name == first.name, second.contents == first.contents) == (False, False)

    async def test_an_embedder_of_the_same_size_is_never_mixed_in(self, index: Index, open_index: OpenIndex) -> None:
        await index.sync(chunks_of((page(), TOPICS)))
        changed = open_index(HashedWords(name="same-size"))
        with pytest.raises(Unavailable, match="index the book again"):
            await ask(changed, "reality gap")

    async def test_filters_hold_strictly_and_together(self, index: Index) -> None:
        await index.sync(
            chunks_of(
                (page("1/summary.md", chapter=1, order=0), TOPICS[:2]),
                (page("2/summary.md", chapter=2, order=1), TOPICS[2:4]),
                (page("2/more.md", chapter=2, order=2), TOPICS[4:5]),
                (page("loose.md", chapter=None, order=3), TOPICS[5:]),
            )
        )

        async def found(only: Filter) -> list[str]:
            hits = await ask(index, " ".join(TOPICS), only=only)
            assert {hit.chunk.text for hit in hits.sparse} <= {hit.chunk.text for hit in hits.dense}
            return sorted(hit.chunk.text for hit in hits.dense)

        assert await found(Filter(chapter_number=2)) == sorted(TOPICS[2:5])
        assert await found(Filter(lesson_slug="summary")) == sorted(TOPICS[:4])
        assert await found(Filter(chapter_number=2, lesson_slug="summary")) == sorted(TOPICS[2:4])
        assert await found(Filter(chapter_number=3)) == []
        assert await found(Filter(lesson_slug="Summary")) == []
        assert await found(Filter(up_to_page=0)) == sorted(TOPICS[:2])
        assert await found(Filter(up_to_page=2)) == sorted(TOPICS[:5])
        assert await found(Filter(up_to_page=3)) == sorted(TOPICS)
        assert await found(Filter(chapter_number=2, up_to_page=1)) == sorted(TOPICS[2:4])
        assert await found(Filter(up_to_page=-1)) == []

    async def test_a_page_put_before_others_moves_their_place(self, index: Index) -> None:
        first, second = page("1/a.md", order=0), page("1/b.md", order=1)
        await index.sync(chunks_of((first, TOPICS[:2]), (second, TOPICS[2:4])))
        preface = page("preface.md", order=0)
        await index.sync(
            chunks_of(
                (preface, TOPICS[4:]), (page("1/a.md", order=1), TOPICS[:2]), (page("1/b.md", order=2), TOPICS[2:4])
            )
        )
        hits = (await ask(index, " ".join(TOPICS), only=Filter(up_to_page=1))).dense
        assert {hit.chunk.page for hit in hits} == {"preface.md", "1/a.md"}

    async def test_a_chunk_comes_back_as_it_went_in(self, index: Index) -> None:
        text = 'Grüße, 世界 🤖\u0000 \u202e| `x < y` & \\n "quoted"'
        given = chunk(text, on=page("teil-1/übung – 一.md", chapter=7), order=41)
        await index.sync([given])
        assert (await ask(index, "Grüße")).dense[0].chunk == IndexedChunk(
            id=given.id,
            page="teil-1/übung – 一.md",
            url="https://b.org/teil-1/übung – 一#about",
            title="Übung – 一",
            heading="Über uns: 机器人 🤖",
            heading_path=("Übung – 一", "Über uns: 机器人 🤖"),
            text=text,
            order=41,
            tokens=given.tokens,
            chapter_number=7,
            chapter_title="Chapter 7",
            lesson_slug="übung – 一",
        )

    async def test_what_a_page_does_not_have_is_not_made_up(self, index: Index) -> None:
        await index.sync([chunk(TOPICS[0], on=page("loose.md", chapter=None))])
        hit = (await ask(index, "reality gap")).dense[0]
        assert (hit.chunk.chapter_number, hit.chunk.chapter_title, hit.chunk.lesson_slug) == (None, None, None)

    async def test_readers_see_one_whole_edition_while_another_is_made(
        self, index: Index, open_index: OpenIndex
    ) -> None:
        count = 300
        await index.sync(versions(count, "first"))
        reader = open_index(HashedWords())
        work = asyncio.create_task(index.sync(versions(count, "second")))
        seen: list[tuple[int, frozenset[str]]] = []
        while not work.done():
            found = await texts(reader)
            seen.append((len(found), frozenset("first" if "first" in text else "second" for text in found)))
            await asyncio.sleep(0)
        assert await work == SyncReport(added=count, removed=count, unchanged=0)
        assert len(seen) > 0
        assert set(seen) <= {(count, frozenset({"first"})), (count, frozenset({"second"}))}
        assert all("second" in text for text in await texts(reader))

    async def test_an_embedder_that_fails_midway_leaves_the_old_index(
        self, index: Index, open_index: OpenIndex
    ) -> None:
        first = versions(5, "first")
        await index.sync(first)
        broken = open_index(FailsAfter(1))
        with pytest.raises(Unavailable, match="switched off"):
            await broken.sync(versions(1_200, "second"))
        assert len(await texts(index)) == 5
        assert await index.sync(first) == SyncReport(added=0, removed=0, unchanged=5)

    async def test_progress_is_told_up_to_the_end(self, index: Index) -> None:
        told: list[tuple[int, int]] = []
        await index.sync(versions(600, "first"), lambda done, total: told.append((done, total)))
        assert told[-1] == (600, 600)
        assert len(told) > 1
        assert [done for done, _ in told] == sorted(done for done, _ in told)

    async def test_chunks_with_one_id_are_one_chunk(self, index: Index) -> None:
        same: Sequence[Chunk] = [chunk(TOPICS[0]), chunk(TOPICS[0])]
        assert (await index.sync(same)).added == 1
        assert (await index.status()).chunks == 1
