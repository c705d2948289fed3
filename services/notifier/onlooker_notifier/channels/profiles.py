"""Profiles of people who were seen, for who kept them before: the table's items by `FaceId`, whole."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

KEY = "FaceId"
MOST = 100
"""Faces of one person that are looked up: as many as DynamoDB reads at once."""


class Profiles:
    """The tables of people and of profiles, which are the recognizer's: they are only read.

    Args:
        dynamodb: the process's client.
        people: the table of people; `face_ids` are those of their faces in the collection.
        profiles: the table of profiles.
    """

    def __init__(self, dynamodb: "DynamoDBClient", people: str, profiles: str) -> None:
        self._dynamodb = dynamodb
        self._people = people
        self._profiles = profiles

    async def of(self, person_id: str) -> dict[str, Any] | None:
        """Return the profile of a person's face as JSON values, `FaceId` included; None if none of them has one."""
        answer = await self._dynamodb.get_item(
            TableName=self._people, Key={"person_id": {"S": person_id}}, ProjectionExpression="face_ids"
        )
        face_ids = sorted(answer.get("Item", {}).get("face_ids", {}).get("SS", ()))[:MOST]
        if not face_ids:
            return None
        read = await self._dynamodb.batch_get_item(
            RequestItems={self._profiles: {"Keys": [{KEY: {"S": face_id}} for face_id in face_ids]}}
        )
        items = sorted(read["Responses"].get(self._profiles, ()), key=lambda item: item[KEY]["S"])
        return _plain(items[0]) if items else None


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as JSON values; bytes, which JSON has no word for, are left out."""
    return {name: _value(value) for name, value in sorted(item.items()) if not value.keys() & {"B", "BS"}}


def _value(value: Mapping[str, Any]) -> Any:
    [(kind, content)] = value.items()
    return _READERS[kind](content) if kind in _READERS else None


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "S": str,
    "N": json.loads,
    "BOOL": bool,
    "SS": sorted,
    "NS": lambda numbers: sorted(map(json.loads, numbers)),
    "L": lambda values: [_value(each) for each in values],
    "M": lambda values: {name: _value(each) for name, each in values.items()},
}
"""DynamoDB's types; what is not here is null."""
