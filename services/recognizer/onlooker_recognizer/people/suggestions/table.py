"""Suggestions that nobody decided yet, in DynamoDB."""

from typing import TYPE_CHECKING

import structlog

from onlooker_recognizer.people.registry.transactions import Tries, write
from onlooker_recognizer.people.suggestions.items import (
    OPEN,
    are_there,
    both_are_there,
    count,
    different_key,
    open_key,
    query,
)
from onlooker_recognizer.people.suggestions.records import Suggestion

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item

log = structlog.stdlib.get_logger(__name__)


class Suggestions:
    """The table of suggestions. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        people: the name of the table of people.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, people: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._people = people

    async def open(self) -> list[Suggestion]:
        """Return all that nobody decided, most alike first."""
        items = await query(self._dynamodb, self._table, OPEN)
        found = [each for item in items if (each := await self._read(item))]
        return sorted(found, key=lambda each: each.place)

    async def count(self) -> int:
        """Return how many nobody decided; some of them may be about people who are one, or gone, by now."""
        return await count(self._dynamodb, self._table, OPEN)

    async def find(self, suggestion_id: str) -> Suggestion | None:
        """Return a suggestion that nobody decided; None if there is none."""
        answer = await self._dynamodb.get_item(TableName=self._table, Key=open_key(suggestion_id), ConsistentRead=True)
        return await self._read(answer["Item"]) if "Item" in answer else None

    async def suggest(self, suggestion: Suggestion) -> bool:
        """Note that two people may be one, by those of their faces that are most alike; return whether it is noted.

        It is not if somebody said that they are two, or if one of them is gone or was merged.

        Raises:
            UnavailableError: others were in the way each time.
        """
        tries = Tries()
        while not await write(self._dynamodb, self._steps(suggestion)):
            known = await self.find(suggestion.suggestion_id)
            if known is not None and known.similarity >= suggestion.similarity:
                return True
            if await self._are_different(suggestion):
                return False
            if not await are_there(self._dynamodb, self._people, suggestion.people):
                return False
            await tries.again()
        return True

    async def drop(self, suggestion_id: str) -> None:
        """Forget a suggestion; one that is not there is no error."""
        await self._dynamodb.delete_item(TableName=self._table, Key=open_key(suggestion_id))

    async def _read(self, item: "Item") -> Suggestion | None:
        """Return a suggestion; one that was damaged by hand is forgotten: it must not be in the way of others."""
        try:
            return Suggestion.model_validate_json(item["body"]["S"])
        except (KeyError, ValueError) as error:
            log.warning("suggestion.unreadable", fault=type(error).__name__)
            await self.drop(item["entry_id"]["S"])
            return None

    def _steps(self, suggestion: Suggestion) -> "list[TransactWriteItemTypeDef]":
        similarity: AttributeValueTypeDef = {"N": str(suggestion.similarity)}
        item: Item = {"similarity": similarity, "body": {"S": suggestion.model_dump_json()}}
        return [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": open_key(suggestion.suggestion_id) | item,
                    "ConditionExpression": "attribute_not_exists(about) OR similarity < :similarity",
                    "ExpressionAttributeValues": {":similarity": similarity},
                }
            },
            *both_are_there(self._people, suggestion.people),
            {
                "ConditionCheck": {
                    "TableName": self._table,
                    "Key": different_key(*suggestion.people),
                    "ConditionExpression": "attribute_not_exists(about)",
                }
            },
        ]

    async def _are_different(self, suggestion: Suggestion) -> bool:
        answer = await self._dynamodb.get_item(
            TableName=self._table, Key=different_key(*suggestion.people), ConsistentRead=True
        )
        return "Item" in answer
