"""A server with credentials, asked by unmodified clients: those that hold one of its keys, and the others."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emulator import CREDENTIALS, REGION
from rekognition_clients import by_cli
from rekognition_fakes import scene
from rekognition_server import FAKE, RekognitionServer, running_server

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RekognitionServer]:
    folder = tmp_path_factory.mktemp("rekognition-signed")
    credentials = folder / "credentials"
    cli = f"[cli]\naws_access_key_id = {CREDENTIALS['AWS_ACCESS_KEY_ID']}\n"
    cli += f"aws_secret_access_key = {CREDENTIALS['AWS_SECRET_ACCESS_KEY']}\n"
    credentials.write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n{cli}")
    credentials.chmod(0o600)
    with running_server(FAKE, folder / "data", "--credentials", str(credentials), "--region", REGION) as running:
        yield running


def client(server: RekognitionServer, key: str = KEY, secret: str = SECRET, **options: Any) -> Any:
    return boto3.client(
        "rekognition",
        endpoint_url=server.url,
        region_name=options.pop("region", REGION),
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
        **options,
    )


def test_who_holds_a_key_is_answered(server: RekognitionServer) -> None:
    signed = client(server)
    signed.create_collection(CollectionId="people")
    large = scene(1).ljust(1_000_000)
    assert len(signed.index_faces(CollectionId="people", Image={"Bytes": large})["FaceRecords"]) == 1


def test_the_cli_signs_as_well(server: RekognitionServer, tmp_path: Path) -> None:
    with by_cli(server, tmp_path) as ask:
        assert ask("DetectFaces", Image={"Bytes": scene(1)})["FaceDetails"]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"secret": "guess"}, "InvalidSignatureException", "does not match the signature you provided"),
        ({"key": "AKIANOBODY"}, "UnrecognizedClientException", "The security token included in the request is invalid"),
        ({"aws_session_token": "x"}, "UnrecognizedClientException", "token included in the request is invalid"),
        ({"region": "eu-north-1"}, "InvalidSignatureException", "scoped to a valid region, not 'eu-north-1'"),
    ],
)
def test_who_holds_none_is_refused(server: RekognitionServer, options: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(ClientError, match=message) as refusal:
        client(server, **options).list_collections()
    assert refusal.value.response["Error"]["Code"] == code
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_who_signs_nothing_is_refused_before_the_body_is_read(server: RekognitionServer) -> None:
    head = (
        b"POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: RekognitionService.DetectFaces\r\n"
        b"content-type: application/x-amz-json-1.1\r\ncontent-length: 10000000\r\nexpect: 100-continue\r\n\r\n"
    )
    url = httpx.URL(server.url)
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(head)
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"MissingAuthenticationTokenException" in answer


def test_health_and_metrics_stay_open(server: RekognitionServer) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert server.http.get(path).status_code == 200


def test_the_log_says_that_signatures_are_verified_and_no_secret(server: RekognitionServer) -> None:
    log = server.log.read_text()
    assert "signatures are verified: requests need one of 2 access keys" in log
    assert SECRET not in log
    assert KEY not in log


def test_a_file_that_is_open_to_others_keeps_it_from_starting(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    credentials.chmod(0o644)
    with (
        pytest.raises(RuntimeError, match=r"exit 1.*can not start: .* is open to others"),
        running_server(("-m", "onlooker_rekognition"), tmp_path / "data", "--credentials", str(credentials)),
    ):
        pass
