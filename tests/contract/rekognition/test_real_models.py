"""The real server with its real models, asked by boto3 about real pictures."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from rekognition_server import RekognitionServer

PICTURES = Path(find_spec("skimage").origin).parent / "data"
EMOTIONS = {"HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "FEAR"}


@pytest.fixture(scope="module")
def client(real_rekognition: RekognitionServer) -> Any:
    return real_rekognition.client


def picture(name: str) -> bytes:
    return (PICTURES / name).read_bytes()


def changed(name: str, change: Callable[[np.ndarray], np.ndarray]) -> bytes:
    pixels = cv2.imdecode(np.frombuffer(picture(name), np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".jpg", change(pixels), [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes()


def test_the_astronauts_face_is_found_where_it_is(client: Any) -> None:
    (face,) = client.detect_faces(Image={"Bytes": picture("astronaut.png")}, Attributes=["ALL"])["FaceDetails"]
    box = face["BoundingBox"]
    assert box["Left"] < 0.43 < box["Left"] + box["Width"]
    assert box["Top"] < 0.22 < box["Top"] + box["Height"]
    assert face["Confidence"] > 90
    assert face["Gender"]["Value"] == "Female"
    assert face["Smile"]["Value"]
    assert face["Emotions"][0]["Type"] == "HAPPY"
    assert {emotion["Type"] for emotion in face["Emotions"]} == EMOTIONS
    assert len(face["Landmarks"]) == 30


def test_attributes_without_a_model_are_present_and_undecided(client: Any) -> None:
    (face,) = client.detect_faces(Image={"Bytes": picture("astronaut.png")}, Attributes=["ALL"])["FaceDetails"]
    for name in ("Eyeglasses", "Sunglasses", "Beard", "Mustache", "FaceOccluded"):
        assert face[name] == {"Value": False, "Confidence": 50.0}
    assert face["EyeDirection"]["Confidence"] > 80


@pytest.mark.parametrize(
    ("name", "label", "parent"),
    [("chelsea.png", "Cat", "Animal"), ("coffee.png", "Cup", None), ("motorcycle_left.png", "Motorcycle", "Vehicle")],
)
def test_labels_name_what_is_shown_with_their_parents(client: Any, name: str, label: str, parent: str | None) -> None:
    labels = client.detect_labels(Image={"Bytes": picture(name)}, MinConfidence=50)["Labels"]
    found = {found["Name"]: found for found in labels}
    assert found[label]["Instances"]
    assert parent is None or parent in [ancestor["Name"] for ancestor in found[label]["Parents"]]
    for ancestor in found[label]["Parents"]:
        assert found[ancestor["Name"]]["Confidence"] >= found[label]["Confidence"]


def test_a_person_is_known_again_smaller_mirrored_and_darker(client: Any) -> None:
    client.create_collection(CollectionId="crew")
    record = client.index_faces(
        CollectionId="crew", Image={"Bytes": picture("astronaut.png")}, ExternalImageId="eileen"
    )["FaceRecords"][0]
    assert record["Face"]["ExternalImageId"] == "eileen"
    for change in (
        lambda pixels: cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
        lambda pixels: cv2.flip(pixels, 1),
        lambda pixels: (pixels * 0.5).astype(np.uint8),
    ):
        found = client.search_faces_by_image(CollectionId="crew", Image={"Bytes": changed("astronaut.png", change)})
        (match,) = found["FaceMatches"]
        assert match["Face"]["FaceId"] == record["Face"]["FaceId"]
        assert match["Similarity"] > 80


def test_a_page_is_read_line_by_line(client: Any) -> None:
    answer = client.detect_text(Image={"Bytes": picture("page.png")})
    lines = [found for found in answer["TextDetections"] if found["Type"] == "LINE"]
    words = [found for found in answer["TextDetections"] if found["Type"] == "WORD"]
    assert lines[0]["DetectedText"] == "Region-based segmentation"
    assert lines[0]["Confidence"] > 90
    assert len(lines[0]["Geometry"]["Polygon"]) == 4
    for line in lines:
        of_line = [word["DetectedText"] for word in words if word["ParentId"] == line["Id"]]
        assert " ".join(of_line) == line["DetectedText"]


def test_a_portrait_is_not_objected_to(client: Any) -> None:
    answer = client.detect_moderation_labels(Image={"Bytes": picture("astronaut.png")}, MinConfidence=20)
    assert answer["ModerationLabels"] == []


def test_a_picture_without_people_has_no_faces(client: Any) -> None:
    assert client.detect_faces(Image={"Bytes": picture("rocket.jpg")})["FaceDetails"] == []


@pytest.mark.parametrize("spoil", [lambda data: data[:2000], lambda data: data[:1], lambda data: b"GIF89a" + data])
def test_a_spoilt_picture_is_refused(client: Any, spoil: Callable[[bytes], bytes]) -> None:
    data = spoil(picture("rocket.jpg"))
    with pytest.raises(client.exceptions.InvalidImageFormatException):
        client.detect_faces(Image={"Bytes": data})
