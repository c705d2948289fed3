"""CompareFaces: who of one picture is in another."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rekognition_fakes import scene

MEMBERS = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}


def compare(client: Any, source: list[Any], target: list[Any], **parameters: Any) -> dict[str, Any]:
    answer = client.compare_faces(
        SourceImage={"Bytes": scene(*source)}, TargetImage={"Bytes": scene(*target)}, **parameters
    )
    del answer["ResponseMetadata"]
    return answer


def widths(faces: list[dict[str, Any]]) -> list[float]:
    return [face["BoundingBox"]["Width"] for face in faces]


def test_a_person_is_matched_among_strangers(client: Any) -> None:
    answer = compare(client, [{"person": 1, "size": 0.25}], [2, {"person": 1, "variant": 1, "size": 0.2}, 3])
    assert set(answer) == {"SourceImageFace", "FaceMatches", "UnmatchedFaces"}
    assert answer["SourceImageFace"]["BoundingBox"]["Width"] == 0.25
    assert answer["SourceImageFace"]["Confidence"] == 99.5
    (match,) = answer["FaceMatches"]
    assert match["Similarity"] > 99
    assert match["Face"]["BoundingBox"]["Width"] == 0.2
    assert set(match["Face"]) == MEMBERS
    assert [set(face) for face in answer["UnmatchedFaces"]] == [MEMBERS] * 2


def test_the_largest_face_of_the_source_is_compared(client: Any) -> None:
    crowd = [{"person": 1, "size": 0.1}, {"person": 2, "size": 0.4}]
    answer = compare(client, crowd, [1, {"person": 2, "size": 0.2}])
    assert answer["SourceImageFace"]["BoundingBox"]["Width"] == 0.4
    assert widths([match["Face"] for match in answer["FaceMatches"]]) == [0.2]


def test_matches_come_most_alike_first(client: Any) -> None:
    target = [{"person": 1, "variant": 1, "size": 0.4}, {"person": 1, "size": 0.2}]
    matches = compare(client, [1], target)["FaceMatches"]
    assert widths([match["Face"] for match in matches]) == [0.2, 0.4], "and not largest first"
    assert matches[0]["Similarity"] > matches[1]["Similarity"]


def test_the_threshold_moves_faces_from_one_list_to_the_other(client: Any) -> None:
    everybody = compare(client, [1], [1, 2], SimilarityThreshold=0)
    assert (len(everybody["FaceMatches"]), len(everybody["UnmatchedFaces"])) == (2, 0)
    nobody = compare(client, [1], [{"person": 1, "variant": 1}, 2], SimilarityThreshold=100)
    assert (len(nobody["FaceMatches"]), len(nobody["UnmatchedFaces"])) == (0, 2)


def test_only_the_hundred_largest_faces_of_the_target_are_compared(client: Any) -> None:
    crowd = [{"person": 1, "size": 0.001 * number} for number in range(1, 121)]
    matched = [match["Face"] for match in compare(client, [1], crowd)["FaceMatches"]]
    assert len(matched) == 100
    assert min(widths(matched)) == pytest.approx(0.021)


def test_poor_faces_are_not_compared_where_a_filter_is_asked_for(client: Any) -> None:
    dark = {"person": 1, "brightness": 1.0}
    assert len(compare(client, [dark], [dark, 2])["FaceMatches"]) == 1, "no filter by default"
    filtered = compare(client, [1], [dark, 2], QualityFilter="AUTO")
    assert filtered["FaceMatches"] == []
    assert len(filtered["UnmatchedFaces"]) == 1, "what is filtered is in neither list"
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces in the source image"):
        compare(client, [dark], [1], QualityFilter="LOW")


def test_a_source_without_faces_is_an_error_and_a_target_without_is_not(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces in the source image"):
        compare(client, [], [1])
    answer = compare(client, [1], [])
    assert answer["FaceMatches"] == answer["UnmatchedFaces"] == []
    assert "SourceImageFace" in answer


def test_requests_for_the_same_two_pictures_do_not_wait_for_one_another(client: Any) -> None:
    """As many as are admitted, half of them with the pictures the other way around."""
    for repetition in range(5):
        people = [[{"person": 1, "variant": repetition + 1}], [{"person": 1, "variant": repetition + 10}]]
        with ThreadPoolExecutor(4) as threads:
            answers = threads.map(lambda pair: compare(client, *pair), [people, people[::-1]] * 2, timeout=20)
            assert [len(answer["FaceMatches"]) for answer in answers] == [1] * 4


@pytest.mark.parametrize("member", ["SourceImage", "TargetImage"])
def test_either_picture_may_be_the_bad_one(client: Any, member: str) -> None:
    pictures = {"SourceImage": {"Bytes": scene(1)}, "TargetImage": {"Bytes": scene(1)}}
    with pytest.raises(client.exceptions.InvalidImageFormatException):
        client.compare_faces(**{**pictures, member: {"Bytes": b"no picture"}})
    with pytest.raises(client.exceptions.ImageTooLargeException):
        client.compare_faces(**{**pictures, member: {"Bytes": b"too large"}})
    with pytest.raises(client.exceptions.InvalidParameterException, match="needs either Bytes or S3Object"):
        client.compare_faces(**{**pictures, member: {}})
