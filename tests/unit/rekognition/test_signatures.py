"""Signatures that botocore made, and what becomes of them when anything about the request is another."""

import contextlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.requests import Request

from onlooker_rekognition.protocol.errors import (
    IncompleteSignatureError,
    InvalidSignatureError,
    MissingAuthenticationTokenError,
    ServiceError,
    UnrecognizedClientError,
)
from onlooker_rekognition.signatures import Signatures

PLAIN = Credentials("AKIAPLAIN", "secret")
TEMPORARY = Credentials("AKIATEMPORARY", "other secret", "token")
BODY = b'{"CollectionId": "people"}'
HEADERS = {
    "Host": "localhost:8430",
    "X-Amz-Target": "RekognitionService.ListFaces",
    "Content-Type": "application/x-amz-json-1.1",
}
MISMATCH = "The request signature we calculated does not match the signature you provided"
INVALID = "The security token included in the request is invalid"


def signed(
    credentials: Credentials = PLAIN,
    *,
    service: str = "rekognition",
    region: str = "us-east-1",
    query: str = "",
    headers: dict[str, str] | None = None,
) -> dict[str, str]:
    """The headers of a request as a client of Amazon's sends it, in lower case."""
    request = AWSRequest("POST", f"http://localhost:8430/{query}", {**HEADERS, **(headers or {})}, BODY)
    SigV4Auth(credentials, service, region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def verify(headers: dict[str, str], body: bytes = BODY, *, query: str = "", later: timedelta = timedelta()) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    known = {credentials.access_key: credentials for credentials in (PLAIN, TEMPORARY)}
    signatures = Signatures(known, region="us-east-1", clock=lambda: datetime.now(UTC) + later)
    signatures.claim(Request(scope)).verify(body)


@pytest.mark.parametrize("credentials", [PLAIN, TEMPORARY])
def test_a_request_signed_by_a_known_key_passes(credentials: Credentials) -> None:
    verify(signed(credentials))


def test_a_query_and_doubled_spaces_are_canonical() -> None:
    verify(signed(query="?b=2&a=1", headers={"X-Amz-Note": "a   b"}), query="b=2&a=1")


def test_headers_that_proxies_add_do_not_matter() -> None:
    verify({**signed(), "x-forwarded-for": "10.0.0.1", "user-agent": "another"})


def test_any_header_that_a_client_signed_is_verified() -> None:
    """Also those that botocore itself never signs."""
    headers = signed()
    request = AWSRequest("POST", "http://localhost:8430/", {**HEADERS, "user-agent": "mine"}, BODY)
    request.context["timestamp"] = headers["x-amz-date"]
    request.headers["X-Amz-Date"] = headers["x-amz-date"]
    signer = EverySigner(PLAIN, "rekognition", "us-east-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    names = ";".join(sorted(name.lower() for name in request.headers))
    scope = headers["authorization"].partition(",")[0]
    verify({**headers, "user-agent": "mine", "authorization": f"{scope}, SignedHeaders={names}, Signature={signature}"})


class EverySigner(SigV4Auth):
    def headers_to_sign(self, request: AWSRequest) -> object:
        lower = AWSRequest(headers={name.lower(): value for name, value in request.headers.items()})
        return lower.headers


@pytest.mark.parametrize(
    "change",
    [
        lambda headers: headers | {"x-amz-target": "RekognitionService.DeleteFaces"},
        lambda headers: headers | {"host": "elsewhere"},
        lambda headers: headers | {"content-type": "application/x-amz-json-1.0"},
        lambda headers: headers | {"authorization": headers["authorization"][:-1] + "g"},
        lambda headers: headers | {"authorization": headers["authorization"][:-9]},
    ],
)
def test_a_changed_request_is_refused(change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    with pytest.raises(InvalidSignatureError, match=MISMATCH):
        verify(change(signed()))


def test_another_body_is_refused_whatever_hash_was_signed() -> None:
    with pytest.raises(InvalidSignatureError, match=MISMATCH):
        verify(signed(), b'{"CollectionId": "others"}')
    for stated in ("UNSIGNED-PAYLOAD", "0" * 64):
        with pytest.raises(InvalidSignatureError, match=MISMATCH):
            verify(signed(headers={"X-Amz-Content-SHA256": stated}))


def test_another_query_is_refused() -> None:
    with pytest.raises(InvalidSignatureError, match=MISMATCH):
        verify(signed(), query="a=1")


@pytest.mark.parametrize(
    ("credentials", "error", "message"),
    [
        (Credentials("AKIAPLAIN", "guess"), InvalidSignatureError, MISMATCH),
        (Credentials("AKIANOBODY", "secret"), UnrecognizedClientError, INVALID),
        (Credentials("AKIAPLAIN", "secret", "token"), UnrecognizedClientError, INVALID),
        (Credentials("AKIATEMPORARY", "other secret"), UnrecognizedClientError, INVALID),
        (Credentials("AKIATEMPORARY", "other secret", "stale"), UnrecognizedClientError, INVALID),
    ],
)
def test_another_key_secret_or_token_is_refused(
    credentials: Credentials, error: type[ServiceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        verify(signed(credentials))


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ({"region": "eu-west-1"}, "scoped to a valid region, not 'eu-west-1': this server's is 'us-east-1'"),
        ({"service": "s3"}, "scoped to correct service: 'rekognition'"),
    ],
)
def test_another_scope_is_refused(scope: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidSignatureError, match=message):
        verify(signed(**scope))


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (timedelta(minutes=6), r"^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$"),
        (timedelta(minutes=-6), r"^Signature not yet current: \d{8}T\d{6}Z is still later than .* \+ 5 min\.\)$"),
    ],
)
def test_a_clock_that_is_off_by_more_than_five_minutes_is_refused(later: timedelta, message: str) -> None:
    with pytest.raises(InvalidSignatureError, match=message):
        verify(signed(), later=later)


@pytest.mark.parametrize("later", [timedelta(minutes=4), timedelta(minutes=-4)])
def test_a_clock_that_is_off_by_less_is_borne(later: timedelta) -> None:
    verify(signed(), later=later)


@pytest.mark.parametrize("name", ["host", "x-amz-date", "x-amz-target", "x-amz-security-token"])
def test_what_must_be_signed_must_be_signed(name: str) -> None:
    headers = signed(TEMPORARY)
    headers["authorization"] = headers["authorization"].replace(f";{name}", "").replace(f"{name};", "")
    with pytest.raises(InvalidSignatureError, match=f"(?i)'{name}' must be a 'SignedHeader'"):
        verify(headers)


def test_no_signature_is_refused_presigned_queries_too() -> None:
    for query in ("", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"):
        with pytest.raises(MissingAuthenticationTokenError, match=r"^Request is missing Authentication Token$"):
            verify({name.lower(): value for name, value in HEADERS.items()}, query=query)


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("", "requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Auth"),
        ("Basic dXNlcjpwYXNzd29yZA==", "requires 'Credential' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b, Signature=", "requires 'Signature' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "exactly 5 slash-delimited elements"),
        ("AWS4-HMAC-SHA1 Credential=a/1/us-east-1/s/t, SignedHeaders=host, Signature=0", "Unsupported AWS 'algorithm'"),
    ],
)
def test_half_a_signature_is_refused(authorization: str, message: str) -> None:
    with pytest.raises(IncompleteSignatureError, match=message):
        verify({**signed(), "authorization": authorization})


@pytest.mark.parametrize("date", ["", "yesterday", "2026-11-21T10:00:00Z"])
def test_a_date_of_another_format_is_refused(date: str) -> None:
    headers = signed()
    signed_on = headers["x-amz-date"][:8]
    headers["authorization"] = headers["authorization"].replace(f"/{signed_on}/", f"/{date[:8]}/")
    with pytest.raises(IncompleteSignatureError, match="Date must be in ISO-8601 'basic format'"):
        verify({**headers, "x-amz-date": date})


def test_a_missing_date_is_refused() -> None:
    headers = signed()
    del headers["x-amz-date"]
    with pytest.raises(IncompleteSignatureError, match="existence of either a 'X-Amz-Date'"):
        verify(headers)


def test_a_scope_of_another_day_or_end_is_refused() -> None:
    headers = signed()
    today = headers["x-amz-date"][:8]
    for old, new, message in (
        (f"/{today}/", "/20200101/", f"'20200101' != '{today}', from '{today}T"),
        ("/aws4_request", "/aws3_request", "valid terminator: 'aws4_request', not 'aws3_request'"),
    ):
        with pytest.raises(InvalidSignatureError, match=message):
            verify({**headers, "authorization": headers["authorization"].replace(old, new)})


def test_whatever_the_headers_say_is_a_refusal_and_no_fault() -> None:
    """A few thousand signed requests with one header spoilt."""
    chance = random.Random(4)
    whole = signed(TEMPORARY)
    for _ in range(3000):
        name = chance.choice(list(whole))
        place = chance.randrange(len(whole[name]) + 1)
        strange = chance.choice(["", " ", "=", ",", "/", ";", "\xff", "\0", "٣", "[", "%", "=,=,", "0" * 300])
        value = whole[name][:place] + strange + whole[name][place + chance.randrange(3) :]
        with contextlib.suppress(ServiceError):
            verify({**whole, name: value}, query=chance.choice(["", "[", "%zz", "a=1&&=", "\0"]))
