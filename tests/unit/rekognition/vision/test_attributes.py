"""What is said of a face: of the astronaut's, which anyone can check, and of portraits of two presidents."""

import cv2
import numpy as np
import pytest

from onlooker_rekognition.vision import UNDECIDED, Engine, FaceAnalysis, FaceAttributes, Image
from onlooker_rekognition.vision.image import Pixels
from vision_samples import portrait, resized, scene


def attributes(engine: Engine, pixels: Pixels) -> FaceAttributes:
    (face,) = engine.detect_faces(Image(pixels), attributes=True)
    assert face.attributes is not None
    return face.attributes


def test_attributes_and_embeddings_come_when_asked_for(engine: Engine) -> None:
    (face,) = engine.detect_faces(Image(scene("astronaut.png")), attributes=False)
    assert face.attributes is None
    assert face.embedding is None


def test_the_astronaut_is_a_smiling_woman_of_about_her_age(astronaut: FaceAnalysis) -> None:
    said = astronaut.attributes
    assert said is not None
    assert said.gender.value == "Female"
    assert said.age_low <= 36 <= said.age_high
    assert said.emotions[0].type == "HAPPY"
    assert said.smile.value
    assert said.mouth_open.value
    assert said.eyes_open.value
    for verdict in (said.smile, said.mouth_open, said.eyes_open):
        assert verdict.confidence > 90


def test_what_no_model_decides_is_undecided(astronaut: FaceAnalysis) -> None:
    said = astronaut.attributes
    assert said is not None
    for verdict in (said.eyeglasses, said.sunglasses, said.beard, said.mustache, said.face_occluded):
        assert verdict == UNDECIDED


@pytest.mark.parametrize(("name", "happy"), [("obama.jpg", True), ("biden.jpg", False), ("obama-standing.jpg", False)])
def test_a_serious_face_is_not_called_happy(engine: Engine, name: str, happy: bool) -> None:
    """The last one's file is named otherwise, but he looks up without a smile: both networks alone call him happy."""
    said = attributes(engine, portrait(name))
    assert said.gender.value == "Male"
    assert (said.emotions[0].type == "HAPPY") is happy
    assert said.smile.value is happy
    if not happy:
        assert said.emotions[0].type == "CALM"
        assert not said.mouth_open.value


def test_a_speaker_has_his_mouth_open_without_smiling(engine: Engine) -> None:
    said = attributes(engine, portrait("obama-speaking.jpg"))
    assert said.mouth_open.value
    assert not said.smile.value
    assert said.emotions[0].type != "HAPPY"


def test_closed_eyes_are_noticed(engine: Engine, astronaut: FaceAnalysis) -> None:
    """The lids are pulled down over the eyes by retouching: skin from above, and a line of lashes below."""
    pixels = scene("astronaut.png")
    spots = {landmark.type: (landmark.x * 512, landmark.y * 512) for landmark in astronaut.landmarks}
    rows = np.repeat(np.arange(512, dtype=np.float32)[:, None], 512, axis=1)
    columns = rows.T.copy()
    shade = np.ones((512, 512, 1), np.float32)
    for side in ("left", "right"):
        first, last = (round(spots[f"{side}Eye{end}"][0]) for end in ("Left", "Right"))
        upper, lower = spots[f"{side}EyeUp"][1] - 2, spots[f"{side}EyeDown"][1] + 1
        top = upper - 6
        for row in range(round(top), round(lower) + 1):
            rows[row, first - 1 : last + 2] = top + (row - top) * (upper - 2 - top) / (lower - top)
        shade[round(lower), first - 1 : last + 2] = 0.4
    closed = cv2.remap(pixels, columns, rows, cv2.INTER_LINEAR) * shade
    assert not attributes(engine, closed.astype(np.uint8)).eyes_open.value


def test_brightness_and_sharpness_follow_the_picture(engine: Engine, astronaut: FaceAnalysis) -> None:
    pixels = scene("astronaut.png")
    (dark,) = engine.detect_faces(Image((pixels * 0.3).astype(np.uint8)), attributes=False)
    (soft,) = engine.detect_faces(Image(np.asarray(cv2.GaussianBlur(pixels, (0, 0), 3), np.uint8)), attributes=False)
    (large,) = engine.detect_faces(Image(resized(pixels, 2)), attributes=False)
    assert dark.quality.brightness == pytest.approx(0.3 * astronaut.quality.brightness, rel=0.1)
    assert soft.quality.sharpness < 20
    assert astronaut.quality.sharpness > 80
    assert large.quality.sharpness == pytest.approx(astronaut.quality.sharpness, abs=15)


def test_a_mirrored_face_looks_the_other_way(engine: Engine, astronaut: FaceAnalysis) -> None:
    (mirrored,) = engine.detect_faces(Image(np.ascontiguousarray(np.fliplr(portrait("biden.jpg")))), attributes=False)
    (original,) = engine.detect_faces(Image(portrait("biden.jpg")), attributes=False)
    assert original.pose.yaw > 5  # to the viewer's right
    assert mirrored.pose.yaw == pytest.approx(-original.pose.yaw, abs=4)
    assert mirrored.pose.roll == pytest.approx(-original.pose.roll, abs=2)
    assert mirrored.pose.pitch == pytest.approx(original.pose.pitch, abs=4)


def test_landmarks_are_named_from_the_viewers_side(astronaut: FaceAnalysis) -> None:
    spots = {landmark.type: np.array([landmark.x, landmark.y]) for landmark in astronaut.landmarks}
    assert len(spots) == 30
    assert [landmark.type for landmark in astronaut.landmarks[:5]] == [
        "eyeLeft",
        "eyeRight",
        "mouthLeft",
        "mouthRight",
        "nose",
    ]
    np.testing.assert_allclose(spots["eyeLeft"], [0.398, 0.201], atol=0.008)
    np.testing.assert_allclose(spots["eyeRight"], [0.487, 0.204], atol=0.008)
    order = (
        "upperJawlineLeft",
        "leftEyeLeft",
        "leftPupil",
        "leftEyeRight",
        "nose",
        "rightEyeLeft",
        "rightEyeRight",
        "upperJawlineRight",
    )
    assert sorted(order, key=lambda kind: spots[kind][0]) == list(order)
    down = ("leftEyeBrowUp", "leftEyeUp", "leftEyeDown", "nose", "mouthUp", "mouthDown", "chinBottom")
    assert sorted(down, key=lambda kind: spots[kind][1]) == list(down)
