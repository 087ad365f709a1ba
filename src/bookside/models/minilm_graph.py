"""The only place that knows how all-MiniLM-L6-v2 is built: its weights become an ONNX graph with 8-bit matrices.

The network is BERT's, of six layers, with the mean of the last layer's outputs at length 1 (Reimers and Gurevych,
2019). Matrices are quantised by column and multiplied in integers, which is 2 to 4 times as fast as 32-bit floats where
the processor has the instructions for it; the cosine between a text's two vectors is .99.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load

LAYERS = 6
HEADS = 12
SIZE = 384
EPSILON = 1e-12
MICROSOFT = "com.microsoft"
"""The domain of the fused operators that onnxruntime adds to ONNX's own."""

Floats = NDArray[np.float32]


class Graph:
    """Nodes and constants as they are added; every method gives the name of its output."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(self, operator: str, inputs: Sequence[str], *, domain: str = "", **attributes: int | float) -> str:
        """The output of one operator."""
        output = f"{operator}_{len(self._nodes)}"
        made = helper.make_node(operator, list(inputs), [output], domain=domain)
        made.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(made)
        return output

    def constant(self, value: NDArray[np.generic]) -> str:
        """A fixed tensor."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        """One of the model's own tensors, as it is."""
        return self.constant(self._weights[name])

    def linear(self, x: str, name: str) -> str:
        """``x`` times the matrix ``name``, plus its bias."""
        matrix, scale = quantised(self._weights[f"{name}.weight"].T, axis=0)
        zero = np.zeros(matrix.shape[1], dtype=np.int8)
        inputs = [x, *map(self.constant, (matrix, scale.ravel(), zero)), self.weight(f"{name}.bias")]
        return self.node("DynamicQuantizeMatMul", inputs, domain=MICROSOFT)

    def added_and_normalised(self, x: str, skipped: str, name: str) -> str:
        """Layer normalisation of the sum of both."""
        inputs = [x, skipped, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.node("SkipLayerNormalization", inputs, domain=MICROSOFT, epsilon=EPSILON)

    def embeddings(self, ids: str) -> str:
        """What goes into the first layer: the tokens' vectors and those of their places, normalised."""
        table, scale = quantised(self._weights["embeddings.word_embeddings.weight"], axis=1)
        rows = self.node("Cast", [self.node("Gather", [self.constant(table), ids])], to=TensorProto.FLOAT)
        words = self.node("Mul", [rows, self.node("Gather", [self.constant(scale), ids])])
        places = self._weights["embeddings.position_embeddings.weight"]
        first_type = self._weights["embeddings.token_type_embeddings.weight"][0]
        zero = self.constant(np.array([0], dtype=np.int64))
        length = self.node("Shape", [ids], start=1, end=2)
        taken = self.node("Slice", [self.constant(places + first_type), zero, length, zero])
        name = "embeddings.LayerNorm"
        inputs = [self.node("Add", [words, taken]), self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.node("LayerNormalization", inputs, axis=-1, epsilon=EPSILON)

    def layer(self, x: str, mask: str, number: int) -> str:
        """One layer: attention, then two matrices with a GELU between them."""
        name = f"encoder.layer.{number}"
        parts = [self.linear(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
        attended = self.node("MultiHeadAttention", [*parts, "", mask], domain=MICROSOFT, num_heads=HEADS)
        out = self.linear(attended, f"{name}.attention.output.dense")
        y = self.added_and_normalised(out, x, f"{name}.attention.output.LayerNorm")
        inner = self.node("Gelu", [self.linear(y, f"{name}.intermediate.dense")], domain=MICROSOFT)
        return self.added_and_normalised(self.linear(inner, f"{name}.output.dense"), y, f"{name}.output.LayerNorm")

    def pooled(self, x: str, mask: str) -> str:
        """The mean over the tokens that are not padding, at length 1."""
        counted = self.node("Cast", [mask], to=TensorProto.FLOAT)
        tokens, last = (self.constant(np.array([axis], dtype=np.int64)) for axis in (1, 2))
        kept = self.node("Mul", [x, self.node("Unsqueeze", [counted, last])])
        total = self.node("ReduceSum", [kept, tokens], keepdims=0)
        mean = self.node("Div", [total, self.node("ReduceSum", [counted, tokens], keepdims=1)])
        return self.node("LpNormalization", [mean], axis=-1, p=2)

    def model(self, output: str) -> onnx.ModelProto:
        """The whole model, which takes ``ids`` and ``mask``, both (texts, tokens), and gives (texts, 384) floats."""
        self._nodes.append(helper.make_node("Identity", [output], ["vectors"]))
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in ("ids", "mask")
        ]
        outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", SIZE])]
        graph = helper.make_graph(self._nodes, "all-MiniLM-L6-v2", inputs, outputs, self._constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def quantised(matrix: Floats, *, axis: int) -> tuple[NDArray[np.int8], Floats]:
    """``matrix`` as whole numbers from -127 to 127, and the scales, one for each slice across ``axis``."""
    largest: Floats = np.abs(matrix).max(axis=axis, keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.round(matrix / scale).astype(np.int8), scale


def build_graph(weights: bytes) -> onnx.ModelProto:
    """The model of these weights, which are in the safetensors format."""
    graph = Graph(
        {name: np.asarray(value, dtype=np.float32) for name, value in load(weights).items() if "ids" not in name}
    )
    mask = graph.node("Cast", ["mask"], to=TensorProto.INT32)
    x = graph.embeddings("ids")
    for number in range(LAYERS):
        x = graph.layer(x, mask, number)
    return graph.model(graph.pooled(x, "mask"))


def write_graph(weights: bytes, file: Path) -> None:
    """Write the model to ``file``, whole or not at all."""
    content = build_graph(weights).SerializeToString()
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=file.name, delete=False) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(file)
