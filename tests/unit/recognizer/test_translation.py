"""Rekognition's answers are understood whole, and by their boxes the original is meant."""

from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker_recognizer.conversion import Frame
from onlooker_recognizer.pictures import Prepared
from onlooker_recognizer.translation import recognition
from onlooker_shared.recognition import (
    BoundingBox,
    DominantColor,
    Emotion,
    ImageProperties,
    Instance,
    Label,
    ModerationLabel,
    Point,
    Pose,
    Quality,
    Recognition,
    RegionProperties,
    TextDetection,
    Verdict,
)
from rekognition_standin import COLOR, LINE, MODERATION, PROPERTIES, WORD

NOW = datetime(2026, 11, 21, tzinfo=UTC)

FACE: dict[str, Any] = {
    "BoundingBox": {"Width": 0.2, "Height": 0.4, "Left": 0.1, "Top": 0.05},
    "AgeRange": {"Low": 21, "High": 29},
    "Smile": {"Value": True, "Confidence": 96.5},
    "Eyeglasses": {"Value": False, "Confidence": 97.0},
    "Sunglasses": {"Value": False, "Confidence": 99.0},
    "Gender": {"Value": "Female", "Confidence": 99.9},
    "Beard": {"Value": False, "Confidence": 50.0},
    "Mustache": {"Value": False, "Confidence": 50.0},
    "EyesOpen": {"Value": True, "Confidence": 88.0},
    "MouthOpen": {"Value": False, "Confidence": 77.0},
    "Emotions": [{"Type": "CALM", "Confidence": 10.0}, {"Type": "HAPPY", "Confidence": 90.0}],
    "Landmarks": [{"Type": "eyeLeft", "X": 0.2, "Y": 0.2}],
    "Pose": {"Roll": 1.0, "Yaw": -2.0, "Pitch": 3.0},
    "Quality": {"Brightness": 60.0, "Sharpness": 80.0},
    "Confidence": 99.9,
    "FaceOccluded": {"Value": False, "Confidence": 50.0},
    "EyeDirection": {"Yaw": 1.0, "Pitch": 1.0, "Confidence": 50.0},
}
LABEL: dict[str, Any] = {
    "Name": "Car",
    "Confidence": 98.9,
    "Instances": [{"BoundingBox": {"Width": 0.1, "Height": 0.2, "Left": 0.3, "Top": 0.4}, "Confidence": 97.0}],
    "Parents": [{"Name": "Vehicle"}, {"Name": "Transportation"}],
    "Aliases": [{"Name": "Automobile"}],
    "Categories": [{"Name": "Vehicles and Automotive"}],
}


def translated(
    faces: list[dict[str, Any]] | None = None,
    labels: list[dict[str, Any]] | None = None,
    frame: Frame | None = None,
    **answers: dict[str, Any],
) -> Recognition:
    picture = Prepared("JPEG", 640, 480, b"", frame or Frame())
    given = {
        "DetectFaces": {"FaceDetails": faces or []},
        "DetectLabels": {"Labels": labels or [], "LabelModelVersion": "3.0"},
    }
    return recognition(picture, given | answers, features=("faces", "labels"), recognized_at=NOW)


def test_a_face_with_all_its_attributes() -> None:
    (face,) = translated([FACE]).faces
    assert face.bounding_box == BoundingBox(left=0.1, top=0.05, width=0.2, height=0.4)
    assert (face.confidence, face.age_low, face.age_high) == (99.9, 21, 29)
    assert (face.gender, face.gender_confidence) == ("Female", 99.9)
    assert face.emotions == (Emotion(type="HAPPY", confidence=90.0), Emotion(type="CALM", confidence=10.0))
    assert face.smile == Verdict(value=True, confidence=96.5)
    assert face.eyeglasses == Verdict(value=False, confidence=97.0)
    assert face.sunglasses == Verdict(value=False, confidence=99.0)
    assert face.eyes_open == Verdict(value=True, confidence=88.0)
    assert face.mouth_open == Verdict(value=False, confidence=77.0)
    assert face.beard == Verdict(value=False, confidence=50.0)
    assert face.mustache == Verdict(value=False, confidence=50.0)
    assert face.pose == Pose(roll=1.0, yaw=-2.0, pitch=3.0)
    assert face.quality == Quality(brightness=60.0, sharpness=80.0)


def test_a_face_without_attributes() -> None:
    (face,) = translated([{"BoundingBox": FACE["BoundingBox"], "Confidence": 90.0}]).faces
    assert (face.emotions, face.age_low, face.gender, face.smile, face.pose, face.quality) == ((), *[None] * 5)


def test_a_label_with_its_instances() -> None:
    assert translated(labels=[LABEL]).labels == (
        Label(
            name="Car",
            confidence=98.9,
            parents=("Vehicle", "Transportation"),
            aliases=("Automobile",),
            categories=("Vehicles and Automotive",),
            instances=(Instance(bounding_box=BoundingBox(left=0.3, top=0.4, width=0.1, height=0.2), confidence=97.0),),
        ),
    )


def test_the_largest_face_and_the_surest_label_come_first() -> None:
    small = {**FACE, "BoundingBox": {"Width": 0.1, "Height": 0.1, "Left": 0, "Top": 0}, "Confidence": 100.0}
    unsure = {**LABEL, "Name": "Boat", "Confidence": 60.0}
    found = translated([small, FACE], [unsure, LABEL])
    assert [face.bounding_box.width for face in found.faces] == [0.2, 0.1]
    assert [label.name for label in found.labels] == ["Car", "Boat"]


def test_an_emotion_that_is_not_known_yet_breaks_nothing() -> None:
    (face,) = translated([{**FACE, "Emotions": [{"Type": "BORED", "Confidence": 80.0}]}]).faces
    assert face.emotion == Emotion(type="UNKNOWN", confidence=80.0)


def test_boxes_in_a_padded_picture_are_scaled_back_to_the_original() -> None:
    padded = Frame(width=0.5, height=0.25)
    found = translated([FACE], [LABEL], padded)
    box = found.faces[0].bounding_box
    assert (box.left, box.top, box.width, box.height) == pytest.approx((0.2, 0.2, 0.4, 1.6))
    box = found.labels[0].instances[0].bounding_box
    assert (box.left, box.top, box.width, box.height) == pytest.approx((0.6, 1.6, 0.2, 0.8))


def test_the_picture_is_described() -> None:
    found = translated()
    assert (found.width, found.height, found.format) == (640, 480, "JPEG")
    assert (found.recognized_at, found.label_model_version) == (NOW, "3.0")
    assert (found.faces, found.labels) == ((), ())


def test_a_line_of_text_and_its_word() -> None:
    line, word = translated(DetectText={"TextDetections": [LINE, WORD], "TextModelVersion": "3.1"}).text
    corners = tuple(Point(x=x, y=y) for x, y in ((0.1, 0.2), (0.4, 0.2), (0.4, 0.3), (0.1, 0.3)))
    box = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.1)
    assert line == TextDetection(type="LINE", text="STOP", confidence=99.0, bounding_box=box, polygon=corners, id=0)
    assert word == line.model_copy(update={"type": "WORD", "id": 1, "line_id": 0})


def test_the_places_of_text_in_a_padded_picture_are_scaled_back_to_the_original() -> None:
    (line,) = translated(DetectText={"TextDetections": [LINE]}, frame=Frame(width=0.5, height=0.25)).text
    box = line.bounding_box
    assert (box.left, box.top, box.width, box.height) == pytest.approx((0.2, 0.8, 0.6, 0.4))
    assert [corner.x for corner in line.polygon] == pytest.approx([0.2, 0.8, 0.8, 0.2])
    assert [corner.y for corner in line.polygon] == pytest.approx([0.8, 0.8, 1.2, 1.2])


def test_moderation_labels_know_what_they_belong_to() -> None:
    top = {"Name": "Violence", "ParentName": "", "Confidence": 87.5, "TaxonomyLevel": 1}
    found = translated(DetectModerationLabels={"ModerationLabels": [MODERATION, top], "ModerationModelVersion": "7.0"})
    assert found.moderation == (
        ModerationLabel(name="Violence", confidence=87.5, level=1),
        ModerationLabel(name="Weapons", parent="Violence", confidence=87.0, level=2),
    )
    assert found.moderation_model_version == "7.0"


def test_colours_and_quality_of_the_picture_and_its_parts() -> None:
    less = COLOR | {"CSSColor": "white", "PixelPercent": 5.0}
    looks = PROPERTIES | {"DominantColors": [less, COLOR]}
    found = translated(DetectLabels={"Labels": [], "ImageProperties": looks}).properties
    peru = DominantColor(
        red=200, green=120, blue=40, hex_code="#C87828", css_color="peru", simplified_color="orange", pixel_percent=60.0
    )
    white = peru.model_copy(update={"css_color": "white", "pixel_percent": 5.0})
    assert found == ImageProperties(
        dominant_colors=(peru, white),
        brightness=50.0,
        sharpness=40.0,
        contrast=30.0,
        foreground=RegionProperties(dominant_colors=(peru,), brightness=60.0, sharpness=70.0),
        background=RegionProperties(brightness=45.0, sharpness=35.0),
    )


def test_a_picture_without_parts_has_colours_all_the_same() -> None:
    found = translated(DetectLabels={"ImageProperties": {"DominantColors": [COLOR]}}).properties
    assert found is not None
    assert (len(found.dominant_colors), found.contrast, found.foreground, found.background) == (1, None, None, None)


def test_of_what_was_not_asked_nothing_is_found() -> None:
    found = recognition(Prepared("JPEG", 640, 480, b"", Frame()), {}, features=(), recognized_at=NOW)
    assert (found.faces, found.labels, found.text, found.moderation, found.properties) == ((), (), (), (), None)
