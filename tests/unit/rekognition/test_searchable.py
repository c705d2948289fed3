"""In how large a copy of a picture the faces are found that somebody is looked for by."""

from dataclasses import replace

import numpy as np
import pytest

from onlooker_rekognition.searchable import LARGE, searchable
from onlooker_rekognition.vision.image import ENOUGH, Image
from onlooker_rekognition.vision.results import FaceAnalysis
from rekognition_fakes import FakeEngine, scene

SIDE = 2400


class Camera(FakeEngine):
    """Shows one face in pictures of 2400 pixels, which it decodes at a half where that is enough."""

    def __init__(self, face: FaceAnalysis, side: int = SIDE) -> None:
        super().__init__()
        self._face = face
        self._side = side

    def decode(self, data: bytes, *, enough: int = ENOUGH) -> Image:
        self.decoded += 1
        factor = 2 if self._side // 2 >= enough else 1
        return Image(np.zeros((self._side // factor, self._side // factor, 3), np.uint8), factor)

    def detect_faces(self, image: Image, *, attributes: bool, embeddings: bool = False) -> tuple[FaceAnalysis, ...]:
        assert embeddings
        assert not attributes
        return (replace(self._face, confidence=float(image.width)),)


def _face(share: float) -> FaceAnalysis:
    engine = FakeEngine()
    (face,) = engine.detect_faces(engine.decode(scene({"person": 1, "left": 0.1, "size": share})), attributes=False)
    return face


@pytest.mark.parametrize(("pixels", "looked_at"), [(2 * LARGE + 20, SIDE // 2), (2 * LARGE - 20, SIDE)])
def test_a_small_face_is_looked_at_in_the_picture_itself(pixels: int, looked_at: int) -> None:
    found = searchable(b"", Camera(_face(pixels / SIDE)))
    assert (found.width, found.height, found.faces[0].confidence) == (looked_at, looked_at, looked_at)


def test_a_picture_without_a_smaller_copy_is_looked_at_once() -> None:
    engine = Camera(_face(0.05), side=1200)
    assert searchable(b"", engine).width == 1200
    assert engine.decoded == 1
