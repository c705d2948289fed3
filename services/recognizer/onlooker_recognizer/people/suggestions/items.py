"""The table of suggestions: its keys, and how it is asked.

    about             entry_id
    open              {suggestion_id}    two people who may be one; nobody decided yet
    different:{id}    {person_id}        somebody said that these two are not one; under both of them

What is written about two people is so on condition that both are there: whoever was erased does not come back by it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from onlooker_recognizer.people.registry import actions
from onlooker_recognizer.people.registry.transactions import read

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item

OPEN = "open"
DIFFERENT = "different:"


def open_key(suggestion_id: str) -> "Item":
    """Return the key of a suggestion."""
    return {"about": {"S": OPEN}, "entry_id": {"S": suggestion_id}}


def different_key(one: str, other: str) -> "Item":
    """Return the key of what is known of one person about another."""
    return {"about": {"S": f"{DIFFERENT}{one}"}, "entry_id": {"S": other}}


async def query(dynamodb: "DynamoDBClient", table: str, about: str) -> "list[Item]":
    """Return all items about something."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="about = :about",
        ExpressionAttributeValues={":about": {"S": about}},
        ConsistentRead=True,
    )
    return [item async for page in pages for item in page["Items"]]


async def count(dynamodb: "DynamoDBClient", table: str, about: str) -> int:
    """Return how many items there are about something."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="about = :about",
        ExpressionAttributeValues={":about": {"S": about}},
        Select="COUNT",
    )
    return sum([page["Count"] async for page in pages])


def both_are_there(people: str, person_ids: Iterable[str]) -> "list[TransactWriteItemTypeDef]":
    """Change nothing, but only if people are there and were not merged."""
    return [actions.stay_themselves(people, person_id) for person_id in person_ids]


async def are_there(dynamodb: "DynamoDBClient", people: str, person_ids: tuple[str, str]) -> bool:
    """Whether two people are there and were not merged."""
    items = await read(dynamodb, people, "person_id", person_ids)
    return len(items) == len(person_ids) and not any("merged_into" in item for item in items)
