"""What was sent to whom, or why it was not: kept in DynamoDB for 90 days."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.delivering.standing import Standing
from onlooker_shared import cursor as cursors
from onlooker_shared.errors import BadRequestError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

KEPT = timedelta(days=90)
LOOKED_THROUGH = 500
"""Deliveries that one request looks at, at most."""
PAGE = 100
"""Deliveries that one request asks DynamoDB for, at most."""

Position = tuple[str, str]
"""Of a delivery: its month and id, the table's key."""


class Outcome(BaseModel):
    """How a delivery went."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    status: Literal["sent", "failed"]
    at: datetime
    message_id: str | None = Field(default=None, description="What the channel calls the message.")
    reason: str | None = Field(default=None, description="Why the channel refused it, and what to do.")
    answer: str | None = Field(default=None, description="What the other side said when it took it.")
    given_up: bool = Field(default=False, description="It was not refused: its channel did not take it in time.")


DELIVERY_ID_PATTERN = r"^[0-9]{13}-[0-9a-z-]{1,64}$"
"""The milliseconds when it was begun, and what tells it from others."""


class Delivery(BaseModel):
    """One message to one target."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    delivery_id: str
    rule_id: str
    rule_name: str
    channel: str = Field(description="Its type: email, webhook, ...")
    channel_id: str | None = Field(default=None, description="Of a channel with a record of its own.")
    channel_name: str | None = None
    target: str
    outcome: Outcome
    attempts: int = Field(default=1, description="Tries until it was settled.")
    pictures: int
    image_ids: tuple[str, ...]
    subject: str
    text: str = Field(description="As sent; a mail has the same as HTML, too.")
    begun_at: datetime = Field(description="When the digest was complete, UTC.")
    again_of: str | None = Field(default=None, description="The delivery that somebody had sent again by this one.")
    escalation_id: str | None = Field(
        default=None, description="Of a rule that escalates: what names the message, by whichever channels it went."
    )
    escalates: tuple[str, ...] = Field(default=(), description="The deliveries that nobody acknowledged in time.")
    standing: Standing | None = Field(
        default=None, description="Of a message with an `escalation_id`: who acknowledged it, or what became of it."
    )


class DeliveryPage(BaseModel):
    """Some deliveries, newest first."""

    model_config = ConfigDict(frozen=True)

    deliveries: tuple[Delivery, ...]
    cursor: str | None = Field(description="For the next page; null on the last.")


class Deliveries:
    """The table of deliveries, a partition a month."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, kept: timedelta = KEPT) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._kept = kept

    async def record(self, delivery: Delivery, message: str = "") -> None:
        """Record a delivery; one that is recorded already stays as it is.

        Args:
            delivery: what became of it.
            message: all of it, packed, to be sent again. It is in the same item: who erases one erases both.
        """
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "month": {"S": _month(delivery.begun_at)},
                    "delivery_id": {"S": delivery.delivery_id},
                    "body": {"S": delivery.model_dump_json()},
                    "expires_at": {"N": str(int((delivery.begun_at + self._kept).timestamp()))},
                    **({"message": {"S": message}} if message else {}),
                },
                ConditionExpression="attribute_not_exists(delivery_id)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    async def find(self, delivery_id: str) -> tuple[Delivery, str] | None:
        """Return a delivery and its message, packed (empty if that was not kept); None if there is none."""
        answer = await self._dynamodb.get_item(
            TableName=self._table,
            Key={"month": {"S": _month(_begun_at(delivery_id))}, "delivery_id": {"S": delivery_id}},
            ConsistentRead=True,
        )
        item = answer.get("Item")
        if item is None:
            return None
        return Delivery.model_validate_json(item["body"]["S"]), item.get("message", {"S": ""})["S"]

    async def newest(
        self, limit: int, cursor: str | None, now: datetime, *, image_id: str | None = None
    ) -> DeliveryPage:
        """Return deliveries, newest first.

        Args:
            limit: how many, at most.
            cursor: of the page before.
            now: the time, UTC.
            image_id: only those that told of this picture. No index has them: `LOOKED_THROUGH` are looked through at a
                time, so that a page may have none and yet a cursor.

        Raises:
            BadRequestError: the cursor was not given out by this.
        """
        found: list[Delivery] = []
        looked_at, last = 0, ("", "")
        page = PAGE if image_id is not None else min(limit + 1, PAGE)
        async for position, body in self._bodies(_position(cursor), now, page):
            if len(found) == limit or looked_at == LOOKED_THROUGH:
                return DeliveryPage(deliveries=tuple(found), cursor=_cursor(last))
            looked_at, last = looked_at + 1, position
            if image_id is None or image_id in body:  # not parsed in vain
                delivery = Delivery.model_validate_json(body)
                if image_id is None or image_id in delivery.image_ids:
                    found.append(delivery)
        return DeliveryPage(deliveries=tuple(found), cursor=None)

    async def given_up(self, channel_id: str, now: datetime) -> tuple[list[Delivery], datetime | None]:
        """Return what a channel did not take in time, newest first, among the `LOOKED_THROUGH` newest deliveries.

        Returns with it when the oldest of these was begun; None if all that are kept were looked through.
        """
        found, looked_at = list[Delivery](), 0
        async for (_, delivery_id), body in self._bodies(None, now, PAGE):
            looked_at += 1
            if channel_id in body:  # not parsed in vain
                delivery = Delivery.model_validate_json(body)
                if delivery.channel_id == channel_id and delivery.outcome.given_up:
                    found.append(delivery)
            if looked_at == LOOKED_THROUGH:
                return found, _begun_at(delivery_id)
        return found, None

    async def _bodies(self, after: Position | None, now: datetime, page: int) -> AsyncIterator[tuple[Position, str]]:
        """Yield deliveries as they are stored, newest first, `page` of them with each request."""
        for month in _months(now, self._kept):
            if after is not None and month > after[0]:
                continue
            values: dict[str, AttributeValueTypeDef] = {":month": {"S": month}}
            condition = "#month = :month"
            if after is not None and after[0] == month:
                condition += " AND delivery_id < :after"
                values[":after"] = {"S": after[1]}
            pages = self._dynamodb.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression=condition,
                ProjectionExpression="delivery_id, body",
                ExpressionAttributeNames={"#month": "month"},
                ExpressionAttributeValues=values,
                ScanIndexForward=False,
                PaginationConfig={"PageSize": page},
            )
            async for answer in pages:
                for item in answer["Items"]:
                    yield (month, item["delivery_id"]["S"]), item["body"]["S"]


def _months(now: datetime, kept: timedelta) -> Sequence[str]:
    """Return the months that deliveries are kept of, newest first; the next one, too, for clocks that differ."""
    days = range(-1, kept.days + 1)
    return sorted({_month(now - timedelta(days=day)) for day in days}, reverse=True)


def _begun_at(delivery_id: str) -> datetime:
    """Return when a delivery was begun, with which its id begins."""
    return datetime.fromtimestamp(int(delivery_id[:13]) / 1000, UTC)


def _month(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def _cursor(last: Position) -> str:
    return cursors.encode({"month": last[0], "id": last[1]})


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    match cursors.decode(cursor):
        case {"month": str(month), "id": str(delivery_id)}:
            return month, delivery_id
    raise BadRequestError("This cursor belongs to another list; start again without one.")
