"""Answers: from results to JSON values, by the model's shapes.

Strict, because the caller is ours: a member the model does not know, or a value of another type, is a mistake
of this server and is raised, never sent.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

Writer = Callable[[Any], Any]


class NonconformingResultError(Exception):
    """A result that the operation's output shape does not describe."""


def compile_writer(shape: Shape | None) -> Writer:
    """The function that writes a value of `shape`; an operation without output writes an empty structure."""
    if shape is None:
        return lambda _result: {}
    if isinstance(shape, StructureShape):
        return _structure_writer(shape)
    if isinstance(shape, ListShape):
        write_element = compile_writer(shape.member)
        return lambda values: [write_element(value) for value in values]
    if isinstance(shape, MapShape):
        write_value = compile_writer(shape.value)
        return lambda values: {_write_string(key): write_value(value) for key, value in values.items()}
    if isinstance(shape, StringShape) and shape.enum:
        return _enum_writer(shape)
    return _SCALAR_WRITERS[shape.type_name]


def _structure_writer(shape: StructureShape) -> Writer:
    members = {name: compile_writer(member) for name, member in shape.members.items()}
    shape_name = shape.name

    def write(result: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return {name: members[name](value) for name, value in result.items() if value is not None}
        except KeyError as error:
            raise NonconformingResultError(f"{shape_name} has no member {error}") from error

    return write


def _enum_writer(shape: StringShape) -> Writer:
    names = frozenset(shape.enum)
    shape_name = shape.name

    def write(value: Any) -> str:
        if value not in names:
            raise NonconformingResultError(f"{value!r} is not a value of {shape_name}")
        return str(value)

    return write


def _write_string(value: Any) -> str:
    if not isinstance(value, str):
        raise NonconformingResultError(f"{value!r} is not a string")
    return value


def _write_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NonconformingResultError(f"{value!r} is not a boolean")
    return value


def _write_integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise NonconformingResultError(f"{value!r} is not an integer")
    return value


def _write_float(value: Any) -> float:
    number = float(value)  # numpy's scalars too
    if not math.isfinite(number):
        raise NonconformingResultError(f"{value!r} has no place in JSON")
    return number


def _write_blob(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _write_timestamp(value: datetime) -> float:
    return round(value.timestamp(), 3)  # seconds of the epoch, to the millisecond, as Amazon writes them


_SCALAR_WRITERS: dict[str, Writer] = {
    "string": _write_string,
    "boolean": _write_boolean,
    "integer": _write_integer,
    "long": _write_integer,
    "float": _write_float,
    "blob": _write_blob,
    "timestamp": _write_timestamp,
}
