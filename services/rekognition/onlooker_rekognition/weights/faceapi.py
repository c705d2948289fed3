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
    return (graph.op("MatMul", graph.mean(tensor, keep=False), weights["fc"]),)


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
    return graph.normalised(image, _MEAN, 255)
