"""The real server with its real models: comparing people, keeping them as users, and a picture's colours."""

from typing import Any

import cv2
import numpy as np
import pytest

from rekognition_server import RekognitionServer
from vision_samples import PORTRAITS, SCENES, jpeg, png, portrait, resized

OBAMA, OBAMA_AGAIN, OBAMA_STANDING, BIDEN = "obama.jpg", "obama-speaking.jpg", "obama-standing.jpg", "biden.jpg"
ASTRONAUT = SCENES / "astronaut.png"


@pytest.fixture(scope="module")
def client(real_rekognition: RekognitionServer) -> Any:
    return real_rekognition.client


def image(name: str) -> dict[str, bytes]:
    return {"Bytes": (PORTRAITS / name).read_bytes()}


def side_by_side(*names: str) -> dict[str, bytes]:
    """One picture of several people."""
    pictures = [resized(pixels, 600 / pixels.shape[0]) for pixels in map(portrait, names)]
    return {"Bytes": jpeg(np.hstack(pictures), 85)}


def test_one_person_is_told_from_another(client: Any) -> None:
    answer = client.compare_faces(SourceImage=image(OBAMA), TargetImage=side_by_side(BIDEN, OBAMA_AGAIN))
    (match,) = answer["FaceMatches"]
    assert match["Similarity"] > 90
    assert match["Face"]["BoundingBox"]["Left"] > 0.4, "the one on the right"
    (other,) = answer["UnmatchedFaces"]
    assert other["BoundingBox"]["Left"] < 0.4
    everybody = client.compare_faces(
        SourceImage=image(OBAMA), TargetImage=side_by_side(BIDEN, OBAMA_AGAIN), SimilarityThreshold=0
    )
    assert [match["Similarity"] > 50 for match in everybody["FaceMatches"]] == [True, False]


def test_a_cat_is_nobody_to_compare_with(client: Any) -> None:
    cat = {"Bytes": (SCENES / "chelsea.png").read_bytes()}
    assert client.compare_faces(SourceImage=image(OBAMA), TargetImage=cat)["FaceMatches"] == []
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces in the source image"):
        client.compare_faces(SourceImage=cat, TargetImage=image(OBAMA))


def test_a_user_of_several_pictures_is_found_by_another_one(client: Any) -> None:
    client.create_collection(CollectionId="presidents")
    people = {"barack": [OBAMA, OBAMA_STANDING], "joe": [BIDEN]}
    for user, pictures in people.items():
        client.create_user(CollectionId="presidents", UserId=user)
        faces = [
            client.index_faces(CollectionId="presidents", Image=image(name), MaxFaces=1)["FaceRecords"][0]["Face"]
            for name in pictures
        ]
        answer = client.associate_faces(
            CollectionId="presidents", UserId=user, FaceIds=[face["FaceId"] for face in faces]
        )
        assert len(answer["AssociatedFaces"]) == len(pictures)
    found = client.search_users_by_image(CollectionId="presidents", Image=image(OBAMA_AGAIN))
    assert [match["User"]["UserId"] for match in found["UserMatches"]] == ["barack"]
    stranger = client.index_faces(CollectionId="presidents", Image={"Bytes": ASTRONAUT.read_bytes()})
    (record,) = stranger["FaceRecords"]
    refused = client.associate_faces(CollectionId="presidents", UserId="joe", FaceIds=[record["Face"]["FaceId"]])
    assert [face["Reasons"] for face in refused["UnsuccessfulFaceAssociations"]] == [["LOW_MATCH_CONFIDENCE"]]


def test_the_colours_of_a_picture_and_its_parts(client: Any) -> None:
    pixels = np.full((300, 400, 3), (200, 160, 30), np.uint8)  # blue, green, red
    answer = client.detect_labels(
        Image={"Bytes": png(cv2.circle(pixels, (200, 150), 80, (40, 90, 230), thickness=-1))},
        Features=["IMAGE_PROPERTIES"],
    )
    properties = answer["ImageProperties"]
    assert answer["Labels"] == []
    assert properties["Foreground"]["DominantColors"][0]["SimplifiedColor"] == "orange"
    assert properties["Background"]["DominantColors"][0]["SimplifiedColor"] in ("blue", "cyan")
    assert properties["DominantColors"][0]["PixelPercent"] == pytest.approx(83, abs=3)


def test_an_astronauts_suit_is_orange(client: Any) -> None:
    answer = client.detect_labels(
        Image={"Bytes": ASTRONAUT.read_bytes()}, Features=["GENERAL_LABELS", "IMAGE_PROPERTIES"], MinConfidence=50
    )
    person = next(label for label in answer["Labels"] if label["Name"] == "Person")
    assert "orange" in [color["SimplifiedColor"] for color in person["Instances"][0]["DominantColors"]]
    assert answer["ImageProperties"]["Quality"]["Sharpness"] > 70
