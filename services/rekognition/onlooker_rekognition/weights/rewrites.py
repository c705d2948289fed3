"""Rewrites graphs into the forms that onnxruntime computes fastest; what they compute stays the same.

TF.js spells out some activations in elementary operations. onnxruntime recognises none of them: each operation
then passes over the whole tensor, and for most of them it leaves the layout in which it convolves and returns to it.
As one operation they are fused with the convolution before them. Together with `GraphBuilder.prelu` this makes the
networks 1.3 to 2.5 times as fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper

from onlooker_rekognition.weights.tensors import Tensor

_SIXTH, _ROUNDING = 1 / 6, 1e-3  # as half precision stores it
_VECTOR, _NARROW_VECTOR = 16, 8  # floats in the vectors that onnxruntime convolves with, AVX-512's and AVX's


def rewrite(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with activations in one piece, tensors kept in one layout, and nothing that no output needs."""
    graph = _Graph(model)
    nodes = [new for node in model.graph.node for new in graph.rewritten(node) or [node]]
    nodes = _needed(nodes, [output.name for output in model.graph.output])
    used = {tensor for node in nodes for tensor in node.input}
    constants = [numpy_helper.from_array(value, name) for name, value in graph.constants.items() if name in used]
    body = helper.make_graph(nodes, model.graph.name, model.graph.input, model.graph.output, constants)
    return helper.make_model(body, opset_imports=model.opset_import, ir_version=model.ir_version)


class _Graph:
    """Finds what a node was made of. Each rewrite returns the nodes that take its place, or none."""

    def __init__(self, model: onnx.ModelProto) -> None:
        graph = onnx.shape_inference.infer_shapes(model).graph
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._producers = {output: node for node in graph.node for output in node.output}
        self._consumers: dict[str, list[NodeProto]] = defaultdict(list)
        for node in graph.node:
            for tensor in node.input:
                self._consumers[tensor].append(node)
        self._shapes = {value.name: value.type.tensor_type.shape.dim for value in graph.value_info}

    def rewritten(self, node: NodeProto) -> list[NodeProto]:
        """What takes the node's place, or nothing where it is best as it is."""
        rewrites = (self.relu6, self.hard_swish, self.more_channels, self.odd_pool, self.odd_depthwise)
        return next((new for rewrite in rewrites if (new := rewrite(node))), [])

    def relu6(self, node: NodeProto) -> list[NodeProto]:
        """max(min(relu(x), 6), 0) is x clipped to 0..6."""
        if not (inner := self._applied("Max", node.output[0], 0.0)):
            return []
        if not (source := self._applied("Min", inner, 6.0)):
            return []
        limits = node.input[1], self._producers[inner].input[1]
        rectified = self._producers.get(source)
        if rectified is not None and rectified.op_type == "Relu":
            source = rectified.input[0]
        return [helper.make_node("Clip", [source, *limits], node.output)]

    def hard_swish(self, node: NodeProto) -> list[NodeProto]:
        """relu6(x + 3) / 6 is ONNX's HardSigmoid; x / 6 times relu6(x + 3) is x times that."""
        if node.op_type != "Mul":
            return []
        for scaled, clipped in (node.input, reversed(node.input)):
            if not (x := self._clipped_sum(clipped)):
                continue
            if self._is(scaled, _SIXTH):
                return [_hard_sigmoid(x, node.output[0])]
            if self._applied("Mul", scaled, _SIXTH) == x:
                gate = f"{node.output[0]}_gate"
                return [_hard_sigmoid(x, gate), helper.make_node("Mul", [x, gate], node.output)]
        return []

    def more_channels(self, node: NodeProto) -> list[NodeProto]:
        """Channels of zeros added by Pad, which has no fast layout, are added by a convolution as well."""
        if node.op_type != "Pad":
            return []
        *others, added = self.constants[node.input[1]]
        if any(others):
            return []
        channels = self._shapes[node.input[0]][3].dim_value
        return self._convolved(node.input[0], np.eye(channels + added, channels), node.output[0], channels_last=True)

    def odd_pool(self, node: NodeProto) -> list[NodeProto]:
        """A pool over channels that fill no whole vector leaves the fast layout; a convolution goes back to it."""
        if node.op_type != "MaxPool":
            return []
        channels = self._shapes[node.input[0]][1].dim_value
        if channels % _VECTOR == 0:
            return []
        pooled, pool = f"{node.output[0]}_pooled", NodeProto()
        pool.CopyFrom(node)
        pool.output[0] = pooled
        return [pool, *self._convolved(pooled, np.eye(channels), node.output[0], channels_last=False)]

    def odd_depthwise(self, node: NodeProto) -> list[NodeProto]:
        """A depthwise convolution of 18 or 22 channels has no fast form; with channels of zeros added it has.

        They are made by the convolution before it and ignored by the one after it.
        """
        groups = _attribute(node, "group")
        if node.op_type != "Conv" or groups == 1 or groups % _NARROW_VECTOR == 0:
            return []
        before, after = self._source(node.input[0]), self._only_consumer(node.output[0])
        if before is None or after is None:
            return []
        added = -groups % _NARROW_VECTOR
        for convolution, axis in ((before, 0), (node, 0), (after, 1)):
            self._widen(convolution.input[1], axis, added)
        for bias in (*before.input[2:], *node.input[2:]):
            self._widen(bias, 0, added)
        wider = NodeProto()
        wider.CopyFrom(node)
        next(attribute for attribute in wider.attribute if attribute.name == "group").i += added
        return [wider]

    def _source(self, tensor: str) -> NodeProto | None:
        """The convolution that gives `tensor`, rectified and transposed at most, to nobody else."""
        node = self._producers.get(tensor)
        while node is not None and node.op_type in {"Relu", "Transpose"} and len(self._consumers[node.output[0]]) == 1:
            node = self._producers.get(node.input[0])
        alone = node is not None and node.op_type == "Conv" and len(self._consumers[node.output[0]]) == 1
        return node if alone else None

    def _only_consumer(self, tensor: str) -> NodeProto | None:
        """The convolution that alone takes `tensor`, transposed at most."""
        consumers = self._consumers[tensor]
        while len(consumers) == 1 and consumers[0].op_type == "Transpose":
            consumers = self._consumers[consumers[0].output[0]]
        return consumers[0] if len(consumers) == 1 and consumers[0].op_type == "Conv" else None

    def _widen(self, constant: str, axis: int, added: int) -> None:
        value = self.constants[constant]
        self.constants[constant] = np.pad(value, [(0, added * (other == axis)) for other in range(value.ndim)])

    def _convolved(self, tensor: str, matrix: Tensor, output: str, *, channels_last: bool) -> list[NodeProto]:
        """Nodes that multiply each pixel by a matrix (out, in)."""
        kernel, before, after = f"{output}_kernel", f"{output}_before", f"{output}_after"
        self.constants[kernel] = matrix.astype(np.float32)[:, :, None, None]
        if not channels_last:
            return [helper.make_node("Conv", [tensor, kernel], [output])]
        return [
            helper.make_node("Transpose", [tensor], [before], perm=[0, 3, 1, 2]),
            helper.make_node("Conv", [before, kernel], [after]),
            helper.make_node("Transpose", [after], [output], perm=[0, 2, 3, 1]),
        ]

    def _clipped_sum(self, tensor: str) -> str | None:
        """x, where `tensor` is x + 3 clipped to 0..6."""
        clip = self._producers.get(tensor)
        if clip is None or clip.op_type != "Clip" or not (self._is(clip.input[1], 0) and self._is(clip.input[2], 6)):
            return None
        return self._applied("Add", clip.input[0], 3)

    def _applied(self, kind: str, tensor: str, value: float) -> str | None:
        """x, where `tensor` is x combined by a `kind` node with that constant, on either side."""
        node = self._producers.get(tensor)
        if node is None or node.op_type != kind:
            return None
        left, right = node.input
        if self._is(right, value):
            return str(left)
        return str(right) if self._is(left, value) else None

    def _is(self, name: str, value: float) -> bool:
        constant = self.constants.get(name)
        return constant is not None and constant.size == 1 and bool(np.isclose(constant, value, atol=_ROUNDING).all())


def _attribute(node: NodeProto, name: str) -> int:
    return next((int(attribute.i) for attribute in node.attribute if attribute.name == name), 1)


def _hard_sigmoid(x: str, output: str) -> NodeProto:
    return helper.make_node("HardSigmoid", [x], [output], alpha=_SIXTH, beta=0.5)


def _needed(nodes: Sequence[NodeProto], outputs: Iterable[str]) -> list[NodeProto]:
    needed, kept = set(outputs), []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    return kept[::-1]
