"""HTTP itself: what clients and proxies other than boto3 may do, over a bare socket."""

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from rekognition_server import RekognitionServer

TARGET = b"x-amz-target: RekognitionService.ListCollections\r\n"
TYPE = b"content-type: application/x-amz-json-1.1\r\n"
LINE = b"POST / HTTP/1.1\r\nhost: localhost\r\n"
HEAD = LINE + TARGET + TYPE
PLAIN = HEAD + b"content-length: 2\r\n\r\n{}"


class Wire:
    """A connection, and the answers that come over it."""

    def __init__(self, connection: socket.socket) -> None:
        self.send = connection.sendall
        self.stream = connection.makefile("rb")

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, and body of the next answer."""
        status = int(self.stream.readline().split()[1])
        headers = {}
        while line := self.stream.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self.stream.read(int(headers.get("content-length", 0)))


@pytest.fixture
def connect(server: RekognitionServer) -> Callable[..., object]:
    url = httpx.URL(server.url)

    @contextmanager
    def connected() -> Iterator[Wire]:
        with socket.create_connection((url.host, url.port), timeout=10) as connection:
            yield Wire(connection)

    return connected


def test_requests_follow_one_another_on_one_connection(connect: Callable[..., object]) -> None:
    with connect() as wire:
        wire.send(PLAIN * 3)
        assert [wire.answer()[0] for _ in range(3)] == [200, 200, 200]


def test_a_refusal_before_the_body_leaves_the_connection_in_order(connect: Callable[..., object]) -> None:
    with connect() as wire:
        wire.send(LINE + TYPE + b"x-amz-target: nothing\r\ncontent-length: 300000\r\n\r\n" + b"x" * 300_000 + PLAIN)
        assert wire.answer()[0] == 400
        assert wire.answer()[0] == 200


def test_who_waits_for_permission_to_send_a_body_gets_it(connect: Callable[..., object]) -> None:
    with connect() as wire:
        wire.send(HEAD + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        assert wire.answer()[0] == 100
        wire.send(b"{}")
        assert wire.answer()[0] == 200


def test_who_waits_with_a_wrong_request_is_refused_instead(connect: Callable[..., object]) -> None:
    with connect() as wire:
        wire.send(LINE + TARGET + b"expect: 100-continue\r\ncontent-length: 9999999\r\n\r\n")
        status, _, body = wire.answer()
        assert status == 400
        assert b"UnknownOperationException" in body


def test_a_body_may_come_in_chunks_or_not_at_all(connect: Callable[..., object]) -> None:
    with connect() as wire:
        wire.send(HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
        assert wire.answer()[0] == 200
        wire.send(HEAD + b"\r\n")
        assert wire.answer()[0] == 200


def test_the_content_type_may_name_a_charset(connect: Callable[..., object]) -> None:
    with connect() as wire:
        wire.send(
            LINE + TARGET + b"Content-Type: application/x-amz-JSON-1.1;charset=UTF-8\r\ncontent-length: 2\r\n\r\n{}"
        )
        assert wire.answer()[0] == 200


def test_a_compressed_body_is_no_json(connect: Callable[..., object]) -> None:
    body = gzip.compress(b"{}")
    with connect() as wire:
        wire.send(HEAD + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        status, headers, _ = wire.answer()
        assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException")


def test_headers_of_a_hundred_kilobytes_pass(connect: Callable[..., object]) -> None:
    with connect() as wire:
        wire.send(HEAD + b"x-note: " + b"a" * 100_000 + b"\r\ncontent-length: 2\r\n\r\n{}")
        assert wire.answer()[0] == 200


def test_headers_without_an_end_are_hung_up_on(connect: Callable[..., object]) -> None:
    endless = HEAD + (b"x-note: " + b"a" * 100_000 + b"\r\n") * 200
    with connect() as wire, pytest.raises(ConnectionError):
        wire.send(endless)
    with connect() as wire:
        wire.send(PLAIN)
        assert wire.answer()[0] == 200


@pytest.mark.parametrize(
    "head",
    [
        b"\x16\x03\x01\x02\x00\x01",  # TLS
        HEAD + b"content-length: -5",
        HEAD + b"content-length: 99999999999999999999999",
        HEAD + b"content-length: 2\r\ntransfer-encoding: chunked",
        LINE + b"no header",
    ],
)
def test_what_is_no_http_is_refused_and_hung_up_on(connect: Callable[..., object], head: bytes) -> None:
    with connect() as wire:
        wire.send(head + b"\r\n\r\n")
        status, headers, _ = wire.answer()
        assert (status, headers["connection"]) == (400, "close")
        assert wire.stream.read() == b""


def test_a_browser_is_told_what_this_is(server: RekognitionServer) -> None:
    answer = server.http.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert f"AWS_ENDPOINT_URL_REKOGNITION={server.url}" in answer.text


def test_a_page_of_another_origin_is_not_let_in(server: RekognitionServer) -> None:
    """A browser asks first, because of the content type, and is not told yes."""
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = server.http.options("/", headers=asked)
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers
