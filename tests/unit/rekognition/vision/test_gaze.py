"""Where eyes look: irises that are moved by retouching move the direction, and heads that turn do not."""

import cv2
import numpy as np
import pytest

from onlooker_rekognition.vision import UNDECIDED, Engine, FaceAnalysis, Image
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.results import EyeDirection
from vision_samples import portrait, resized, scene

SIZE = 0.5


@pytest.fixture(scope="module")
def picture() -> Pixels:
    return resized(portrait("obama.jpg"), SIZE)


def look(engine: Engine, pixels: Pixels) -> tuple[FaceAnalysis, EyeDirection]:
    (face,) = engine.detect_faces(Image(np.ascontiguousarray(pixels)), attributes=True)
    assert face.attributes is not None
    return face, face.attributes.eye_direction


def with_irises_moved(engine: Engine, pixels: Pixels, across: float, down: float) -> Pixels:
    """Both irises moved by shares of the eyes' width, the corners and lids left where they are."""
    height, width = pixels.shape[:2]
    face, _ = look(engine, pixels)
    spots = {landmark.type: np.array([landmark.x * width, landmark.y * height]) for landmark in face.landmarks}
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    from_columns, from_rows = columns.copy(), rows.copy()
    for side in ("left", "right"):
        eye = float(np.linalg.norm(spots[f"{side}EyeRight"] - spots[f"{side}EyeLeft"]))
        x, y = spots[f"{side}Pupil"] + np.array([across, down]) * eye
        near = np.exp(-(((columns - x) / (0.36 * eye)) ** 4) - ((rows - y) / (0.3 * eye)) ** 4).astype(np.float32)
        from_columns -= near * np.float32(across * eye)
        from_rows -= near * np.float32(down * eye)
    return np.asarray(cv2.remap(pixels, from_columns, from_rows, cv2.INTER_LINEAR), np.uint8)


def test_eyes_on_the_camera_look_straight_ahead(engine: Engine, picture: Pixels) -> None:
    _, direction = look(engine, picture)
    assert abs(direction.yaw) < 10
    assert abs(direction.pitch) < 15
    assert direction.confidence > 90


@pytest.mark.parametrize("across", [-0.15, 0.15])
def test_irises_moved_sideways_look_there(engine: Engine, picture: Pixels, across: float) -> None:
    """0.15 of the eye's width is 22 degrees: positive to the viewer's right, as with a head."""
    _, ahead = look(engine, picture)
    _, aside = look(engine, with_irises_moved(engine, picture, across, 0))
    assert aside.yaw - ahead.yaw == pytest.approx(np.degrees(np.arcsin(across / 0.4)), abs=8)
    assert aside.pitch == pytest.approx(ahead.pitch, abs=8)


def test_irises_moved_up_look_up(engine: Engine, picture: Pixels) -> None:
    _, up = look(engine, with_irises_moved(engine, picture, 0, -0.05))
    _, down = look(engine, with_irises_moved(engine, picture, 0, 0.05))
    assert up.pitch > down.pitch + 5


def test_a_mirrored_face_looks_the_other_way(engine: Engine, picture: Pixels) -> None:
    aside = with_irises_moved(engine, picture, 0.15, 0)
    _, direction = look(engine, aside)
    _, mirrored = look(engine, aside[:, ::-1])
    assert mirrored.yaw == pytest.approx(-direction.yaw, abs=8)


def test_a_head_that_turns_with_its_eyes_on_the_camera_looks_back(engine: Engine) -> None:
    face, direction = look(engine, portrait("biden.jpg"))
    assert face.pose.yaw > 5
    assert direction.yaw < 0


def test_eyes_beyond_the_end_of_the_picture_are_undecided(engine: Engine) -> None:
    face, direction = look(engine, scene("astronaut.png")[110:])
    assert min(landmark.y for landmark in face.landmarks if landmark.type in ("eyeLeft", "eyeRight")) < 0
    assert direction == EyeDirection(yaw=0, pitch=0, confidence=50)
    assert face.attributes is not None
    assert face.attributes.eyes_open == UNDECIDED
