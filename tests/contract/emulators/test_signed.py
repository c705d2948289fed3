"""Presigned links and browsers' forms, as `annotator` and `ingest` sign them: what they open, and what they do not."""

import time
import urllib.error
import urllib.request
import uuid
from typing import Any

import pytest

from emulator import Cloud

FORM = {"Key": "up/${filename}", "ExpiresIn": 60}
LIMITS = [{"Content-Type": "image/jpeg"}, ["content-length-range", 1, 10]]


def fetch(url: str, method: str = "GET", **options: Any) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, **options)) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def send(form: dict[str, Any], data: bytes, **changes: str) -> int:
    """Send a form as a browser does; returns the status."""
    boundary = uuid.uuid4().hex
    fields = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (form["fields"] | {name.replace("_", "-"): value for name, value in changes.items()}).items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="my.jpg"\r\n\r\n'
    body = "".join([*fields, file]).encode() + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return fetch(form["url"], "POST", data=body, headers=headers)[0]


@pytest.fixture
def link(aws: Any, bucket: str) -> str:
    s3 = aws("s3")
    for key in ("a b.jpg", "other.jpg"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return str(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a b.jpg"}, ExpiresIn=60))


@pytest.fixture
def form(aws: Any, bucket: str) -> dict[str, Any]:
    fields = {"Content-Type": "image/jpeg"}
    return dict(aws("s3").generate_presigned_post(Bucket=bucket, Fields=fields, Conditions=LIMITS, **FORM))


def test_a_link_opens_one_object_under_one_host_by_one_method(link: str) -> None:
    assert fetch(link) == (200, b"a b.jpg")
    assert fetch(link.replace("a%20b", "other"))[0] == 403
    assert fetch(link.replace("127.0.0.1", "localhost"))[0] == 403
    assert fetch(link[:-1] + ("0" if link[-1] != "0" else "1"))[0] == 403
    assert fetch(f"{link}&response-content-type=text/html")[0] == 403
    for method in ("HEAD", "PUT", "DELETE"):
        assert fetch(link, method)[0] == 403


def test_a_link_opens_for_a_time(aws: Any, bucket: str) -> None:
    aws("s3").put_object(Bucket=bucket, Key="k", Body=b"")
    link = aws("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=1)
    deadline = time.monotonic() + 5
    while (status := fetch(link)[0]) == 200 and time.monotonic() < deadline:
        time.sleep(0.2)  # the link's second must pass, and be over by the emulator's clock
    assert status == 403


def test_what_is_asked_for_without_a_signature(aws: Any, bucket: str, cloud: Cloud, answers: Any) -> None:
    aws("s3").put_object(Bucket=bucket, Key="k", Body=b"x")
    assert (fetch(f"{cloud.url}/{bucket}/k")[0] == 200) == answers.unsigned_requests


def test_a_form_is_taken_as_its_policy_says(aws: Any, bucket: str, form: dict[str, Any], answers: Any) -> None:
    assert send(form, b"12345") == 204
    (entry,) = aws("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert (entry["Key"], entry["Size"]) == ("up/my.jpg", 5)
    assert aws("s3").head_object(Bucket=bucket, Key="up/my.jpg")["ContentType"] == "image/jpeg"
    assert send(form, b"x" * 11) == 400
    assert send(form, b"") == 400
    assert send(form, b"1", Content_Type="text/html") == 403
    assert send(form, b"1", key="other") == 403
    assert send(form, b"1", policy=form["fields"]["policy"][:-4] + "AAAA") in {400, 403}
    assert (send(form, b"1", x_amz_meta_undeclared="1") == 204) == answers.undeclared_fields
    assert (send(form, b"1", x_amz_signature="0" * 64) == 204) == answers.forged_forms


def test_a_form_answers_as_it_is_told(aws: Any, bucket: str) -> None:
    fields = {"success_action_status": "201"}
    form = aws("s3").generate_presigned_post(Bucket=bucket, Fields=fields, Conditions=[fields], **FORM)
    assert send(form, b"1") == 201


def test_a_form_is_taken_for_a_time(aws: Any, bucket: str) -> None:
    form = aws("s3").generate_presigned_post(Bucket=bucket, Key="k", ExpiresIn=-1)
    assert send(form, b"1") == 403
