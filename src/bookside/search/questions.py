"""The vectors of questions, remembered: readers ask the same starters, and a model repeats its reader's words."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bookside.models.embedder import Embedder, Vectors

REMEMBERED = 1_000
"""Questions whose vectors are kept, at 1.5 kB (384 dimensions) or 6 kB (1,536)."""


class Questions:
    """Embeds questions, each once while it is remembered; the least recently asked are forgotten."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    async def vectors(self, questions: Sequence[str]) -> Vectors:
        """One vector per question, in order; see ``Embedder.embed``.

        Raises:
            Unavailable: The embedder does not answer.
        """
        new = [question for question in dict.fromkeys(questions) if question not in self._known]
        vectors = {question: self._known[question] for question in questions if question in self._known}
        if new:
            vectors.update(zip(new, await self._embedder.embed(new), strict=True))
        for question in questions:
            self._known[question] = vectors[question]
            self._known.move_to_end(question)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return np.array([vectors[question] for question in questions], dtype=np.float32)
