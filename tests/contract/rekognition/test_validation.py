"""Each offered operation, walked along the model: what is missing, of the wrong type or out of bounds is named."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import Shape

from onlooker_rekognition.operations.registry import OFFERED as REGISTRY
from onlooker_rekognition.protocol.model import load_service
from rekognition_requests import full
from rekognition_server import RekognitionServer

SERVICE = load_service()
OFFERED = sorted(REGISTRY)
WRONG_TYPES = {
    "structure": "text",
    "list": {"a": 1},
    "map": ["a"],
    "string": 7,
    "integer": "7",
    "float": "7",
    "blob": 7,
}


def full_request(operation: str) -> dict[str, Any]:
    return full(SERVICE.operations[operation].shapes.input_shape)


def walk(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Shape]]:
    """Every member below `shape` that a request can be spoilt at: its path by Amazon's names, and its shape."""
    for name, member in shape.members.items():
        yield (*path, name), member
        if member.type_name == "structure":
            yield from walk(member, (*path, name))


def spoil(request: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    inner = request
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return request


def call(server: RekognitionServer, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    headers = {
        "x-amz-target": f"RekognitionService.{operation}",
        "content-type": "application/x-amz-json-1.1",
    }
    answer = server.http.post("/", content=json.dumps(request).encode(), headers=headers)
    assert answer.status_code == 400, answer.text
    return answer.json()


def spelled(path: tuple[str, ...]) -> str:
    return ".".join(name[0].lower() + name[1:] for name in path)


def members(*, where: Any) -> list[Any]:
    return [
        pytest.param(operation, path, shape, id=f"{operation}-{spelled(path)}")
        for operation in OFFERED
        for path, shape in walk(SERVICE.operations[operation].shapes.input_shape)
        if where(shape)
    ]


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        (operation, member)
        for operation in OFFERED
        for member in SERVICE.operations[operation].shapes.input_shape.required_members
    ],
)
def test_a_missing_required_member_is_named(server: RekognitionServer, operation: str, member: str) -> None:
    request = full_request(operation)
    del request[member]
    answer = call(server, operation, request)
    assert answer["__type"] == "ValidationException"
    assert answer["message"] == (
        f"1 validation error detected: Value null at '{spelled((member,))}' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_all_missing_members_are_named_at_once(server: RekognitionServer) -> None:
    message = call(server, "IndexFaces", {})["message"]
    assert message.startswith("2 validation errors detected: ")
    assert "'collectionId'" in message
    assert "'image'" in message


@pytest.mark.parametrize(("operation", "path", "shape"), members(where=bool))
def test_a_member_of_the_wrong_type_is_named(
    server: RekognitionServer, operation: str, path: tuple[str, ...], shape: Shape
) -> None:
    answer = call(server, operation, spoil(full_request(operation), path, WRONG_TYPES[shape.type_name]))
    assert answer["__type"] == "SerializationException"
    assert answer["message"].endswith(f"at '{'.'.join(path)}'")


def is_bounded_string(shape: Shape) -> bool:
    return shape.type_name == "string" and "max" in shape.metadata


@pytest.mark.parametrize(("operation", "path", "shape"), members(where=is_bounded_string))
def test_a_string_over_its_length_is_named(
    server: RekognitionServer, operation: str, path: tuple[str, ...], shape: Shape
) -> None:
    answer = call(server, operation, spoil(full_request(operation), path, "a" * (shape.metadata["max"] + 1)))
    assert answer["__type"] == "ValidationException"
    limit = f"Member must have length less than or equal to {shape.metadata['max']}"
    assert f"at '{spelled(path)}' failed to satisfy constraint: {limit}" in answer["message"]


def is_pattern(shape: Shape) -> bool:
    return shape.type_name == "string" and "pattern" in shape.metadata


@pytest.mark.parametrize(("operation", "path", "shape"), members(where=is_pattern))
def test_a_string_off_its_pattern_is_named(
    server: RekognitionServer, operation: str, path: tuple[str, ...], shape: Shape
) -> None:
    value = "no/such*thing".ljust(shape.metadata.get("min", 0), "*")
    answer = call(server, operation, spoil(full_request(operation), path, value))
    pattern = shape.metadata["pattern"]
    assert answer["message"] == (
        f"1 validation error detected: Value '{value}' at '{spelled(path)}' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {pattern}"
    )


def is_ranged(shape: Shape) -> bool:
    return shape.type_name in ("integer", "float") and "max" in shape.metadata


@pytest.mark.parametrize(("operation", "path", "shape"), members(where=is_ranged))
def test_a_number_out_of_its_range_is_named(
    server: RekognitionServer, operation: str, path: tuple[str, ...], shape: Shape
) -> None:
    low, high = shape.metadata["min"], shape.metadata["max"]
    above = call(server, operation, spoil(full_request(operation), path, high + 1))["message"]
    assert f"at '{spelled(path)}'" in above
    assert f"Member must have value less than or equal to {high}" in above
    below = call(server, operation, spoil(full_request(operation), path, low - 1))["message"]
    assert f"Member must have value greater than or equal to {low}" in below


@pytest.mark.parametrize(
    ("operation", "path", "value", "constraint"),
    [
        ("IndexFaces", ("QualityFilter",), "BEST", "enum value set: [NONE, AUTO, LOW, MEDIUM, HIGH]"),
        ("DetectFaces", ("Attributes",), ["AGE"], "Member must satisfy constraint: [Member must satisfy enum value"),
        ("DeleteFaces", ("FaceIds",), [], "Member must have length greater than or equal to 1"),
        ("DeleteFaces", ("FaceIds",), ["x"], "Member must satisfy constraint: [Member must satisfy regular expr"),
        ("DetectLabels", ("Features",), ["GENERAL_LABELS"] * 3, "Member must have length less than or equal to 2"),
        ("CreateCollection", ("Tags",), {"aws:a": "b"}, "Map keys must satisfy constraint: ["),
        ("CreateCollection", ("Tags",), {"a": "!"}, "Map value must satisfy constraint: ["),
        ("DetectFaces", ("Image", "Bytes"), "", "Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'image.bytes'"),
    ],
)
def test_other_constraints_are_named(
    server: RekognitionServer, operation: str, path: tuple[str, ...], value: Any, constraint: str
) -> None:
    answer = call(server, operation, spoil(full_request(operation), path, value))
    assert answer["__type"] == "ValidationException"
    assert constraint in answer["message"]
