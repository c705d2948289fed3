"""Rules that were deleted while something waited for their next message, in the table of notices.

    about      notice_id
    rules    known         the ids of all rules for which something may wait

A deleted rule leaves nothing behind by which its notices could be found, so it is noted which rules there are.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

SETTLING = 60.0
"""Seconds for which other instances may still gather for a rule that is gone; they look at the rules more often."""


class Departed:
    """Knows which rules there were.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        clock: seconds, from anywhere.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, clock: Callable[[], float]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._known: set[str] | None = None
        self._gone_since: dict[str, float] = {}

    async def departed(self, rule_ids: Collection[str]) -> list[str]:
        """Note the rules that there are, and return those that there were until shortly before.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer.
        """
        if self._known is None:
            self._known = await self._noted()
        if new := set(rule_ids) - self._known:
            await self._update("ADD ids :ids", new)
            self._known |= new
        now, gone = self._clock(), self._known - set(rule_ids)
        self._gone_since = {rule_id: self._gone_since.get(rule_id, now) for rule_id in gone}
        if settled := {rule_id for rule_id, since in self._gone_since.items() if now - since > SETTLING}:
            await self._update("DELETE ids :ids", settled)
            self._known -= settled
        return sorted(gone - settled)

    async def _noted(self) -> set[str]:
        answer = await self._dynamodb.get_item(TableName=self._table, Key=_key(), ConsistentRead=True)
        return set(answer.get("Item", {}).get("ids", {}).get("SS", ()))

    async def _update(self, change: str, rule_ids: Collection[str]) -> None:
        await self._dynamodb.update_item(
            TableName=self._table,
            Key=_key(),
            UpdateExpression=change,
            ExpressionAttributeValues={":ids": {"SS": sorted(rule_ids)}},
        )


def _key() -> "dict[str, AttributeValueTypeDef]":
    return {"about": {"S": "rules"}, "notice_id": {"S": "known"}}
