"""Writes ONNX graphs whose tensors keep TensorFlow's layout (batch, height, width, channels).

ONNX defines convolution, pooling and resizing for channels first only; they are wrapped in a pair of transposes.
onnxruntime's optimiser cancels neighbouring pairs when it loads the model, so nothing is lost by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from onlooker_rekognition.weights.rewrites import rewrite
from onlooker_rekognition.weights.tensors import Tensor

OPSET = 17
IR_VERSION = 8

Operand = str | Tensor | np.generic
"""A tensor of the graph by its name, or a constant."""


class GraphBuilder:
    """Appends nodes one by one; every method returns the name of the tensor it adds."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def image(self, size: int, *, batch: int | None = None) -> str:
        """The input every model has: square RGB pictures as uint8; returned as float32, still 0..255."""
        shape = [batch or "N", size, size, 3]
        self._inputs.append(helper.make_tensor_value_info("input", TensorProto.UINT8, shape))
        # transposed while it is bytes: the other transpose cancels the first convolution's
        return self._channels_last(self.cast(self._channels_first("input"), TensorProto.FLOAT))

    def output(self, name: str, tensor: str, shape: Sequence[int | str | None]) -> None:
        """Makes `tensor` an output; None in its shape stands for the batch."""
        self._nodes.append(helper.make_node("Identity", [tensor], [name]))
        dimensions = ["N" if size is None else size for size in shape]
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dimensions))

    def constant(self, value: Tensor | np.generic) -> str:
        """A tensor of fixed content."""
        name = self._name("constant")
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *operands: Operand, **attributes: Any) -> str:
        """A node; all that are used have one output."""
        inputs = [item if isinstance(item, str) else self.constant(item) for item in operands]
        name = self._name(kind)
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def cast(self, tensor: str, to: int) -> str:
        """`tensor` in another element type."""
        return self.op("Cast", tensor, to=to)

    def relu6(self, tensor: str) -> str:
        """`tensor` clipped to 0..6."""
        return self.op("Clip", tensor, np.float32(0), np.float32(6))

    def prelu(self, tensor: str, slope: Tensor) -> str:
        """`tensor`, times its channel's slope where it is negative.

        As slope * x + (1 - slope) * relu(x), each factor a depthwise convolution: of all operations with a value for
        each channel, onnxruntime has only those in the layout it convolves in. Its own PRelu takes half of a network's
        time.
        """
        kernel = np.reshape(slope, (1, 1, -1, 1))
        rectified = self.conv(self.op("Relu", tensor), 1 - kernel, depthwise=True)
        return self.op("Add", self.conv(tensor, kernel, depthwise=True), rectified)

    def normalised(self, tensor: str, mean: Tensor, divisor: float) -> str:
        """(`tensor` - mean) / divisor, with a mean for each channel.

        As the batch normalization that it is: onnxruntime would subtract with channels last, which is slow.
        """
        ones, zeros = np.ones_like(mean), np.zeros_like(mean)
        operands = (ones / np.float32(divisor), -mean / np.float32(divisor), zeros, ones)
        return self._channels_last(self.op("BatchNormalization", self._channels_first(tensor), *operands, epsilon=0.0))

    def reversed_channels(self, tensor: str) -> str:
        """RGB to BGR, or back."""
        return self._channels_last(self.op("Gather", self._channels_first(tensor), np.array([2, 1, 0]), axis=1))

    def conv(
        self,
        tensor: str,
        kernel: Tensor,
        bias: Tensor | None = None,
        *,
        stride: int = 1,
        padding: str = "SAME",
        depthwise: bool = False,
    ) -> str:
        """A convolution; the kernel as TensorFlow keeps it: (height, width, in, out), or (…, in, factor)."""
        if depthwise:
            height, width, channels, factor = kernel.shape
            weights = kernel.transpose(2, 3, 0, 1).reshape(channels * factor, 1, height, width)
        else:
            weights = kernel.transpose(3, 2, 0, 1)
        operands: list[Operand] = [self._channels_first(tensor), weights]
        if bias is not None:
            operands.append(bias)
        convolved = self.op(
            "Conv",
            *operands,
            strides=[stride, stride],
            group=kernel.shape[2] if depthwise else 1,
            kernel_shape=list(weights.shape[2:]),
            **_PADDING[padding],
        )
        return self._channels_last(convolved)

    def pool(self, kind: str, tensor: str, size: int, stride: int, padding: str) -> str:
        """`MaxPool` or `AveragePool` over squares."""
        pooled = self.op(
            kind,
            self._channels_first(tensor),
            kernel_shape=[size, size],
            strides=[stride, stride],
            **_PADDING[padding],
        )
        return self._channels_last(pooled)

    def mean(self, tensor: str, *, keep: bool) -> str:
        """The mean over height and width, which are kept as 1 or left out."""
        pooled = self._channels_last(self.op("GlobalAveragePool", self._channels_first(tensor)))
        return pooled if keep else self.op("Squeeze", pooled, _ints(1, 2))

    def resize(self, tensor: str, height: int, width: int) -> str:
        """A bilinear resize with TensorFlow 1's pixel positions (neither aligned corners nor half pixels)."""
        first = self._channels_first(tensor)
        batch_and_channels = self.op("Slice", self.op("Shape", first), _ints(0), _ints(2))
        sizes = self.op("Concat", batch_and_channels, _ints(height, width), axis=0)
        resized = self.op("Resize", first, "", "", sizes, mode="linear", coordinate_transformation_mode="asymmetric")
        return self._channels_last(resized)

    def model(self, name: str) -> onnx.ModelProto:
        """The finished model. Raises onnx.checker.ValidationError if it is malformed."""
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        opset = [helper.make_opsetid("", OPSET)]
        model = rewrite(helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION))
        onnx.checker.check_model(model)
        return model

    def _name(self, hint: str) -> str:
        self._count += 1
        return f"{hint}_{self._count}"

    def _channels_first(self, tensor: str) -> str:
        return self.op("Transpose", tensor, perm=[0, 3, 1, 2])

    def _channels_last(self, tensor: str) -> str:
        return self.op("Transpose", tensor, perm=[0, 2, 3, 1])


_PADDING: dict[str, dict[str, Any]] = {
    "SAME": {"auto_pad": "SAME_UPPER"},
    "VALID": {},  # said by nothing: onnxruntime then takes over the padding of a Pad before it
}


def _ints(*values: int) -> Tensor:
    return np.array(values, np.int64)
