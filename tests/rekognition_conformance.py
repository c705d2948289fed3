"""Holds a JSON answer against an output shape of the service model: strictly, and apart from the server's own code."""

import re
from typing import Any

from botocore.model import Shape

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (float, int),
    "timestamp": (float, int),
    "blob": (str,),
}


def problems(shape: Shape | None, value: Any, path: str = "$") -> list[str]:
    """What the model does not allow: unknown members, wrong types, missing members, violated constraints."""
    if shape is None:
        return [] if value == {} else [f"{path}: the operation has no output"]
    if type(value) not in _TYPES[shape.type_name]:
        return [f"{path}: {value!r} is not a {shape.type_name}"]
    look = _LOOKS.get(shape.type_name)
    return look(shape, value, path) if look else []


def _structure_problems(shape: Any, value: dict[str, Any], path: str) -> list[str]:
    found = [f"{path}: {name} is missing" for name in shape.required_members if name not in value]
    for name, member in value.items():
        if name in shape.members:
            found += problems(shape.members[name], member, f"{path}.{name}")
        else:
            found.append(f"{path}: {shape.name} has no member {name}")
    return found


def _list_problems(shape: Any, value: list[Any], path: str) -> list[str]:
    inner = [problems(shape.member, element, f"{path}[{number}]") for number, element in enumerate(value)]
    # an empty list is fine: lists share their shapes, and with these their lower bounds, with requests (FaceIdList)
    return sum(inner, _length_problems(shape, value, path) if value else [])


def _map_problems(shape: Any, value: dict[str, Any], path: str) -> list[str]:
    inner = [problems(shape.value, element, f"{path}[{key}]") for key, element in value.items()]
    return sum(inner, _length_problems(shape, value, path))


def _string_problems(shape: Any, value: str, path: str) -> list[str]:
    found = _length_problems(shape, value, path)
    if shape.enum and value not in shape.enum:
        found.append(f"{path}: {value} is not one of {shape.enum}")
    pattern = shape.metadata.get("pattern")
    if pattern and "\\p" not in pattern and not re.fullmatch(pattern, value):
        found.append(f"{path}: {value} does not match {pattern}")
    return found


def _length_problems(shape: Shape, value: Any, path: str) -> list[str]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))
    return [] if low <= len(value) <= high else [f"{path}: {len(value)} long, not {low} to {high}"]


def _range_problems(shape: Shape, value: float, path: str) -> list[str]:
    low, high = shape.metadata.get("min", float("-inf")), shape.metadata.get("max", float("inf"))
    return [] if low <= value <= high else [f"{path}: {value} is not within {low} to {high}"]


_LOOKS = {
    "structure": _structure_problems,
    "list": _list_problems,
    "map": _map_problems,
    "string": _string_problems,
    "float": _range_problems,
    "integer": _range_problems,
    "long": _range_problems,
}
