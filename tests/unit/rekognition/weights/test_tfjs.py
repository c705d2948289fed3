"""Each TensorFlow operation, converted alone and run, gives what numpy says it is."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import WeightsError
from onlooker_rekognition.weights.tfjs import convert

Array = NDArray[Any]
SIZE = 6
PICTURES: NDArray[np.uint8] = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE, 3), np.uint8)
X = PICTURES.astype(np.float32)
RANDOM = np.random.default_rng(1)


def text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def texts(*values: str) -> dict[str, Any]:
    return {"list": {"s": [text(value)["s"] for value in values]}}


def integers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def floats(*shape: int) -> Array:
    return RANDOM.normal(size=shape).astype(np.float32)


def ints(*values: int) -> Array:
    return np.array(values, np.int32)


def scalar(value: int) -> Array:
    return np.array(value, np.int32)


CONVOLUTION = {"strides": integers(1, 2, 2, 1), "padding": text("SAME")}
KERNEL, DEPTHWISE, BIAS, SLOPE, MATRIX = floats(3, 3, 3, 4), floats(3, 3, 3, 2), floats(4), floats(4), floats(5, 3)
ROW, EVERY = floats(3), {"begin_mask": {"i": "3"}, "end_mask": {"i": "3"}}


def convolved(kernel: Array, padding: str, *, depthwise: bool = False) -> Array:
    """By the definition, with a stride of 2."""
    height = kernel.shape[0]
    if padding == "SAME":
        total = max((int(np.ceil(SIZE / 2)) - 1) * 2 + height - SIZE, 0)
        before = total // 2
        x = np.pad(X, ((0, 0), (before, total - before), (before, total - before), (0, 0)))
    else:
        x = X
    count = (x.shape[1] - height) // 2 + 1
    out = []
    for row in range(count):
        for column in range(count):
            patch = x[:, 2 * row : 2 * row + height, 2 * column : 2 * column + height]
            product = np.einsum("nhwc,hwcm->ncm" if depthwise else "nhwc,hwcm->nm", patch, kernel)
            out.append(product.reshape(len(X), -1))
    return np.stack(out, axis=1).reshape(len(X), count, count, -1)


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def prelu(x: Array, slope: Array) -> Array:
    return np.where(x < 0, x * slope, x)


def softmax(x: Array) -> Array:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def pooled(x: Array) -> Array:
    return x.reshape(2, 3, 2, 3, 2, 3).max(axis=(2, 4))


def resized(x: Array) -> Array:
    """To twice the size, with TensorFlow 1's positions: pixel i comes from i / 2."""
    at = np.minimum(np.arange(2 * SIZE) / 2, SIZE - 1)
    low, high, part = np.floor(at).astype(int), np.minimum(np.floor(at).astype(int) + 1, SIZE - 1), at % 1
    x = x[:, low] * (1 - part)[:, None, None] + x[:, high] * part[:, None, None]
    return x[:, :, low] * (1 - part)[:, None] + x[:, :, high] * part[:, None]


Case = tuple[str, dict[str, Any], list[Array], Callable[[], Array]]
CASES: dict[str, Case] = {
    "Conv2D SAME": ("Conv2D", CONVOLUTION, [KERNEL], lambda: convolved(KERNEL, "SAME")),
    "Conv2D VALID": ("Conv2D", {**CONVOLUTION, "padding": text("VALID")}, [KERNEL], lambda: convolved(KERNEL, "VALID")),
    "_FusedConv2D, Relu": (
        "_FusedConv2D",
        {**CONVOLUTION, "fused_ops": texts("BiasAdd", "Relu")},
        [KERNEL, BIAS],
        lambda: relu(convolved(KERNEL, "SAME") + BIAS),
    ),
    "_FusedConv2D, Prelu": (
        "_FusedConv2D",
        {**CONVOLUTION, "fused_ops": texts("BiasAdd", "Prelu")},
        [KERNEL, BIAS, SLOPE],
        lambda: prelu(convolved(KERNEL, "SAME") + BIAS, SLOPE),
    ),
    "DepthwiseConv2dNative": (
        "DepthwiseConv2dNative",
        CONVOLUTION,
        [DEPTHWISE],
        lambda: convolved(DEPTHWISE, "SAME", depthwise=True),
    ),
    "MaxPool": (
        "MaxPool",
        {"ksize": integers(1, 2, 2, 1), "strides": integers(1, 2, 2, 1), "padding": text("VALID")},
        [],
        lambda: pooled(X),
    ),
    "Add": ("Add", {}, [ROW], lambda: X + ROW),
    "AddV2": ("AddV2", {}, [ROW], lambda: X + ROW),
    "Mul": ("Mul", {}, [ROW], lambda: X * ROW),
    "Minimum": ("Minimum", {}, [100 * ROW], lambda: np.minimum(X, 100 * ROW)),
    "Maximum": ("Maximum", {}, [100 * ROW], lambda: np.maximum(X, 100 * ROW)),
    "Identity": ("Identity", {}, [], lambda: X),
    "Mean": ("Mean", {"keep_dims": {"b": False}}, [ints(1, 2)], lambda: X.mean(axis=(1, 2))),
    "Mean, keeping": ("Mean", {"keep_dims": {"b": True}}, [ints(1, 2)], lambda: X.mean(axis=(1, 2), keepdims=True)),
    "Pad": (
        "Pad",
        {},
        [np.array([[0, 0], [1, 2], [0, 0], [0, 3]])],
        lambda: np.pad(X, [(0, 0), (1, 2), (0, 0), (0, 3)]),
    ),
    "Reshape": ("Reshape", {}, [ints(-1, SIZE * 3)], lambda: X.reshape(-1, SIZE * 3)),
    "ConcatV2": (
        "ConcatV2",
        {},
        [np.ones((2, SIZE, SIZE, 1), np.float32), scalar(3)],
        lambda: np.concatenate([X, np.ones((2, SIZE, SIZE, 1))], axis=3),
    ),
    "ResizeBilinear": ("ResizeBilinear", {}, [ints(2 * SIZE, 2 * SIZE)], lambda: resized(X)),
    "_FusedMatMul": (
        "_FusedMatMul",
        {"transpose_b": {"b": True}, "fused_ops": texts("BiasAdd", "Relu")},
        [MATRIX, MATRIX[:, 0]],
        lambda: relu(X @ MATRIX.T + MATRIX[:, 0]),
    ),
}
UNARY: dict[str, Callable[[Array], Array]] = {
    "Relu": relu,
    "Relu6": lambda x: np.clip(x, 0, 6),
    "Sigmoid": lambda x: (1 + np.tanh(x / 2)) / 2,
    "Softmax": softmax,
}


def converted(
    folder: Path, nodes: list[dict[str, Any]], weights: dict[str, Array], output: str, rank: int = 4
) -> Array:
    """What the converted model gives for PICTURES."""
    manifest = [
        {"name": name, "dtype": value.dtype.name, "shape": list(value.shape)}
        for name, value in ((name, np.asarray(value)) for name, value in weights.items())
    ]
    (folder / "w.bin").write_bytes(b"".join(value.tobytes() for value in weights.values()))
    consts = [{"name": name, "op": "Const"} for name in weights]
    topology = {"node": [*nodes, {"name": "x", "op": "Placeholder"}, *consts]}  # not in order, as in real files
    model = {"modelTopology": topology, "weightsManifest": [{"paths": ["w.bin"], "weights": manifest}]}
    (folder / "model.json").write_text(json.dumps(model))
    builder = GraphBuilder()
    (tensor,) = convert(folder / "model.json", builder, builder.image(SIZE), [output])
    builder.output("y", tensor, [None] * rank)
    session = onnxruntime.InferenceSession(builder.model("test").SerializeToString())
    (result,) = session.run(["y"], {"input": PICTURES})
    return np.asarray(result)


def node(name: str, op: str, inputs: list[str], attributes: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "op": op, "input": inputs, "attr": attributes or {}}


@pytest.mark.parametrize("case", CASES)
def test_an_operation_gives_what_numpy_gives(tmp_path: Path, case: str) -> None:
    op, attributes, constants, expected = CASES[case]
    weights = {
        f"c{index}": value.astype(np.int32) if value.dtype == np.int64 else value
        for index, value in enumerate(constants)
    }
    result = converted(tmp_path, [node("n", op, ["x", *weights], attributes)], weights, "n", expected().ndim)
    np.testing.assert_allclose(result, expected(), rtol=1e-5, atol=2e-3)


@pytest.mark.parametrize("op", UNARY)
def test_an_activation_gives_what_numpy_gives(tmp_path: Path, op: str) -> None:
    nodes = [node("n", op, ["shifted:0"]), node("shifted", "Add", ["x", "middle", "^x"])]
    result = converted(tmp_path, nodes, {"middle": np.array(-120, np.float32)}, "n")
    np.testing.assert_allclose(result, UNARY[op](X - 120), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("op", "attributes", "complaint"),
    [
        ("Elu", {}, "the operation Elu is not known"),
        ("Conv2D", {**CONVOLUTION, "dilations": integers(1, 2, 2, 1)}, "dilated"),
        ("_FusedConv2D", {**CONVOLUTION, "fused_ops": texts("Elu")}, "fused operation Elu"),
        ("ResizeBilinear", {"align_corners": {"b": True}}, "pixel positions"),
        ("Reshape", {}, "is not a constant"),
    ],
)
def test_what_is_not_known_is_refused_with_its_name(
    tmp_path: Path, op: str, attributes: dict[str, Any], complaint: str
) -> None:
    inputs = ["x", "x"] if op == "Reshape" else ["x", "c"]
    with pytest.raises(WeightsError, match=complaint):
        converted(tmp_path, [node("n", op, inputs, attributes)], {"c": KERNEL}, "n")
