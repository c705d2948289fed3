from typing import Any

import pytest

from rekognition_fakes import scene


def index(client: Any, collection: str, person: int, variant: int = 0) -> str:
    picture = scene({"person": person, "variant": variant})
    answer = client.index_faces(CollectionId=collection, Image={"Bytes": picture}, ExternalImageId=f"person-{person}")
    return answer["FaceRecords"][0]["Face"]["FaceId"]


def search(client: Any, collection: str, *people: Any, **parameters: Any) -> dict[str, Any]:
    return client.search_faces_by_image(CollectionId=collection, Image={"Bytes": scene(*people)}, **parameters)


def names(answer: dict[str, Any]) -> list[str]:
    return [match["Face"]["ExternalImageId"] for match in answer["FaceMatches"]]


def test_a_person_is_found_by_another_picture(client: Any, collection: str) -> None:
    for person in range(1, 6):
        index(client, collection, person)
    answer = search(client, collection, {"person": 3, "variant": 1})
    assert names(answer) == ["person-3"]
    assert answer["FaceMatches"][0]["Similarity"] > 99
    assert answer["SearchedFaceConfidence"] == 99.5
    assert answer["SearchedFaceBoundingBox"]["Width"] == 0.3


def test_strangers_are_only_found_below_the_default_threshold(client: Any, collection: str) -> None:
    index(client, collection, 1)
    assert names(search(client, collection, 2)) == []
    assert names(search(client, collection, 2, FaceMatchThreshold=0)) == ["person-1"]


def test_the_largest_face_is_searched(client: Any, collection: str) -> None:
    index(client, collection, 1)
    index(client, collection, 2)
    crowd = [{"person": 1, "size": 0.2}, {"person": 2, "size": 0.5}]
    assert names(search(client, collection, *crowd)) == ["person-2"]


def test_matches_come_best_first_and_at_most_as_many_as_asked(client: Any, collection: str) -> None:
    for variant in range(1, 5):
        index(client, collection, 1, variant)
    answer = search(client, collection, 1, MaxFaces=3)
    similarities = [match["Similarity"] for match in answer["FaceMatches"]]
    assert len(similarities) == 3
    assert similarities == sorted(similarities, reverse=True)


def test_a_picture_without_faces_can_not_be_searched(client: Any, collection: str) -> None:
    message = "There are no faces in the image. Should be at least 1."
    with pytest.raises(client.exceptions.InvalidParameterException, match=message):
        search(client, collection)


def test_a_face_below_the_quality_bar_is_not_searched(client: Any, collection: str) -> None:
    index(client, collection, 1)
    dark = {"person": 1, "brightness": 1.0}
    assert names(search(client, collection, dark)) == ["person-1"], "no filter by default"
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces in the image"):
        search(client, collection, dark, QualityFilter="AUTO")


def test_a_stored_face_finds_the_others_but_not_itself(client: Any, collection: str) -> None:
    first, second, stranger = (index(client, collection, *who) for who in ((1, 0), (1, 1), (2, 0)))
    answer = client.search_faces(CollectionId=collection, FaceId=first)
    assert answer["SearchedFaceId"] == first
    assert [match["Face"]["FaceId"] for match in answer["FaceMatches"]] == [second]
    assert stranger not in str(answer)


def test_an_unknown_face_can_not_be_searched(client: Any, collection: str) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="was not found in the collection"):
        client.search_faces(CollectionId=collection, FaceId="11111111-1111-4111-8111-111111111111")


def test_a_deleted_face_is_never_found_again(client: Any, collection: str) -> None:
    face_id = index(client, collection, 1)
    assert names(search(client, collection, 1)) == ["person-1"]
    client.delete_faces(CollectionId=collection, FaceIds=[face_id])
    assert names(search(client, collection, 1)) == []


def test_collections_do_not_mix(client: Any, collection: str) -> None:
    client.create_collection(CollectionId="others")
    index(client, "others", 1)
    assert names(search(client, collection, 1)) == []
    client.delete_collection(CollectionId="others")
    client.create_collection(CollectionId="others")
    assert names(search(client, "others", 1)) == [], "a collection made anew is empty"
    client.delete_collection(CollectionId="others")
