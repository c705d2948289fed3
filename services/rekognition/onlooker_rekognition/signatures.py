"""Signature Version 4, verified: whether a request was signed by one of the configured keys.

What is signed, and how, is botocore's own code, by which clients sign. Here is what the other side does: take the
header apart, hold scope and clock against the server's, and compare. Words and codes are Amazon's.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from starlette.datastructures import Headers
from starlette.requests import Request

from onlooker_rekognition.protocol.errors import (
    IncompleteSignatureError,
    InvalidSignatureError,
    MissingAuthenticationTokenError,
    UnrecognizedClientError,
)

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "rekognition"
_TERMINATOR = "aws4_request"
_PARTS = ("Credential", "Signature", "SignedHeaders")
_SCOPE_ELEMENTS = 5
_SIGNED = ("Host", "X-Amz-Date", "X-Amz-Target")
_TOKEN = "X-Amz-Security-Token"  # noqa: S105 (the name of a header)
_SKEW = timedelta(minutes=5)

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_UNKNOWN = "The security token included in the request is invalid."


@dataclass(frozen=True, slots=True)
class Authorization:
    """An Authorization header, taken apart."""

    access_key: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str

    @classmethod
    def parse(cls, header: str) -> Authorization:
        """Raises IncompleteSignatureError, which names all that is missing."""
        algorithm, _, rest = header.strip().partition(" ")
        parts = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in rest.split(","))}
        if missing := [name for name in _PARTS if not parts.get(name)]:
            raise IncompleteSignatureError(
                " ".join(f"Authorization header requires '{name}' parameter." for name in missing)
            )
        if algorithm != _ALGORITHM:
            raise IncompleteSignatureError(f"Unsupported AWS 'algorithm': '{algorithm}'. It must be {_ALGORITHM}.")
        elements = parts["Credential"].rsplit("/", _SCOPE_ELEMENTS - 1)
        if len(elements) != _SCOPE_ELEMENTS:
            raise IncompleteSignatureError(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                f"got '{parts['Credential']}'."
            )
        access_key, date, region, service, terminator = elements
        signed = tuple(parts["SignedHeaders"].lower().split(";"))
        return cls(access_key, date, region, service, terminator, signed, parts["Signature"])


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature whose headers are in order. Whether it is genuine is known once the body is."""

    signer: _Signer
    request: AWSRequest
    signature: str

    def verify(self, body: bytes) -> None:
        """Raises InvalidSignatureError unless the signature is that of these headers with this body."""
        stated = self.request.headers.get("x-amz-content-sha256")
        if stated is not None and stated != hashlib.sha256(body).hexdigest():  # botocore would take its word for it
            raise InvalidSignatureError(_MISMATCH)
        self.request.data = body
        canonical = self.signer.canonical_request(self.request)
        expected = self.signer.signature(self.signer.string_to_sign(self.request, canonical), self.request)
        if not hmac.compare_digest(expected.encode(), self.signature.encode()):
            raise InvalidSignatureError(_MISMATCH)


class Signatures:
    """Knows who may sign, and for which region."""

    def __init__(self, credentials: Mapping[str, Credentials], *, region: str, clock: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._region = region
        self._clock = clock

    def claim(self, request: Request) -> Claim:
        """Look at the headers, before any of the body is read.

        Raises MissingAuthenticationTokenError, IncompleteSignatureError, InvalidSignatureError and
        UnrecognizedClientError.
        """
        headers = request.headers
        if "authorization" not in headers:
            raise MissingAuthenticationTokenError("Request is missing Authentication Token")
        authorization = Authorization.parse(headers["authorization"])
        timestamp = headers.get("x-amz-date")
        if timestamp is None:
            raise IncompleteSignatureError(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
            )
        _check_signed(authorization, headers)
        self._check_scope(authorization, timestamp)
        self._check_clock(timestamp)
        credentials = self._known(authorization.access_key, headers.get(_TOKEN))
        return Claim(
            _Signer(credentials, _SERVICE, self._region),
            _signed_part(request, authorization.signed_headers, timestamp),
            authorization.signature,
        )

    def _check_scope(self, authorization: Authorization, timestamp: str) -> None:
        faults = []
        if authorization.region != self._region:
            faults.append(
                f"Credential should be scoped to a valid region, not '{authorization.region}': this server's is "
                f"'{self._region}'."
            )
        if authorization.service != _SERVICE:
            faults.append(f"Credential should be scoped to correct service: '{_SERVICE}'.")
        if authorization.terminator != _TERMINATOR:
            faults.append(
                f"Credential should be scoped with a valid terminator: '{_TERMINATOR}', not "
                f"'{authorization.terminator}'."
            )
        if authorization.date != timestamp[:8]:
            faults.append(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                f"'{authorization.date}' != '{timestamp[:8]}', from '{timestamp}'."
            )
        if faults:
            raise InvalidSignatureError(" ".join(faults))

    def _check_clock(self, timestamp: str) -> None:
        try:
            signed_at = datetime.strptime(timestamp, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
        except ValueError as error:
            raise IncompleteSignatureError(
                f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ) from error
        now = self._clock()
        shown = now.strftime(SIGV4_TIMESTAMP)
        if signed_at < (earliest := now - _SKEW):
            raise InvalidSignatureError(
                f"Signature expired: {timestamp} is now earlier than {earliest.strftime(SIGV4_TIMESTAMP)} "
                f"({shown} - 5 min.)"
            )
        if signed_at > (latest := now + _SKEW):
            raise InvalidSignatureError(
                f"Signature not yet current: {timestamp} is still later than {latest.strftime(SIGV4_TIMESTAMP)} "
                f"({shown} + 5 min.)"
            )

    def _known(self, access_key: str, token: str | None) -> Credentials:
        credentials = self._credentials.get(access_key)
        if credentials is None or not hmac.compare_digest((credentials.token or "").encode(), (token or "").encode()):
            raise UnrecognizedClientError(_UNKNOWN)
        return credentials


class _Signer(SigV4Auth):
    """botocore's signer, who signs the headers it is given: the client has chosen them already."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers


def _check_signed(authorization: Authorization, headers: Headers) -> None:
    """What says which operation is meant, when, for whom, must be under the signature."""
    for name in (*_SIGNED, *([_TOKEN] if _TOKEN in headers else [])):
        if name.lower() not in authorization.signed_headers:
            raise InvalidSignatureError(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")


def _signed_part(request: Request, signed_headers: Sequence[str], timestamp: str) -> AWSRequest:
    """What of a request was signed, but for its body. Its host is signed as a header, not as part of the URL."""
    query = request.scope["query_string"].decode("latin-1")
    signed = AWSRequest(method=request.method, url=f"http://localhost{request.scope['path']}?{query}")
    for name, value in request.headers.items():
        if name in signed_headers:
            signed.headers.add_header(name, value)
    signed.context["timestamp"] = timestamp
    return signed
