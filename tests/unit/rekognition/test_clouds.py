"""S3 and SNS on bad days: what is said no to, and what may be asked again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.retries.standard import ExponentialBackoff

from onlooker_rekognition.clouds import CloudError
from onlooker_rekognition.protocol.errors import (
    InternalServerError,
    InvalidParameterError,
    InvalidS3ObjectError,
    VideoTooLargeError,
)
from onlooker_rekognition.s3 import S3Objects, open_s3
from onlooker_rekognition.sns import open_sns

TOPIC = "arn:aws:sns:us-east-1:000000000000:jobs"


@asynccontextmanager
async def answering(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> AsyncIterator[None]:
    """An endpoint of AWS that answers these bytes to all requests, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)  # the client's own retries need no pause
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        yield


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("AWS_ENDPOINT_URL", "nonsense", "Invalid endpoint: nonsense"),
        ("AWS_PROFILE", "nobodys", "nobodys.*not be found"),
    ],
)
@pytest.mark.parametrize("opened", [open_s3, open_sns])
async def test_what_makes_no_client_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, opened: Any, variable: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(CloudError, match=rf"{complaint}.*Set right what AWS's variables"):
        async with opened(region="us-east-1"):
            pytest.fail("it was made")


def sns_error(status: str, code: str) -> bytes:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    return f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("404 Not Found", "NotFound", InvalidParameterError),
        ("403 Forbidden", "AuthorizationError", InvalidParameterError),
        ("429 Too Many Requests", "Throttled", InternalServerError),
        ("400 Bad Request", "Throttling", InternalServerError),
        ("503 Service Unavailable", "ServiceUnavailable", InternalServerError),
    ],
)
async def test_a_message_is_given_up_only_where_sns_says_no(
    monkeypatch: pytest.MonkeyPatch, status: str, code: str, expected: type[Exception]
) -> None:
    async with answering(monkeypatch, sns_error(status, code)), open_sns(region="us-east-1") as topics:
        with pytest.raises(expected):
            await topics.publish(TOPIC, "the end")


async def fetch(objects: S3Objects, _: Path) -> object:
    return await objects.fetch("films", "door.mp4", None, limit=1000)


async def download(objects: S3Objects, target: Path) -> object:
    return await objects.download("films", "door.mp4", None, target, limit=1000)


@pytest.mark.parametrize("read", [fetch, download])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it", InternalServerError),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", InvalidS3ObjectError),
        (b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", InternalServerError),
        (b"", InternalServerError),
    ],
    ids=["cut off", "not there", "throttled", "hung up"],
)
async def test_an_object_is_given_up_only_where_s3_says_no(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    read: Callable[[S3Objects, Path], Awaitable[object]],
    answer: bytes,
    expected: type[Exception],
) -> None:
    async with answering(monkeypatch, answer), open_s3(region="us-east-1") as objects:
        with pytest.raises(expected):
            await read(objects, tmp_path / "file")


async def test_a_video_that_grew_is_not_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its length is looked at again when it comes: it was checked when its analysis was asked for."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + bytes(1001)
    async with answering(monkeypatch, answer), open_s3(region="us-east-1") as objects:
        with pytest.raises(VideoTooLargeError, match="1001 bytes; 1000 are the most"):
            await download(objects, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b""
