"""TensorFlow's operations, each as the ONNX nodes that do the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import Tensor, WeightsError
from onlooker_rekognition.weights.tfjs_nodes import Call


def _same(kind: str) -> Callable[[GraphBuilder, Call], str]:
    """An operation that ONNX has too, under the name `kind`, and that takes no attributes."""

    def emit(builder: GraphBuilder, call: Call) -> str:
        return builder.op(kind, *(call.operand(index) for index in range(len(call.node.inputs))))

    return emit


def _convolution(builder: GraphBuilder, call: Call) -> str:
    if set(call.integers("dilations")) - {1}:
        raise WeightsError(f"{call.node.name}: dilated convolutions are not known")
    fused = call.texts("fused_ops")
    convolved = builder.conv(
        call.tensor(0),
        call.constant(1),
        call.constant(2) if "BiasAdd" in fused else None,
        stride=call.integers("strides")[1],
        padding=call.text("padding"),
        depthwise="Depthwise" in call.node.op,
    )
    return _activated(builder, call, convolved, fused)


def _matrix_product(builder: GraphBuilder, call: Call) -> str:
    matrix = call.constant(1).T if call.flag("transpose_b") else call.constant(1)
    product = builder.op("Add", builder.op("MatMul", call.tensor(0), matrix), call.constant(2))
    return _activated(builder, call, product, call.texts("fused_ops"))


def _activated(builder: GraphBuilder, call: Call, tensor: str, fused: list[str]) -> str:
    for name in fused:
        if name == "Relu":
            tensor = builder.op("Relu", tensor)
        elif name == "Prelu":
            tensor = builder.prelu(tensor, call.constant(3))
        elif name != "BiasAdd":  # the convolution or product has added it
            raise WeightsError(f"{call.node.name}: the fused operation {name} is not known")
    return tensor


def _max_pool(builder: GraphBuilder, call: Call) -> str:
    size, stride = call.integers("ksize")[1], call.integers("strides")[1]
    return builder.pool("MaxPool", call.tensor(0), size, stride, call.text("padding"))


def _mean(builder: GraphBuilder, call: Call) -> str:
    if list(np.atleast_1d(call.constant(1))) != [1, 2]:
        raise WeightsError(f"{call.node.name}: only means over height and width are known")
    return builder.mean(call.tensor(0), keep=call.flag("keep_dims"))


def _pad(builder: GraphBuilder, call: Call) -> str:
    return builder.op("Pad", call.tensor(0), _int64(call.constant(1).T.reshape(-1)))


def _reshape(builder: GraphBuilder, call: Call) -> str:
    return builder.op("Reshape", call.tensor(0), _int64(call.constant(1)))


def _concatenate(builder: GraphBuilder, call: Call) -> str:
    last = len(call.node.inputs) - 1
    parts = (call.operand(index) for index in range(last))
    return builder.op("Concat", *parts, axis=int(call.constant(last)))


def _softmax(builder: GraphBuilder, call: Call) -> str:
    return builder.op("Softmax", call.tensor(0), axis=-1)


def _relu6(builder: GraphBuilder, call: Call) -> str:
    return builder.relu6(call.tensor(0))


def _prelu(builder: GraphBuilder, call: Call) -> str:
    return builder.prelu(call.tensor(0), call.constant(1))


def _resize(builder: GraphBuilder, call: Call) -> str:
    if call.flag("align_corners") or call.flag("half_pixel_centers"):
        raise WeightsError(f"{call.node.name}: only TensorFlow 1's pixel positions are known")
    height, width = (int(size) for size in call.constant(1))
    return builder.resize(call.tensor(0), height, width)


def _int64(values: Tensor) -> Tensor:
    return np.atleast_1d(values).astype(np.int64)


OPERATIONS: dict[str, Callable[[GraphBuilder, Call], str]] = {
    "Conv2D": _convolution,
    "DepthwiseConv2dNative": _convolution,
    "FusedDepthwiseConv2dNative": _convolution,
    "_FusedConv2D": _convolution,
    "Add": _same("Add"),
    "AddV2": _same("Add"),
    "ConcatV2": _concatenate,
    "Identity": _same("Identity"),
    "MaxPool": _max_pool,
    "Maximum": _same("Max"),
    "Mean": _mean,
    "Minimum": _same("Min"),
    "Mul": _same("Mul"),
    "Pad": _pad,
    "Prelu": _prelu,
    "Relu": _same("Relu"),
    "Relu6": _relu6,
    "Reshape": _reshape,
    "ResizeBilinear": _resize,
    "Sigmoid": _same("Sigmoid"),
    "Softmax": _softmax,
    "_FusedMatMul": _matrix_product,
}
