"""TF.js layers models (Keras' own description of a network, and a binary of weights) to ONNX.

It knows the layers that the models in `catalogue` use, in the forms they use, and refuses any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import Tensor, WeightsError


class Layer:
    """One layer about to be emitted: its settings, its weights and the tensors that go into it."""

    def __init__(self, entry: Mapping[str, Any], weights: Mapping[str, Tensor], inputs: Sequence[str]) -> None:
        self.kind = str(entry["class_name"])
        self.config: Mapping[str, Any] = entry["config"]
        self.name = str(self.config["name"])
        self.inputs = inputs
        self._weights = weights

    def weight(self, name: str) -> Tensor:
        """A weight of this layer. Raises WeightsError if there is none."""
        try:
            return self._weights[f"{self.name}/{name}"]
        except KeyError as error:
            raise WeightsError(f"{self.name} has no {name}") from error

    def side(self, key: str) -> int:
        """A setting that is a pair of equal numbers, such as a stride. Raises WeightsError if they differ."""
        height, width = self.config[key]
        if height != width:
            raise WeightsError(f"{self.name}: {key} of {height} x {width} is not supported")
        return int(height)


def convert(model: Mapping[str, Any], weights: Mapping[str, Tensor], graph: GraphBuilder, image: str) -> str:
    """Emits a functional model with one input and one output, and returns its output.

    `model` is the parsed model.json; `image` takes the place of the input layer. Raises WeightsError for a layer, or
    a form of one, that is not known.
    """
    config = model["modelTopology"]["model_config"]["config"]
    tensors: dict[str, str] = {}
    for entry in config["layers"]:
        if entry["class_name"] == "InputLayer":
            tensors[entry["config"]["name"]] = image
            continue
        (call,) = entry["inbound_nodes"]
        layer = Layer(entry, weights, [tensors[source[0]] for source in call])
        tensors[layer.name] = _emit(graph, layer)
    ((output, _, _),) = config["output_layers"]
    return tensors[output]


def _emit(graph: GraphBuilder, layer: Layer) -> str:
    write = _LAYERS.get(layer.kind)
    if write is None:
        raise WeightsError(f"{layer.name}: the layer {layer.kind} is not known")
    if layer.config.get("data_format", "channels_last") != "channels_last":
        raise WeightsError(f"{layer.name}: only channels_last is supported")
    return _activated(graph, layer, write(graph, layer))


def _activated(graph: GraphBuilder, layer: Layer, tensor: str) -> str:
    match layer.config.get("activation", "linear"):
        case "linear":
            return tensor
        case "relu":
            return graph.op("Relu", tensor)
        case "softmax":
            return graph.op("Softmax", tensor, axis=-1)
        case other:
            raise WeightsError(f"{layer.name}: the activation {other} is not known")


def _convolution(graph: GraphBuilder, layer: Layer) -> str:
    depthwise = layer.kind == "DepthwiseConv2D"
    if layer.side("dilation_rate") != 1:
        raise WeightsError(f"{layer.name}: dilated convolutions are not supported")
    return graph.conv(
        layer.inputs[0],
        layer.weight("depthwise_kernel" if depthwise else "kernel"),
        layer.weight("bias") if layer.config["use_bias"] else None,
        stride=layer.side("strides"),
        padding=layer.config["padding"].upper(),
        depthwise=depthwise,
    )


def _batch_normalization(graph: GraphBuilder, layer: Layer) -> str:
    """As one product and one sum: what is fixed after training is multiplied out here."""
    if not (layer.config["scale"] and layer.config["center"]):
        raise WeightsError(f"{layer.name}: a normalization without scale or center is not supported")
    scale = layer.weight("gamma") / np.sqrt(layer.weight("moving_variance") + np.float32(layer.config["epsilon"]))
    shift = layer.weight("beta") - layer.weight("moving_mean") * scale
    return graph.op("Add", graph.op("Mul", layer.inputs[0], scale), shift)


def _relu(graph: GraphBuilder, layer: Layer) -> str:
    if layer.config["max_value"] != 6 or layer.config["negative_slope"] or layer.config["threshold"]:  # noqa: PLR2004 (ReLU6)
        raise WeightsError(f"{layer.name}: a ReLU other than ReLU6 is not supported")
    return graph.relu6(layer.inputs[0])


def _zero_padding(graph: GraphBuilder, layer: Layer) -> str:
    (top, bottom), (left, right) = layer.config["padding"]
    return graph.op("Pad", layer.inputs[0], np.array([0, top, left, 0, 0, bottom, right, 0]))


def _average_pooling(graph: GraphBuilder, layer: Layer) -> str:
    size, stride = layer.side("pool_size"), layer.side("strides")
    return graph.pool("AveragePool", layer.inputs[0], size, stride, layer.config["padding"].upper())


def _dense(graph: GraphBuilder, layer: Layer) -> str:
    product = graph.op("MatMul", layer.inputs[0], layer.weight("kernel"))
    return graph.op("Add", product, layer.weight("bias")) if layer.config["use_bias"] else product


_LAYERS: dict[str, Callable[[GraphBuilder, Layer], str]] = {
    "Add": lambda graph, layer: graph.op("Add", *layer.inputs),
    "AveragePooling2D": _average_pooling,
    "BatchNormalization": _batch_normalization,
    "Conv2D": _convolution,
    "Dense": _dense,
    "DepthwiseConv2D": _convolution,
    "Dropout": lambda _, layer: layer.inputs[0],  # drops in training only
    "Flatten": lambda graph, layer: graph.op("Flatten", layer.inputs[0], axis=1),  # channels last, as Keras does
    "ReLU": _relu,
    "ZeroPadding2D": _zero_padding,
}
