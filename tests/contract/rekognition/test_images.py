"""Where pictures come from, and what bad ones get."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emulator import Emulator
from rekognition_fakes import scene
from rekognition_server import FAKE, running_server

PLACE = {"Bucket": "pictures", "Name": "a.jpg"}


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    name = f"pictures-{uuid.uuid4()}"
    boto3.client("s3", endpoint_url=emulator.url).create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="module")
def s3_client(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a server whose S3 is the emulator's."""
    folder = tmp_path_factory.mktemp("rekognition-s3") / "data"
    with running_server(FAKE, folder, environment=emulator.environment) as running:
        yield running.client


@pytest.mark.parametrize("name", ["a.jpg", "a folder/ü+ %20.jpg"])
def test_a_picture_is_read_from_s3(emulator: Emulator, s3_client: Any, bucket: str, name: str) -> None:
    boto3.client("s3", endpoint_url=emulator.url).put_object(Bucket=bucket, Key=name, Body=scene(1, 2))
    answer = s3_client.detect_faces(Image={"S3Object": {"Bucket": bucket, "Name": name}})
    assert len(answer["FaceDetails"]) == 2


@pytest.mark.parametrize(
    "place", [("no-such-bucket", "a.jpg"), (None, "no-such-object"), (None, "half a character \ud800")]
)
def test_an_object_that_is_not_there_is_named_as_amazon_does(
    s3_client: Any, bucket: str, place: tuple[str | None, str]
) -> None:
    wanted = {"Bucket": place[0] or bucket, "Name": place[1]}
    with pytest.raises(s3_client.exceptions.InvalidS3ObjectException, match="Unable to get object metadata from S3"):
        s3_client.detect_faces(Image={"S3Object": wanted})


def test_an_object_over_15_mb_is_too_large(emulator: Emulator, s3_client: Any, bucket: str) -> None:
    body = bytes(15 * 1024 * 1024 + 1)
    boto3.client("s3", endpoint_url=emulator.url).put_object(Bucket=bucket, Key="large", Body=body)
    with pytest.raises(s3_client.exceptions.ImageTooLargeException, match="15728640"):
        s3_client.detect_labels(Image={"S3Object": {"Bucket": bucket, "Name": "large"}})


def test_an_s3_that_does_not_answer_is_the_servers_fault(client: Any) -> None:
    with pytest.raises(client.exceptions.InternalServerError, match="S3 could not be reached"):
        client.detect_faces(Image={"S3Object": PLACE})


@pytest.mark.parametrize("image", [{}, {"Bytes": b"{}", "S3Object": PLACE}], ids=["neither", "both"])
def test_a_picture_has_one_source(client: Any, image: dict[str, Any]) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="either Bytes or S3Object"):
        client.detect_faces(Image=image)


@pytest.mark.parametrize("place", [{"Bucket": "pictures"}, {"Name": "a.jpg"}, {}])
def test_an_s3_object_needs_bucket_and_name(client: Any, place: dict[str, str]) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="S3Object needs Bucket and Name"):
        client.detect_labels(Image={"S3Object": place})


def test_what_is_no_picture_is_an_invalid_format(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidImageFormatException, match="neither a JPEG nor a PNG"):
        client.detect_faces(Image={"Bytes": b"plain text"})


def test_a_picture_of_too_many_pixels_is_too_large(client: Any) -> None:
    with pytest.raises(client.exceptions.ImageTooLargeException, match="20000 x 20000"):
        client.detect_labels(Image={"Bytes": b"too large"})


def test_bytes_over_5_mb_violate_the_models_limit(client: Any) -> None:
    message = r"at 'image.bytes' failed to satisfy constraint: Member must have length less than or equal to 5242880"
    with pytest.raises(ClientError, match=message) as refusal:
        client.detect_faces(Image={"Bytes": bytes(5 * 1024 * 1024 + 1)})
    assert refusal.value.response["Error"]["Code"] == "ValidationException"  # in no model, as on Amazon


def test_bytes_of_exactly_5_mb_are_read(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidImageFormatException):
        client.detect_faces(Image={"Bytes": bytes(5 * 1024 * 1024)})
