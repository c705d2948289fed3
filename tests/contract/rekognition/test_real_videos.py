"""The real server with its real models looks through a video of real people."""

import uuid
from pathlib import Path
from typing import Any

import boto3
import cv2
import numpy as np
import pytest

from emulator import Emulator
from job_channel import Channel, open_channel
from rekognition_server import RekognitionServer
from videos import write_video
from vision_samples import PORTRAITS, portrait, scene

SIDE = 480
OBAMA, OBAMA_AGAIN, BIDEN = "obama.jpg", "obama-speaking.jpg", "biden.jpg"


def shot(pixels: np.ndarray) -> np.ndarray:
    """The middle of a picture, as a frame."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 4, (width - side) // 2  # heads are above the middle
    return cv2.resize(pixels[top : top + side, left : left + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def client(real_rekognition: RekognitionServer) -> Any:
    return real_rekognition.client


@pytest.fixture(scope="module")
def channel(emulator: Emulator) -> Channel:
    return open_channel(emulator.url)


@pytest.fixture(scope="module")
def video(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A second of the one, half a second of a cat, a second of the other, half a second of the first again."""
    path = write_video(
        tmp_path_factory.mktemp("video") / "people.mp4",
        (shot(portrait(OBAMA)), 1.0),
        (shot(scene("chelsea.png")), 0.5),
        (shot(portrait(BIDEN)), 1.0),
        (shot(portrait(OBAMA_AGAIN)), 0.5),
    )
    return {"S3Object": {"Bucket": put(emulator, path), "Name": path.name}}


def put(emulator: Emulator, path: Path) -> str:
    s3 = boto3.client("s3", endpoint_url=emulator.url)
    bucket = f"films-{uuid.uuid4()}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=path.name, Body=path.read_bytes())
    return bucket


def test_people_are_named_when_they_are_seen(client: Any, channel: Channel, video: dict[str, Any]) -> None:
    client.create_collection(CollectionId="presidents-in-videos")
    for name in (OBAMA_AGAIN, BIDEN):
        picture = {"Bytes": (PORTRAITS / name).read_bytes()}
        client.index_faces(CollectionId="presidents-in-videos", Image=picture, ExternalImageId=name, MaxFaces=1)
    job_id = client.start_face_search(
        Video=video, CollectionId="presidents-in-videos", NotificationChannel=channel.argument
    )["JobId"]
    assert channel.await_end(job_id)["Status"] == "SUCCEEDED"
    persons = client.get_face_search(JobId=job_id)["Persons"]
    seen = [
        (person["Timestamp"], person["Person"]["Index"], person["FaceMatches"][0]["Face"]["ExternalImageId"])
        for person in persons
    ]
    assert seen == [
        (0, 0, OBAMA_AGAIN),
        (500, 0, OBAMA_AGAIN),
        (1500, 1, BIDEN),
        (2000, 1, BIDEN),
        (2500, 0, OBAMA_AGAIN),
    ]


def test_labels_have_their_time(client: Any, channel: Channel, video: dict[str, Any]) -> None:
    job_id = client.start_label_detection(Video=video, NotificationChannel=channel.argument)["JobId"]
    channel.await_end(job_id)
    labels = client.get_label_detection(JobId=job_id, AggregateBy="SEGMENTS", SortBy="NAME")["Labels"]
    stretches = {
        name: [
            (label["StartTimestampMillis"], label["EndTimestampMillis"])
            for label in labels
            if label["Label"]["Name"] == name
        ]
        for name in ("Cat", "Person")
    }
    assert stretches == {"Cat": [(1000, 1000)], "Person": [(0, 2500)]}
