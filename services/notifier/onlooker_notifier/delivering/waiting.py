"""Deliveries that wait because their channel did not take them, in the table of notices: digests go on without them.

    about                     notice_id
    waiting                   {delivery_id}     what is to be delivered, and when it is tried again
    waiting#{delivery_id}     {notice_id}       a notice that it tells of

The notices are copies: the digest's own are forgotten when its other channels have told of them.
"""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from onlooker_notifier.delivering.copies import Copies
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.targets import Channel
from onlooker_shared.errors import describe

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

WAITING = "waiting"
SPARE = 30 * 86_400.0
"""Seconds that an item is kept beyond the last try: nobody else forgets it if all instances are away. Quiet hours put
that try off, by most of a week; the notices are not written anew then."""

log = structlog.stdlib.get_logger(__name__)


class Job(BaseModel):
    """One digest that is to be delivered by one channel."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)  # as they are logged

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
    escalation_id: str | None = None
    """Names the message for whoever acknowledges it; None: its rule does not escalate."""
    escalates: tuple[str, ...] = ()
    """The deliveries that nobody acknowledged."""


class Waiting:
    """The deliveries that wait."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._copies = Copies(dynamodb, table)

    async def put(self, job: Job, notices: Sequence[Notice] | None) -> None:
        """Have a delivery wait.

        Args:
            job: with the time of its next try.
            notices: what it tells of; None if they are stored.
        """
        expires_at = int(job.begun_at + job.keep + SPARE)
        if notices is not None:
            await self._copies.put(_about(job), notices, expires_at)
        await self._dynamodb.put_item(
            TableName=self._table,
            Item={
                **_key(WAITING, job.delivery_id),
                "body": {"S": job.model_dump_json()},
                "expires_at": {"N": str(expires_at)},
            },
        )

    async def each(self) -> AsyncIterator[Job]:
        """Yield everything that waits, oldest first: ids begin with the time. There may be more than memory holds.

        What cannot be read is left to an instance that can: another version may have written it.
        """
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": WAITING}},
            ConsistentRead=True,
        )
        async for page in pages:
            for item in page["Items"]:
                try:
                    job = Job.model_validate_json(item["body"]["S"])
                except ValidationError as error:
                    log.warning("waiting.unreadable", delivery_id=item["notice_id"]["S"], error=describe(error))
                    continue
                yield job

    async def all(self) -> list[Job]:
        """Return everything that waits, oldest first."""
        return [job async for job in self.each()]

    async def notices_of(self, job: Job) -> list[Notice]:
        """Return what a delivery tells of; what was erased meanwhile is not among it."""
        return await self._copies.all(_about(job))

    async def remove(self, job: Job) -> None:
        """Forget a delivery that is settled."""
        await self._copies.remove(_about(job))
        await self._dynamodb.delete_item(TableName=self._table, Key=_key(WAITING, job.delivery_id))


def _about(job: Job) -> str:
    return f"{WAITING}#{job.delivery_id}"


def _key(about: str, notice_id: str) -> "Item":
    return {"about": {"S": about}, "notice_id": {"S": notice_id}}
