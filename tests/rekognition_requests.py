"""Valid requests to Rekognition, made out of its service model: the least that an operation takes, or all of it."""

import base64
import re
from typing import Any

from botocore.model import Shape

PICTURE = base64.b64encode(b'{"faces": []}').decode()
"""What every blob is: a picture to the fake engine."""

SAMPLES = (
    "sample",
    "1",
    "1.0.0",
    "11111111-1111-4111-8111-111111111111",
    "arn:aws:iam::123456789012:role/sample",
    "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-sample",
    "arn:aws:kinesis:us-east-1:123456789012:stream/sample",
    "arn:aws:kinesisvideo:us-east-1:123456789012:stream/sample",
    "arn:aws:rekognition:us-east-1:123456789012:project/sample/1",
    "arn:aws:rekognition:us-east-1:123456789012:project/sample/version/sample/1",
    "arn:aws:rekognition:us-east-1:123456789012:project/sample/dataset/train/1",
)
"""Strings, of which each pattern of the model matches one."""


def least(shape: Shape) -> Any:
    """A JSON value for `shape` with the members that are required and no other."""
    return _value(shape, everything=False)


def full(shape: Shape) -> Any:
    """A JSON value for `shape` with every member, at every depth."""
    return _value(shape, everything=True)


def _value(shape: Any, *, everything: bool) -> Any:
    if shape.type_name == "structure":
        names = shape.members if everything else shape.required_members
        return {name: _value(shape.members[name], everything=everything) for name in names}
    if shape.type_name == "list":
        return [_value(shape.member, everything=everything)] * max(1, shape.metadata.get("min", 1))
    if shape.type_name == "map":
        return {_string(shape.key): _value(shape.value, everything=everything)}
    return _SCALARS[shape.type_name](shape)


def _number(shape: Shape) -> int:
    return min(max(10, shape.metadata.get("min", 10)), shape.metadata.get("max", 10))


def _string(shape: Any) -> str:
    if shape.enum:
        return shape.enum[0]
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 4096)
    pattern = shape.metadata.get("pattern", "")
    for sample in SAMPLES:
        if low <= len(sample) <= high and ("\\p" in pattern or not pattern or re.fullmatch(pattern, sample)):
            return sample
    raise AssertionError(f"add a sample for {shape.name}: {pattern}, {low} to {high} characters")


_SCALARS = {
    "string": _string,
    "boolean": lambda _: True,
    "blob": lambda _: PICTURE,
    "float": _number,
    "integer": _number,
    "long": _number,
}
