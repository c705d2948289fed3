"""Requests: from JSON values to parameters, by the model's shapes.

Types are checked here, constraints in `validate`. Amazon ignores members it does not know and treats null as
absent; so do we.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, Never

import pybase64
from botocore.model import ListShape, MapShape, Shape, StructureShape

Reader = Callable[[Any], Any]


class MalformedValueError(Exception):
    """A request that is not JSON, or a member whose JSON type is not the model's."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return f"{self.reason} at '{self.path}'" if self.path else self.reason

    def inside(self, member: str) -> MalformedValueError:
        """The same complaint, seen from the structure or list around it."""
        return MalformedValueError(self.reason, f"{member}.{self.path}" if self.path else member)


def load_json(body: bytes) -> Any:
    """The JSON value of a request's body; an empty body is an empty request. Raises MalformedValueError."""
    try:
        return json.loads(body, parse_constant=_refuse_constant) if body else {}
    except (ValueError, RecursionError) as error:
        raise MalformedValueError(f"The request's body is not valid JSON: {error}") from error


def compile_reader(shape: Shape | None) -> Reader:
    """The function that reads a value of `shape`; an operation without input reads an empty structure."""
    if shape is None:
        return lambda _value: {}
    if isinstance(shape, StructureShape):
        return _structure_reader(shape)
    if isinstance(shape, ListShape):
        return _list_reader(shape)
    if isinstance(shape, MapShape):
        return _map_reader(shape)
    return _SCALAR_READERS[shape.type_name]


def _structure_reader(shape: StructureShape) -> Reader:
    members = {name: compile_reader(member) for name, member in shape.members.items()}

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            _mismatch(value, "Expected null")
        result = {}
        for name, member in value.items():
            if member is None or name not in members:
                continue
            try:
                result[name] = members[name](member)
            except MalformedValueError as error:
                raise error.inside(name) from None
        return result

    return read


def _list_reader(shape: ListShape) -> Reader:
    read_element = compile_reader(shape.member)

    def read(value: Any) -> list[Any]:
        if type(value) is not list:
            _mismatch(value, "Expected list or null")
        try:
            return [read_element(element) for element in value]
        except MalformedValueError as error:
            raise error.inside("member") from None

    return read


def _map_reader(shape: MapShape) -> Reader:
    read_value = compile_reader(shape.value)

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            _mismatch(value, "Expected map or null")
        try:
            return {key: read_value(element) for key, element in value.items()}
        except MalformedValueError as error:
            raise error.inside("value") from None

    return read


def _read_string(value: Any) -> str:
    return value if type(value) is str else _inconvertible(value, "a String")


def _read_boolean(value: Any) -> bool:
    return value if type(value) is bool else _inconvertible(value, "a Boolean")


def _read_float(value: Any) -> float:
    try:
        number = float(value) if type(value) in (int, float) else math.nan
    except OverflowError:  # an integer of more than 308 digits
        number = math.inf
    return number if math.isfinite(number) else _inconvertible(value, "a Float")  # 1e999 is read as infinite


def _integer_reader(bits: int, wanted: str) -> Reader:
    def read(value: Any) -> int:
        number = math.trunc(value) if type(value) is float and math.isfinite(value) else value  # 1.5 is 1, as on AWS
        if type(number) is not int or not -(2**bits) <= number < 2**bits:
            _inconvertible(value, wanted)
        return int(number)

    return read


def _read_blob(value: Any) -> bytes:
    if type(value) is not str:
        _inconvertible(value, "a Blob")
    try:
        return pybase64.b64decode(value, validate=True)  # the standard library's takes 45 times as long
    except ValueError as error:  # binascii.Error, or a plain one for letters that no base64 has
        raise MalformedValueError(f"Blob is not valid base64 ({error})") from error


_SCALAR_READERS: dict[str, Reader] = {
    "string": _read_string,
    "boolean": _read_boolean,
    "float": _read_float,
    "integer": _integer_reader(31, "an Integer"),
    "long": _integer_reader(63, "a Long"),
    "blob": _read_blob,
}


def _inconvertible(value: Any, wanted: str) -> Never:
    _mismatch(value, f"{_token(value)} can not be converted to {wanted}")


def _mismatch(value: Any, complaint: str) -> Never:
    """The complaint, but for a list or structure the one that AWS has for these wherever they are wrong."""
    if type(value) is list:
        raise MalformedValueError("Start of list found where not expected")
    if type(value) is dict:
        raise MalformedValueError("Start of structure or map found where not expected")
    raise MalformedValueError(complaint)


def _token(value: Any) -> str:
    """What AWS's parser calls a value that is neither list nor structure."""
    if type(value) is str:
        return "STRING_VALUE"
    if type(value) in (int, float):
        return "NUMBER_VALUE"
    return "NULL_VALUE" if value is None else f"{str(value).upper()}_VALUE"


def _refuse_constant(constant: str) -> Never:
    raise ValueError(f"{constant} is not a JSON number")
