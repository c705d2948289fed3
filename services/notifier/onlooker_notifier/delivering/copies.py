"""Copies of notices in the table of notices, for what outlives the digest that they came in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from onlooker_notifier.batches import delete_all, write_all
from onlooker_notifier.notices import Notice

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, WriteRequestTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]


class Copies:
    """The copies, each list under a name of its own."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def put(self, about: str, notices: Sequence[Notice], expires_at: int) -> None:
        """Keep a list until a time, in epoch seconds; the same list, kept twice, is there once."""
        requests: list[WriteRequestTypeDef] = [
            {
                "PutRequest": {
                    "Item": {
                        "about": {"S": about},
                        "notice_id": {"S": f"{place:06d}"},
                        "body": {"S": notice.model_dump_json()},
                        "expires_at": {"N": str(expires_at)},
                    }
                }
            }
            for place, notice in enumerate(notices)
        ]
        await write_all(self._dynamodb, self._table, requests)

    async def all(self, about: str) -> list[Notice]:
        """Return a list, in its order; what was erased meanwhile is not among it."""
        return [Notice.model_validate_json(item["body"]["S"]) for item in await self._items(about)]

    async def remove(self, about: str) -> None:
        """Forget a list."""
        keys = [{name: item[name] for name in ("about", "notice_id")} for item in await self._items(about)]
        await delete_all(self._dynamodb, self._table, keys)

    async def _items(self, about: str) -> "list[Item]":
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": about}},
            ConsistentRead=True,
        )
        return [item async for page in pages for item in page["Items"]]
