"""The networks of face-api: the package ships their weights without a graph, so the graphs are written here.

They follow the package's TypeScript. Each function takes the network's tensors and the picture's tensor (RGB,
0..255, letterboxed to the size stated) and returns its outputs; normalising the picture is part of the graph.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import Tensor

Tensors = Mapping[str, Tensor]

_MEAN = np.array([122.782, 117.001, 104.298], np.float32)
_BATCH_NORM_EPSILON = np.float32(0.0010000000474974513)


def ssd_mobilenet(graph: GraphBuilder, weights: Tensors, image: str) -> tuple[str, str]:
    """Faces in 512 x 512: boxes (n, 5118, 4) as top, left, bottom, right ratios, and scores (n, 5118)."""
    features: list[str] = []
    deepest = graph.op("Sub", graph.op("Div", image, np.float32(127.5)), np.float32(1))
    deepest = _pointwise(graph, weights, deepest, "MobilenetV1/Conv2d_0_pointwise", stride=2)
    for layer in range(1, 14):
        stride = 2 if layer in {2, 4, 6, 12} else 1
        deepest = _depthwise(graph, weights, deepest, f"MobilenetV1/Conv2d_{layer}_depthwise", stride)
        deepest = _pointwise(graph, weights, deepest, f"MobilenetV1/Conv2d_{layer}_pointwise")
        if layer in {11, 13}:
            features.append(deepest)
    for layer in range(8):
        stride = 2 if layer % 2 else 1
        deepest = _pointwise(graph, weights, deepest, f"Prediction/Conv2d_{layer}_pointwise", stride)
        if layer % 2:
            features.append(deepest)
    encodings = _predictions(graph, weights, features, "BoxEncodingPredictor", 4)
    classes = _predictions(graph, weights, features, "ClassPredictor", 3)
    face = graph.op("Slice", classes, np.array([1]), np.array([2]), np.array([2]))
    scores = graph.op("Squeeze", graph.op("Sigmoid", face), np.array([2]))
    return _decoded_boxes(graph, encodings, weights["Output/extra_dim"][0]), scores


def _predictions(graph: GraphBuilder, weights: Tensors, features: list[str], name: str, size: int) -> str:
    parts = []
    for index, feature in enumerate(features):
        prefix = f"Prediction/BoxPredictor_{index}/{name}"
        raw = graph.conv(feature, weights[f"{prefix}/weights"], weights[f"{prefix}/biases"])
        parts.append(graph.op("Reshape", raw, np.array([0, -1, size])))
    return graph.op("Concat", *parts, axis=1)


def _decoded_boxes(graph: GraphBuilder, encodings: str, anchors: Tensor) -> str:
    """Encodings are offsets from the anchors, in tenths and fifths of their sizes (variances of SSD)."""
    sizes = anchors[:, 2:] - anchors[:, :2]
    centres = anchors[:, :2] + sizes / 2
    shift, growth = graph.ops("Split", encodings, np.array([2, 2]), outputs=2, axis=2)
    centre = graph.op("Add", graph.op("Mul", shift, sizes[None] / np.float32(10)), centres[None])
    half = graph.op("Exp", graph.op("Div", growth, np.float32(5)))
    half = graph.op("Mul", half, sizes[None] / np.float32(2))
    return graph.op("Concat", graph.op("Sub", centre, half), graph.op("Add", centre, half), axis=2)


def _pointwise(graph: GraphBuilder, weights: Tensors, tensor: str, prefix: str, stride: int = 1) -> str:
    kernel, offset = weights[f"{prefix}/weights"], weights[f"{prefix}/convolution_bn_offset"]
    return graph.relu6(graph.conv(tensor, kernel, offset, stride=stride))


def _depthwise(graph: GraphBuilder, weights: Tensors, tensor: str, prefix: str, stride: int) -> str:
    """With the batch norm folded into kernel and bias."""
    norm = {key: weights[f"{prefix}/BatchNorm/{key}"] for key in ("gamma", "beta", "moving_mean", "moving_variance")}
    scale = norm["gamma"] / np.sqrt(norm["moving_variance"] + _BATCH_NORM_EPSILON)
    kernel = weights[f"{prefix}/depthwise_weights"] * scale[None, None, :, None]
    bias = norm["beta"] - norm["moving_mean"] * scale
    return graph.relu6(graph.conv(tensor, kernel, bias, stride=stride, depthwise=True))


def face_recognition(graph: GraphBuilder, weights: Tensors, image: str) -> tuple[str]:
    """The embedding (n, 128) of a face aligned to 150 x 150: dlib's ResNet."""
    tensor = _normalised(graph, image)
    tensor = graph.op("Relu", _scaled_conv(graph, weights, tensor, "conv32_down", 2, "VALID"))
    tensor = graph.pool("MaxPool", tensor, 3, 2, "VALID")
    size = 35  # of the tensor: 150 -> 72 by the convolution -> 35 by the pool
    for block in _BLOCKS:
        if "down" in block:
            tensor, size = _shrinking_block(graph, weights, tensor, block, size)
        else:
            tensor = _residual_block(graph, weights, tensor, block)
    mean = graph.op("ReduceMean", tensor, axes=[1, 2], keepdims=0)
    return (graph.op("MatMul", mean, weights["fc"]),)


_BLOCKS = (
    *("conv32_1", "conv32_2", "conv32_3"),
    *("conv64_down", "conv64_1", "conv64_2", "conv64_3"),
    *("conv128_down", "conv128_1", "conv128_2"),
    *("conv256_down", "conv256_1", "conv256_2"),
    "conv256_down_out",
)


def _residual_block(graph: GraphBuilder, weights: Tensors, tensor: str, block: str) -> str:
    inner = graph.op("Relu", _scaled_conv(graph, weights, tensor, f"{block}/conv1"))
    return graph.op("Relu", graph.op("Add", _scaled_conv(graph, weights, inner, f"{block}/conv2"), tensor))


def _shrinking_block(graph: GraphBuilder, weights: Tensors, tensor: str, block: str, size: int) -> tuple[str, int]:
    """A residual block of half the size; what the two branches differ by is filled with zeros."""
    inner = graph.op("Relu", _scaled_conv(graph, weights, tensor, f"{block}/conv1", 2, "VALID"))
    inner = _scaled_conv(graph, weights, inner, f"{block}/conv2")
    skip = graph.pool("AveragePool", tensor, 2, 2, "VALID")
    rows = size // 2 - ((size - 3) // 2 + 1)
    if rows:
        inner = graph.op("Pad", inner, np.array([0, 0, 0, 0, 0, rows, rows, 0]))
    channels_in, channels_out = weights[f"{block}/conv1/conv/filters"].shape[2:]
    if channels_in != channels_out:
        skip = graph.op("Pad", skip, np.array([0, 0, 0, 0, 0, 0, 0, channels_out - channels_in]))
    return graph.op("Relu", graph.op("Add", skip, inner)), size // 2


def _scaled_conv(
    graph: GraphBuilder, weights: Tensors, tensor: str, prefix: str, stride: int = 1, padding: str = "SAME"
) -> str:
    """With the affine layer after it folded into kernel and bias."""
    scale = weights[f"{prefix}/scale/weights"]
    kernel = weights[f"{prefix}/conv/filters"] * scale
    bias = weights[f"{prefix}/conv/bias"] * scale + weights[f"{prefix}/scale/biases"]
    return graph.conv(tensor, kernel, bias, stride=stride, padding=padding)


def face_expression(graph: GraphBuilder, weights: Tensors, image: str) -> tuple[str]:
    """Probabilities (n, 7) of a face in 112 x 112, in the order of face-api's expressions."""
    tensor = _normalised(graph, image)
    for block in range(4):
        tensor = _dense_block(graph, weights, tensor, f"dense{block}", first=block == 0)
    pooled = graph.pool("AveragePool", tensor, 7, 2, "VALID")
    flat = graph.op("Reshape", pooled, np.array([0, -1]))
    logits = graph.op("Add", graph.op("MatMul", flat, weights["fc/weights"]), weights["fc/bias"])
    return (graph.op("Softmax", logits, axis=-1),)


def _dense_block(graph: GraphBuilder, weights: Tensors, tensor: str, block: str, *, first: bool) -> str:
    """Four convolutions, each fed with the rectified sum of all before it."""
    if first:
        kernel, bias = weights[f"{block}/conv0/filters"], weights[f"{block}/conv0/bias"]
        start = graph.conv(tensor, kernel, bias, stride=2)
    else:
        start = _separable_conv(graph, weights, tensor, f"{block}/conv0", stride=2)
    total = current = graph.op("Relu", start)
    for index in (1, 2, 3):
        total = graph.op("Add", total, _separable_conv(graph, weights, current, f"{block}/conv{index}"))
        current = graph.op("Relu", total)
    return current


def _separable_conv(graph: GraphBuilder, weights: Tensors, tensor: str, prefix: str, stride: int = 1) -> str:
    spatial = graph.conv(tensor, weights[f"{prefix}/depthwise_filter"], stride=stride, depthwise=True)
    return graph.conv(spatial, weights[f"{prefix}/pointwise_filter"], weights[f"{prefix}/bias"])


def _normalised(graph: GraphBuilder, image: str) -> str:
    return graph.op("Div", graph.op("Sub", image, _MEAN), np.float32(255))
