"""What was told when, in the table of notices: what cools down is not told again.

about                 notice_id
told#{rule_id}      {key_id}      when a rule last told of this; forgotten when it has cooled down
"""

import asyncio
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

from onlooker_notifier.clocks import CLOCKS_DIFFER

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

GET_BATCH = 100
"""Items that DynamoDB reads in one batch call."""
UNDONE_DELAY = 0.2
"""Seconds to wait when it left some of them unread."""


class Claim(NamedTuple):
    """That a rule tells of something from now on, and nobody else does until that has cooled down."""

    rule_id: str
    key_id: str
    cooldown: float


class Cooldowns:
    """What cools down."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def told_at(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], float]:
        """Return when rules last told of some (rule id, key id), in epoch seconds, where they ever did."""
        left = [_key(rule_id, key_id) for rule_id, key_id in sorted(set(keys))]
        found: dict[tuple[str, str], float] = {}
        while left:
            asked, left = left[:GET_BATCH], left[GET_BATCH:]
            answer = await self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": asked, "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self._table, []):
                rule_id = item["about"]["S"].removeprefix("told#")
                found[rule_id, item["notice_id"]["S"]] = float(item["told_at"]["N"])
            if self._table in answer["UnprocessedKeys"]:
                left += answer["UnprocessedKeys"][self._table]["Keys"]
                await asyncio.sleep(UNDONE_DELAY)
        return found

    def claims(self, claims: Iterable[Claim], now: float) -> "list[TransactWriteItemTypeDef]":
        """Return the parts of a transaction by which claims are taken, on condition that none of them cools down.

        The conditions are those of `decisions.cools_down`.
        """
        return [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": {
                        **_key(claim.rule_id, claim.key_id),
                        "told_at": {"N": f"{now:.3f}"},
                        "expires_at": {"N": str(int(now + claim.cooldown + CLOCKS_DIFFER) + 1)},
                    },
                    "ConditionExpression": "attribute_not_exists(about) OR told_at <= :cold OR told_at > :ahead",
                    "ExpressionAttributeValues": {
                        ":cold": {"N": f"{now - claim.cooldown:.3f}"},
                        ":ahead": {"N": f"{now + CLOCKS_DIFFER:.3f}"},
                    },
                }
            }
            for claim in claims
        ]


def _key(rule_id: str, key_id: str) -> "dict[str, AttributeValueTypeDef]":
    return {"about": {"S": f"told#{rule_id}"}, "notice_id": {"S": key_id}}
