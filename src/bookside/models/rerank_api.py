"""The only place that speaks the rerank API, which Cohere and Jina made common and most model servers speak.

``POST`` with the question and the passages; the answer names passages by their places, each with a number.
"""

import asyncio
import math
from collections.abc import Sequence

import httpx2
from pydantic import BaseModel, ValidationError

from bookside.errors import Rejected, Unavailable
from bookside.models.refusals import refusal

WHAT = "re-ranker"
CONNECT_S = 5.0
SILENCE_S = 30.0
"""Far over what a search waits; a connection that has died is noticed all the same."""
NO_ADDRESS = "the re-ranker's address must be like http://127.0.0.1:8080/v1/rerank"


class _Result(BaseModel):
    index: int
    relevance_score: float


class _Answer(BaseModel):
    results: list[_Result]


class RerankApi:
    """Asks an endpoint; every search is one request for each of its questions, and none is tried again.

    Args:
        url: The whole address, as in ``http://127.0.0.1:8080/v1/rerank``.
        model: As the endpoint names it; servers of one model need none.
        key: Sent as a bearer token.

    Raises:
        Rejected: The address is none, or no header can carry the key.
    """

    def __init__(self, url: str, *, model: str | None = None, key: str | None = None) -> None:
        try:
            self._url = httpx2.URL(url)
        except httpx2.InvalidURL:
            raise Rejected(NO_ADDRESS) from None  # its words have parts of the address, which may hold a key
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise Rejected(NO_ADDRESS)
        if key is not None and not (key.isascii() and key.isprintable()):
            raise Rejected("the re-ranker's key must be of ASCII characters: no header could carry it")
        self._model = model
        self._client = httpx2.AsyncClient(
            headers={"authorization": f"Bearer {key}"} if key else None,
            timeout=httpx2.Timeout(SILENCE_S, connect=CONNECT_S),
        )

    @property
    def name(self) -> str:
        """The model, or the endpoint's host."""
        return self._model or self._url.host

    async def relevance(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The endpoint's numbers, which may be from 0 to 1 or not.

        Raises:
            Unavailable: It did not answer, or not with one number for each passage; what else was asked is given up.
        """
        places: dict[str, list[int]] = {}
        for place, (question, _) in enumerate(pairs):
            places.setdefault(question, []).append(place)
        try:
            async with asyncio.TaskGroup() as group:
                asked = [
                    (of, group.create_task(self._ask(question, [pairs[place][1] for place in of])))
                    for question, of in places.items()
                ]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        numbers = {place: number for of, task in asked for place, number in zip(of, task.result(), strict=True)}
        return [numbers[place] for place in range(len(pairs))]

    async def _ask(self, question: str, passages: Sequence[str]) -> list[float]:
        asked = {"query": question, "documents": list(passages), "top_n": len(passages)}
        try:
            response = await self._client.post(
                self._url, json={"model": self._model, **asked} if self._model else asked
            )
        except httpx2.TimeoutException as error:
            raise Unavailable(WHAT, "no answer in time") from error
        except httpx2.HTTPError as error:
            raise Unavailable(WHAT, f"no connection ({type(error).__name__})") from error
        if response.status_code != 200:
            raise Unavailable(WHAT, refusal(response.status_code))
        return _numbers(response.content, len(passages))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _numbers(content: bytes, count: int) -> list[float]:
    try:
        results = _Answer.model_validate_json(content).results
    except ValidationError as error:
        raise Unavailable(WHAT, "the answer has no list of results, each with index and relevance_score") from error
    numbers = {result.index: result.relevance_score for result in results}
    if len(results) != count or numbers.keys() != set(range(count)):
        raise Unavailable(WHAT, f"{len(results)} results came for {count} passages")
    if not all(map(math.isfinite, numbers.values())):
        raise Unavailable(WHAT, "a relevance_score is not finite")
    return [numbers[place] for place in range(count)]
