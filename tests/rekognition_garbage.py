"""Requests to Rekognition that are wrong, made out of its service model by chance: the same for the same seed."""

import base64
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel

from rekognition_requests import full, least

CONTENT_TYPE = "application/x-amz-json-1.1"
PREFIX = "RekognitionService."

STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, -(10**40), 10**400, 2**31, 2**63, float("nan"), float("inf")),
    *("", " ", "a/b", "../..", "\0", "\ud800", "💥" * 100, "x" * 5000, "%s%n", "' OR 1=1 --", "٣" * 12, "aws:a"),
    *([], {}, [None], [[[]]], {"": ""}, {"a": {"b": []}}, ["x"] * 5000, "AAAA=", "e30=", "eyJ="),
)
"""Values that fit hardly anywhere."""


@dataclass(frozen=True)
class Case:
    """A request, and the seed that it can be made from again."""

    seed: int
    operation: str
    headers: dict[str, str]
    body: bytes


def wrong_request(seed: int, operations: Sequence[OperationModel], pictures: Sequence[bytes]) -> Case:
    """The request of `seed`: a valid one of any operation, spoilt somewhere, or nearly valid but for its picture."""
    chance = random.Random(seed)
    operation = chance.choice(operations)
    request = chance.choice((least, full))(operation.input_shape)
    _illustrate(request, chance, pictures)
    for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 5))):
        request = _spoil(request, chance)
    body = json.dumps(request, ensure_ascii=chance.random() < 0.8).encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        body = chance.choice(_SPOILT_BODIES)(body, chance)
    headers = {"x-amz-target": PREFIX + operation.name, "content-type": CONTENT_TYPE}
    if chance.random() < 0.05:
        headers |= chance.choice(_SPOILT_HEADERS)
    return Case(seed, operation.name, headers, body)


def _illustrate(value: Any, chance: random.Random, pictures: Sequence[bytes]) -> None:
    """Put pictures in the place of bytes; mostly leave out the other source, so that they are looked at."""
    if isinstance(value, dict):
        if "Bytes" in value:
            value["Bytes"] = base64.b64encode(chance.choice(pictures)).decode()
            if "S3Object" in value and chance.random() < 0.8:
                del value[chance.choice(("Bytes", "S3Object", "S3Object", "S3Object"))]
        for member in value.values():
            _illustrate(member, chance, pictures)
    elif isinstance(value, list):
        for member in value:
            _illustrate(member, chance, pictures)


def _spoil(value: Any, chance: random.Random) -> Any:
    """The value with one thing in it changed, at any depth."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(list(value))
        action = chance.random()
        if action < 0.15:
            return {key: member for key, member in value.items() if key != name}
        if action < 0.25:
            return {**value, chance.choice(("Unknown", "", name.lower(), "💥")): chance.choice(STRANGE)}
        return {**value, name: _spoil(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.6:
        place = chance.randrange(len(value))
        return [*value[:place], _spoil(value[place], chance), *value[place + 1 :]]
    alike = [strange for strange in STRANGE if type(strange) is type(value)]  # a wrong type is soon told
    return chance.choice(alike if alike and chance.random() < 0.7 else STRANGE)


_SPOILT_BODIES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda body, chance: body[: chance.randrange(len(body) + 1)],
    lambda body, chance: body + chance.randbytes(5),
    lambda _, chance: chance.randbytes(chance.randrange(100)),
    lambda body, _: b"\xef\xbb\xbf" + body,
    lambda body, _: body.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass"),
    lambda body, _: body.replace(b"{", b"{" + body[1:-1] + b"," if len(body) > 2 else b"{", 1),  # every key twice
    lambda body, chance: body.replace(b"10", chance.choice((b"1e999", b"-1e999", b"1e-999", b"010", b"0x10"))),
    lambda _, chance: chance.choice((b"[", b'{"Image":')) * chance.choice((10, 1000, 100_000)),
    lambda _, chance: b'{"MaxResults": ' + b"9" * chance.choice((30, 5000, 100_000)) + b"}",
    lambda _, chance: chance.choice((b"", b"null", b"[]", b'""', b"0", b"NaN", b"-", b"{}{}", b"\0", b"  ")),
)

_SPOILT_HEADERS: tuple[dict[str, str], ...] = (
    {"x-amz-target": ""},
    {"x-amz-target": PREFIX},
    {"x-amz-target": PREFIX + "DetectGhosts"},
    {"x-amz-target": PREFIX.lower() + "DetectFaces"},
    {"x-amz-target": "DynamoDB_20120810.ListTables"},
    {"x-amz-target": "x" * 10_000},
    {"content-type": "application/x-amz-json-1.1; charset=utf-16"},
    {"content-type": "application/x-amz-json-1.0"},
    {"content-type": "application/json"},
    {"content-type": "text/plain"},
    {"content-type": "multipart/form-data; boundary=x"},
    {"content-type": ""},
    {"content-encoding": "gzip"},
    {"authorization": "AWS4-HMAC-SHA256"},
    {"x-amz-date": "never"},
    {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"},
)
