"""Stored videos, from S3 to the message that says that their analysis has ended."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from emulator import Emulator
from job_channel import Channel, open_channel
from rekognition_fakes import GREEN_PERSON, RED_PERSON, scene
from rekognition_server import FAKE, running_server
from videos import BLACK, BLUE, GREEN, H264, RED, plain, without_pictures, write_video

YELLOW = (255, 255, 0)


@pytest.fixture(scope="module")
def channel(emulator: Emulator) -> Channel:
    return open_channel(emulator.url)


@pytest.fixture(scope="module")
def client(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a server whose S3 and SNS are the emulator's."""
    folder = tmp_path_factory.mktemp("rekognition-videos") / "data"
    with running_server(FAKE, folder, "--max-video-bytes", "1000000", environment=emulator.environment) as running:
        yield running.client


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    name = f"videos-{uuid.uuid4()}"
    boto3.client("s3", endpoint_url=emulator.url).create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="module")
def store_video(emulator: Emulator, bucket: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict]:
    """Puts scenes, or any bytes, into S3; the `Video` member that names them."""
    s3 = boto3.client("s3", endpoint_url=emulator.url)

    def store(*scenes: tuple[tuple[int, int, int], float], content: bytes | None = None) -> dict[str, Any]:
        name = f"{uuid.uuid4()}.mp4"
        if content is None:
            shown = [(plain(colour), seconds) for colour, seconds in scenes]
            content = write_video(tmp_path_factory.mktemp("video") / name, *shown).read_bytes()
        s3.put_object(Bucket=bucket, Key=name, Body=content)
        return {"S3Object": {"Bucket": bucket, "Name": name}}

    return store


def test_faces_are_told_by_the_frame_they_are_in(
    client: Any, channel: Channel, store_video: Callable[..., dict]
) -> None:
    video = store_video((RED, 1.0), (BLACK, 0.5), (YELLOW, 0.5))
    job_id = client.start_face_detection(
        Video=video, FaceAttributes="ALL", NotificationChannel=channel.argument, JobTag="door"
    )["JobId"]
    message = channel.await_end(job_id)
    assert message.pop("Timestamp") > 1_700_000_000_000
    assert message == {
        "JobId": job_id,
        "Status": "SUCCEEDED",
        "API": "StartFaceDetection",
        "JobTag": "door",
        "Video": {"S3ObjectName": video["S3Object"]["Name"], "S3Bucket": video["S3Object"]["Bucket"]},
    }
    answer = client.get_face_detection(JobId=job_id)
    assert answer["JobStatus"] == "SUCCEEDED"
    assert [face["Timestamp"] for face in answer["Faces"]] == [0, 500, 1500, 1500]
    assert answer["Faces"][0]["Face"]["Smile"] == {"Value": True, "Confidence": 97.0}
    assert answer["VideoMetadata"]["FrameRate"] == 10
    assert answer["VideoMetadata"]["DurationMillis"] == 2000
    assert (answer["JobId"], answer["JobTag"], answer["Video"]) == (job_id, "door", video)


def test_people_keep_their_index_and_are_found_in_the_collection(
    client: Any, channel: Channel, store_video: Callable[..., dict], collection: str
) -> None:
    client.index_faces(CollectionId=collection, Image={"Bytes": scene(GREEN_PERSON)}, ExternalImageId="greta")
    video = store_video((RED, 0.5), (GREEN, 0.5), (YELLOW, 0.5))
    job_id = client.start_face_search(Video=video, CollectionId=collection, NotificationChannel=channel.argument)[
        "JobId"
    ]
    channel.await_end(job_id)
    persons = client.get_face_search(JobId=job_id)["Persons"]
    assert RED_PERSON != GREEN_PERSON
    assert [(person["Timestamp"], person["Person"]["Index"]) for person in persons] == [
        *((0, 0), (500, 1)),
        *((1000, 0), (1000, 1)),
    ]
    names = [[match["Face"]["ExternalImageId"] for match in person["FaceMatches"]] for person in persons]
    assert names == [[], ["greta"], [], ["greta"]]
    by_index = client.get_face_search(JobId=job_id, SortBy="INDEX")["Persons"]
    assert [(person["Person"]["Index"], person["Timestamp"]) for person in by_index] == [
        *((0, 0), (0, 1000)),
        *((1, 500), (1, 1000)),
    ]


def test_labels_come_by_frame_or_by_stretch(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    video = store_video((BLUE, 1.0), (BLACK, 2.0), (BLUE, 0.5))
    job_id = client.start_label_detection(Video=video, NotificationChannel=channel.argument)["JobId"]
    channel.await_end(job_id)
    answer = client.get_label_detection(JobId=job_id)
    assert [(label["Timestamp"], label["Label"]["Name"]) for label in answer["Labels"]] == [
        *((0, "Sky"), (500, "Sky"), (3000, "Sky")),
    ]
    assert len(answer["Labels"][0]["Label"]["Instances"]) == 1
    assert answer["GetRequestMetadata"] == {"SortBy": "TIMESTAMP", "AggregateBy": "TIMESTAMPS"}
    stretches = client.get_label_detection(JobId=job_id, AggregateBy="SEGMENTS", SortBy="NAME")
    assert [
        (label["StartTimestampMillis"], label["EndTimestampMillis"], label["DurationMillis"])
        for label in stretches["Labels"]
    ] == [(0, 500, 500), (3000, 3000, 0)]
    assert stretches["Labels"][0]["Label"]["Instances"] == []


def test_labels_are_filtered_as_in_pictures(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    job_id = client.start_label_detection(
        Video=store_video((BLUE, 0.5)),
        Features=["GENERAL_LABELS"],
        Settings={"GeneralLabels": {"LabelExclusionFilters": ["Sky"]}},
        NotificationChannel=channel.argument,
    )["JobId"]
    channel.await_end(job_id)
    assert client.get_label_detection(JobId=job_id)["Labels"] == []


def test_signs_are_read_while_they_are_shown(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    video = store_video((RED, 0.5), (GREEN, 0.5))
    job_id = client.start_text_detection(Video=video, NotificationChannel=channel.argument)["JobId"]
    channel.await_end(job_id)
    answer = client.get_text_detection(JobId=job_id)
    assert [(found["Timestamp"], found["TextDetection"]["DetectedText"]) for found in answer["TextDetections"]] == [
        *((500, "WAY OUT"), (500, "WAY"), (500, "OUT")),
    ]
    assert answer["TextModelVersion"] == client.detect_text(Image={"Bytes": scene()})["TextModelVersion"]


def test_a_region_without_a_shape_is_refused_at_once(client: Any, store_video: Callable[..., dict]) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="either BoundingBox or Polygon"):
        client.start_text_detection(Video=store_video((RED, 0.1)), Filters={"RegionsOfInterest": [{}]})


def test_moderation_labels_come_by_frame_or_by_stretch(
    client: Any, channel: Channel, store_video: Callable[..., dict]
) -> None:
    video = store_video((BLACK, 0.5), (BLUE, 1.0))
    job_id = client.start_content_moderation(Video=video, NotificationChannel=channel.argument)["JobId"]
    channel.await_end(job_id)
    answer = client.get_content_moderation(JobId=job_id, SortBy="NAME")
    child, parent = "Non-Explicit Nudity", "Non-Explicit Nudity of Intimate parts and Kissing"
    assert [(found["Timestamp"], found["ModerationLabel"]["Name"]) for found in answer["ModerationLabels"]] == [
        *((500, child), (1000, child), (500, parent), (1000, parent)),
    ]
    assert [kind["Name"] for kind in answer["ModerationLabels"][0]["ContentTypes"]] == ["Illustrated"]
    stretches = client.get_content_moderation(JobId=job_id, AggregateBy="SEGMENTS")["ModerationLabels"]
    assert {
        (found["ModerationLabel"]["Name"], found["StartTimestampMillis"], found["DurationMillis"])
        for found in stretches
    } == {(child, 500, 500), (parent, 500, 500)}


def test_findings_come_in_pages(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    job_id = client.start_face_detection(Video=store_video((RED, 2.5)), NotificationChannel=channel.argument)["JobId"]
    channel.await_end(job_id)
    seen, token = [], {}
    for size in (2, 2, 1):
        page = client.get_face_detection(JobId=job_id, MaxResults=2, **token)
        assert len(page["Faces"]) == size
        seen += [face["Timestamp"] for face in page["Faces"]]
        token = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
    assert seen == [0, 500, 1000, 1500, 2000]
    assert token == {}


def test_a_token_of_another_order_is_refused(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    job_id = client.start_label_detection(Video=store_video((BLUE, 1.5)), NotificationChannel=channel.argument)["JobId"]
    channel.await_end(job_id)
    token = client.get_label_detection(JobId=job_id, MaxResults=1)["NextToken"]
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.get_label_detection(JobId=job_id, MaxResults=1, SortBy="NAME", NextToken=token)


def test_what_is_no_video_fails_with_words(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    video = store_video(content=b"this is no video")
    job_id = client.start_face_detection(Video=video, NotificationChannel=channel.argument)["JobId"]
    assert channel.await_end(job_id)["Status"] == "FAILED"
    answer = client.get_face_detection(JobId=job_id)
    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"] == "Unsupported format: videos must be MPEG-4, MOV or AVI files."
    assert answer["Faces"] == []


def test_a_damaged_video_fails_and_does_not_fill_the_log(
    emulator: Emulator, channel: Channel, store_video: Callable[..., dict], tmp_path: Path
) -> None:
    """FFmpeg has lines of its own for each frame that it can not decode; ours are JSON."""
    video = store_video(content=without_pictures(H264))
    with running_server(FAKE, tmp_path / "data", environment=emulator.environment) as running:
        job_id = running.client.start_face_detection(Video=video, NotificationChannel=channel.argument)["JobId"]
        assert channel.await_end(job_id)["Status"] == "FAILED"
        assert all(json.loads(line) for line in running.log.read_text().splitlines())


def test_a_search_in_no_collection_is_refused_at_once(client: Any, store_video: Callable[..., dict]) -> None:
    video = store_video((RED, 0.5))
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="nobody does not exist"):
        client.start_face_search(Video=video, CollectionId="nobody")


@pytest.mark.parametrize("start", ["start_face_detection", "start_label_detection"])
def test_a_video_that_is_not_there_is_refused_at_once(client: Any, bucket: str, start: str) -> None:
    with pytest.raises(client.exceptions.InvalidS3ObjectException, match="Unable to get object metadata from S3"):
        getattr(client, start)(Video={"S3Object": {"Bucket": bucket, "Name": "none.mp4"}})


def test_a_video_over_the_limit_is_refused_at_once(client: Any, store_video: Callable[..., dict]) -> None:
    with pytest.raises(client.exceptions.VideoTooLargeException, match="1000001 bytes; 1000000 are"):
        client.start_face_detection(Video=store_video(content=bytes(1_000_001)))


def test_a_video_needs_a_place(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="Bucket and Name"):
        client.start_face_detection(Video={})


@pytest.mark.parametrize(
    "analysis", ["content_moderation", "face_detection", "face_search", "label_detection", "text_detection"]
)
def test_unknown_jobs_are_not_found(client: Any, analysis: str) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Could not find JobId"):
        getattr(client, f"get_{analysis}")(JobId="no-such-job")


def test_a_job_answers_its_own_operation_only(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    job_id = client.start_face_detection(Video=store_video((RED, 0.5)), NotificationChannel=channel.argument)["JobId"]
    channel.await_end(job_id)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_label_detection(JobId=job_id)


def test_a_request_that_is_repeated_is_one_job(client: Any, channel: Channel, store_video: Callable[..., dict]) -> None:
    video = store_video((RED, 0.5))
    request = {"Video": video, "ClientRequestToken": "once", "NotificationChannel": channel.argument}
    first, second = client.start_face_detection(**request), client.start_face_detection(**request)
    assert first["JobId"] == second["JobId"]
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.start_face_detection(**request, JobTag="another")
    channel.await_end(first["JobId"])


def test_a_job_survives_the_end_of_its_server(
    emulator: Emulator, channel: Channel, store_video: Callable[..., dict], tmp_path: Path
) -> None:
    """It lets go of the job, and the next server on the same data takes it up at once."""
    video = store_video((RED, 1.5))
    data = tmp_path / "data"
    with running_server(FAKE, data, environment=emulator.environment) as first:
        job_id = first.client.start_face_detection(Video=video, NotificationChannel=channel.argument)["JobId"]
        first.process.terminate()
        first.process.wait(30)
    with running_server(FAKE, data, environment=emulator.environment) as second:
        assert channel.await_end(job_id)["Status"] == "SUCCEEDED"
        assert len(second.client.get_face_detection(JobId=job_id)["Faces"]) == 3
