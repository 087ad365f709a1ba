"""The index in a Qdrant server: the contract on qdrant-client's own engine, and what only a server can do wrong."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from qdrant_client import AsyncQdrantClient, models

from bookside.errors import Rejected, Unavailable
from bookside.index.collections import WRITE_BATCH
from bookside.index.payload import LEXICON_ID
from bookside.index.server import ServerIndex, open_server_index
from bookside.index.sparse import Words
from bookside.models.embedder import Embedder
from index.contract import IndexContract, OpenIndex, ask, texts, versions
from index.embedders import FailsAfter, HashedWords
from index.examples import TOPICS, chunks_of, page

pytestmark = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect in the local Qdrant", "ignore:Api key is used with an insecure connection"
)


@pytest.fixture
async def client() -> AsyncIterator[AsyncQdrantClient]:
    client = AsyncQdrantClient(":memory:")
    yield client
    await client.close()


@pytest.fixture
def open_index(client: AsyncQdrantClient) -> OpenIndex:
    def open_one_more(embedder: Embedder, stale_after_s: float = 600.0) -> ServerIndex:
        return ServerIndex(client, "qdrant:6333", "book", embedder, Words(), stale_after_s=stale_after_s)

    return open_one_more


async def collections(client: AsyncQdrantClient) -> list[str]:
    return sorted(collection.name for collection in (await client.get_collections()).collections)


class TestServerIndex(IndexContract):
    async def test_the_alias_names_one_collection_and_no_other_is_left(
        self, open_index: OpenIndex, client: AsyncQdrantClient
    ) -> None:
        index = open_index(HashedWords())
        for count in (1, 2, 3):
            await index.sync(versions(count, "first"))
        assert await collections(client) == ["book-3"]
        await index.sync(versions(3, "first"))
        assert await collections(client) == ["book-3"]
        aliases = (await client.get_aliases()).aliases
        assert [(alias.alias_name, alias.collection_name) for alias in aliases] == [("book", "book-3")]

    async def test_a_failed_run_deletes_what_it_began(self, open_index: OpenIndex, client: AsyncQdrantClient) -> None:
        await open_index(HashedWords()).sync(versions(1, "first"))
        with pytest.raises(Unavailable):
            await open_index(FailsAfter(1)).sync(versions(600, "second"))
        assert await collections(client) == ["book-1"]

    async def test_what_a_killed_run_left_is_deleted_once_it_is_old(
        self, open_index: OpenIndex, client: AsyncQdrantClient
    ) -> None:
        await open_index(HashedWords()).sync(versions(1, "first"))
        vectors = {"dense": models.VectorParams(size=4, distance=models.Distance.COSINE)}
        ours = {"bookside_alias": "book", "started_at": "2020-01-01T00:00:00+00:00"}
        at_work = {**ours, "alive_at": "2999-01-01T00:00:00+00:00"}
        await client.create_collection("book-7", vectors_config=vectors, metadata=ours)
        await client.create_collection("book-8", vectors_config=vectors, metadata=at_work)
        await client.create_collection("book-9", vectors_config=vectors)
        await open_index(HashedWords()).sync(versions(2, "first"))
        assert await collections(client) == ["book-10", "book-8", "book-9"]

    async def test_an_indexer_shows_that_it_is_alive_for_as_long_as_it_builds(self) -> None:
        """So that another one does not take its collection for a killed one's, however long it takes."""

        class Watching(AsyncQdrantClient):
            async def update_collection(self, collection_name, **named):
                done = await super().update_collection(collection_name, **named)
                if "alive_at" in ((await self.get_collection(collection_name)).config.metadata or {}):
                    alive.set()
                return done

        class Slow(HashedWords):
            async def embed(self, texts):
                await alive.wait()
                return await super().embed(texts)

        alive = asyncio.Event()
        index = ServerIndex(Watching(":memory:"), "qdrant:6333", "book", Slow(), Words(), stale_after_s=0.05)
        assert (await asyncio.wait_for(index.sync(versions(5, "first")), 60)).added == 5
        await index.close()

    async def test_a_lexicon_that_cannot_be_read_is_a_clear_error_and_the_next_sync_heals_it(
        self, open_index: OpenIndex, client: AsyncQdrantClient
    ) -> None:
        chunks = versions(5, "first")
        await open_index(HashedWords()).sync(chunks)
        await client.set_payload("book", {"lexicon": "ABCDE"}, points=[LEXICON_ID])
        index = open_index(HashedWords())
        with pytest.raises(Unavailable, match=r"lexicon cannot be read: .*; index the book again"):
            await ask(index, "edition")
        assert (await index.sync(chunks)).added == 5
        assert len(await texts(index)) == 5

    async def test_words_are_worked_out_beside_the_event_loop(self, client: AsyncQdrantClient) -> None:
        """Of passages, of pages and of questions: a server answers others meanwhile."""

        class Watched(Words):
            def counts(self, text: str) -> dict[int, float]:
                threads.add(threading.get_ident())
                return super().counts(text)

        threads: set[int] = set()
        index = ServerIndex(client, "qdrant:6333", "book", HashedWords(), Watched(), stale_after_s=600)
        await index.sync(versions(5, "first"))
        await ask(index, "edition")
        assert threads
        assert threading.get_ident() not in threads

    async def test_no_request_for_vectors_names_more_chunks_than_a_batch(self, client: AsyncQdrantClient) -> None:
        """Also for the chunks of one long page, whose vectors would fill an answer of any size."""

        class Counting(AsyncQdrantClient):
            async def retrieve(self, collection_name, ids, *arguments, **named):
                asked.append(len(ids))
                return await super().retrieve(collection_name, ids, *arguments, **named)

        asked: list[int] = []
        counting = Counting(":memory:")
        index = ServerIndex(counting, "qdrant:6333", "book", HashedWords(), Words(), stale_after_s=600)
        await index.sync(versions(600, "first"))
        await index.close()
        assert max(asked) == WRITE_BATCH

    async def test_two_indexers_at_once_leave_one_whole_index(
        self, open_index: OpenIndex, client: AsyncQdrantClient
    ) -> None:
        class Slow(HashedWords):
            async def embed(self, texts):
                started.set()
                await released.wait()
                return await super().embed(texts)

        started, released = asyncio.Event(), asyncio.Event()
        slow = asyncio.create_task(open_index(Slow()).sync(versions(5, "first")))
        await started.wait()
        assert (await open_index(HashedWords()).sync(versions(5, "first"))).added == 5
        released.set()
        assert (await slow).added == 5
        assert await collections(client) == ["book-1"]
        assert len(await texts(open_index(HashedWords()))) == 5

    async def test_a_collection_of_somebody_else_is_not_touched(
        self, open_index: OpenIndex, client: AsyncQdrantClient
    ) -> None:
        vectors = {"dense": models.VectorParams(size=4, distance=models.Distance.COSINE)}
        await client.create_collection("book", vectors_config=vectors)
        with pytest.raises(Rejected, match="QDRANT_COLLECTION"):
            await open_index(HashedWords()).sync(versions(1, "first"))
        assert await collections(client) == ["book"]

    async def test_the_payload_has_the_keys_that_other_tools_read(
        self, open_index: OpenIndex, client: AsyncQdrantClient
    ) -> None:
        await open_index(HashedWords()).sync(chunks_of((page(), TOPICS[:1])))
        records, _ = await client.scroll("book", with_payload=True)
        (payload,) = (record.payload for record in records if record.payload and record.payload["kind"] == "chunk")
        assert {key: value for key, value in payload.items() if not key.endswith("_hash")} == {
            "kind": "chunk",
            "text": TOPICS[0],
            "chapter_number": 1,
            "chapter_title": "Chapter 1",
            "chapter_slug": "chapter-1",
            "section_id": "about",
            "section_title": "Über uns: 机器人 🤖",
            "source_url": "https://b.org/1-basics/intro#about",
            "part_number": 1,
            "part_slug": "part-one",
            "lesson_slug": "intro",
            "lesson_title": "Intro",
            "token_count": 12,
            "book": "book",
            "page": "1-basics/intro.md",
            "page_order": 0,
            "page_title": "Intro",
            "heading_path": ["Intro", "Über uns: 机器人 🤖"],
            "order": 0,
        }

    async def test_no_key_is_made_for_what_a_page_does_not_have(
        self, open_index: OpenIndex, client: AsyncQdrantClient
    ) -> None:
        await open_index(HashedWords()).sync(chunks_of((page("loose.md", chapter=None), TOPICS[:1])))
        records, _ = await client.scroll("book", with_payload=True)
        assert not {"chapter_number", "part_slug", "lesson_slug"} & (records[0].payload or {}).keys()


@asynccontextmanager
async def answering(status: int) -> AsyncIterator[str]:
    """A server that gives every request this status, and repeats the key it was sent."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = b'{"status": {"error": "' + head.replace(b"\r\n", b" ").replace(b'"', b"") + b'"}}'
        length = str(len(body)).encode()
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s" % (status, length, body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(("status", "reason"), [(401, "refuses the API key"), (403, "refuses"), (500, "answered 500")])
async def test_a_server_that_refuses_is_unavailable_and_the_key_is_not_told(status: int, reason: str) -> None:
    async with answering(status) as url:
        index = open_server_index(url, "very-secret", "book", HashedWords())
        for call in (index.status(), index.sync(versions(1, "first")), ask(index, "anything")):
            with pytest.raises(Unavailable, match=reason) as caught:
                await call
            assert "very-secret" not in str(caught.value)
        await index.close()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    index = open_server_index("http://user:very-secret@127.0.0.1:9", "very-secret", "book", HashedWords())
    with pytest.raises(Unavailable, match=r"no answer from the Qdrant server at 127\.0\.0\.1:9") as caught:
        await index.status()
    assert "very-secret" not in str(caught.value)
    await index.close()


def test_an_address_that_is_none_is_rejected() -> None:
    with pytest.raises(Rejected, match="QDRANT_URL"):
        open_server_index("http://[", None, "book", HashedWords())


def test_a_language_without_a_stemmer_is_rejected() -> None:
    with pytest.raises(Rejected, match="klingon"):
        open_server_index("http://127.0.0.1:9", None, "book", HashedWords(), language="klingon")
