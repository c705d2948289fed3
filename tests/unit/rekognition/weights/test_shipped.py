"""Adopted models give what they gave before, for the input that all models have."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from onlooker_rekognition.weights.shipped import OPSET, adopt, likeliest, squeezed
from onlooker_rekognition.weights.tensors import WeightsError

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3), np.uint8)
BGR = (PICTURES[..., ::-1] / 127.5 - 1).transpose(0, 3, 1, 2).astype(np.float32)


def shipped(folder: Path, *nodes: onnx.NodeProto, rank: int, opset: int = OPSET) -> Path:
    """A model from `x` (n, 3, height, width) to `y`, with what its makers noted."""
    graph = helper.make_graph(
        nodes,
        "shipped",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["a", 3, "b", "c"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * rank)],
        [numpy_helper.from_array(np.array([[1, 2, 0.5, -1], [0, 1, 1, 3], [2, 0, 1, 1]], np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    helper.set_model_props(model, {"character": "a\nb"})
    path = folder / "shipped.onnx"
    onnx.save(model, path)
    return path


def test_pictures_reach_it_as_it_was_trained(tmp_path: Path) -> None:
    path = shipped(tmp_path, helper.make_node("ReduceMean", ["x"], ["y"], axes=[1], keepdims=1), rank=4)
    model = adopt(path, "new", ["N", "H", "W", 3], {"text": ["N", "H", "W"]}, squeezed("text"))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (result,) = session.run(None, {"input": PICTURES})
    np.testing.assert_allclose(result, BGR.mean(axis=1), atol=1e-6)
    assert session.get_modelmeta().custom_metadata_map == {"character": "a\nb"}


def test_of_each_step_only_the_likeliest_class_is_told(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["columns"], axes=[2], keepdims=0),
        helper.make_node("Transpose", ["columns"], ["steps"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["steps", "w"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["y"], axis=2),
    ]
    path = shipped(tmp_path, *nodes, rank=3)
    outputs = {"classes": ["N", "T"], "probabilities": ["N", "T"]}
    model = adopt(path, "new", ["N", 4, "W", 3], outputs, likeliest("classes", "probabilities"))
    before = onnxruntime.InferenceSession(path).run(None, {"x": BGR})[0]
    session = onnxruntime.InferenceSession(model.SerializeToString())
    classes, probabilities = session.run(["classes", "probabilities"], {"input": PICTURES})
    np.testing.assert_array_equal(classes, before.argmax(axis=2))
    np.testing.assert_allclose(probabilities, before.max(axis=2), rtol=1e-5)
    assert classes.dtype == np.float32


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    path = shipped(tmp_path, helper.make_node("Identity", ["x"], ["y"]), rank=4, opset=17)
    with pytest.raises(WeightsError, match="opset 11"):
        adopt(path, "new", ["N", "H", "W", 3], {"text": ["N", "H", "W"]}, squeezed("text"))
