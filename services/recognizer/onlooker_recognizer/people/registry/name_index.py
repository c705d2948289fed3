"""Who is called so: found in the table of people without reading everybody.

Each name has an item there, with the ids of those who have it. It changes in the transaction that changes the person,
so of two who enrol somebody new at once, only one makes them. Its key is a digest: it does not show the name.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from onlooker_recognizer.people.registry.names import digest
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.registry.transactions import read

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

PREFIX = "name:"
"""Begins the keys of names."""


class NameIndex:
    """The names in the table of people."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def ids(self, name: str) -> frozenset[str]:
        """Return the ids of those who are called so, in any case of letters."""
        items = await read(self._dynamodb, self._table, "person_id", [_key(name)])
        return frozenset(person_id for item in items for person_id in item["person_ids"]["SS"])

    async def used(self, digests: Iterable[str]) -> set[str]:
        """Return those digests of names by which somebody is called."""
        items = await read(self._dynamodb, self._table, "person_id", [f"{PREFIX}{each}" for each in digests])
        return {item["person_id"]["S"].removeprefix(PREFIX) for item in items}

    def enter(self, person: PersonRecord, *, alone: bool = False) -> "TransactWriteItemTypeDef":
        """Note a person under their name; only if nobody else has it, if they are to be alone."""
        action: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._table,
                "Key": {"person_id": {"S": _key(person.name)}},
                "UpdateExpression": "ADD person_ids :ids",
                "ExpressionAttributeValues": {":ids": {"SS": [person.person_id]}},
            }
        }
        if alone:
            action["Update"]["ConditionExpression"] = "attribute_not_exists(person_ids)"
        return action

    async def change(self, old: PersonRecord, new: PersonRecord | None) -> "list[TransactWriteItemTypeDef]":
        """Return what is to be written where a person is called otherwise now, or by no name any more."""
        before, after = (person if person and person.merged_into is None else None for person in (old, new))
        if before and after and _key(before.name) == _key(after.name):
            return []
        return [*([await self._leave(before)] if before else []), *([self.enter(after)] if after else [])]

    async def _leave(self, person: PersonRecord) -> "TransactWriteItemTypeDef":
        """Take a person from their name; with the last one the name goes, too."""
        key: dict[str, AttributeValueTypeDef] = {"person_id": {"S": _key(person.name)}}
        if await self.ids(person.name) - {person.person_id}:
            return {
                "Update": {
                    "TableName": self._table,
                    "Key": key,
                    "UpdateExpression": "DELETE person_ids :ids",
                    "ConditionExpression": "size(person_ids) > :one",
                    "ExpressionAttributeValues": {":ids": {"SS": [person.person_id]}, ":one": {"N": "1"}},
                }
            }
        return {
            "Delete": {
                "TableName": self._table,
                "Key": key,
                "ConditionExpression": "attribute_not_exists(person_ids) OR size(person_ids) = :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        }


def _key(name: str) -> str:
    return f"{PREFIX}{digest(name)}"
