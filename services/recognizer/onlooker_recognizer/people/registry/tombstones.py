"""Who was erased: an id and a time, for ever, so that nothing that is late makes them again.

    table of people      erased:{person_id}      the erasure, and when it was asked for
    table of sightings   erase, {erasure_id}     an erasure that is still to be done, or to be looked at once more

Both are written in the transaction that deletes the person's record. An erasure has the id of whom it erases.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from onlooker_recognizer.people.registry.items import moment
from onlooker_recognizer.people.registry.transactions import read
from onlooker_shared.errors import ConflictError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

ABOUT = "erase"
"""What the table of sightings has erasures under."""
PREFIX = "erased:"
"""Begins the keys of tombstones."""


class PersonErasedError(ConflictError):
    """Somebody who was erased was to be made again."""


class Tombstones:
    """Tombstones.

    Args:
        dynamodb: the process's client.
        people: the name of the table of people.
        sightings: the name of the table of sightings.
    """

    def __init__(self, dynamodb: "DynamoDBClient", people: str, sightings: str) -> None:
        self._dynamodb = dynamodb
        self._people = people
        self._sightings = sightings

    def set(self, person_id: str, erasure_id: str, at: datetime) -> "list[TransactWriteItemTypeDef]":
        """Return the actions that set a tombstone, and note that there is something to be done."""
        time = {"S": moment(at)}
        grave = {"person_id": {"S": f"{PREFIX}{person_id}"}, "erasure": {"S": erasure_id}, "erased_at": time}
        owed = {"about": {"S": ABOUT}, "sighting_id": {"S": erasure_id}, "erased_at": time}
        return [
            {"Put": {"TableName": self._people, "Item": grave}},
            {"Put": {"TableName": self._sightings, "Item": owed}},
        ]

    async def erasures(self, person_ids: Iterable[str]) -> dict[str, str]:
        """Return the erasures of those people who were erased, by the people's ids."""
        keys = [f"{PREFIX}{person_id}" for person_id in person_ids]
        items = await read(self._dynamodb, self._people, "person_id", keys)
        return {item["person_id"]["S"].removeprefix(PREFIX): item["erasure"]["S"] for item in items}

    async def owed(self, older_than: timedelta, now: datetime) -> list[str]:
        """Return the ids of erasures that were asked for so long ago and may have something left to be done."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._sightings,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": ABOUT}},
            ConsistentRead=True,
        )
        until = moment(now - older_than)
        return [
            item["sighting_id"]["S"]
            async for page in pages
            for item in page["Items"]
            if item["erased_at"]["S"] <= until
        ]

    async def settle(self, erasure_id: str) -> None:
        """Note that nothing is left to be done for an erasure."""
        key = {"about": {"S": ABOUT}, "sighting_id": {"S": erasure_id}}
        await self._dynamodb.delete_item(TableName=self._sightings, Key=key)


def not_erased(table: str, person_id: str) -> "TransactWriteItemTypeDef":
    """Change nothing, but only if nobody with an id was erased."""
    return {
        "ConditionCheck": {
            "TableName": table,
            "Key": {"person_id": {"S": f"{PREFIX}{person_id}"}},
            "ConditionExpression": "attribute_not_exists(person_id)",
        }
    }


async def is_erased(dynamodb: "DynamoDBClient", table: str, person_id: str) -> bool:
    """Whether somebody with an id was erased."""
    return bool(await read(dynamodb, table, "person_id", [f"{PREFIX}{person_id}"]))
