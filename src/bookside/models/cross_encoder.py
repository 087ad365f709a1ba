"""The only place that runs a cross-encoder: any that was exported to ONNX, on onnxruntime, from a folder."""

import asyncio
import math
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bookside.errors import Rejected, TooBusy, Unavailable

WHAT = "re-ranker"
MAX_TOKENS = 512
"""Of question and passage together; the longer of the two is cut. The small models have learned from no more."""
BATCH = 8
"""Pairs in one run of the network; between two runs, work that nobody waits for ends."""
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
PADDING = ("[PAD]", "<pad>")

NO_RUNTIME = 'the re-ranker is an ONNX model, and what runs it is not installed: pip install "bookside[minilm]"'


@dataclass(frozen=True, slots=True)
class _Model:
    """What is loaded.

    Args:
        inputs: The names of the network's inputs, with the kind of number that each takes.
    """

    tokenizer: Tokenizer
    session: Any
    inputs: dict[str, type[Any]]
    padding: int


class CrossEncoder:
    """A network that takes a question and a passage and gives one number, or two of which the last is for "relevant".

    It is loaded at the first use. One thread of its own runs it, on every core, so that what waits for it keeps no
    thread from the embedder. One call may wait for the one that runs, and others are refused: in a queue each would
    be too old by the time of its turn.

    Args:
        model: The ONNX file.
        tokenizer: The ``tokenizer.json`` that belongs to it.
        limit_s: How long callers wait; a call that would end later, if both take as long as the last, is refused.
    """

    def __init__(self, model: Path, tokenizer: Path, *, limit_s: float = math.inf) -> None:
        self._file = model
        self._tokenizer = tokenizer
        self._limit_s = limit_s
        self._took_s = 0.0
        self._jobs: list[Future[list[float]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="re-ranker")
        self._model: _Model | None = None

    @property
    def name(self) -> str:
        """The folder's name, and the file's where it is not the usual one."""
        folder = self._tokenizer.parent.resolve().name
        return folder if self._file.name == "model.onnx" else f"{folder}/{self._file.name}"

    async def relevance(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The network's own numbers, before any sigmoid.

        Raises:
            TooBusy: Another call waits already, or this one would wait too long.
            Unavailable: The files cannot be read, or are not those of a cross-encoder.
        """
        self._jobs = [job for job in self._jobs if not job.done()]  # one that was given up may still be in its run
        if len(self._jobs) > 1 or (self._jobs and 2 * self._took_s > self._limit_s):
            raise TooBusy(WHAT, "it reads for other searches", retry_after_s=1)
        given_up = threading.Event()
        job = self._thread.submit(self._relevance, list(pairs), given_up)
        self._jobs.append(job)
        try:
            return await asyncio.wrap_future(job)
        finally:
            given_up.set()

    async def close(self) -> None:
        """Let go of the model and its thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._model = None

    def _relevance(self, pairs: list[tuple[str, str]], given_up: threading.Event) -> list[float]:
        model = self._model
        if model is None:
            model = self._model = self._load()
        started_s = monotonic()
        try:
            numbers = _numbers(model, pairs, given_up)
        except Exception as error:
            if not _is_runtimes(error):
                raise
            raise Unavailable(WHAT, f"{self._file} fails ({type(error).__name__}): {error}") from error
        if not all(map(math.isfinite, numbers)):
            raise Unavailable(WHAT, f"{self._file} gives numbers that are not finite")
        if not given_up.is_set():
            self._took_s = monotonic() - started_s
        return numbers

    def _load(self) -> _Model:
        runtime: Any = import_module("onnxruntime")  # an extra, without types
        try:
            tokenizer = Tokenizer.from_file(str(self._tokenizer))
        except Exception as error:  # it has no kinds of its own
            raise Unavailable(WHAT, f"{self._tokenizer} cannot be read as a tokenizer: {error}") from error
        tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")  # pyright: ignore[reportUnknownMemberType]
        tokenizer.no_padding()
        padding = next((id for token in PADDING if (id := tokenizer.token_to_id(token)) is not None), 0)
        options = runtime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3  # what exporters leave in a graph is no warning to an operator
        try:
            session = runtime.InferenceSession(str(self._file), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            if not _is_runtimes(error):
                raise
            raise Unavailable(WHAT, f"{self._file} cannot be loaded ({type(error).__name__}): {error}") from error
        inputs: dict[str, type[Any]] = {
            one.name: np.int32 if one.type == "tensor(int32)" else np.int64 for one in session.get_inputs()
        }
        if not {"input_ids", "attention_mask"} <= inputs.keys() <= {*INPUTS}:
            wanted = ", ".join(inputs)
            raise Unavailable(WHAT, f"{self._file} takes {wanted}, and a cross-encoder takes {', '.join(INPUTS)}")
        return _Model(tokenizer, session, inputs, padding)


def _is_runtimes(error: Exception) -> bool:
    return type(error).__module__.startswith("onnxruntime")


def _numbers(model: _Model, pairs: list[tuple[str, str]], given_up: threading.Event) -> list[float]:
    """Pairs of like length together, so that little is padded."""
    encodings = model.tokenizer.encode_batch(pairs)  # pyright: ignore[reportUnknownMemberType]
    lengths = np.array([len(encoding.ids) for encoding in encodings])
    numbers = np.zeros(len(pairs))
    longest_first = np.argsort(-lengths, kind="stable")
    for start in range(0, len(pairs), BATCH):
        if given_up.is_set():
            break  # nobody hears the answer
        rows = longest_first[start : start + BATCH]
        shape = (len(rows), int(lengths[rows[0]]))
        given: dict[str, NDArray[Any]] = {}
        for name, kind in model.inputs.items():
            given[name] = np.full(shape, model.padding if name == "input_ids" else 0, dtype=kind)
        for row, place in enumerate(rows):
            encoding = encodings[int(place)]
            values = {"input_ids": encoding.ids, "token_type_ids": encoding.type_ids, "attention_mask": 1}
            for name, table in given.items():
                table[row, : lengths[place]] = values[name]
        numbers[rows] = _one_each(np.asarray(model.session.run(None, given)[0]), len(rows))
    return numbers.tolist()


def _one_each(output: NDArray[Any], count: int) -> NDArray[np.float64]:
    """The network's number for each pair; of two, by how much the last is larger."""
    if output.size not in (count, 2 * count):
        raise Unavailable(WHAT, f"the network gives {output.shape} numbers for {count} pairs, not one or two for each")
    table = output.astype(np.float64).reshape(count, -1)
    return table[:, 0] if table.shape[1] == 1 else np.subtract(table[:, 1], table[:, 0])


def open_cross_encoder(place: Path, *, limit_s: float = math.inf) -> CrossEncoder:
    """The cross-encoder in a folder, or of one ONNX file in it; it is loaded later.

    The folder is as sentence-transformers and Optimum export it: ``model.onnx``, beside ``tokenizer.json`` or in the
    folder ``onnx`` below it.

    Args:
        limit_s: See ``CrossEncoder``.

    Raises:
        Rejected: A file is missing, or what runs it is not installed.
    """
    models = [place] if place.suffix == ".onnx" else [place / "model.onnx", place / "onnx" / "model.onnx"]
    model = next((file for file in models if file.is_file()), None)
    if model is None:
        raise Rejected(f"no re-ranker in {place}: there is no {' or '.join(map(str, models))}")
    tokenizers = [model.parent / "tokenizer.json", model.parent.parent / "tokenizer.json"]
    tokenizer = next((file for file in tokenizers if file.is_file()), None)
    if tokenizer is None:
        raise Rejected(f"{model} has no tokenizer: there is no {' or '.join(map(str, tokenizers))}")
    if find_spec("onnxruntime") is None:
        raise Rejected(NO_RUNTIME)
    return CrossEncoder(model, tokenizer, limit_s=limit_s)
