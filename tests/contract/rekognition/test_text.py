from typing import Any

import pytest

from rekognition_fakes import scene

WRITTEN = [[("Fire", 99.0), ("exit", 85.0)], [("only", 60.0)]]
IMAGE = {"Bytes": scene(text=WRITTEN)}


def found(client: Any, kind: str = "WORD", image: dict[str, bytes] = IMAGE, **filters: Any) -> list[dict[str, Any]]:
    answer = client.detect_text(Image=image, **({"Filters": filters} if filters else {}))
    return [detection for detection in answer["TextDetections"] if detection["Type"] == kind]


def texts(detections: list[dict[str, Any]]) -> list[str]:
    return [detection["DetectedText"] for detection in detections]


def test_lines_come_first_and_words_name_theirs(client: Any) -> None:
    answer = client.detect_text(Image=IMAGE)
    assert [
        (each["Id"], each["Type"], each["DetectedText"], each.get("ParentId")) for each in answer["TextDetections"]
    ] == [
        (0, "LINE", "Fire exit", None),
        (1, "LINE", "only", None),
        (2, "WORD", "Fire", 0),
        (3, "WORD", "exit", 0),
        (4, "WORD", "only", 1),
    ]
    assert answer["TextModelVersion"] == "3.0"


def test_each_has_a_polygon_and_the_box_around_it(client: Any) -> None:
    word = found(client)[1]
    assert word["Confidence"] == pytest.approx(85)
    corners = [(round(point["X"], 4), round(point["Y"], 4)) for point in word["Geometry"]["Polygon"]]
    assert corners == [(0.25, 0), (0.45, 0), (0.45, 0.05), (0.25, 0.05)]
    box = {name: round(value, 4) for name, value in word["Geometry"]["BoundingBox"].items()}
    assert box == {"Left": 0.25, "Top": 0, "Width": 0.2, "Height": 0.05}


def test_a_picture_without_text_has_none(client: Any) -> None:
    assert client.detect_text(Image={"Bytes": scene()})["TextDetections"] == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ({}, ["Fire", "exit"]),  # Amazon's default for a filter: 80
        ({"MinConfidence": 0}, ["Fire", "exit", "only"]),
        ({"MinConfidence": 90}, ["Fire"]),
        ({"MinConfidence": 0, "MinBoundingBoxWidth": 0.21}, []),
        ({"MinConfidence": 0, "MinBoundingBoxHeight": 0.06}, []),
        ({"MinConfidence": 0, "MinBoundingBoxHeight": 0.04, "MinBoundingBoxWidth": 0.19}, ["Fire", "exit", "only"]),
    ],
)
def test_words_are_filtered_by_confidence_and_size(client: Any, words: dict[str, float], kept: list[str]) -> None:
    assert texts(found(client, WordFilter=words)) == kept


def test_a_line_consists_of_the_words_that_are_left(client: Any) -> None:
    (line,) = found(client, "LINE", WordFilter={"MinConfidence": 90})
    assert line["DetectedText"] == "Fire"
    assert line["Confidence"] == pytest.approx(99)
    assert line["Geometry"]["BoundingBox"]["Width"] == pytest.approx(0.2)


def test_words_are_looked_for_in_any_of_the_regions(client: Any) -> None:
    box = {"BoundingBox": {"Left": 0.2, "Top": 0, "Width": 0.3, "Height": 0.1}}
    triangle = {"Polygon": [{"X": 0, "Y": 0.08}, {"X": 0.6, "Y": 0.08}, {"X": 0, "Y": 0.4}]}
    assert texts(found(client, RegionsOfInterest=[box])) == ["exit"]
    assert texts(found(client, RegionsOfInterest=[triangle])) == ["only"]
    assert texts(found(client, RegionsOfInterest=[box, triangle])) == ["exit", "only"]
    assert texts(found(client, RegionsOfInterest=[])) == ["Fire", "exit", "only"]
    assert texts(found(client, RegionsOfInterest=[box, triangle], WordFilter={})) == ["exit"]


def test_a_region_without_a_shape_is_refused(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="either BoundingBox or Polygon"):
        found(client, RegionsOfInterest=[{}])


def test_there_are_at_most_a_hundred_words(client: Any) -> None:
    """Of a line that does not fit, as many words as do: its own text says no more than they."""
    image = {"Bytes": scene(text=[[(str(number), 99.0) for number in range(70)] for _ in range(2)])}
    assert len(found(client, image=image)) == 100
    assert [len(line["DetectedText"].split()) for line in found(client, "LINE", image)] == [70, 30]
