"""Claims: a side effect that cannot be undone (a mail) happens once, though its message may come twice.

    free ──claim──> in progress (until a time) ──complete──> done (with a result)
                     │ the time is over, or further away than it can be: a clock jumped back; or it is given back
                     └──────────────> free

Kept in DynamoDB, so that it holds through redelivery, restart and among several instances.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

KEPT = timedelta(days=30)
"""How long a finished claim is remembered; SQS forgets a message after 14 days at most."""
CLOCKS_DIFFER = timedelta(seconds=60)
"""How far the clocks of instances may be apart. A claim that holds for longer than that beyond its time was made before
a clock jumped back."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The side effect is this caller's to do; `token` proves it."""

    claim_id: str
    token: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """Somebody else is at it."""

    until: float
    """Epoch seconds when their claim lapses."""


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """It was done before."""

    result: str


class Claims:
    """Claims in a DynamoDB table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, clock: Callable[[], float] = time.time) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock

    async def claim(self, claim_id: str, token: str, lease: timedelta) -> Claimed | InProgress | AlreadyDone:
        """Claim a side effect for a time.

        Args:
            claim_id: names the side effect (`mail:{rule}:{image}`).
            token: unique to this caller and attempt; the same token claims again what it already holds.
            lease: how long the side effect may take; the same for all who claim it.
        """
        now = self._clock()
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "claim_id": {"S": claim_id},
                    "state": {"S": "in progress"},
                    "holder": {"S": token},
                    "until": {"N": f"{now + lease.total_seconds():.3f}"},
                    "expires_at": {"N": str(int(now + KEPT.total_seconds()))},
                },
                ConditionExpression=(
                    "attribute_not_exists(claim_id)"
                    " OR (#state = :busy AND (#until < :now OR #until > :ahead OR holder = :me))"
                ),
                ExpressionAttributeNames={"#state": "state", "#until": "until"},
                ExpressionAttributeValues={
                    ":busy": {"S": "in progress"},
                    ":now": {"N": f"{now:.3f}"},
                    ":ahead": {"N": f"{now + (lease + CLOCKS_DIFFER).total_seconds():.3f}"},
                    ":me": {"S": token},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return await self._holder(claim_id, now)
        return Claimed(claim_id, token)

    async def complete(self, claim: Claimed, result: str) -> None:
        """Note that the side effect happened, with what is to be remembered of it (a message id)."""
        await self._dynamodb.update_item(
            TableName=self._table,
            Key={"claim_id": {"S": claim.claim_id}},
            UpdateExpression="SET #state = :done, #result = :result, expires_at = :expires_at",
            ExpressionAttributeNames={"#state": "state", "#result": "result"},
            ExpressionAttributeValues={
                ":done": {"S": "done"},
                ":result": {"S": result},
                ":expires_at": {"N": str(int(self._clock() + KEPT.total_seconds()))},
            },
        )

    async def give_back(self, claim: Claimed, after: timedelta = timedelta(0)) -> None:
        """Note that the side effect did not happen, and that others may claim it after a time.

        A claim that lapsed meanwhile, and is another's by now, stays theirs.
        """
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key={"claim_id": {"S": claim.claim_id}},
                UpdateExpression="SET #until = :until",
                ConditionExpression="#state = :busy AND holder = :me",
                ExpressionAttributeNames={"#state": "state", "#until": "until"},
                ExpressionAttributeValues={
                    ":until": {"N": f"{self._clock() + after.total_seconds():.3f}"},
                    ":busy": {"S": "in progress"},
                    ":me": {"S": claim.token},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    async def _holder(self, claim_id: str, now: float) -> InProgress | AlreadyDone:
        answer = await self._dynamodb.get_item(
            TableName=self._table, Key={"claim_id": {"S": claim_id}}, ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return InProgress(until=now)  # it expired this moment: free for the next try
        if item["state"]["S"] == "done":
            return AlreadyDone(item.get("result", {"S": ""})["S"])
        return InProgress(until=float(item["until"]["N"]))
