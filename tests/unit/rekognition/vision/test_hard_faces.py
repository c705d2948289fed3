"""Faces that are turned, dark, blurred, small or many are found; nothing else is, however it is turned."""

import cv2
import numpy as np
import pytest

from crowd import crowd
from onlooker_rekognition.vision import Engine, FaceAnalysis, Image, similarity
from onlooker_rekognition.vision.image import Pixels
from vision_samples import PORTRAITS, on_canvas, portrait, resized, scene

SAME_PERSON = 80.0


@pytest.fixture(scope="module")
def picture() -> Pixels:
    return resized(portrait("obama.jpg"), 0.5)


@pytest.fixture(scope="module")
def original(engine: Engine, picture: Pixels) -> FaceAnalysis:
    return only_face(engine, picture)


def only_face(engine: Engine, pixels: Pixels) -> FaceAnalysis:
    (face,) = engine.detect_faces(Image(np.ascontiguousarray(pixels)), attributes=False, embeddings=True)
    return face


def alike(face: FaceAnalysis, other: FaceAnalysis) -> float:
    return float(similarity(face.embedding, other.embedding[None])[0])


def turn(pixels: Pixels, angle: float) -> tuple[Pixels, np.ndarray]:
    """The picture turned clockwise about its middle, and the matrix that takes its points there."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderValue=(90, 90, 90)), np.uint8), matrix


@pytest.mark.parametrize("angle", [-45, -20, 45, 60])
def test_a_turned_portrait_has_its_face_landmarks_and_roll_where_they_are(
    engine: Engine, picture: Pixels, original: FaceAnalysis, angle: int
) -> None:
    turned, matrix = turn(picture, angle)
    face = only_face(engine, turned)
    size = np.array(picture.shape[1::-1])
    width = original.box.width * size[0]
    spots = {landmark.type: np.array([landmark.x, landmark.y]) * size for landmark in face.landmarks}
    for landmark in original.landmarks:
        there = matrix @ [landmark.x * size[0], landmark.y * size[1], 1]
        assert np.linalg.norm(spots[landmark.type] - there) < 0.15 * width, landmark.type
    inside = np.array([face.box.left, face.box.top]), np.array([face.box.width, face.box.height])
    for kind in ("eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight"):
        assert np.all(spots[kind] / size > inside[0])
        assert np.all(spots[kind] / size < inside[0] + inside[1])
    assert face.pose.roll == pytest.approx(original.pose.roll + angle, abs=6)
    assert alike(face, original) > SAME_PERSON


@pytest.mark.parametrize("light", [0.15, 0.06])
def test_a_face_in_the_dark_is_found_and_known(
    engine: Engine, picture: Pixels, original: FaceAnalysis, light: float
) -> None:
    face = only_face(engine, (picture * light).astype(np.uint8))
    assert face.box.left == pytest.approx(original.box.left, abs=0.03)
    assert face.quality.brightness < 20, "what is said of the picture is said of the picture as it is"
    assert alike(face, original) > SAME_PERSON


def test_a_blurred_face_is_found_and_told_from_another(engine: Engine, picture: Pixels, original: FaceAnalysis) -> None:
    def blurred(pixels: Pixels, width: float) -> FaceAnalysis:
        return only_face(engine, np.asarray(cv2.GaussianBlur(pixels, (0, 0), width / 25), np.uint8))

    face = blurred(picture, original.box.width * picture.shape[1])
    other = resized(portrait("biden.jpg"), 0.5)
    another = blurred(other, only_face(engine, other).box.width * other.shape[1])
    assert alike(face, original) > SAME_PERSON > alike(face, another)


def test_a_blurred_face_that_fills_the_picture_is_found(
    engine: Engine, picture: Pixels, original: FaceAnalysis
) -> None:
    box, (height, width) = original.box, picture.shape[:2]
    close = picture[
        round(box.top * height) : round((box.top + box.height) * height),
        round(box.left * width) : round((box.left + box.width) * width),
    ]
    face = only_face(engine, cv2.GaussianBlur(close, (0, 0), close.shape[1] / 25))
    assert face.box.height > 0.7


@pytest.mark.parametrize("width", [20, 28])
def test_a_small_face_is_found_in_a_large_picture(
    engine: Engine, picture: Pixels, original: FaceAnalysis, width: int
) -> None:
    small = resized(picture, width / (original.box.width * picture.shape[1]))
    face = only_face(engine, on_canvas(small, 1200, 1600, 700, 300))
    assert face.box.width * 1600 == pytest.approx(width, rel=0.25)
    assert face.box.left * 1600 == pytest.approx(300 + original.box.left * small.shape[1], abs=width / 4)


@pytest.mark.parametrize("upright", [False, True])
def test_small_faces_are_found_in_a_panorama_beside_a_large_one(
    engine: Engine, picture: Pixels, original: FaceAnalysis, upright: bool
) -> None:
    """28 pixels and 200 of 500, whatever the longer side."""
    small, large = (resized(picture, width / (original.box.width * picture.shape[1])) for width in (28, 200))
    panorama = on_canvas(small, 4000, 500, 700, 300) if upright else on_canvas(small, 500, 4000, 300, 700)
    place = panorama[2000:, :] if upright else panorama[:, 2000:]
    seen = large[:500, :500]
    place[: seen.shape[0], : seen.shape[1]] = seen
    faces = engine.detect_faces(Image(panorama), attributes=False)
    assert [face.box.width * panorama.shape[1] for face in faces] == pytest.approx([200, 28], rel=0.25)


def test_everybody_in_a_group_is_found(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("group")
    rows = []
    for count in (7, 6):
        people = [cv2.imread(str(path)) for path in crowd(PORTRAITS / "obama.jpg", folder / str(count), count)]
        rows.append(cv2.resize(np.hstack([person[..., ::-1] for person in people]), (1680, 1680 // count)))
    faces = engine.detect_faces(Image(np.ascontiguousarray(np.vstack(rows))), attributes=False)
    assert len(faces) == 13
    assert sorted(round(face.box.left, 2) for face in faces) == sorted({round(face.box.left, 2) for face in faces})


@pytest.mark.parametrize("angle", [-45, 30, 90, 180])
@pytest.mark.parametrize(
    "name", ["chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "coins.png", "brick.png"]
)
def test_nothing_else_is_a_face_however_it_is_turned(engine: Engine, name: str, angle: int) -> None:
    pixels = scene(name)
    turned = np.rot90(pixels, angle // 90) if angle % 90 == 0 else turn(pixels, angle)[0]
    assert engine.detect_faces(Image(np.ascontiguousarray(turned)), attributes=False) == ()


def test_confidence_is_high_for_a_portrait_and_lower_for_what_is_hard_to_see(
    engine: Engine, picture: Pixels, original: FaceAnalysis
) -> None:
    assert original.confidence > 99
    small = resized(picture, 20 / (original.box.width * picture.shape[1]))
    assert 80 < only_face(engine, on_canvas(small, 1200, 1600, 700, 300)).confidence < original.confidence
