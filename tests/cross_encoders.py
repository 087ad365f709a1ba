"""A cross-encoder whose numbers are known: a real ONNX network beside a real tokenizer, as exporters write them.

It counts the pairs of a word of the passage and the same word of the question.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from bookside.models import cross_encoder

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def pairs(question: str, passages: Sequence[str]) -> list[tuple[str, str]]:
    """The question with each passage."""
    return [(question, passage) for passage in passages]


@contextmanager
def held_networks() -> Iterator[tuple[threading.Event, threading.Event]]:
    """Tells when a network would run, and lets it run once the second event is set, or when the context ends."""
    runs, go_on, run = threading.Event(), threading.Event(), cross_encoder._numbers  # pyright: ignore[reportPrivateUsage]

    def held(*given: Any) -> list[float]:
        runs.set()
        go_on.wait()
        return run(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cross_encoder, "_numbers", held)
        try:
            yield runs, go_on
        finally:
            go_on.set()


def counted(question: str, passage: str, words: Sequence[str]) -> int:
    """What the network gives for them."""
    asked, said = question.lower().split(), passage.lower().split()
    return sum(asked.count(word) * said.count(word) for word in words)


def write_tokenizer(folder: Path, words: Sequence[str]) -> None:
    vocabulary = {token: id for id, token in enumerate((*SPECIAL, *words))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.pre_tokenizer = Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.post_processor = TemplateProcessing(  # pyright: ignore[reportAttributeAccessIssue]
        single="[CLS] $A [SEP]",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))


def write_cross_encoder(
    folder: Path, words: Sequence[str], *, name: str = "model.onnx", labels: int = 1, weight: float = 1.0
) -> Path:
    """The folder, with a network of one number for each pair, or with one for each of ``labels``.

    Args:
        weight: Factor for the count; with two labels the first has the count's negative.
    """
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder, words)
    nodes: list[Any] = []
    constants: list[Any] = []

    def node(operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator}_{len(nodes)}"
        nodes.append(helper.make_node(operator, [*inputs], [output], **attributes))
        return output

    def constant(value: Any, kind: type[np.generic] = np.int64) -> str:
        constants.append(numpy_helper.from_array(np.array(value, dtype=kind), f"constant_{len(constants)}"))
        return constants[-1].name

    first, second = constant([1]), constant([2])
    there = node("Cast", "attention_mask", to=TensorProto.FLOAT)
    is_word = node("Cast", node("Greater", "input_ids", constant(len(SPECIAL) - 1)), to=TensorProto.FLOAT)
    said = node("Mul", node("Cast", "token_type_ids", to=TensorProto.FLOAT), node("Mul", there, is_word))
    asked = node("Sub", node("Mul", there, is_word), said)
    same = node("Equal", node("Unsqueeze", "input_ids", second), node("Unsqueeze", "input_ids", first))
    met = node("Mul", node("Unsqueeze", said, second), node("Unsqueeze", asked, first))
    met = node("Mul", met, node("Cast", same, to=TensorProto.FLOAT))
    count = node("ReduceSum", met, constant([1, 2]), keepdims=0)
    factors = [[weight]] if labels == 1 else [[-weight, weight, *[0.0] * (labels - 2)]]
    output = node("MatMul", node("Unsqueeze", count, first), constant(factors, np.float32))
    nodes.append(helper.make_node("Identity", [output], ["logits"]))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", labels])]
    graph = helper.make_graph(nodes, "counts", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(file))
    return folder


def write_length_network(folder: Path) -> Path:
    """The folder, with a network that gives the number of tokens, takes 32-bit integers and no kinds of tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder, ["word"])
    nodes = [
        helper.make_node("Sub", ["input_ids", "input_ids"], ["nothing"]),
        helper.make_node("Add", ["attention_mask", "nothing"], ["counted"]),
        helper.make_node("Cast", ["counted"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["floats", "tokens"], ["logits"], keepdims=0),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch"])]
    constants = [numpy_helper.from_array(np.array([1]), "tokens")]
    graph = helper.make_graph(nodes, "lengths", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "model.onnx"))
    return folder
