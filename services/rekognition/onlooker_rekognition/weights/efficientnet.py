"""EfficientNet-Lite0: the package ships its weights without a graph, so the graph is written here.

It follows the paper (Tan and Le, 2019) as its authors' "Lite" variant changes it for small devices: no squeeze and
excitation, ReLU6 in the place of swish. Padding is TensorFlow's "same", as the weights come from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import Tensor, WeightsError

Tensors = Mapping[str, Tensor]

_MEAN, _SCALE = np.float32(127), np.float32(128)
_EPSILON = np.float32(1e-3)


class _Stage(NamedTuple):
    """Blocks in a row; only the first has the stride."""

    blocks: int
    kernel: int
    stride: int
    expands: bool = True


_STAGES = (
    _Stage(1, 3, 1, expands=False),
    _Stage(2, 3, 2),
    _Stage(2, 5, 2),
    _Stage(3, 3, 2),
    _Stage(3, 5, 1),
    _Stage(4, 5, 2),
    _Stage(1, 3, 1),
)


class Lite0:
    """Writes the graph of the weights given, and takes note of those it used."""

    def __init__(self, graph: GraphBuilder, weights: Tensors) -> None:
        self._graph = graph
        self._weights = weights
        self._used: set[str] = set()
        self.normalised: dict[str, str] = {}
        """What each batch normalisation gives, by its name: there the weights tell what to expect (see the tests)."""

    def write(self, image: str) -> tuple[str]:
        """The probabilities (n, 1000) of ImageNet's classes. Raises WeightsError if weights are left over."""
        tensor = self._graph.op("Div", self._graph.op("Sub", image, _MEAN), _SCALE)
        tensor = self._conv(tensor, "_conv_stem", "_bn0", stride=2)
        number = 0
        for stage in _STAGES:
            for repeat in range(stage.blocks):
                stride = 1 if repeat else stage.stride
                tensor = self._block(tensor, f"_blocks.{number}.", stage, stride, skip=repeat > 0)
                number += 1
        tensor = self._conv(tensor, "_conv_head", "_bn1")
        pooled = self._graph.op("ReduceMean", tensor, axes=[1, 2], keepdims=0)
        product = self._graph.op("MatMul", pooled, self._weight("_fc.weight").T)
        probabilities = self._graph.op("Softmax", self._graph.op("Add", product, self._weight("_fc.bias")), axis=-1)
        self._refuse_leftovers()
        return (probabilities,)

    def _block(self, tensor: str, block: str, stage: _Stage, stride: int, *, skip: bool) -> str:
        """A convolution in each channel, between one that widens and one that narrows."""
        inner = self._conv(tensor, f"{block}_expand_conv", f"{block}_bn0") if stage.expands else tensor
        inner = self._conv(inner, f"{block}_depthwise_conv", f"{block}_bn1", stride=stride, depthwise=True)
        inner = self._conv(inner, f"{block}_project_conv", f"{block}_bn2", active=False)
        return self._graph.op("Add", inner, tensor) if skip else inner

    def _conv(
        self, tensor: str, conv: str, norm: str, *, stride: int = 1, depthwise: bool = False, active: bool = True
    ) -> str:
        """With the batch normalisation after it folded into kernel and bias."""
        mean, variance = self._weight(f"{norm}.running_mean"), self._weight(f"{norm}.running_var")
        scale = self._weight(f"{norm}.weight") / np.sqrt(variance + _EPSILON)
        kernel = self._weight(f"{conv}.weight") * scale[:, None, None, None]
        kernel = kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(2, 3, 1, 0)
        bias = self._weight(f"{norm}.bias") - mean * scale
        self.normalised[norm] = self._graph.conv(tensor, kernel, bias, stride=stride, depthwise=depthwise)
        return self._graph.relu6(self.normalised[norm]) if active else self.normalised[norm]

    def _weight(self, name: str) -> Tensor:
        self._used.add(name)
        return self._weights[name]

    def _refuse_leftovers(self) -> None:
        counters = {name for name in self._weights if name.endswith("num_batches_tracked")}
        if left := sorted(self._weights.keys() - self._used - counters):
            raise WeightsError(f"The network has weights that its graph does not use: {', '.join(left)}")
