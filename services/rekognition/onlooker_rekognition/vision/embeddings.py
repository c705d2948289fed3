"""Faces as vectors: aligned like dlib aligns them, which is how the network was trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from onlooker_rekognition.vision.geometry import similarity_transform
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.mesh import (
    LEFT_EYE_INNER,
    LEFT_EYE_OUTER,
    NOSE_BASE,
    RIGHT_EYE_INNER,
    RIGHT_EYE_OUTER,
    Mesh,
)
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.quality import laplacian
from onlooker_rekognition.vision.resample import crop, lightened, sharpened
from onlooker_rekognition.vision.results import Embedding

EMBEDDING_MODEL = "face-recognition-1"
"""The name kept with each embedding: only embeddings of one name are compared. It stands for the weights and for how a
face is aligned; whoever changes either raises the number. It is not what clients are shown (FACE_MODEL_VERSION)."""

_POINTS = [RIGHT_EYE_OUTER, RIGHT_EYE_INNER, LEFT_EYE_OUTER, LEFT_EYE_INNER, NOSE_BASE]
_CHIP = np.array(  # where dlib's get_face_chip puts these points, in a unit square without its padding
    [
        [0.8595674595992, 0.2134981538014],
        [0.6460604764104, 0.2289674387677],
        [0.1205750620789, 0.2137274526848],
        [0.3340850613712, 0.2290642403242],
        [0.4901123135679, 0.6277975316475],
    ]
)
_PADDING = 0.25

_BLURRED = 3.5  # deviation of the Laplacian, in grey levels: photos have 9 and more, 24 pixels 3 to 8, blurred ones 2
_BLUR, _SHARPENING = 4.0, 3.0  # pixels of the chip, and how many times what such a blur takes away is added


class Embedder:
    """Describes faces; those of one person lie near one another (see `similarity`)."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._chip = (_CHIP + _PADDING) / (2 * _PADDING + 1) * network.size

    def align(self, pixels: Pixels, meshes: Sequence[Mesh]) -> list[Pixels]:
        """The chip (size, size, 3) of each face: cut out, upright, and as large as the network takes it."""
        size = self._network.size
        return [crop(pixels, similarity_transform(self._chip, mesh.points[_POINTS, :2]), size) for mesh in meshes]

    def embed(self, chips: Sequence[Pixels]) -> list[Embedding]:
        """A vector (128,) for each chip; at least one."""
        return list(self._network.run(np.stack([_clear(chip) for chip in chips]))["embedding"])


def _clear(chip: Pixels) -> Pixels:
    """A dark chip lightened and a blurred one sharpened, as all that is dark or blurred looks alike to the network."""
    light = lightened(chip)
    return sharpened(light, _BLUR, _SHARPENING) if np.std(laplacian(light)) < _BLURRED else light
