"""One person's faces are similar, two persons' are not, whatever was done to the picture."""

from itertools import combinations

import cv2
import numpy as np
import pytest

from onlooker_rekognition.vision import Embedding, Engine, FaceAnalysis, Image, similarity
from onlooker_rekognition.vision.image import Pixels
from vision_samples import jpeg, portrait, resized, scene

OBAMA = ("obama.jpg", "obama-speaking.jpg", "obama-standing.jpg")


def embedding(engine: Engine, pixels: Pixels) -> Embedding:
    (face,) = engine.detect_faces(Image(pixels), attributes=False, embeddings=True)
    assert face.embedding is not None
    assert face.embedding.shape == (128,)
    assert face.embedding.dtype == np.float32
    return face.embedding


def alike(first: Embedding, second: Embedding) -> float:
    return float(similarity(first, second[None])[0])


@pytest.mark.parametrize("change", ["half", "double", "jpeg", "darker", "grey", "mirrored"])
def test_a_face_stays_itself_through_a_change_of_the_picture(
    engine: Engine, astronaut: FaceAnalysis, change: str
) -> None:
    pixels = scene("astronaut.png")
    changed = {
        "half": lambda: resized(pixels, 0.5),
        "double": lambda: np.asarray(cv2.resize(pixels, None, fx=2, fy=2), np.uint8),
        "jpeg": lambda: engine.decode(jpeg(pixels, 30)).pixels,
        "darker": lambda: (pixels * 0.6).astype(np.uint8),
        "grey": lambda: np.repeat(pixels.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8),
        "mirrored": lambda: np.ascontiguousarray(np.fliplr(pixels)),
    }[change]()
    assert astronaut.embedding is not None
    assert alike(astronaut.embedding, embedding(engine, changed)) > 99


def test_pictures_of_one_man_match_and_of_two_people_do_not(engine: Engine) -> None:
    obama = [embedding(engine, portrait(name)) for name in OBAMA]
    others = [embedding(engine, portrait("biden.jpg")), embedding(engine, scene("astronaut.png"))]
    for first, second in combinations(obama, 2):
        assert alike(first, second) > 80
    for one in obama:
        for other in others:
            assert alike(one, other) < 50
    assert alike(*others) < 50


def test_a_picture_of_many_faces_gives_each_its_own(engine: Engine, astronaut: FaceAnalysis) -> None:
    """More faces than the networks take at once, two people in turns."""
    people = scene("astronaut.png")[:300, 80:380], portrait("obama.jpg")[20:620, 200:800]
    pair = [cv2.resize(person, (150, 150), interpolation=cv2.INTER_AREA) for person in people]
    picture = np.vstack([np.hstack(pair * 3)] * 3)
    faces = engine.detect_faces(Image(picture), attributes=True, embeddings=True)
    assert len(faces) == 18
    assert astronaut.embedding is not None
    for face in faces:
        assert face.embedding is not None
        is_her = int(face.box.left * 6 + face.box.width * 3) % 2 == 0
        assert (alike(astronaut.embedding, face.embedding) > 90) is is_her
