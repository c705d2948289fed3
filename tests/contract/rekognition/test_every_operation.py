"""Every operation on offer, through Amazon's own clients, about real pictures and by the real models.

The clients hold each answer against their service model (`rekognition_clients`); what it must say is told here.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from emulator import CREDENTIALS, Emulator
from job_channel import Channel, open_channel
from onlooker_rekognition.operations.registry import OFFERED
from rekognition_clients import Ask, by_boto3, by_cli
from rekognition_server import REAL, RekognitionServer, running_server
from videos import write_video
from vision_samples import PORTRAITS, SCENES, portrait, resized

SPEAKING, STANDING, OFFICIAL = "obama-speaking.jpg", "obama-standing.jpg", "obama.jpg"
OTHER = "biden.jpg"


@pytest.fixture(scope="module")
def server(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RekognitionServer]:
    folder = tmp_path_factory.mktemp("rekognition-every") / "data"
    with running_server(REAL, folder, environment=emulator.environment) as running:
        yield running


@pytest.fixture(scope="module")
def channel(emulator: Emulator) -> Channel:
    return open_channel(emulator.url)


@pytest.fixture(scope="module")
def video(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A second of the official portrait, in S3."""
    s3 = boto3.client("s3", endpoint_url=emulator.url)
    bucket = f"films-{uuid.uuid4()}"
    s3.create_bucket(Bucket=bucket)
    pixels = resized(portrait(OFFICIAL), 0.5)
    film = write_video(tmp_path_factory.mktemp("film") / "official.mp4", (pixels, 1.0))
    s3.put_object(Bucket=bucket, Key="official.mp4", Body=film.read_bytes())
    return {"S3Object": {"Bucket": bucket, "Name": "official.mp4"}}


@pytest.fixture(params=["boto3", "cli"])
def ask(request: pytest.FixtureRequest, server: RekognitionServer, tmp_path: Path) -> Iterator[Ask]:
    if request.param == "boto3":
        yield by_boto3(server)
    else:
        with by_cli(server, tmp_path) as ask:
            yield ask


def test_every_operation_answers_what_is_true(ask: Ask, channel: Channel, video: dict[str, Any]) -> None:
    asked = set()

    def noting(operation: str, **parameters: Any) -> dict[str, Any]:
        asked.add(operation)
        return ask(operation, **parameters)

    pictures(noting)
    collection = f"people-{uuid.uuid4()}"
    collections(noting, collection)
    tags(noting, collection)
    official, speaking = faces(noting, collection)
    users(noting, collection, official, speaking)
    videos(noting, collection, channel, video)
    goodbye(noting, collection, official)
    assert asked == set(OFFERED), "each operation on offer is asked once here, and asserted on"


def pictures(ask: Ask) -> None:
    (face,) = ask("DetectFaces", Image=scene("astronaut.png"), Attributes=["ALL"])["FaceDetails"]
    assert (face["Smile"]["Value"], face["Gender"]["Value"]) == (True, "Female")
    assert face["AgeRange"]["Low"] < face["AgeRange"]["High"]
    labels = ask("DetectLabels", Image=scene("chelsea.png"), MaxLabels=5, MinConfidence=70)["Labels"]
    assert "Cat" in [label["Name"] for label in labels]
    assert ask("DetectModerationLabels", Image=scene("coffee.png"), MinConfidence=60)["ModerationLabels"] == []
    read = ask("DetectText", Image=scene("page.png"))["TextDetections"]
    assert {"markers", "histogram"} <= {text["DetectedText"].lower() for text in read if text["Type"] == "WORD"}
    compared = ask("CompareFaces", SourceImage=person(OFFICIAL), TargetImage=person(STANDING), SimilarityThreshold=80)
    assert len(compared["FaceMatches"]) == 1
    assert compared["UnmatchedFaces"] == []


def collections(ask: Ask, collection: str) -> None:
    made = ask("CreateCollection", CollectionId=collection, Tags={"team": "vision"})
    assert made["StatusCode"] == 200
    assert made["CollectionArn"].endswith(f":collection/{collection}")
    assert collection in ask("ListCollections")["CollectionIds"]
    assert ask("DescribeCollection", CollectionId=collection)["FaceCount"] == 0


def tags(ask: Ask, collection: str) -> None:
    arn = ask("DescribeCollection", CollectionId=collection)["CollectionARN"]
    ask("TagResource", ResourceArn=arn, Tags={"stage": "test"})
    ask("UntagResource", ResourceArn=arn, TagKeys=["team"])
    assert ask("ListTagsForResource", ResourceArn=arn)["Tags"] == {"stage": "test"}


def faces(ask: Ask, collection: str) -> tuple[str, str]:
    """Two of one person and one of another; the ids of the two."""
    ids = {}
    for name in (OFFICIAL, SPEAKING, OTHER):
        answer = ask("IndexFaces", CollectionId=collection, Image=person(name), ExternalImageId=name, MaxFaces=1)
        (record,) = answer["FaceRecords"]
        assert record["Face"]["ExternalImageId"] == name
        ids[name] = record["Face"]["FaceId"]
    listed = ask("ListFaces", CollectionId=collection, MaxResults=10)["Faces"]
    assert {face["FaceId"] for face in listed} == set(ids.values())
    (match,) = ask("SearchFaces", CollectionId=collection, FaceId=ids[OFFICIAL])["FaceMatches"]
    assert match["Face"]["FaceId"] == ids[SPEAKING]
    found = ask("SearchFacesByImage", CollectionId=collection, Image=person(STANDING), FaceMatchThreshold=80)
    assert {match["Face"]["FaceId"] for match in found["FaceMatches"]} == {ids[OFFICIAL], ids[SPEAKING]}
    return ids[OFFICIAL], ids[SPEAKING]


def users(ask: Ask, collection: str, *face_ids: str) -> None:
    ask("CreateUser", CollectionId=collection, UserId="president", ClientRequestToken=str(uuid.uuid4()))
    given = ask("AssociateFaces", CollectionId=collection, UserId="president", FaceIds=list(face_ids))
    assert {face["FaceId"] for face in given["AssociatedFaces"]} == set(face_ids)
    assert ask("ListUsers", CollectionId=collection)["Users"] == [{"UserId": "president", "UserStatus": "ACTIVE"}]
    (by_id,) = ask("SearchUsers", CollectionId=collection, FaceId=face_ids[0])["UserMatches"]
    (by_image,) = ask("SearchUsersByImage", CollectionId=collection, Image=person(STANDING))["UserMatches"]
    assert by_id["User"]["UserId"] == by_image["User"]["UserId"] == "president"
    taken = ask("DisassociateFaces", CollectionId=collection, UserId="president", FaceIds=list(face_ids))
    assert {face["FaceId"] for face in taken["DisassociatedFaces"]} == set(face_ids)
    ask("DeleteUser", CollectionId=collection, UserId="president")
    assert ask("ListUsers", CollectionId=collection)["Users"] == []


def videos(ask: Ask, collection: str, channel: Channel, video: dict[str, Any]) -> None:
    started = {
        analysis: ask(f"Start{analysis}", Video=video, NotificationChannel=channel.argument, **parameters)["JobId"]
        for analysis, parameters in (
            ("ContentModeration", {"MinConfidence": 60}),
            ("FaceDetection", {"FaceAttributes": "ALL"}),
            ("FaceSearch", {"CollectionId": collection}),
            ("LabelDetection", {"MinConfidence": 60}),
            ("TextDetection", {}),
        )
    }
    for job_id in started.values():
        assert channel.await_end(job_id)["Status"] == "SUCCEEDED"
    detected = ask("GetFaceDetection", JobId=started["FaceDetection"])
    assert [face["Timestamp"] for face in detected["Faces"]] == [0, 500]
    searched = ask("GetFaceSearch", JobId=started["FaceSearch"], SortBy="INDEX")
    for person_ in searched["Persons"]:
        assert {match["Face"]["ExternalImageId"] for match in person_["FaceMatches"]} == {OFFICIAL, SPEAKING}
    labels = ask("GetLabelDetection", JobId=started["LabelDetection"])["Labels"]
    assert "Person" in {label["Label"]["Name"] for label in labels}
    assert ask("GetContentModeration", JobId=started["ContentModeration"])["ModerationLabels"] == []
    assert ask("GetTextDetection", JobId=started["TextDetection"])["TextDetections"] == []


def goodbye(ask: Ask, collection: str, face_id: str) -> None:
    assert ask("DeleteFaces", CollectionId=collection, FaceIds=[face_id])["DeletedFaces"] == [face_id]
    assert ask("DeleteCollection", CollectionId=collection)["StatusCode"] == 200
    assert collection not in ask("ListCollections")["CollectionIds"]


def scene(name: str) -> dict[str, bytes]:
    return {"Bytes": (SCENES / name).read_bytes()}


def person(name: str) -> dict[str, bytes]:
    return {"Bytes": (PORTRAITS / name).read_bytes()}


def test_the_command_of_the_readme_works_as_it_stands(server: RekognitionServer) -> None:
    """The `aws` program itself, with its endpoint from the environment."""
    command = [str(Path(sys.executable).with_name("aws")), "rekognition", "detect-faces", "--attributes", "ALL"]
    environment = {**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL_REKOGNITION": server.url}
    picture = f"fileb://{PORTRAITS / OFFICIAL}"
    done = subprocess.run(
        [*command, "--image-bytes", picture], env=environment, capture_output=True, text=True, check=True
    )
    assert len(json.loads(done.stdout)["FaceDetails"]) == 1
