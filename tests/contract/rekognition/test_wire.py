"""The protocol below boto3: headers, bodies and the shape of errors."""

import base64
import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from rekognition_fakes import scene
from rekognition_server import FAKE, RekognitionServer, running_server

CONTENT_TYPE = "application/x-amz-json-1.1"


def post(server: RekognitionServer, operation: str, body: bytes, *, content_type: str = CONTENT_TYPE) -> httpx.Response:
    headers = {"x-amz-target": f"RekognitionService.{operation}", "content-type": content_type}
    return server.http.post("/", content=body, headers=headers)


def test_an_answer_carries_amazons_headers(server: RekognitionServer) -> None:
    answer = post(server, "ListCollections", b"{}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == CONTENT_TYPE
    assert answer.headers["x-amzn-requestid"]


def test_an_error_has_amazons_shape(server: RekognitionServer) -> None:
    answer = post(server, "DescribeCollection", b'{"CollectionId": "nowhere"}')
    assert answer.status_code == 400
    assert answer.headers["content-type"] == CONTENT_TYPE
    assert answer.headers["x-amzn-errortype"] == "ResourceNotFoundException"
    assert answer.json() == {
        "__type": "ResourceNotFoundException",
        "Code": "ResourceNotFoundException",
        "Logref": answer.headers["x-amzn-requestid"],
        "Message": "The collection id: nowhere does not exist",
    }


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"MaxResults": NaN}', "NaN is not a JSON number"),
        (b"[]", "Start of list found where not expected"),
        (b"7", "Expected null"),
        (b'{"MaxResults": "3"}', "STRING_VALUE can not be converted to an Integer at 'MaxResults'"),
        (b'{"MaxResults": 99999999999}', "NUMBER_VALUE can not be converted to an Integer at 'MaxResults'"),
        (b'{"MaxResults": 1e300}', "NUMBER_VALUE can not be converted to an Integer at 'MaxResults'"),
        (b'{"MaxResults": true}', "TRUE_VALUE can not be converted to an Integer at 'MaxResults'"),
        (b'{"MaxResults": {}}', "Start of structure or map found where not expected at 'MaxResults'"),
        (b'{"NextToken": 7}', "NUMBER_VALUE can not be converted to a String at 'NextToken'"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_malformed_body_is_a_serialization_error(server: RekognitionServer, body: bytes, complaint: str) -> None:
    answer = post(server, "ListCollections", body)
    assert answer.status_code == 400
    assert answer.json()["__type"] == "SerializationException"
    assert complaint in answer.json()["message"]


def test_a_decimal_for_an_integer_is_cut_off_as_on_aws(server: RekognitionServer) -> None:
    assert post(server, "ListCollections", b'{"MaxResults": 1.5}').status_code == 200


def test_bad_base64_is_a_serialization_error(server: RekognitionServer) -> None:
    answer = post(server, "DetectFaces", b'{"Image": {"Bytes": "a picture"}}')
    assert answer.json()["__type"] == "SerializationException"
    assert "not valid base64" in answer.json()["message"]
    assert "'Image.Bytes'" in answer.json()["message"]


def test_what_the_model_does_not_know_is_ignored_and_null_is_absent(server: RekognitionServer) -> None:
    answer = post(server, "ListCollections", b'{"Unknown": [1], "NextToken": null}')
    assert answer.status_code == 200


@pytest.mark.parametrize("target", ["", "RekognitionService.Nothing", "Other.DetectFaces", "DetectFaces"])
def test_an_unknown_target_is_an_unknown_operation(server: RekognitionServer, target: str) -> None:
    headers = {"x-amz-target": target, "content-type": CONTENT_TYPE}
    answer = server.http.post("/", content=b"{}", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["__type"] == "UnknownOperationException"


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_another_content_type_is_refused(server: RekognitionServer, content_type: str) -> None:
    answer = post(server, "ListCollections", b"{}", content_type=content_type)
    assert answer.status_code == 400
    assert "Content-Type must be application/x-amz-json-1.1" in answer.json()["message"]


def test_a_body_over_the_limit_is_refused_and_read_in_pieces(server: RekognitionServer) -> None:
    piece = b" " * 1024 * 1024
    headers = {"x-amz-target": "RekognitionService.DetectFaces", "content-type": CONTENT_TYPE}
    answer = server.http.post("/", content=(piece for _ in range(20)), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["__type"] == "RequestEntityTooLargeException"
    assert "Put the image into S3" in answer.json()["message"]


def test_the_servers_own_failure_is_told_without_its_cause(server: RekognitionServer) -> None:
    body = {"Image": {"Bytes": base64.b64encode(scene(broken=True)).decode()}}
    answer = post(server, "DetectFaces", json.dumps(body).encode())
    assert answer.status_code == 500
    assert answer.json()["__type"] == "InternalServerError"
    assert "the engine broke" not in answer.text
    log = server.log.read_text()
    assert "the engine broke" in log
    assert answer.headers["x-amzn-requestid"] in log


def test_what_is_not_offered_says_so(client: Any) -> None:
    with pytest.raises(
        client.exceptions.AccessDeniedException, match="RecognizeCelebrities is not offered by this server"
    ):
        client.recognize_celebrities(Image={"Bytes": b"a"})


def test_a_name_that_only_resolves_to_this_machine_is_refused(server: RekognitionServer) -> None:
    assert server.http.get("/metrics", headers={"host": "evil.example"}).status_code == 400
    assert server.http.get("/metrics", headers={"host": "localhost:8430"}).status_code == 200


def test_health_readiness_and_metrics_answer(server: RekognitionServer) -> None:
    assert server.http.get("/healthz").text == "ok\n"
    assert server.http.get("/readyz").status_code == 200
    post(server, "ListCollections", b"{}")
    metrics = server.http.get("/metrics").text
    assert 'onlooker_rekognition_requests_total{code="OK",operation="ListCollections"}' in metrics
    assert "onlooker_rekognition_admitted_requests 0.0" in metrics


def test_a_body_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    head = (
        b"POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: RekognitionService.DetectFaces\r\n"
        b"content-type: application/x-amz-json-1.1\r\ncontent-length: 100\r\n\r\n{"
    )
    with running_server(FAKE, tmp_path / "data", "--body-seconds", "0.2") as running:
        address = (httpx.URL(running.url).host, httpx.URL(running.url).port)
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(head)
            answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"ThrottlingException" in answer
