"""Whether the parts that an answer needs are there: each is asked, none is guessed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bookside.errors import BooksideError

CHECK_TIMEOUT_S = 5.0
MODEL_CHECK_EVERY_S = 30.0

Check = Callable[[], Awaitable[dict[str, Any]]]
"""Asks one part; gives facts about it, raises ``BooksideError`` when it does not answer."""


@dataclass(frozen=True, slots=True)
class Health:
    """What each part answered.

    Args:
        parts: For each, ``{"status": "ok" | "unavailable", …}``.
        is_ready: Whether questions can be answered: all parts answer but, maybe, the model.
    """

    parts: dict[str, dict[str, Any]]
    is_ready: bool

    @property
    def status(self) -> str:
        """``ok``; ``degraded`` when only the model does not answer; or ``unavailable``."""
        if not self.is_ready:
            return "unavailable"
        return "ok" if all(part["status"] == "ok" for part in self.parts.values()) else "degraded"


class HealthCheck:
    """Asks the database, the index and the model, at once.

    Args:
        model: Asked at most every ``MODEL_CHECK_EVERY_S`` seconds, as it may cost money.
    """

    def __init__(self, *, database: Check, index: Check, model: Check) -> None:
        self._database = database
        self._index = index
        self._model = model
        self._model_answer: dict[str, Any] = {}
        self._model_asked_at = -MODEL_CHECK_EVERY_S

    async def ask(self) -> Health:
        """Ask every part, each for at most ``CHECK_TIMEOUT_S`` seconds."""
        database, index, model = await asyncio.gather(_ask(self._database), _ask(self._index), self._ask_model())
        parts = {"database": database, "index": index, "model": model}
        is_ready = database["status"] == "ok" and index["status"] == "ok" and bool(index.get("chunks"))
        return Health(parts, is_ready)

    async def _ask_model(self) -> dict[str, Any]:
        if time.monotonic() - self._model_asked_at >= MODEL_CHECK_EVERY_S:
            self._model_answer = await _ask(self._model)
            self._model_asked_at = time.monotonic()
        return self._model_answer


async def _ask(check: Check) -> dict[str, Any]:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return {"status": "ok"} | await check()
    except BooksideError as error:
        return {"status": "unavailable", "reason": str(error)}
    except TimeoutError:
        return {"status": "unavailable", "reason": f"no answer within {CHECK_TIMEOUT_S:g} s"}
