"""Which of the detector's candidates are faces, with networks that say what they are told to."""

import numpy as np
import pytest

from onlooker_rekognition.vision.detector import Candidates
from onlooker_rekognition.vision.faces import FaceFinder
from onlooker_rekognition.vision.mesh import Mesh

PICTURE = np.full((200, 400, 3), 128, np.uint8)


class Proposals:
    """A detector that sees faces of 50 pixels with their left edges at the given places."""

    def __init__(self, *scores: float, lefts: tuple[float, ...] = (10,)) -> None:
        self._scores, self._lefts = scores, lefts

    def find(self, pixels: np.ndarray) -> Candidates:
        self.seen = pixels
        boxes = np.array([[left, 20, left + 50, 70] for left in self._lefts], float)
        return Candidates(boxes, np.array(self._scores), np.zeros(len(boxes)))


class Meshes:
    """A mesh in each box; how sure it is of each, plain and sharpened, is told by the box's left edge.

    Refined, it is as sure, or as `refined` tells.
    """

    def __init__(
        self,
        plain: dict[float, float],
        sharpened: dict[float, float] | None = None,
        refined: dict[float, float] | None = None,
    ) -> None:
        self._faces = {False: plain, True: sharpened or plain}
        self._as_refined = refined or {}
        self.sharpened = 0
        self.refined: list[float] = []

    def fit(self, pixels: np.ndarray, boxes: np.ndarray, angles: np.ndarray, *, sharpen: bool = False) -> list[Mesh]:
        self.sharpened += len(boxes) if sharpen else 0
        return [
            Mesh(np.tile(np.append(box.reshape(2, 2), [[0], [0]], axis=1), (234, 1)), self._faces[sharpen][box[0]])
            for box in boxes
        ]

    def refine(self, pixels: np.ndarray, meshes: list[Mesh], *, sharpen: bool = False) -> list[Mesh]:
        self.refined += [mesh.points[0, 0] for mesh in meshes]
        return [Mesh(mesh.points, self._as_refined.get(mesh.points[0, 0], mesh.face)) for mesh in meshes]


@pytest.mark.parametrize(
    ("score", "mesh", "face"),
    [
        (0.9, 0.999, True),
        (0.8, 0.98, True),
        (0.75, 0.47, False),  # an emblem on a flag
        (0.42, 0.99, False),  # a letter of a sign
        (0.6, 0.993, False),  # an engine's cover
        (0.78, 0.0, False),  # a cat
    ],
)
def test_neither_network_alone_decides(score: float, mesh: float, face: bool) -> None:
    assert len(FaceFinder(Proposals(score), Meshes({10: mesh})).find(PICTURE)) == face


def test_a_doubtful_face_is_looked_at_again_sharpened_and_a_sure_one_is_not() -> None:
    meshes = Meshes({10: 0.05, 150: 1.0, 300: 0.05}, sharpened={10: 0.99, 300: 0.99})
    faces = FaceFinder(Proposals(0.75, 0.9, 0.45, lefts=(10, 150, 300)), meshes).find(PICTURE)
    assert sorted(face.box[0] for face in faces) == [10, 150]
    assert meshes.sharpened == 1, "what the detector hardly sees is not worth it"


def test_only_what_may_be_a_face_is_fitted_more_closely_and_then_has_to_be_one() -> None:
    meshes = Meshes({10: 0.2, 150: 1.0, 300: 1.0}, refined={300: 0.3})
    faces = FaceFinder(Proposals(0.45, 0.9, 0.6, lefts=(10, 150, 300)), meshes).find(PICTURE)
    assert [face.box[0] for face in faces] == [150]
    assert meshes.refined == [150, 300, 300], "the last one also when it is sharpened"


def test_more_evidence_is_more_likely_a_face() -> None:
    surest, sure = (
        FaceFinder(Proposals(score), Meshes({10: mesh})).find(PICTURE)[0].score
        for score, mesh in ((0.95, 1), (0.72, 0.985))
    )
    assert 0.9 < sure < 0.96
    assert surest > 0.99


def test_beside_a_clear_face_only_a_clear_one_is_another() -> None:
    """A doubtful one that overlaps is made of its neighbour's features; by itself it would be a face."""
    beside = {10: 1.0, 48: 1.0}
    assert len(FaceFinder(Proposals(0.9, 0.6, lefts=(10, 48)), Meshes(beside)).find(PICTURE)) == 1
    assert len(FaceFinder(Proposals(0.9, 0.8, lefts=(10, 48)), Meshes(beside)).find(PICTURE)) == 2
    assert len(FaceFinder(Proposals(0.6, lefts=(48,)), Meshes(beside)).find(PICTURE)) == 1


def test_a_dark_picture_is_looked_at_in_more_light() -> None:
    detector = Proposals(0.9)
    FaceFinder(detector, Meshes({10: 1.0})).find((PICTURE * 0.2).astype(np.uint8))
    assert detector.seen.max() > 200
