from typing import Any

import pytest

from rekognition_fakes import scene

ALL_MEMBERS = {
    *("BoundingBox", "AgeRange", "Smile", "Eyeglasses", "Sunglasses", "Gender", "Beard", "Mustache", "EyesOpen"),
    *("MouthOpen", "Emotions", "Landmarks", "Pose", "Quality", "Confidence", "FaceOccluded", "EyeDirection"),
}
DEFAULT_MEMBERS = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
NOBODY = "11111111-1111-4111-8111-111111111111"


def image(*people: Any, **extra: Any) -> dict[str, bytes]:
    return {"Bytes": scene(*people, **extra)}


def index(client: Any, collection: str, *people: Any, **parameters: Any) -> dict[str, Any]:
    return client.index_faces(CollectionId=collection, Image=image(*people), **parameters)


def face_ids(answer: dict[str, Any]) -> list[str]:
    return [record["Face"]["FaceId"] for record in answer["FaceRecords"]]


def test_faces_are_detected_with_the_default_members(client: Any) -> None:
    answer = client.detect_faces(Image=image(1, {"person": 2, "left": 0.6}))
    assert [set(face) for face in answer["FaceDetails"]] == [DEFAULT_MEMBERS] * 2
    assert "OrientationCorrection" not in answer
    landmarks = [landmark["Type"] for landmark in answer["FaceDetails"][0]["Landmarks"]]
    assert sorted(landmarks) == ["eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose"]


def test_all_attributes_are_there_when_asked_for(client: Any) -> None:
    (face,) = client.detect_faces(Image=image(1), Attributes=["ALL"])["FaceDetails"]
    assert set(face) == ALL_MEMBERS
    assert face["AgeRange"] == {"Low": 30, "High": 40}
    assert face["Emotions"][0] == {"Type": "HAPPY", "Confidence": 90.0}
    assert face["Beard"] == {"Value": False, "Confidence": 50.0}, "undecided, as no model tells"
    assert "chinBottom" in [landmark["Type"] for landmark in face["Landmarks"]]


def test_single_attributes_come_beside_the_default_ones(client: Any) -> None:
    (face,) = client.detect_faces(Image=image(1), Attributes=["AGE_RANGE", "EMOTIONS"])["FaceDetails"]
    assert set(face) == DEFAULT_MEMBERS | {"AgeRange", "Emotions"}


def test_a_picture_without_faces_is_no_error(client: Any) -> None:
    assert client.detect_faces(Image=image())["FaceDetails"] == []


def test_only_the_hundred_largest_faces_are_answered(client: Any) -> None:
    crowd = [{"person": 1, "size": 0.001 * number} for number in range(1, 121)]
    faces = client.detect_faces(Image=image(*crowd))["FaceDetails"]
    assert len(faces) == 100
    assert faces[0]["BoundingBox"]["Width"] == pytest.approx(0.12)


def test_faces_are_indexed_with_their_names(client: Any, collection: str) -> None:
    answer = index(client, collection, 1, 2, ExternalImageId="holiday:1.jpg", DetectionAttributes=["ALL"])
    assert len(set(face_ids(answer))) == 2
    assert {record["Face"]["ExternalImageId"] for record in answer["FaceRecords"]} == {"holiday:1.jpg"}
    assert len({record["Face"]["ImageId"] for record in answer["FaceRecords"]}) == 1
    assert set(answer["FaceRecords"][0]["FaceDetail"]) == ALL_MEMBERS
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 2


def test_the_same_picture_under_the_same_name_is_kept_once(client: Any, collection: str) -> None:
    first = index(client, collection, 1, ExternalImageId="a")
    again = index(client, collection, 1, ExternalImageId="a")
    other = index(client, collection, 1, ExternalImageId="b")
    assert face_ids(first) == face_ids(again) != face_ids(other)
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 2


def test_max_faces_keeps_the_largest_and_tells_of_the_rest(client: Any, collection: str) -> None:
    small, large = {"person": 1, "size": 0.2}, {"person": 2, "size": 0.4}
    answer = index(client, collection, small, large, MaxFaces=1)
    assert [record["Face"]["BoundingBox"]["Width"] for record in answer["FaceRecords"]] == [0.4]
    (left_out,) = answer["UnindexedFaces"]
    assert left_out["Reasons"] == ["EXCEEDS_MAX_FACES"]
    assert left_out["FaceDetail"]["BoundingBox"]["Width"] == 0.2


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ({"size": 0.01}, "SMALL_BOUNDING_BOX"),
        ({"yaw": 85.0}, "EXTREME_POSE"),
        ({"brightness": 1.0}, "LOW_BRIGHTNESS"),
        ({"confidence": 30.0}, "LOW_CONFIDENCE"),
    ],
)
def test_poor_faces_are_left_out_unless_the_filter_is_off(
    client: Any, collection: str, flaw: dict[str, float], reason: str
) -> None:
    poor = {"person": 1, **flaw}
    filtered = index(client, collection, poor)
    assert filtered["FaceRecords"] == []
    assert [face["Reasons"] for face in filtered["UnindexedFaces"]] == [[reason]]
    unfiltered = index(client, collection, poor, QualityFilter="NONE")
    assert len(unfiltered["FaceRecords"]) == 1


def test_faces_are_listed_in_pages_without_gaps_or_repeats(client: Any, collection: str) -> None:
    kept = [face for number in range(7) for face in face_ids(index(client, collection, number))]
    pages = list(client.get_paginator("list_faces").paginate(CollectionId=collection, PaginationConfig={"PageSize": 3}))
    assert [len(page["Faces"]) for page in pages] == [3, 3, 1]
    assert [face["FaceId"] for page in pages for face in page["Faces"]] == kept


def test_listing_can_be_narrowed_to_some_faces(client: Any, collection: str) -> None:
    kept = [face for number in range(3) for face in face_ids(index(client, collection, number))]
    answer = client.list_faces(CollectionId=collection, FaceIds=[kept[2], kept[0], NOBODY])
    assert [face["FaceId"] for face in answer["Faces"]] == [kept[0], kept[2]]


def test_deleted_faces_are_gone_and_unknown_ones_are_named(client: Any, collection: str) -> None:
    first, second = face_ids(index(client, collection, 1, 2))
    answer = client.delete_faces(CollectionId=collection, FaceIds=[first, NOBODY, first])
    assert answer["DeletedFaces"] == [first]
    assert answer["UnsuccessfulFaceDeletions"] == [{"FaceId": NOBODY, "Reasons": ["FACE_NOT_FOUND"]}]
    assert [face["FaceId"] for face in client.list_faces(CollectionId=collection)["Faces"]] == [second]
