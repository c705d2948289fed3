"""What is rewritten for speed computes what it computed before, in the form that is fast."""

from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from onlooker_rekognition.weights.graph import GraphBuilder

SIZE = 8
RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.integers(0, 256, (2, SIZE, SIZE, 3), np.uint8)
X = PICTURES.astype(np.float32) / 16 - 8  # so that every activation meets both of its ends
Array = NDArray[np.floating]


def kernel(size: int, channels: int, filters: int) -> Array:
    return RANDOM.normal(size=(size, size, channels, filters)).astype(np.float32)


WIDE, DEPTHWISE, NARROW = kernel(1, 3, 18), kernel(1, 18, 1), kernel(1, 18, 4)
BIAS = RANDOM.normal(size=18).astype(np.float32)


def clipped(x: Array) -> Array:
    return np.clip(x, 0, 6)


def relu6(graph: GraphBuilder, x: str) -> str:
    return graph.op("Max", graph.op("Min", graph.op("Relu", x), np.float32(6)), np.float32(0))


def hard_sigmoid(graph: GraphBuilder, x: str) -> str:
    return graph.op("Mul", np.float32(1 / 6), graph.relu6(graph.op("Add", x, np.float32(3))))


def hard_swish(graph: GraphBuilder, x: str) -> str:
    sixth = graph.op("Mul", x, np.float32(0.16663))  # as half precision stores it
    return graph.op("Mul", sixth, graph.relu6(graph.op("Add", x, np.float32(3))))


def two_more_channels(graph: GraphBuilder, x: str) -> str:
    return graph.op("Pad", x, np.array([0, 0, 0, 0, 0, 0, 0, 2]))


def pool_of_three_channels(graph: GraphBuilder, x: str) -> str:
    return graph.pool("MaxPool", x, 2, 2, "VALID")


def depthwise_of_eighteen_channels(graph: GraphBuilder, x: str) -> str:
    wide = graph.op("Relu", graph.conv(x, WIDE, BIAS))
    return graph.conv(graph.conv(wide, DEPTHWISE, BIAS, depthwise=True), NARROW)


def product(x: Array, weights: Array) -> Array:
    return x @ weights[0, 0]


CASES: dict[str, tuple[Callable[[GraphBuilder, str], str], Array, set[str]]] = {
    "ReLU6": (relu6, clipped(X), {"Clip"}),
    "hard sigmoid": (hard_sigmoid, clipped(X + 3) / 6, {"HardSigmoid"}),
    "hard swish": (hard_swish, X * clipped(X + 3) / 6, {"HardSigmoid", "Mul"}),
    "channels of zeros": (two_more_channels, np.pad(X, [(0, 0)] * 3 + [(0, 2)]), {"Conv"}),
    "pool": (pool_of_three_channels, X.reshape(2, 4, 2, 4, 2, 3).max(axis=(2, 4)), {"MaxPool", "Conv"}),
    "depthwise": (
        depthwise_of_eighteen_channels,
        product(np.maximum(product(X, WIDE) + BIAS, 0) * DEPTHWISE[0, 0, :, 0] + BIAS, NARROW),
        {"Conv", "Relu"},
    ),
}


def written(write: Callable[[GraphBuilder, str], str]) -> onnx.ModelProto:
    graph = GraphBuilder()
    x = graph.op("Sub", graph.op("Div", graph.image(SIZE), np.float32(16)), np.float32(8))
    result = write(graph, x)
    graph.output("result", result, [None, None, None, None])
    return graph.model("rewritten")


@pytest.mark.parametrize("case", CASES)
def test_the_rewritten_graph_gives_the_same(case: str) -> None:
    write, expected, _ = CASES[case]
    session = onnxruntime.InferenceSession(written(write).SerializeToString())
    (result,) = session.run(None, {"input": PICTURES})
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("case", CASES)
def test_it_is_in_the_fast_form_and_nothing_else_is_left(case: str) -> None:
    write, _, kinds = CASES[case]
    always = {"Cast", "Div", "Sub", "Transpose", "Identity"}
    assert {node.op_type for node in written(write).graph.node} - always == kinds


def test_a_depthwise_convolution_gets_channels_for_whole_vectors() -> None:
    model = written(depthwise_of_eighteen_channels)
    groups = [attribute.i for node in model.graph.node for attribute in node.attribute if attribute.name == "group"]
    assert groups == [1, 24, 1]


def test_what_somebody_else_needs_too_is_left_as_it_is() -> None:
    def shared(graph: GraphBuilder, x: str) -> str:
        wide = graph.conv(x, WIDE, BIAS)
        return graph.op("Add", graph.conv(wide, DEPTHWISE, BIAS, depthwise=True), wide)

    session = onnxruntime.InferenceSession(written(shared).SerializeToString())
    (result,) = session.run(None, {"input": PICTURES})
    wide = product(X, WIDE) + BIAS
    np.testing.assert_allclose(result, wide * DEPTHWISE[0, 0, :, 0] + BIAS + wide, rtol=1e-4, atol=1e-3)


def test_limits_that_are_not_six_are_no_relu6() -> None:
    def clipped_at_five(graph: GraphBuilder, x: str) -> str:
        return graph.op("Max", graph.op("Min", x, np.float32(5)), np.float32(0))

    session = onnxruntime.InferenceSession(written(clipped_at_five).SerializeToString())
    np.testing.assert_allclose(session.run(None, {"input": PICTURES})[0], np.clip(X, 0, 5), rtol=1e-5)
