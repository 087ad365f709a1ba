"""How well it is known that a book does not answer.

    python -m benchmarks.bench_refusal [--cache FOLDER]

The questions of each book (``books.py``) are put to their own book and to the others. A question is refused where the
best passage fits less than a limit. The limit for a book is found from the other books: it refuses a certain share of
their own questions. Printed are the share of a book's own questions that are refused then, and the share of other
books' questions that are not; the baseline of the run is the best BM25 score by words alone, as a limit of the same
kind. Questions of one web framework put to the other are left out: they may well be answered there.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.bench_retrieval import CANDIDATES, packaged

from bookside.book import cut, read_book
from bookside.evaluation.questions import read_questions
from bookside.index.edge import open_edge_index
from bookside.index.model import Filter
from bookside.library import MINILM_LEAST_FIT, STATIC_FUSION, STATIC_LEAST_FIT
from bookside.models.embedder import Embedder
from bookside.models.minilm import MiniLmEmbedder, minilm_weights
from bookside.models.static import open_static_embedder
from bookside.models.tokens import load_token_counter
from bookside.search.fuse import Fusion, fuse

REFUSED = (0.03, 0.05, 0.08)
ALIKE = {"fastify", "nextjs"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question put to one book: how well the best passage fits, and says the question's words."""

    book: str
    of: str
    fit: float
    words: float


async def ask(sets: dict[str, tuple[Path, Path]], embedder: Embedder, fusion: Fusion) -> list[Asked]:
    books = {name: read_book(folder) for name, (folder, _) in sets.items()}
    questions = {
        name: [one.text for one in read_questions(file, {page.path: page for page in books[name].pages}.get).good]
        for name, (_, file) in sets.items()
    }
    asked: list[Asked] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, book in books.items():
            index = open_edge_index(Path(folder), name, embedder)
            await index.sync(cut(book, count_tokens=load_token_counter()))
            for of, texts in questions.items():
                if of != name and {of, name} == ALIKE:
                    continue
                for text in texts:
                    (found,) = await index.candidates([text], await embedder.embed([text]), Filter(), CANDIDATES)
                    fit = max((one.fit for one in fuse(found, fusion)), default=0.0)
                    asked.append(Asked(name, of, fit, max((hit.score for hit in found.sparse), default=0.0)))
            await index.close()
    return asked


def rates(asked: Sequence[Asked], value: Callable[[Asked], float], share: float) -> tuple[float, float]:
    """The shares of own questions refused and of others' answered, each book by a limit found from the others."""
    refused: list[bool] = []
    answered: list[bool] = []
    for book in {one.book for one in asked}:
        limit = float(np.quantile([value(one) for one in asked if one.book == one.of != book], share))
        refused += [value(one) < limit for one in asked if one.book == one.of == book]
        answered += [value(one) >= limit for one in asked if one.book == book != one.of]
    return float(np.mean(refused)), float(np.mean(answered))


def fixed(asked: Sequence[Asked], limit: float) -> tuple[float, float]:
    own = [one.fit < limit for one in asked if one.book == one.of]
    others = [one.fit >= limit for one in asked if one.book != one.of]
    return float(np.mean(own)), float(np.mean(others))


async def main(cache: Path) -> None:
    sets = {name.partition(" (")[0]: paths for name, paths in packaged(cache).items()}
    weights = minilm_weights()
    embedders: list[tuple[Embedder, Fusion, float]] = [(open_static_embedder(), STATIC_FUSION, STATIC_LEAST_FIT)]
    if weights is not None:
        embedders.append((MiniLmEmbedder(weights, cache), Fusion(), MINILM_LEAST_FIT))
    for embedder, fusion, limit in embedders:
        asked = await ask(sets, embedder, fusion)
        print(f"\n{embedder.name}: {sum(one.book == one.of for one in asked)} own questions, {len(asked)} in all")
        print(f"  {'':34} {'refused of the own':>20} {'answered of others':>20}   × baseline")
        for share in REFUSED:
            _, words = base = rates(asked, lambda one: one.words, share)
            for name, (refused, answered) in (
                ("words alone (baseline)", base),
                ("fit", rates(asked, lambda one: one.fit, share)),
            ):
                print(
                    f"  {name + f', limit at {share:.0%}':34} {refused:20.1%} {answered:20.1%} {answered / words:10.2f}"
                )
        refused, answered = fixed(asked, limit)
        print(f"  {f'fit, at the limit as set, {limit}':34} {refused:20.1%} {answered:20.1%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "bookside-books")
    asyncio.run(main(parser.parse_args().cache))
