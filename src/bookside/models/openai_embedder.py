"""Embeddings from OpenAI, or from any endpoint that speaks its protocol."""

import asyncio
import base64
import binascii
from collections.abc import Iterator, Sequence

import numpy as np
import openai
from pydantic import BaseModel, ValidationError

from bookside.errors import Unavailable
from bookside.models.embedder import Vectors
from bookside.models.refusals import refusal

MAX_TEXT_CHARS = 8_000
"""Longer texts are cut here: below the limit of 8,191 tokens in every script, and far over the length of a chunk."""

MAX_REQUEST_CHARS = 200_000
"""Of all texts in a request: below OpenAI's limit of 300,000 tokens."""

MALFORMED_ATTEMPTS = 5
FLOAT_BYTES = 4
BLANK = "."
"""Sent in place of a blank text, which the endpoint refuses."""


class MalformedAnswerError(Exception):
    """The endpoint answered 200, but not with one vector per text; the message says what was wrong."""


class _Row(BaseModel):
    index: int
    embedding: str | list[float]


class _Answer(BaseModel):
    data: list[_Row]


class OpenAIEmbedder:
    """Vectors by request. Rate limits, server errors and lost connections are tried again, with growing pauses.

    Args:
        client: Its owner closes it; it may be shared.
        model: As the endpoint names it.
        batch_size: Texts in one request, at most.
        max_concurrency: Requests under way at once, at most.
        dimensions: Asks the model for shorter vectors; ``None`` for its own length.
        max_retries: Further tries of a request; the pause starts at half a second and doubles, up to eight, unless
            the endpoint says ``Retry-After``.
        timeout_s: For one try.
        first_pause_s: Before a request is tried again whose answer was malformed; it doubles.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        model: str,
        *,
        batch_size: int = 128,
        max_concurrency: int = 4,
        dimensions: int | None = None,
        max_retries: int = 7,
        timeout_s: float = 60.0,
        first_pause_s: float = 0.2,
    ) -> None:
        self._client = client.with_options(max_retries=max_retries, timeout=timeout_s)
        self._model = model
        self._batch_size = batch_size
        self._under_way = asyncio.Semaphore(max_concurrency)
        self._dimensions = dimensions
        self._max_retries = max_retries
        self._first_pause_s = first_pause_s
        self._size: int | None = None

    @property
    def name(self) -> str:
        """The model, and the length that was asked for; not the endpoint, which may move."""
        return f"openai:{self._model}" + (f":{self._dimensions}" if self._dimensions is not None else "")

    async def size(self) -> int:
        """Length of a vector; asks the endpoint once.

        Raises:
            Unavailable: The endpoint did not answer.
        """
        size = self._size
        if size is None:
            size = self._size = (await self._request(["size"])).shape[1]
        return size

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, in order, each of ``size`` floats and length 1.

        A text is cut at 8,000 characters. If one request fails in the end, the others are cancelled.

        Raises:
            Unavailable: The endpoint did not answer rightly, also after retries.
        """
        if not texts:
            return np.empty((0, await self.size()), dtype=np.float32)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._request(batch)) for batch in batches(texts, self._batch_size)]
        except* Unavailable as errors:
            first = errors.exceptions[0]
            raise Unavailable("embedding model", str(getattr(first, "reason", first))) from errors
        parts = [task.result() for task in tasks]
        self._size = self._size or parts[0].shape[1]
        if any(part.shape[1] != self._size for part in parts):
            raise Unavailable("embedding model", f"{self._model} gave vectors of different lengths")
        return np.concatenate(parts)

    async def close(self) -> None:
        """Nothing of its own is open: the client belongs to whoever made it."""

    async def _request(self, texts: Sequence[str]) -> Vectors:
        pause_s = self._first_pause_s
        async with self._under_way:
            for attempt in range(1, MALFORMED_ATTEMPTS + 1):
                try:
                    return vectors_of(await self._ask(texts), len(texts))
                except MalformedAnswerError as error:
                    if attempt == MALFORMED_ATTEMPTS:
                        raise Unavailable("embedding model", f"{self._model}: {error}") from error
                    await asyncio.sleep(pause_s)
                    pause_s *= 2
        raise AssertionError("the last attempt returns or raises")

    async def _ask(self, texts: Sequence[str]) -> bytes:
        """The endpoint's answer as it came: the client would parse it without checking it."""
        try:
            response = await self._client.embeddings.with_raw_response.create(
                input=list(texts),
                model=self._model,
                dimensions=self._dimensions if self._dimensions is not None else openai.omit,
                encoding_format="base64",
            )
        except openai.APIStatusError as error:
            raise Unavailable(
                "embedding model", f"{self._model}: {refusal(error.status_code, tries=self._tries)}"
            ) from error
        except openai.APITimeoutError as error:
            raise Unavailable("embedding model", f"{self._model}: no answer in time, {self._tries}") from error
        except openai.APIConnectionError as error:
            raise Unavailable("embedding model", f"{self._model}: no connection, {self._tries}") from error
        return response.content

    @property
    def _tries(self) -> str:
        return f"tried {self._max_retries + 1} times"


def batches(texts: Sequence[str], batch_size: int) -> Iterator[list[str]]:
    """``texts`` in order, cut to the limits: of each text, of texts in a request, and of characters in a request."""
    batch: list[str] = []
    chars = 0
    for text in texts:
        cut = text[:MAX_TEXT_CHARS] if text.strip() else BLANK
        if batch and (len(batch) >= batch_size or chars + len(cut) > MAX_REQUEST_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(cut)
        chars += len(cut)
    if batch:
        yield batch


def vectors_of(content: bytes, count: int) -> Vectors:
    """The vectors of an answer, in the order of their indices, at length 1; as base64 or as lists of numbers.

    Raises:
        MalformedAnswerError: It is not ``count`` finite vectors of one length.
    """
    try:
        rows = _Answer.model_validate_json(content).data
    except ValidationError as error:
        raise MalformedAnswerError("the answer is not a list of embeddings") from error
    if sorted(row.index for row in rows) != list(range(count)):
        raise MalformedAnswerError(f"{len(rows)} vectors came for {count} texts")
    vectors = [_floats(row.embedding) for row in sorted(rows, key=lambda row: row.index)]
    if len({vector.size for vector in vectors}) != 1 or vectors[0].size == 0:
        raise MalformedAnswerError("the vectors are empty or not of one length")
    table = np.stack(vectors)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise MalformedAnswerError("a vector is not finite, or is zero")
    return (table / lengths).astype(np.float32)


def _floats(embedding: str | list[float]) -> Vectors:
    if not isinstance(embedding, str):
        return np.asarray(embedding, dtype=np.float32)
    try:
        content = base64.b64decode(embedding, validate=True)
    except binascii.Error as error:
        raise MalformedAnswerError("a vector is not base64") from error
    if len(content) % FLOAT_BYTES:
        raise MalformedAnswerError("a vector is not whole floats")
    return np.frombuffer(content, dtype="<f4").astype(np.float32)
