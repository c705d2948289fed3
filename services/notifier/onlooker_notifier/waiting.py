"""Deliveries that wait because their channel did not take them, in the table of notices: digests go on without them.

    about                     notice_id
    waiting                   {delivery_id}     what is to be delivered, and when it is tried again
    waiting#{delivery_id}     {notice_id}       a notice that it tells of

The notices are copies: the digest's own are forgotten when its other channels have told of them.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pydantic import BaseModel, ConfigDict

from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.targets import Channel

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import (
        AttributeValueTypeDef,
        WriteRequestOutputTypeDef,
        WriteRequestTypeDef,
    )

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

WAITING = "waiting"
BATCH = 25
"""Items that DynamoDB writes in one batch call."""
UNDONE_DELAY = 1.0
"""Seconds to wait when it left some of them undone."""
SPARE = 86_400.0
"""Seconds that an item is kept beyond the last try: nobody else forgets it if all instances are away."""


class Job(BaseModel):
    """One digest that is to be delivered by one channel."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    delivery_id: str
    digest_id: str
    rule_id: str
    rule_name: str
    channel: Channel
    remark: str = ""
    """What it says besides what it tells of."""
    subject: str | None = None
    """The rule's template of it, as it was then."""
    body: str | None = None
    begun_at: float
    """When the digest was complete, epoch seconds."""
    attempts: int = 0
    """Tries until now."""
    next_at: float = 0.0
    """Epoch seconds of the next one."""
    keep: float = 0.0
    """Seconds that it may wait in all."""
    reason: str = ""
    """Why it was not taken the last time."""
    pictures: int = 0
    """Of how many it tells."""


class Waiting:
    """The deliveries that wait."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def put(self, job: Job, notices: Sequence[Notice] | None) -> None:
        """Have a delivery wait.

        Args:
            job: with the time of its next try.
            notices: what it tells of; None if they are stored.
        """
        expires_at = str(int(job.begun_at + job.keep + SPARE))
        if notices is not None:
            await self._write(
                {
                    "PutRequest": {
                        "Item": {
                            **_key(_about(job), f"{place:06d}"),
                            "body": {"S": notice.model_dump_json()},
                            "expires_at": {"N": expires_at},
                        }
                    }
                }
                for place, notice in enumerate(notices)
            )
        await self._dynamodb.put_item(
            TableName=self._table,
            Item={
                **_key(WAITING, job.delivery_id),
                "body": {"S": job.model_dump_json()},
                "expires_at": {"N": expires_at},
            },
        )

    async def due(self, now: float) -> list[Job]:
        """Return what is to be tried now, oldest first."""
        return [job for job in await self.all() if job.next_at <= now]

    async def all(self) -> list[Job]:
        """Return everything that waits, oldest first."""
        bodies = await self._bodies(WAITING)
        return sorted(map(Job.model_validate_json, bodies), key=lambda job: (job.begun_at, job.delivery_id))

    async def notices_of(self, job: Job) -> list[Notice]:
        """Return what a delivery tells of; what was erased meanwhile is not among it."""
        return [Notice.model_validate_json(body) for body in await self._bodies(_about(job))]

    async def remove(self, job: Job) -> None:
        """Forget a delivery that is settled."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": _about(job)}},
            ProjectionExpression="about, notice_id",
            ConsistentRead=True,
        )
        keys = [item async for page in pages for item in page["Items"]]
        await self._write({"DeleteRequest": {"Key": key}} for key in keys)
        await self._dynamodb.delete_item(TableName=self._table, Key=_key(WAITING, job.delivery_id))

    async def _bodies(self, about: str) -> list[str]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": about}},
            ConsistentRead=True,
        )
        return [item["body"]["S"] async for page in pages for item in page["Items"]]

    async def _write(self, requests: "Iterable[WriteRequestTypeDef]") -> None:
        left: Sequence[WriteRequestTypeDef | WriteRequestOutputTypeDef] = list(requests)
        while left:
            answer = await self._dynamodb.batch_write_item(RequestItems={self._table: left[:BATCH]})
            undone = answer["UnprocessedItems"].get(self._table, [])
            left = [*left[BATCH:], *undone]
            if undone:
                await asyncio.sleep(UNDONE_DELAY)


def _about(job: Job) -> str:
    return f"{WAITING}#{job.delivery_id}"


def _key(about: str, notice_id: str) -> "Item":
    return {"about": {"S": about}, "notice_id": {"S": notice_id}}
