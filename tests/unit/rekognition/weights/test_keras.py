"""Each layer of Keras, converted alone and run, gives what numpy says it is."""

from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.keras import convert
from onlooker_rekognition.weights.tensors import WeightsError

Array = NDArray[Any]
SIZE = 4
PICTURES: NDArray[np.uint8] = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE, 3), np.uint8)
X = PICTURES.astype(np.float32)
RANDOM = np.random.default_rng(1)
CONVOLUTION = {"strides": [1, 1], "padding": "valid", "dilation_rate": [1, 1], "use_bias": False}


def floats(*shape: int) -> Array:
    return RANDOM.normal(size=shape).astype(np.float32)


def layer(kind: str, name: str, *sources: str, **config: Any) -> dict[str, Any]:
    return {
        "class_name": kind,
        "config": {"name": name, **config},
        "inbound_nodes": [[[source, 0, 0, {}] for source in sources]],
    }


def converted(layers: list[dict[str, Any]], weights: dict[str, Array], rank: int) -> Array:
    """What a model of these layers gives for PICTURES; the last layer is the output, `x` the input."""
    start = {"class_name": "InputLayer", "config": {"name": "x"}, "inbound_nodes": []}
    config = {"layers": [start, *layers], "output_layers": [[layers[-1]["config"]["name"], 0, 0]]}
    builder = GraphBuilder()
    tensor = convert({"modelTopology": {"model_config": {"config": config}}}, weights, builder, builder.image(SIZE))
    builder.output("y", tensor, [None] * rank)
    session = onnxruntime.InferenceSession(builder.model("test").SerializeToString())
    (result,) = session.run(["y"], {"input": PICTURES})
    return np.asarray(result)


def assert_gives(layers: list[dict[str, Any]], weights: dict[str, Array], expected: Array) -> None:
    np.testing.assert_allclose(converted(layers, weights, expected.ndim), expected, rtol=1e-4, atol=1e-3)


def test_a_pointwise_convolution_is_a_product() -> None:
    kernel, bias = floats(1, 1, 3, 5), floats(5)
    conv = layer("Conv2D", "c", "x", **{**CONVOLUTION, "use_bias": True, "activation": "relu"})
    assert_gives([conv], {"c/kernel": kernel, "c/bias": bias}, np.maximum(X @ kernel[0, 0] + bias, 0))


def test_a_depthwise_convolution_keeps_channels_apart() -> None:
    kernel = floats(SIZE, SIZE, 3, 1)
    expected = (X * kernel[..., 0]).sum(axis=(1, 2), keepdims=True)
    assert_gives([layer("DepthwiseConv2D", "d", "x", **CONVOLUTION)], {"d/depthwise_kernel": kernel}, expected)


def test_a_batch_normalization_applies_what_was_learnt() -> None:
    gamma, beta, mean, variance = floats(3), floats(3), 100 * floats(3), 1000 * np.abs(floats(3))
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    weights = {f"n/{name}": value for name, value in zip(names, (gamma, beta, mean, variance), strict=True)}
    expected = (X - mean) / np.sqrt(variance + 0.001) * gamma + beta
    assert_gives([layer("BatchNormalization", "n", "x", epsilon=0.001, scale=True, center=True)], weights, expected)


def test_padding_pooling_and_sums_follow_one_another() -> None:
    """Rows and columns go where the model says: an asymmetric padding would show."""
    layers = [
        layer("ReLU", "r", "x", max_value=6, negative_slope=0, threshold=0),
        layer("ZeroPadding2D", "p", "r", padding=[[0, 2], [1, 1]]),
        layer("AveragePooling2D", "a", "p", pool_size=[2, 2], strides=[2, 2], padding="valid"),
        layer("Add", "s", "a", "a"),
    ]
    padded = np.pad(np.clip(X, 0, 6), ((0, 0), (0, 2), (1, 1), (0, 0)))
    assert_gives(layers, {}, 2 * padded.reshape(2, 3, 2, 3, 2, 3).mean(axis=(2, 4)))


def test_flattening_keeps_channels_last() -> None:
    kernel, bias = floats(SIZE * SIZE * 3, 2) / 1000, floats(2)
    layers = [
        layer("Flatten", "f", "x"),
        layer("Dropout", "o", "f", rate=0.5),
        layer("Dense", "d", "o", use_bias=True, activation="softmax"),
    ]
    powers = np.exp(X.reshape(2, -1) @ kernel + bias)
    assert_gives(layers, {"d/kernel": kernel, "d/bias": bias}, powers / powers.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("refused", "complaint"),
    [
        (layer("LSTM", "n", "x"), "the layer LSTM is not known"),
        (layer("Flatten", "n", "x", data_format="channels_first"), "only channels_last"),
        (layer("Flatten", "n", "x", activation="selu"), "the activation selu"),
        (layer("Conv2D", "n", "x", **{**CONVOLUTION, "strides": [1, 2]}), "strides of 1 x 2"),
        (layer("Conv2D", "n", "x", **{**CONVOLUTION, "dilation_rate": [2, 2]}), "dilated"),
        (layer("Conv2D", "n", "x", **{**CONVOLUTION, "use_bias": True}), "n has no bias"),
        (layer("ReLU", "n", "x", max_value=None, negative_slope=0, threshold=0), "other than ReLU6"),
        (layer("BatchNormalization", "n", "x", epsilon=0.001, scale=False, center=True), "without scale or center"),
    ],
)
def test_what_is_not_known_is_refused_with_its_name(refused: dict[str, Any], complaint: str) -> None:
    with pytest.raises(WeightsError, match=complaint):
        converted([refused], {"n/kernel": floats(1, 1, 3, 5)}, 4)
