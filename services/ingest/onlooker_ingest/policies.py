"""Signed browser uploads: checks the POST policy that a page asks for, and has it signed.

The page sends an expiration and conditions; a form with the signed policy then goes straight to S3, past this service.
So what this service would refuse, the policy must make S3 refuse. Amazon S3 user guide, "Browser-based uploads using
POST (AWS Signature Version 4)".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, BaseModel, Field

from onlooker_shared.errors import BadRequestError, ForbiddenError

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

MAX_REQUEST_BYTES = 64 * 1024
"""Bytes of the largest request to sign; S3 takes policies of 20 KiB."""
FILENAME = "${filename}"
"""S3 puts the name of the browser's file here."""

_FREE = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-type",
        "success_action_redirect",
        "success_action_status",
        "tagging",
    }
)
"""Fields of the form that a page may set as it likes, beside ``x-amz-meta-*``."""

Condition = dict[str, str] | tuple[str, str | int, str | int]
"""``{"field": value}``, ``["eq", "$field", value]``, ``["starts-with", "$field", value]`` or
``["content-length-range", least, most]``.
"""


class PolicyRequest(BaseModel):
    """What a page asks to have signed: a POST policy as S3 documents it."""

    expiration: AwareDatetime
    conditions: list[Condition] = Field(max_length=100)


class SignedPolicy(BaseModel):
    """What the form needs."""

    policy: str
    """Base64 of the policy's JSON."""
    signature: str
    """Hexadecimal Signature Version 4 of it."""
    url: str
    """Where the form is sent."""
    fields: dict[str, str]
    """The form's hidden fields, policy and signature among them. More can be added as far as the conditions allow."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A request that was read: whether the caller may have it is the caller's and the buckets' matter."""

    bucket: str
    key: str
    """The exact key, or what it begins with, followed by `FILENAME`."""
    conditions: tuple[Condition, ...]
    """Those about bucket and key not among them."""
    expires_in: int
    """Seconds."""

    @property
    def key_prefix(self) -> str:
        """What every key that the policy allows begins with (the whole key if it allows one only)."""
        return self.key.removesuffix(FILENAME)


def read(request: PolicyRequest, *, now: datetime, max_seconds: int, max_bytes: int) -> Policy:
    """Return what a request asks for, with the limit of size made part of it.

    Raises:
        BadRequestError: it lacks a bucket or a key, lives too long, or has a condition that is not understood.
        ForbiddenError: it would make the upload public.
    """
    expires_in = int((request.expiration - now).total_seconds())
    if not 0 < expires_in <= max_seconds:
        raise BadRequestError(f"The expiration must lie in the future, by {max_seconds} seconds at most.")
    found = _Found(most=max_bytes)
    for condition in _flat(request.conditions):
        found.add(condition)
    if len(found.buckets) != 1 or len(found.keys) != 1:
        raise BadRequestError('The conditions must name one bucket, {"bucket": ...}, and one key or prefix, "$key".')
    if found.least > found.most:
        raise BadRequestError(f"No size fits content-length-range; {max_bytes} bytes are taken at most.")
    conditions = (*found.others, ("content-length-range", found.least, found.most))
    return Policy(found.buckets[0], found.keys[0], conditions, expires_in)


@dataclass(slots=True)
class _Found:
    """What the conditions say, sorted."""

    most: int
    least: int = 1
    buckets: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    others: list[Condition] = field(default_factory=list)

    def add(self, condition: Condition) -> None:
        match _read(condition):
            case "content-length-range", int(least), int(most):
                self.least, self.most = max(self.least, least), min(self.most, most)
            case "eq", "bucket", str(bucket):
                self.buckets.append(bucket)
            case "eq", "key", str(key):
                self.keys.append(key)
            case "starts-with", "key", str(prefix):
                self.keys.append(prefix + FILENAME)
            case "eq", "acl", "private":
                self.others.append(condition)
            case _, "acl", _:
                raise ForbiddenError("Pictures are never public: the only 'acl' that is signed is 'private'.")
            case "eq" | "starts-with", str(name), str():
                _check_field(name)
                self.others.append(condition)
            case _:
                raise BadRequestError(f"The condition {condition} is not one of a POST policy.")


def _flat(conditions: Sequence[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        if isinstance(condition, dict):
            yield from ({name: value} for name, value in condition.items())
        else:
            yield condition


def _read(condition: Condition) -> tuple[str, str | int, str | int]:
    """Return a condition as its operator, the field's name in lower case, and the value; or the range as it is."""
    if isinstance(condition, dict):
        [(name, exact)] = condition.items()
        return "eq", name.lower(), exact
    operator, first, second = condition
    if isinstance(first, str) and first.startswith("$"):
        return operator, first[1:].lower(), second
    return condition


def _check_field(name: str) -> None:
    if name not in _FREE and not name.startswith("x-amz-meta-"):
        raise BadRequestError(f"The field '{name}' is not signed here (those of the signature are added by Onlooker).")


async def sign(presigner: "S3Client", policy: Policy) -> SignedPolicy:
    """Return a policy signed with this process's credentials."""
    exact: dict[str, str] = {}
    for condition in policy.conditions:
        if isinstance(condition, dict):
            exact.update(condition)
    form: dict[str, Any] = await presigner.generate_presigned_post(
        Bucket=policy.bucket,
        Key=policy.key,
        Fields=exact,
        Conditions=[list(each) if isinstance(each, tuple) else each for each in policy.conditions],
        ExpiresIn=policy.expires_in,
    )
    fields: dict[str, str] = form["fields"]
    return SignedPolicy(policy=fields["policy"], signature=fields["x-amz-signature"], url=form["url"], fields=fields)
