"""Requests: from JSON values to parameters, by the model's shapes.

Types are checked here, constraints in `validate`. Amazon ignores members it does not know and treats null as
absent; so do we.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Never

import pybase64
from botocore.model import ListShape, MapShape, Shape, StructureShape

Reader = Callable[[Any], Any]

_JSON_TYPES = {
    dict: "START_OBJECT",
    list: "START_ARRAY",
    str: "STRING_VALUE",
    bool: "BOOLEAN_VALUE",
    int: "NUMBER_VALUE",
    float: "NUMBER_VALUE",
    type(None): "NULL_VALUE",
}
_INTEGER_BITS = {"integer": 31, "long": 63}


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
            _mismatch(value, "structure")
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
            _mismatch(value, "list")
        try:
            return [read_element(element) for element in value]
        except MalformedValueError as error:
            raise error.inside("member") from None

    return read


def _map_reader(shape: MapShape) -> Reader:
    read_value = compile_reader(shape.value)

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            _mismatch(value, "map")
        try:
            return {key: read_value(element) for key, element in value.items()}
        except MalformedValueError as error:
            raise error.inside("value") from None

    return read


def _read_string(value: Any) -> str:
    return value if type(value) is str else _mismatch(value, "String")


def _read_boolean(value: Any) -> bool:
    return value if type(value) is bool else _mismatch(value, "Boolean")


def _read_float(value: Any) -> float:
    return float(value) if type(value) in (int, float) else _mismatch(value, "Float")


def _integer_reader(type_name: str) -> Reader:
    limit = 2 ** _INTEGER_BITS[type_name]

    def read(value: Any) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or not -limit <= value < limit:
            _mismatch(value, type_name.capitalize())
        return int(value)

    return read


def _read_blob(value: Any) -> bytes:
    if type(value) is not str:
        _mismatch(value, "Blob")
    try:
        return pybase64.b64decode(value, validate=True)  # the standard library's takes 45 times as long
    except ValueError as error:  # binascii.Error, or a plain one for letters that no base64 has
        raise MalformedValueError(f"Blob is not valid base64 ({error})") from error


_SCALAR_READERS: dict[str, Reader] = {
    "string": _read_string,
    "boolean": _read_boolean,
    "float": _read_float,
    "integer": _integer_reader("integer"),
    "long": _integer_reader("long"),
    "blob": _read_blob,
}


def _mismatch(value: Any, wanted: str) -> Never:
    raise MalformedValueError(f"{_JSON_TYPES[type(value)]} can not be converted to a {wanted}")


def _refuse_constant(constant: str) -> Never:
    raise ValueError(f"{constant} is not a JSON number")
