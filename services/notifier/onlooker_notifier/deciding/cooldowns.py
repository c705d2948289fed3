"""What was told when, in the table of notices: what cools down is not told again.

about                 notice_id
told#{rule_id}      {key_id}      when a rule last told of this; forgotten when it has cooled down
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

from onlooker_notifier.batches import read_all
from onlooker_notifier.clocks import CLOCKS_DIFFER

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef


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
        asked = [_key(rule_id, key_id) for rule_id, key_id in sorted(set(keys))]
        return {
            (item["about"]["S"].removeprefix("told#"), item["notice_id"]["S"]): float(item["told_at"]["N"])
            for item in await read_all(self._dynamodb, self._table, asked)
        }

    def claims(self, claims: Iterable[Claim], now: float) -> "list[TransactWriteItemTypeDef]":
        """Return the parts of a transaction by which claims are taken, on condition that none of them cools down.

        The conditions are those of `verdicts.cools_down`.
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
