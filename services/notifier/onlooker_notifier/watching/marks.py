"""What is known of rules that are looked at by the clock, in the table of notices: it survives every restart.

    about                   notice_id
    absence#{rule_id}       current     since when is counted, and which absence was told last
    dead_letter#{rule_id}   current     how deep the queues were, and how often they grew

Nobody claims anything to look: what is found has an id that follows from these, and of each id is decided once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from botocore.exceptions import ClientError

from onlooker_notifier.conditions.watches import Watched
from onlooker_notifier.watching.counting import Mark

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

KEPT = timedelta(days=400)
"""How long something is known that nobody changes: rules that are deleted while no instance runs leave it behind."""
CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Depths:
    """What is known of the queues, by one rule."""

    began_at: float
    """Epoch seconds."""
    number: int
    """How often they grew since."""
    depths: Mapping[str, int]


class Marks:
    """What is known, by rule.

    Each rule's is of what its condition asks for (its `fingerprint`): with another one it begins anew.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def absence(self, rule_id: str, fingerprint: str, now: float) -> Mark:
        """Return what is known of an absence; it begins now if nothing is."""
        item = await self._get("absence", rule_id, fingerprint)
        if item is None:
            await self._put("absence", rule_id, fingerprint, {"seen_at": _number(now)}, now)
            return Mark(now)
        told_of = float(item["told_of"]["N"]) if "told_of" in item else float("-inf")
        return Mark(float(item["seen_at"]["N"]), told_of)

    async def seen(self, rule_id: str, fingerprint: str, at: float, now: float) -> None:
        """Note when a picture was uploaded, if none later is noted."""
        await self._update("absence", rule_id, fingerprint, {"seen_at": _number(at)}, now, "seen_at < :seen_at")

    async def told(self, rule_id: str, fingerprint: str, since: float, now: float) -> None:
        """Note of which absence was told."""
        await self._update("absence", rule_id, fingerprint, {"told_of": _number(since)}, now)

    async def set_back(self, rule_id: str, fingerprint: str, mark: Mark, now: float) -> None:
        """Have something else be known, because a clock jumped back."""
        values = {"seen_at": _number(mark.seen_at)}
        if mark.told_of > float("-inf"):
            values["told_of"] = _number(mark.told_of)
        await self._update("absence", rule_id, fingerprint, values, now)

    async def depths(self, rule_id: str, fingerprint: str) -> Depths | None:
        """Return how deep the queues were; None if they were not looked at yet."""
        item = await self._get("dead_letter", rule_id, fingerprint)
        if item is None:
            return None
        return Depths(float(item["began_at"]["N"]), int(item["number"]["N"]), json.loads(item["depths"]["S"]))

    async def begin_depths(self, rule_id: str, fingerprint: str, depths: Mapping[str, int], now: float) -> None:
        """Note how deep the queues are where nothing is known yet."""
        values: Item = {"began_at": _number(now), "number": {"N": "0"}, "depths": {"S": json.dumps(depths)}}
        await self._put("dead_letter", rule_id, fingerprint, values, now)

    async def next_depths(self, rule_id: str, fingerprint: str, known: Depths, new: Depths, now: float) -> None:
        """Note how deep the queues are, unless somebody noted since that they grew."""
        values: Item = {"number": {"N": str(new.number)}, "depths": {"S": json.dumps(new.depths)}}
        await self._update(
            "dead_letter", rule_id, fingerprint, values, now, "#number = :known", {":known": {"N": str(known.number)}}
        )

    async def forget(self, kind: Watched, rule_id: str) -> None:
        """Forget what is known: whoever looks next begins anew."""
        await self._dynamodb.delete_item(TableName=self._table, Key=_key(kind, rule_id))

    async def _get(self, kind: Watched, rule_id: str, fingerprint: str) -> "Item | None":
        answer = await self._dynamodb.get_item(TableName=self._table, Key=_key(kind, rule_id), ConsistentRead=True)
        item = answer.get("Item")
        return item if item is not None and item["fingerprint"]["S"] == fingerprint else None

    async def _put(self, kind: Watched, rule_id: str, fingerprint: str, values: "Item", now: float) -> None:
        """Begin, unless another instance just did."""
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    **_key(kind, rule_id),
                    **values,
                    "fingerprint": {"S": fingerprint},
                    "expires_at": _expires(now),
                },
                ConditionExpression="attribute_not_exists(about) OR fingerprint <> :fingerprint",
                ExpressionAttributeValues={":fingerprint": {"S": fingerprint}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    async def _update(
        self,
        kind: Watched,
        rule_id: str,
        fingerprint: str,
        values: "Item",
        now: float,
        condition: str = "attribute_exists(about)",
        known: "Item | None" = None,
    ) -> None:
        """Change what is known, if it is of the same and a condition holds."""
        values = {**values, "expires_at": _expires(now)}
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(kind, rule_id),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression=f"fingerprint = :fingerprint AND {condition}",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={
                    ":fingerprint": {"S": fingerprint},
                    **{f":{name}": value for name, value in values.items()},
                    **(known or {}),
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _key(kind: Watched, rule_id: str) -> "Item":
    return {"about": {"S": f"{kind}#{rule_id}"}, "notice_id": {"S": CURRENT}}


def _number(seconds: float) -> "AttributeValueTypeDef":
    return {"N": f"{seconds:.3f}"}


def _expires(now: float) -> "AttributeValueTypeDef":
    return {"N": str(int(now + KEPT.total_seconds()))}
