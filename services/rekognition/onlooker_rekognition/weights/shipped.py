"""Models that a package ships as ONNX: they get the input that all models here have, and outputs that are small.

Their own nodes stay as they are, in their own opset; nodes are written before and behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from onlooker_rekognition.weights.tensors import WeightsError

OPSET = 11
"""The one opset these models are written in, and that the nodes added here are written for."""

Shape = Sequence[int | str]

Ending = Callable[[str], list[NodeProto]]
"""The nodes that make the named outputs of the tensor that was the model's only output."""


def adopt(path: Path, name: str, shape: Shape, outputs: Mapping[str, Shape], ending: Ending) -> ModelProto:
    """The model at `path`, fed with RGB pictures as uint8 (n, height, width, 3) in place of BGR, -1..1, channels first.

    Its metadata is kept. Raises WeightsError if it is not a model of one input and one output in opset 11.
    """
    model = _read(path)
    (image,), (result,) = model.graph.input, model.graph.output
    nodes = [*_preparation(image.name), *model.graph.node, *ending(result.name)]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("input", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, size) for output, size in outputs.items()],
        [*model.graph.initializer, *_CONSTANTS],
    )
    adopted = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    adopted.metadata_props.extend(model.metadata_props)
    onnx.checker.check_model(adopted)
    return adopted


def squeezed(output: str) -> Ending:
    """The result (n, 1, height, width) without its only channel."""
    return lambda result: [helper.make_node("Squeeze", [result], [output], axes=[1])]


def likeliest(classes: str, probabilities: str) -> Ending:
    """Of the result (n, steps, classes) only the likeliest class of each step and its probability, (n, steps) each."""

    def nodes(result: str) -> list[NodeProto]:
        return [
            helper.make_node("ArgMax", [result], ["likeliest"], axis=2, keepdims=0),
            helper.make_node("Cast", ["likeliest"], [classes], to=TensorProto.FLOAT),
            helper.make_node("ReduceMax", [result], [probabilities], axes=[2], keepdims=0),
        ]

    return nodes


def _read(path: Path) -> ModelProto:
    model = onnx.load(path)
    opsets = [(opset.domain, opset.version) for opset in model.opset_import]
    if opsets != [("", OPSET)] or len(model.graph.input) != 1 or len(model.graph.output) != 1:
        raise WeightsError(f"{path.name} is not a model of one input and one output in opset {OPSET}")
    return model


def _preparation(image: str) -> list[NodeProto]:
    return [
        helper.make_node("Gather", ["input", "bgr"], ["reversed"], axis=3),
        helper.make_node("Transpose", ["reversed"], ["channels_first"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["channels_first"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["scaled"]),
        helper.make_node("Sub", ["scaled", "one"], [image]),
    ]


_CONSTANTS = (
    numpy_helper.from_array(np.array([2, 1, 0]), "bgr"),
    numpy_helper.from_array(np.array(1 / 127.5, np.float32), "scale"),
    numpy_helper.from_array(np.array(1, np.float32), "one"),
)
